"""The geometry of a metric's day chart: lines, gaps, axis labels.

Knows points and time only. Coordinates are in a box of `WIDTH` by `HEIGHT`, which the page stretches; labels are texts
at even distances, so that they keep their size on any screen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise

from bridge.simulator.records.metrics import Metric

WIDTH = 1000.0
HEIGHT = 200.0
WINDOW = 86_400.0
BUCKET = 300.0
# A point is due every five minutes; its cast to the grid may move it by half a step more.
LONGEST_GAP = BUCKET + 30
_HUGE = 1e150
_LABELS = 5
_MILLION = 1e6
_THOUSAND = 1e3


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to draw: one path for each run of points without a gap, labels from the top and from the left."""

    name: str
    description: str | None
    suffix: str
    last: str | None
    last_at: float | None
    summary: str
    lines: tuple[str, ...]
    areas: tuple[str, ...]
    y_labels: tuple[str, ...]
    x_labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    step: float

    @property
    def high(self) -> float:
        return self.low + self.step * (_LABELS - 1)

    def place(self, value: float) -> float:
        return HEIGHT * (1 - (value - self.low) / (self.high - self.low))


def day_chart(metric: Metric, now: float) -> Chart:
    """Lay out the last 24 hours of a metric."""
    begin = now - WINDOW
    points = sorted(
        (instant, max(-_HUGE, min(_HUGE, value)))
        for instant, value in metric.points.items()
        if begin <= instant <= now
    )
    drawn = [_bucketed(run, begin) for run in _runs(points)]
    scale = _scale([value for run in drawn for _, value in run])
    lines = tuple(_line(run, scale) for run in drawn)
    last = points[-1] if points else None
    shown = None if last is None else number(last[1], metric.decimal_places)
    return Chart(
        name=metric.name,
        description=metric.tooltip_description,
        suffix=metric.suffix,
        last=shown,
        last_at=None if last is None else last[0],
        summary=_summary(metric, [value for _, value in points]),
        lines=lines,
        areas=tuple(_area(run, line) for run, line in zip(drawn, lines, strict=True)),
        y_labels=tuple(short(scale.high - scale.step * place, scale.step) for place in range(_LABELS)),
        x_labels=tuple(
            f"{datetime.fromtimestamp(begin + WINDOW * place / (_LABELS - 1), UTC):%H:%M}"
            for place in range(_LABELS)
        ),
    )


def number(value: float, decimal_places: int) -> str:
    """Write a value as the chart's headline shows it."""
    if abs(value) >= _MILLION:
        return short(value, abs(value))
    return f"{value:,.{min(max(decimal_places, 0), 6)}f}"


def short(value: float, step: float) -> str:
    """Write an axis label: no more digits than the distance of the labels asks for."""
    for bound, unit in ((1e15, ""), (1e9, "B"), (_MILLION, "M"), (_THOUSAND, "k")):
        if step >= bound / 10 and abs(value) >= bound:
            return f"{value:.3g}" if not unit else f"{value / bound:.4g}{unit}"
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if decimals > 6:  # noqa: PLR2004 - beyond it powers of ten are easier to read
        return f"{value:.3g}"
    text = f"{value:,.{decimals + 1}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _runs(points: Sequence[tuple[int, float]]) -> list[list[tuple[int, float]]]:
    """Cut the points where one was missing for too long."""
    if not points:
        return []
    runs = [[points[0]]]
    for before, after in pairwise(points):
        if after[0] - before[0] > LONGEST_GAP:
            runs.append([])
        runs[-1].append(after)
    return runs


def _bucketed(run: Sequence[tuple[int, float]], begin: float) -> list[tuple[float, float]]:
    """Average a run over five minutes, as no screen shows more; the last point stays itself."""
    averaged: list[tuple[float, float]] = []
    for _, grouped in groupby(run[:-1], key=lambda point: (point[0] - begin) // BUCKET):
        members = list(grouped)
        averaged.append(
            (
                math.fsum(instant for instant, _ in members) / len(members) - begin,
                math.fsum(value for _, value in members) / len(members),
            )
        )
    averaged.append((run[-1][0] - begin, run[-1][1]))
    return averaged


def _scale(values: Sequence[float]) -> _Scale:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    # Charts of amounts begin at zero unless that would flatten the curve to a line.
    if low >= 0 and low < high * 0.6:
        low = 0.0
    if high - low < abs(high) * 1e-9 or high == low:
        margin = abs(high) * 0.1 or 1.0
        low, high = (high - margin if low != 0 else 0.0), high + margin
    step = _nice((high - low) / (_LABELS - 1))
    start = math.floor(low / step) * step
    while start + step * (_LABELS - 1) < high:
        step = _nice(step * 1.01)
        start = math.floor(low / step) * step
    return _Scale(start, step)


def _nice(step: float) -> float:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that is no less."""
    power = 10.0 ** math.floor(math.log10(step))
    return next((power * factor for factor in (1, 2, 2.5, 5) if power * factor >= step), power * 10)


def _line(run: Sequence[tuple[float, float]], scale: _Scale) -> str:
    places = [f"{offset / WINDOW * WIDTH:.1f} {scale.place(value):.1f}" for offset, value in run]
    # A lone point is a line of no length, which round caps show as a dot.
    return f"M{'L'.join(places if len(places) > 1 else places * 2)}"


def _area(run: Sequence[tuple[float, float]], line: str) -> str:
    left, right = (offset / WINDOW * WIDTH for offset in (run[0][0], run[-1][0]))
    return f"{line}L{right:.1f} {HEIGHT:.0f}L{left:.1f} {HEIGHT:.0f}z"


def _summary(metric: Metric, values: Sequence[float]) -> str:
    if not values:
        return f"{metric.name}: no data in the last 24 hours"
    low, high, last = (
        number(value, metric.decimal_places) for value in (min(values), max(values), values[-1])
    )
    unit = f" {metric.suffix}" if metric.suffix else ""
    return f"{metric.name}, last 24 hours: between {low}{unit} and {high}{unit}, now {last}{unit}"
