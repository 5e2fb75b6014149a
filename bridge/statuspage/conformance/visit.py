"""The visit: every subject, in an order in which few calls and little waiting show everything, and the page put back at its end.

A subject that is cut short by a lost answer leaves the others as they are. What was made is removed before the window is filled on purpose, so that no removal waits for a place there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from bridge.statuspage.api.writes.components import NewComponent
from bridge.statuspage.conformance import maintenances, metrics, reach, realtime, subscribers, telling
from bridge.statuspage.conformance.asking import LostError
from bridge.statuspage.conformance.made import Kind, Made
from bridge.statuspage.conformance.record import Record, Step
from bridge.statuspage.conformance.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.statuspage.conformance.asking import Asker
    from bridge.statuspage.conformance.listening import Listener
    from bridge.statuspage.conformance.survey import Survey


Value = TypeVar("Value")


class Part(StrEnum):
    """What can be left out."""

    MAINTENANCES = "maintenances"
    SUBSCRIBERS = "subscribers"
    METRICS = "metrics"
    RATE_LIMIT = "rate-limit"


_STEPS: Final = {
    Part.MAINTENANCES: maintenances.STEPS,
    Part.SUBSCRIBERS: subscribers.STEPS,
    Part.METRICS: metrics.STEPS,
    Part.RATE_LIMIT: reach.WINDOW_STEPS,
}


@dataclass(frozen=True, slots=True)
class Itinerary:
    """What belongs to a visit.

    Attributes:
        mark: stands in the name of everything that is made; short, and unique to this visit.
        skipped: parts that are left out.
        other_page: the id of somebody else's page.
        listener: hears what the page tells its subscribers.
    """

    mark: str
    skipped: frozenset[Part] = frozenset()
    other_page: str | None = None
    listener: Listener | None = None

    def announcement(self) -> tuple[str, ...]:
        """What the visit will do, a line each, for somebody who has to agree to it."""
        made = ["2 components", "1 incident with updates and a postmortem, told to nobody"]
        if Part.MAINTENANCES not in self.skipped:
            made.append("2 maintenances, told to nobody, unless the page tells by itself that one begins")
        if Part.SUBSCRIBERS not in self.skipped:
            made.append("2 subscribers at example.com, of which one is asked to confirm")
        if Part.METRICS not in self.skipped:
            made.append("1 metrics provider with 1 metric that is not shown")
        if self.listener is not None:
            made.append("1 webhook subscriber and 2 incidents, TOLD TO EVERY SUBSCRIBER OF THE PAGE")
        lines = [f"it makes {one}" for one in made]
        lines += [
            "it changes what it made and nothing else, and removes all of it at the end; addresses stay in the page's list of the unsubscribed",
            "readers of the page see it meanwhile, and webhook subscribers hear of its components",
        ]
        calls, minutes = self.cost()
        if Part.RATE_LIMIT not in self.skipped:
            lines.append(
                "at the end it makes more calls than the token may, and whoever shares the token is refused for a minute"
            )
        lines.append(f"about {calls} calls, {minutes} minutes")
        return tuple(lines)

    def cost(self) -> tuple[int, int]:
        """About how many calls it makes, and how many minutes it takes."""
        calls = 25
        calls += 11 * (Part.MAINTENANCES not in self.skipped)
        calls += 7 * (Part.SUBSCRIBERS not in self.skipped)
        calls += 6 * (Part.METRICS not in self.skipped)
        calls += 7 * (self.listener is not None)
        filling = Part.RATE_LIMIT not in self.skipped
        minutes = 2 + (self.listener is not None) + 2 * filling
        return calls + 65 * filling, minutes


class Visit:
    """One visit. What it made stands in `made.left` until it is removed."""

    def __init__(
        self,
        asker: Asker,
        itinerary: Itinerary,
        surveyed: Survey,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Prepare it; nothing is done yet.

        Args:
            asker: makes the calls.
            itinerary: what belongs to it.
            surveyed: the page as it is.
            tell: takes a line when something begins that takes a while.
        """
        self._tell = tell
        self.made = Made(asker, mark=itinerary.mark, standing=surveyed.standing)
        self._itinerary = itinerary
        self._visitor = Visitor(asker, self.made, itinerary.mark)
        for part in sorted(itinerary.skipped):
            self._visitor.record.skip(f"left out by --skip {part}", *_STEPS[part])

    async def make(self) -> Record:
        """Make it, and put the page back as it was, however it ends. What could not be removed is in `made.left`.

        Raises:
            asyncio.CancelledError: it was cancelled, and the page was put back first; whoever cancels it once more gives that up.
        """
        try:
            await self._subjects()
        except asyncio.CancelledError:
            await self._put_back()
            raise
        except BaseException:
            await self._put_back_for_sure()
            raise
        await self._put_back_for_sure()
        if Part.RATE_LIMIT not in self._itinerary.skipped:
            self._tell("finding the limit: two minutes")
            await reach.fill_window(self._visitor)
        return self._visitor.record

    async def _put_back_for_sure(self) -> None:
        """Put the page back, even if the visit is cancelled while that is done."""
        removal = asyncio.ensure_future(self._put_back())
        try:
            await asyncio.shield(removal)
        except asyncio.CancelledError:
            await removal
            raise

    async def _put_back(self) -> None:
        self._tell("removing what was made")
        await self.made.remove()

    async def _subjects(self) -> None:
        visitor, skipped = self._visitor, self._itinerary.skipped
        try:
            broken, maintained = [await self._component(what) for what in ("component", "other component")]
        except LostError as error:
            visitor.record.skip(f"no component could be made: {error}", *Step)
            return
        begins = None
        if Part.MAINTENANCES not in skipped:
            begins = await self._unless_lost(maintenances.schedule(visitor, maintained), maintenances.STEPS)
        self._tell("looking at incidents")
        await self._unless_lost(realtime.visit(visitor, broken), realtime.STEPS)
        if Part.SUBSCRIBERS not in skipped:
            await self._unless_lost(subscribers.visit(visitor), subscribers.STEPS)
        if Part.METRICS not in skipped:
            await self._unless_lost(metrics.visit(visitor), metrics.STEPS)
        await self._unless_lost(reach.visit(visitor, self._itinerary.other_page), reach.STEPS)
        if begins is not None:
            self._tell("waiting for the maintenances to begin: a minute")
            await self._unless_lost(maintenances.look(visitor, maintained, begins), maintenances.STEPS)
        if self._itinerary.listener is not None:
            self._tell("listening to what subscribers are told: a minute at most")
        await self._unless_lost(telling.visit(visitor, self._itinerary.listener), telling.STEPS)

    async def _component(self, what: str) -> str:
        name = self._visitor.name(what)
        write = NewComponent(name=name, only_show_if_degraded=True, showcase=False)
        seen = await self.made.make(Kind.COMPONENT, name, write.document())
        identifier = seen.member("id")
        if not seen.accepted or not isinstance(identifier, str):
            raise LostError(f"{seen.call} was answered {seen.status}")
        return identifier

    async def _unless_lost(self, subject: Awaitable[Value], steps: tuple[Step, ...]) -> Value | None:
        try:
            return await subject
        except LostError as error:
            record = self._visitor.record
            record.skip(f"an answer was lost: {error}", *(step for step in steps if step not in record.seen))
            return None
