"""A measured figure: what an operation costs, beside what it is compared with, and the bounds that it must keep.

Bounds are on ratios, because seconds are the machine's. Must not know how anything is measured.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Growth:
    """How the cost grows with what it works on.

    Attributes:
        over: what grew, such as `100 to 1,000 rules`.
        factor: cost at the larger size by cost at the smaller.
        most: the bound.
    """

    over: str
    factor: float
    most: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        operation: what was done.
        seconds: what one costs.
        floor: what it is compared with: the least that could do the work, or a peer.
        floor_seconds: what that costs.
        most: the bound on the ratio of the two.
        growth: how the operation grows.
        note: a figure in the unit in which people ask for it; not bounded.
    """

    operation: str
    seconds: float
    floor: str
    floor_seconds: float
    most: float
    growth: Growth
    note: str = ""

    @property
    def ratio(self) -> float:
        """Cost by the floor's cost."""
        return self.seconds / self.floor_seconds

    @property
    def breaches(self) -> tuple[str, ...]:
        """A sentence for each bound that is broken."""
        found = []
        if not self.ratio <= self.most:
            found.append(
                f"costs {significant(self.ratio)} x {self.floor}, more than {significant(self.most)}"
            )
        if not self.growth.factor <= self.growth.most:
            found.append(
                f"grows {significant(self.growth.factor)} x over {self.growth.over}, more than {significant(self.growth.most)}"
            )
        return tuple(found)


def significant(number: float) -> str:
    """A ratio as people compare them: two significant digits, and small ones as a fraction of one."""
    if number < 0.01:  # noqa: PLR2004 - a hundredth
        inverse = 1 / number
        return f"1/{round(inverse, 2 - len(str(int(inverse)))):,.0f}"
    if number < 1:
        return f"{number:.2f}"
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"  # noqa: PLR2004 - from here two digits are whole


def duration(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
