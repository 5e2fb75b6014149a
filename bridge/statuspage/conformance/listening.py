"""Hears what a page tells its webhook subscribers: an address that the probe serves while it runs.

That somebody was told of an incident cannot be read in the API: an update says what was asked for, not what was done. So the page's only subscriber is the probe itself.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from aiohttp import web

from bridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONGEST_BODY: Final = 1024 * 1024
_MOST_HEARD: Final = 100


class Listener(Protocol):
    """Whoever is told."""

    @property
    def address(self) -> str:
        """The endpoint to be subscribed."""
        ...

    async def hears(self, incident_id: str, body: str, *, within: float) -> bool:
        """Whether it was told of an incident's update with this text, or is in so many seconds."""
        ...


class WebhookListener:
    """Takes the page's calls under a path that nobody can guess."""

    def __init__(self, address: str) -> None:
        """Begin with nothing heard.

        Args:
            address: by which Statuspage reaches it, with its path.
        """
        self._address = address
        self._heard: list[dict[str, Any]] = []
        self._changed = asyncio.Event()

    @property
    def address(self) -> str:
        """The endpoint to be subscribed."""
        return self._address

    async def take(self, request: web.Request) -> web.Response:
        """Hear one call."""
        document = _incident_of(await request.read())
        if document is not None and len(self._heard) < _MOST_HEARD:
            self._heard.append(document)
            self._changed.set()
        return web.Response()

    async def hears(self, incident_id: str, body: str, *, within: float) -> bool:
        """See `Listener.hears`."""
        try:
            async with asyncio.timeout(within):
                while not any(tells(incident, incident_id, body) for incident in self._heard):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def listening(
    host: str, port: int, *, address: str | None, secret: str
) -> AsyncIterator[WebhookListener]:
    """Listen while the block runs.

    Args:
        host: to bind.
        port: to bind; 0 takes a free one.
        address: by which Statuspage reaches it, without a path; `http://host:port` if None.
        secret: the path.

    Raises:
        ConfigurationError: the address cannot be bound.
    """
    app = web.Application(client_max_size=LONGEST_BODY)
    runner = web.AppRunner(app, access_log=None)
    listener = WebhookListener("")

    async def take(request: web.Request) -> web.Response:
        return await listener.take(request)

    app.router.add_post(f"/{secret}", take)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "not the name of a host"
            raise ConfigurationError(f"--listen: cannot listen on {host}:{port}: {reason}") from error
        shown = f"[{host}]" if ":" in host else host
        base = address.rstrip("/") if address is not None else f"http://{shown}:{runner.addresses[0][1]}"
        listener = WebhookListener(f"{base}/{secret}")
        yield listener
    finally:
        await runner.cleanup()


def tells(incident: dict[str, Any], incident_id: str, body: str) -> bool:
    """Whether what was heard tells of an incident's update with this text."""
    updates = incident.get("incident_updates")
    return incident.get("id") == incident_id and any(
        isinstance(update, dict) and update.get("body") == body
        for update in (updates if isinstance(updates, list) else ())
    )


def _incident_of(text: bytes) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return None
    incident = document.get("incident") if isinstance(document, dict) else None
    return incident if isinstance(incident, dict) else None
