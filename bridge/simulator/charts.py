"""The geometry of a metric's charts by day, week and month: lines, gaps, ticks, labels.

Knows points and time only. Lines are in a box of `WIDTH` by `HEIGHT`, which the page stretches; ticks stand at a
percentage of the width, so that their labels keep their size on any screen.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise

from bridge.simulator.metric_summaries import HUGE, Bucket, MetricSummary
from bridge.simulator.page_times import PageTimes
from bridge.simulator.records.metrics import Metric
from bridge.simulator.records.points import DAY, Points

WIDTH = 1000.0
HEIGHT = 200.0
HALF_STEP = 15
"""Seconds by which a point's cast to the grid of thirty may move it."""
_LABELS = 5
_MILLION = 1e6
_THOUSAND = 1e3
_EDGE = 4.0
"""Percent at either end in which a label would be cut off."""


class Range(Enum):
    """What a chart shows: seconds back from now, the bucket that one place of its line stands for, and words."""

    DAY = ("day", "last 24 hours", 86_400, 300)
    WEEK = ("week", "last 7 days", 7 * 86_400, 1800)
    MONTH = ("month", "last 30 days", 30 * 86_400, 7200)

    def __init__(self, word: str, told: str, seconds: int, step: int) -> None:
        self.word = word
        self.told = told
        self.seconds = seconds
        self.step = step

    @property
    def longest_gap(self) -> int:
        """Return the seconds without a point from which on the line is interrupted."""
        return self.step + 2 * HALF_STEP


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis of time: percent of the width, and its label."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to draw: one path for each run of points without a gap, labels from the top, ticks."""

    range: Range
    summary: str
    lines: tuple[str, ...]
    areas: tuple[str, ...]
    y_labels: tuple[str, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class MetricCharts:
    """A metric as the page shows it; `last` is its newest value of the last day, None where it has none."""

    id: str
    name: str
    description: str | None
    suffix: str
    last: str | None
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    step: float

    @property
    def high(self) -> float:
        return self.low + self.step * (_LABELS - 1)

    def place(self, value: float) -> float:
        return HEIGHT * (1 - (min(max(value, self.low), self.high) - self.low) / (self.high - self.low))


class ChartDesk:
    """Draws the charts of one metric, and draws again only what has changed since."""

    def __init__(self) -> None:
        self._summary = MetricSummary(Points())
        self._drawn: dict[Range, tuple[tuple[object, ...], Chart]] = {}

    def draw(self, metric: Metric, now: float, times: PageTimes) -> MetricCharts:
        """Lay out a metric's charts, each up to the end of the bucket in which `now` is."""
        points = metric.points if isinstance(metric.points, Points) else Points(metric.points)
        if self._summary.points is not points:
            self._summary = MetricSummary(points)
            self._drawn.clear()
        charts = tuple(self._chart(metric, points, chosen, now=now, times=times) for chosen in Range)
        newest = self._summary.buckets(Range.DAY.step, now - DAY, _end(Range.DAY, now))
        last = points[newest[-1].last] if newest else None
        return MetricCharts(
            id=metric.id,
            name=metric.name,
            description=metric.tooltip_description,
            suffix=metric.suffix,
            last=None if last is None else number(last, metric.decimal_places),
            charts=charts,
        )

    def _chart(self, metric: Metric, points: Points, chosen: Range, *, now: float, times: PageTimes) -> Chart:
        end = _end(chosen, now)
        drawn_of = (
            *(points.revision, end, times, metric.name, metric.suffix, metric.decimal_places),
            *(metric.y_axis_min, metric.y_axis_max, metric.y_axis_hidden),
        )
        known = self._drawn.get(chosen)
        if known is None or known[0] != drawn_of:
            buckets = self._summary.buckets(chosen.step, end - chosen.seconds, end)
            known = (drawn_of, _laid_out(metric, buckets, chosen, end=end, times=times))
            self._drawn[chosen] = known
        return known[1]


def _end(chosen: Range, now: float) -> float:
    return (now // chosen.step + 1) * chosen.step


def _laid_out(
    metric: Metric, buckets: Sequence[Bucket], chosen: Range, *, end: float, times: PageTimes
) -> Chart:
    begin = end - chosen.seconds
    runs = _runs(buckets, chosen.longest_gap)
    means = [bucket.mean for bucket in buckets]
    scale = _scale(means, metric.y_axis_min, metric.y_axis_max)
    places = [_places(run, scale, begin, chosen) for run in runs]
    lines = tuple(_line(run) for run in places)
    labels = [short(scale.high - scale.step * place, scale.step) for place in range(_LABELS)]
    labels[0] = _with_unit(labels[0], metric)
    return Chart(
        range=chosen,
        summary=_summary(metric, buckets, len(runs), chosen),
        lines=lines,
        areas=tuple(
            f"{line}L{run[-1][0]:.1f} {HEIGHT:.0f}L{run[0][0]:.1f} {HEIGHT:.0f}z"
            for run, line in zip(places, lines, strict=True)
        ),
        y_labels=() if metric.y_axis_hidden else tuple(labels),
        ticks=tuple(_ticks(chosen, begin, end, times)),
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


def _with_unit(text: str, metric: Metric) -> str:
    return f"{text} {metric.suffix}" if metric.suffix else text


def _runs(buckets: Sequence[Bucket], longest_gap: int) -> list[list[Bucket]]:
    """Cut the line where a point was missing for too long."""
    if not buckets:
        return []
    runs = [[buckets[0]]]
    for before, after in pairwise(buckets):
        if after.first - before.last > longest_gap:
            runs.append([])
        runs[-1].append(after)
    return runs


_NOTHING = 1e-290
"""What is nearer to zero is not told from it: the arithmetic of the scale would leave the numbers that floats have."""


def _scale(values: Sequence[float], lowest: float | None, highest: float | None) -> _Scale:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    # Charts of amounts begin at zero unless that would flatten the curve to a line.
    if low >= 0 and (low < high * 0.6 or low == high):
        low = 0.0
    low = low if lowest is None else _drawable(lowest)
    high = high if highest is None else _drawable(highest)
    if high - low < max(abs(high) * 1e-9, _NOTHING):
        # All values are one, or lie beyond the only bound that was set: then it is drawn about that.
        middle = low if lowest is not None and highest is None else high
        margin = abs(middle) * 0.1 if abs(middle) > _NOTHING else 1.0
        low, high = (0.0 if low == 0 <= middle else middle - margin), middle + margin
    step = (high - low) / (_LABELS - 1)
    if lowest is not None and highest is not None:
        return _Scale(low, step)
    step = _nice(step)
    start = math.floor(low / step) * step
    while start + step * (_LABELS - 1) < high:
        step = _nice(step * 1.01)
        start = math.floor(low / step) * step
    return _Scale(start, step)


def _drawable(bound: float) -> float:
    """Return a bound that was asked for, as far from zero as values are drawn: the distance of two has to be finite."""
    return max(-HUGE, min(HUGE, bound))


def _nice(step: float) -> float:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that is no less."""
    power = 10.0 ** math.floor(math.log10(step))
    return next((power * factor for factor in (1, 2, 2.5, 5) if power * factor >= step), power * 10)


def _places(run: Sequence[Bucket], scale: _Scale, begin: float, chosen: Range) -> list[tuple[float, float]]:
    return [
        (
            min(max((bucket.first + bucket.last) / 2 - begin, 0.0) / chosen.seconds, 1.0) * WIDTH,
            scale.place(bucket.mean),
        )
        for bucket in run
    ]


def _line(run: Sequence[tuple[float, float]]) -> str:
    places = [f"{x:.1f} {y:.1f}" for x, y in run]
    # A lone point is a line of no length, which round caps show as a dot.
    return f"M{'L'.join(places if len(places) > 1 else places * 2)}"


def _ticks(chosen: Range, begin: float, end: float, times: PageTimes) -> Iterator[Tick]:
    for instant, label in _marks(chosen, begin, end, times):
        place = 100 * (instant - begin) / (end - begin)
        if _EDGE <= place <= 100 - _EDGE:
            yield Tick(round(place, 2), label)


def _marks(chosen: Range, begin: float, end: float, times: PageTimes) -> Iterator[tuple[float, str]]:
    first, last = times.day(begin), times.day(end)
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    match chosen:
        case Range.DAY:
            for day in days:
                for hour in range(0, 24, 6):
                    yield _at(day, hour, times), f"{hour:02}:00"
        case Range.WEEK:
            for day in days:
                yield _at(day, 0, times), f"{day:%a}"
        case Range.MONTH:
            for day in days[-4::-7]:
                yield _at(day, 0, times), f"{day:%b} {day.day}"


def _at(day: date, hour: int, times: PageTimes) -> float:
    return datetime(day.year, day.month, day.day, hour, tzinfo=times.zone).timestamp()


def _summary(metric: Metric, buckets: Sequence[Bucket], runs: int, chosen: Range) -> str:
    if not buckets:
        return f"{metric.name}: no data in the {chosen.told}"
    low, high, last = (
        _with_unit(number(value, metric.decimal_places), metric)
        for value in (
            min(bucket.low for bucket in buckets),
            max(bucket.high for bucket in buckets),
            metric.points[buckets[-1].last],
        )
    )
    gaps = "" if runs == 1 else f", with {runs - 1} {'gap' if runs == 2 else 'gaps'}"  # noqa: PLR2004 - one gap between two
    return f"{metric.name}, {chosen.told}: between {low} and {high}, last {last}{gaps}"
