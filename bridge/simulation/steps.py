"""The account of a simulated run: its trace hash, its watch for livelock, and the errors of a run gone wrong."""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.simulation.handles import SECOND, Scheduled, kind_of

_HASH_MASK = (1 << 64) - 1
_HASH_FACTOR = 0x9E3779B97F4A7C15  # odd, so that no step loses what the steps before it said
_WATCHED = 200  # so many steps before the livelock limit are the ones that the error names


class SimulationError(Exception):
    """A simulated run went wrong."""


class LivelockError(SimulationError):
    """Handles kept each other running while virtual time stood still. The message names those that spin."""


class StalledError(SimulationError):
    """Nothing is ready and no timer is set, yet what was waited for is not there. The message names who waits."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One call of the loop's exception handler: virtual seconds, asyncio's message, and the exception if it had one."""

    at: float
    message: str
    exception: BaseException | None


class FailedRunError(SimulationError):
    """Something reached the loop's exception handler during a run; `failures` holds what was not raised before."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(
            "; ".join(
                f"at {failure.at:.6f}: {failure.message}: {failure.exception!r}" for failure in failures
            )
        )
        self.failures = tuple(failures)


class StepAccount:
    """Takes note of each step just before it runs."""

    __slots__ = ("_kinds", "_limit", "_spinning", "_still", "_trace", "_watched_from")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._watched_from = max(0, limit - _WATCHED)
        self._still = 0
        self._spinning: Counter[str] = Counter()
        self._kinds: dict[str, int] = {}
        self._trace = 0

    @property
    def trace_hash(self) -> str:
        """16 hex digits over (microsecond, incarnation, kind) of every step so far."""
        return f"{self._trace:016x}"

    def time_advanced(self) -> None:
        """Begin to count anew towards a livelock."""
        self._still = 0
        self._spinning.clear()

    def note(self, handle: Scheduled, now: int) -> None:
        """Add a step at microsecond `now` to the trace.

        Raises:
            LivelockError: `limit` steps went by since time last advanced.
        """
        kind = kind_of(handle)
        try:
            number = self._kinds[kind]
        except KeyError:
            # Not hash(): that of a str differs from process to process.
            number = self._kinds[kind] = zlib.crc32(kind.encode())
        self._trace = ((self._trace ^ now ^ handle.incarnation.salt) * _HASH_FACTOR + number) & _HASH_MASK
        self._still += 1
        if self._still > self._watched_from:
            self._watch(handle, now)

    def _watch(self, handle: Scheduled, now: int) -> None:
        self._spinning[handle.incarnation.qualify(kind_of(handle))] += 1
        if self._still <= self._limit:
            return
        spinning = ", ".join(f"{name} ({count} times)" for name, count in self._spinning.most_common(8))
        raise LivelockError(
            f"{self._limit} steps without advance of time at {now / SECOND:.6f}; the last {self._spinning.total()}: {spinning}"
        )
