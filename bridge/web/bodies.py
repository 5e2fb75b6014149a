"""Reads a request's body within limits: length, time, and the memory of all of them together. Must not know what bodies mean."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.web.ports import Limits


class BodyError(Exception):
    """There is no whole body to work on.

    Attributes:
        status: what to answer.
        reason: why, for the person who set up the sender.
    """

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class Body:
    """The bytes of one body while it is being worked on."""

    __slots__ = ("_bodies", "held")

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self.held = 0

    async def read(self, request: web.Request) -> bytes:
        """Read the whole.

        Raises:
            BodyError: it is too long, compressed, cut off, too slow, or there is no room for it now.
        """
        limits = self._bodies.limits
        encoding = request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower()
        if encoding not in {"", "identity"}:
            raise BodyError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body is compressed; send it as it is")
        self._check_length(request.content_length or 0)
        try:
            async with asyncio.timeout(limits.body_seconds):
                return await self._collect(request)
        except TimeoutError:
            # Not 408: the body may be good and the network slow, and after a 4xx Alertmanager would give it up.
            reason = f"the body did not arrive within {limits.body_seconds:g} s"
            raise BodyError(HTTPStatus.SERVICE_UNAVAILABLE, reason) from None
        except BodyError:
            raise
        except Exception:  # noqa: BLE001 (aiohttp has a dozen ways to say it: broken chunks, a lost connection)
            raise BodyError(
                HTTPStatus.BAD_REQUEST, "the body ended before its announced end, or its chunks are malformed"
            ) from None

    async def _collect(self, request: web.Request) -> bytes:
        parts = bytearray()
        while part := await request.content.readany():
            parts += part
            self._check_length(len(parts))
            self._hold(len(part))
        return bytes(parts)

    def _check_length(self, length: int) -> None:
        most = self._bodies.limits.body_bytes
        if length > most:
            reason = f"the body is longer than the {most} bytes accepted; group by more labels, or set max_alerts in Alertmanager's webhook_config"
            raise BodyError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)

    def _hold(self, count: int) -> None:
        if self._bodies.held + count > self._bodies.limits.held_bytes:
            raise BodyError(HTTPStatus.SERVICE_UNAVAILABLE, "too many deliveries are being worked on")
        self.held += count
        self._bodies.held += count

    def hand_over(self) -> Callable[[], None]:
        """Leave the giving back of its room to whoever goes on working on what was in it."""
        held, self.held = self.held, 0
        return partial(self._bodies.give_back, held)


class Bodies:
    """All bodies that are being worked on."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held = 0

    @contextmanager
    def one(self) -> Iterator[Body]:
        """Room for one body, given back at the end."""
        body = Body(self)
        try:
            yield body
        finally:
            self.give_back(body.held)

    def give_back(self, count: int) -> None:
        """Room for so many bytes is free again."""
        self.held -= count
