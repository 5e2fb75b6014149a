"""What sources hand over: signals and samples, in one value.

The type stands between the sources, which make it, and the engine, which commits it; neither knows the other. Knows neither rules nor where an observation came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.rules import Series
    from bridge.core.signals import Signal


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured value of a series.

    Attributes:
        series: what was measured.
        at: when, by our clock, Unix seconds; not yet on the grid of the page.
        value: finite.
    """

    series: Series
    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What one delivery, probe or query brought, to be committed as a whole.

    Attributes:
        signals: what it reports.
        samples: what it measured.
        source: the source that succeeded in observing; empty where it could not look.
    """

    signals: tuple[Signal, ...] = ()
    samples: tuple[Sample, ...] = ()
    source: str = ""
