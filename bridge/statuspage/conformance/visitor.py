"""What all subjects of the visit share: how a step is entered, how a list is waited for, and what was made.

Knows no question: a subject does something and looks, and what that means is read off the record later.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bridge.statuspage.conformance.record import Lag, Record, Seen, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.statuspage.conformance.asking import Asker
    from bridge.statuspage.conformance.endpoints import Raw
    from bridge.statuspage.conformance.made import Kind, Made

POLLS: Final = (0.0, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)
"""Seconds after a write at which a list is looked at. What shows between two of them is said to have taken the longer one."""
_LATE: Final = 0.5
"""Seconds by which a poll may be late, for the network or the window, before its own time counts."""


@dataclass(slots=True)
class Visitor:
    """Somebody who makes the steps of one visit.

    Attributes:
        asker: makes the calls.
        made: what has to be removed.
        mark: stands in every name.
        record: what was seen.
    """

    asker: Asker
    made: Made
    mark: str
    record: Record = field(default_factory=Record)

    @property
    def page_id(self) -> str:
        """The page's id."""
        return self.asker.page_id

    def name(self, what: str) -> str:
        """A name that says whose it is and what for."""
        return f"{self.mark} {what}"

    async def step(
        self,
        step: Step,
        endpoint: Raw,
        places: Mapping[str, str],
        *,
        payload: Mapping[str, Any] | None = None,
    ) -> Seen:
        """Make a call and enter what was seen.

        Raises:
            LostError: there was no answer.
        """
        seen = await self.asker.ask(endpoint, places, payload=payload)
        return self.enter(step, seen)

    async def make(self, step: Step, kind: Kind, what: str, payload: Mapping[str, Any]) -> Seen:
        """Make something that has to be removed, and enter what was seen.

        Raises:
            LostError: there was no answer.
        """
        return self.enter(step, await self.made.make(kind, self.name(what), payload))

    def enter(self, step: Step, seen: Seen) -> Seen:
        """Enter what was seen."""
        self.record.seen[step] = seen
        return seen

    async def wait_for(self, step: Step, endpoint: Raw, shows: Callable[[Seen], bool], *, of: Step) -> None:
        """Look at a list until it shows a write that was answered just now; the last look is entered, and how long it took.

        Raises:
            LostError: there was no answer.
        """
        clock = asyncio.get_running_loop().time
        answered = clock()
        for after in POLLS:
            await asyncio.sleep(max(0.0, answered + after - clock()))
            began = clock() - answered
            seen = self.enter(step, await self.asker.list(endpoint))
            if seen.accepted and shows(seen):
                late = began > after + _LATE
                self.record.lags.append(Lag(of, math.ceil(began) if late else after))
                return
        self.record.lags.append(Lag(of, None))

    @property
    def list_lag(self) -> float:
        """Seconds after which a list is believed, as far as was seen."""
        return max(
            (lag.seconds if lag.seconds is not None else POLLS[-1] for lag in self.record.lags), default=0.0
        )
