"""Keeps a simulator's account in its file: soon after each change, and when it stops.

Must not know what may change. Whatever changes an account leaves something that can be counted, and that is looked at
twice a second; a burst of calls so becomes one write.
"""

import asyncio
from collections.abc import Callable

from bridge.simulator.account_state import write_state
from bridge.simulator.model import Simulator
from bridge.simulator.state_file import StateFile, StateFileError

LOOK_EVERY = 0.5
"""Seconds between two looks; what was answered in them is lost when the machine fails."""
RESTING_SHARE = 20.0
"""Times as long as an account took to be written out is waited afterwards: keeping is a twentieth of the work at most."""
_READING = frozenset({"GET", "HEAD"})

Clock = Callable[[], float]


class StateKeeper:
    """Keeps one simulator in one file; `complain` is told when that fails, once for each reason."""

    def __init__(
        self, simulator: Simulator, file: StateFile, clock: Clock, complain: Callable[[str], None]
    ) -> None:
        self._simulator = simulator
        self._file = file
        self._clock = clock
        self._complain = complain
        self._stopping = asyncio.Event()
        self._counted = 0
        self._writes = 0
        self._kept: object = self._trace()
        self._complained = ""

    async def keep(self) -> None:
        """Write after changes until `stop`, and once more then.

        Raises:
            StateFileError: the last write failed.
        """
        rest = LOOK_EVERY
        while not await self._stops_within(rest):
            rest = await self.look()
        await self._write()

    async def look(self) -> float:
        """Write the account if it has changed since it was last written. Returns the seconds until the next look."""
        trace = self._trace()
        if trace == self._kept:
            return LOOK_EVERY
        try:
            took = await self._write()
        except StateFileError as error:
            if str(error) != self._complained:
                self._complain(str(error))
            self._complained = str(error)
            return LOOK_EVERY
        self._kept, self._complained = trace, ""
        return LOOK_EVERY + RESTING_SHARE * took

    def stop(self) -> None:
        """Let `keep` come to its end."""
        self._stopping.set()

    async def _write(self) -> float:
        """Write the account. Returns the seconds for which nothing else was done."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        text = write_state(self._simulator.account, now=self._clock())
        took = loop.time() - began
        await asyncio.to_thread(self._file.write, text)
        return took

    def _trace(self) -> object:
        """Return what differs after every change: calls that write, what was told, when pages last changed."""
        arrivals = self._simulator.arrivals
        self._counted = min(self._counted, len(arrivals))
        self._writes += sum(arrival.method not in _READING for arrival in arrivals[self._counted :])
        self._counted = len(arrivals)
        changed = tuple(page.last_changed() for page in self._simulator.pages.values())
        return self._writes, len(self._simulator.notifications), changed

    async def _stops_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return False
        return True
