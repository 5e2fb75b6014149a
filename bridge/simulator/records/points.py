"""A metric's points: a plain table from instant to value that also knows what changed of it.

Must not know charts. A month of points is a hundred thousand, and a page is looked at all the time: whoever summarises
them does so by the day, and again only for a day whose revision has moved.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, SupportsIndex

DAY = 86_400


class Points(dict[int, float]):
    """Values by instant (seconds since 1970). `revision` grows with every change.

    Every way to change a dict is one here, so that no caller has to know more than a dict.
    """

    __slots__ = ("_days", "_revisions", "revision")

    def __init__(self, points: Mapping[int, float] | Iterable[tuple[int, float]] = ()) -> None:
        super().__init__()
        self.revision = 0
        self._days: dict[int, dict[int, float]] = {}
        self._revisions: dict[int, int] = {}
        self.update(points)

    def days(self, first: int, last: int) -> Iterator[tuple[int, int, Mapping[int, float]]]:
        """Walk the days (whole days since 1970, UTC) from first to last that hold points.

        Each comes with its revision and its points, in no order.
        """
        for day in range(first, last + 1):
            held = self._days.get(day)
            if held:
                yield day, self._revisions[day], held

    def __setitem__(self, instant: int, value: float) -> None:
        super().__setitem__(instant, value)
        day = int(instant // DAY)
        self._days.setdefault(day, {})[instant] = value
        self._touch(day)

    def __delitem__(self, instant: int) -> None:
        super().__delitem__(instant)
        day = int(instant // DAY)
        del self._days[day][instant]
        self._touch(day)

    def __ior__(self, points: Any, /) -> Self:  # type: ignore[misc,override] # dict's own has two overloads
        self.update(points)
        return self

    def __reduce_ex__(self, _protocol: SupportsIndex, /) -> tuple[Any, ...]:
        """Copy and pickle by the values alone."""
        return Points, ([*self.items()],)

    def update(self, points: Any = (), /, **_none: float) -> None:
        """Set several."""
        for instant, value in points.items() if isinstance(points, Mapping) else points:
            self[instant] = value

    def setdefault(self, instant: int, value: float = 0.0, /) -> float:
        """Set one that is not there."""
        if instant not in self:
            self[instant] = value
        return self[instant]

    def pop(self, instant: int, *default: Any) -> Any:
        """Take one out."""
        if instant not in self and default:
            return default[0]
        value = self[instant]
        del self[instant]
        return value

    def popitem(self) -> tuple[int, float]:
        """Take the last one out."""
        instant = next(reversed(self))
        return instant, self.pop(instant)

    def clear(self) -> None:
        """Take all out."""
        super().clear()
        for day in self._days:
            self._touch(day)
        self._days.clear()

    def _touch(self, day: int) -> None:
        self.revision += 1
        self._revisions[day] = self.revision
