"""What the probe made on the page, and how it is removed: the latest first, each by its own id.

Nothing else is ever deleted. What was made by a call whose answer was lost has no id; it is looked for by the mark that every name of the probe carries, and what has no name is only reported.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from bridge.statuspage.api.pagination import LIMIT, LIMIT_FROM_ZERO, PER_PAGE
from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.asking import BrokenOffError, LostError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.statuspage.api.pagination import Dialect
    from bridge.statuspage.conformance.asking import Asker, Query
    from bridge.statuspage.conformance.endpoints import Raw
    from bridge.statuspage.conformance.record import Seen

_NOWHERE: Final[Mapping[str, str]] = {}
_ATTEMPTS: Final = 3
_PAUSE: Final = 5.0
_CERTAINLY_REFUSED: Final = frozenset(range(400, 500)) - {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT}
"""After a redirect, 408 or 409 it may be there all the same (`core.intents.classify_answer`)."""
LOOKED_FOR: Final = 30.0
"""Seconds after which what was perhaps made is looked for a second time: a list may lag, and a lost write may arrive late."""


class Kind(StrEnum):
    """What can be made."""

    COMPONENT = "component"
    INCIDENT = "incident"
    SUBSCRIBER = "subscriber"
    PROVIDER = "metrics provider"
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class _Way:
    """How things of one kind are made, removed, and found again.

    Attributes:
        create: makes one.
        delete: removes one.
        place: its id's place in the path of the deletion.
        parameters: of the deletion.
        listed: the list it stands in.
        dialect: how that list is asked for its pages.
        more: other parameters of the list.
        names: members of a row of which one carries the mark.
    """

    create: Raw
    delete: Raw
    place: str
    listed: Raw
    names: tuple[str, ...]
    dialect: Dialect = PER_PAGE
    more: Query = ()
    parameters: Query = ()


_WAYS: Final[Mapping[Kind, _Way]] = {
    Kind.COMPONENT: _Way(
        endpoints.CREATE_COMPONENT,
        endpoints.DELETE_COMPONENT,
        "component_id",
        endpoints.COMPONENTS,
        ("name",),
    ),
    Kind.INCIDENT: _Way(
        endpoints.CREATE_INCIDENT,
        endpoints.DELETE_INCIDENT,
        "incident_id",
        endpoints.INCIDENTS,
        ("name",),
        dialect=LIMIT,
    ),
    Kind.SUBSCRIBER: _Way(
        endpoints.CREATE_SUBSCRIBER,
        endpoints.UNSUBSCRIBE,
        "subscriber_id",
        endpoints.SUBSCRIBERS,
        ("email", "endpoint"),
        dialect=LIMIT_FROM_ZERO,
        more=(("state", "all"),),
        parameters=(("skip_unsubscription_notification", "true"),),
    ),
    Kind.PROVIDER: _Way(
        endpoints.CREATE_PROVIDER,
        endpoints.DELETE_PROVIDER,
        "metrics_provider_id",
        endpoints.PROVIDERS,
        (),
    ),
    Kind.METRIC: _Way(
        endpoints.CREATE_METRIC, endpoints.DELETE_METRIC, "metric_id", endpoints.METRICS, ("name",)
    ),
}


@dataclass(slots=True, eq=False)
class Thing:
    """One thing; `id` is None while nobody knows whether it is there."""

    kind: Kind
    name: str
    id: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}" + (f" ({self.id})" if self.id else ", if it was made at all")


class Made:
    """Everything that was made and is not removed yet."""

    def __init__(self, asker: Asker, *, mark: str, standing: frozenset[str]) -> None:
        """Begin with nothing.

        Args:
            asker: makes the calls.
            mark: stands in every name.
            standing: ids of what was there before; no answer makes one of these ours.
        """
        self._asker = asker
        self._mark = mark
        self._standing = standing
        self.left: list[Thing] = []

    async def make(
        self, kind: Kind, name: str, payload: Mapping[str, Any], places: Mapping[str, str] = _NOWHERE
    ) -> Seen:
        """Make something. It is remembered before the call, and forgotten when it was refused.

        Raises:
            LostError: it may have been made.
        """
        thing = Thing(kind, name)
        self.left.append(thing)
        try:
            seen = await self._asker.ask(_WAYS[kind].create, places, payload=payload)
        except BrokenOffError as error:
            if error.sent:
                self._learn(thing, error.seen)
            else:
                self.left.remove(thing)
            raise
        self._learn(thing, seen)
        return seen

    async def remove(self) -> None:
        """Remove everything. What cannot be removed stays in `left`."""
        uncertain = [thing for thing in self.left if thing.id is None]
        if uncertain:
            await self._look_for(uncertain)
        for thing in reversed(self.left):
            if thing.id is not None:
                await self._delete(thing, thing.id)
        if uncertain := [thing for thing in self.left if thing.id is None]:
            await asyncio.sleep(LOOKED_FOR)
            await self._look_for(uncertain)
            for thing in uncertain:
                if thing.id is not None:
                    await self._delete(thing, thing.id)

    def _learn(self, thing: Thing, seen: Seen | None) -> None:
        if seen is None:
            return
        found = seen.member("id")
        if seen.accepted and isinstance(found, str) and found not in self._standing:
            thing.id = found
        elif (seen.accepted and found is not None) or seen.status in _CERTAINLY_REFUSED:
            self.left.remove(thing)

    async def _look_for(self, things: list[Thing]) -> None:
        """Find what was made by its name. What is found twice is ours twice."""
        known = {thing.id for thing in self.left}
        for kind in dict.fromkeys(thing.kind for thing in things):
            way = _WAYS[kind]
            try:
                seen = await self._asker.list(way.listed, dialect=way.dialect, more=way.more)
            except LostError:
                continue
            for row in seen.body if isinstance(seen.body, list) else ():
                names = [str(row.get(name) or "") for name in way.names]
                if row.get("id") in known or not any(self._mark in name for name in names):
                    continue
                sought = next((thing for thing in things if thing.kind is kind and thing.id is None), None)
                if sought is None:
                    sought = Thing(kind, names[0])
                    self.left.append(sought)
                sought.id = row["id"]

    async def _delete(self, thing: Thing, identifier: str) -> None:
        way = _WAYS[thing.kind]
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_PAUSE)
            try:
                seen = await self._asker.ask(way.delete, {way.place: identifier}, query=way.parameters)
            except LostError:
                continue
            if seen.accepted or seen.status == HTTPStatus.NOT_FOUND:
                self.left.remove(thing)
                return
