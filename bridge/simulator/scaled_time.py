"""The simulator's own time: as fast as asked, and never before what has already happened in it."""

from collections.abc import Callable
from dataclasses import dataclass

FASTEST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class ScaledTime:
    """Seconds since 1970 that begin at `begins` when `read` says `started`, and pass `speed` times as fast."""

    read: Callable[[], float]
    speed: float
    begins: float
    started: float

    @classmethod
    def starting(
        cls, read: Callable[[], float], *, speed: float = 1.0, not_before: float = 0.0
    ) -> "ScaledTime":
        """Begin at the present, or at `not_before` if an earlier run had come further.

        Raises:
            ValueError: the speed is not between 0 and `FASTEST`.
        """
        if not 0 < speed <= FASTEST:
            raise ValueError(f"the speed must be above 0 and at most {FASTEST:,.0f}, not {speed:g}")
        present = read()
        return cls(read, speed, max(present, not_before), present)

    def now(self) -> float:
        """Return the present instant."""
        return self.begins + (self.read() - self.started) * self.speed
