"""The arithmetic behind the charts: what is a gap, what is at an axis, and that nothing old is drawn again."""

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.simulator.charts import Chart, ChartDesk, Range
from bridge.simulator.page_times import PageTimes
from bridge.simulator.records.metrics import Metric

DAY = 86_400
UTC = PageTimes.of("UTC")
NOW = 1_800_000_000.0


def metric(points: dict[int, float], **fields: float | None) -> Metric:
    return Metric(
        id="m",
        page_id="p",
        provider_id="q",
        name="Latency",
        suffix="ms",
        created_at=0,
        updated_at=0,
        points=points,
        **fields,  # type: ignore[arg-type] # the bounds of the axis alone
    )


def chart(drawn: Metric, chosen: Range = Range.DAY, *, now: float = NOW, zone: str = "UTC") -> Chart:
    charts = ChartDesk().draw(drawn, now, PageTimes.of(zone)).charts
    return next(one for one in charts if one.range is chosen)


def every(seconds: int, *, count: int, ago: float, value: float = 5.0) -> dict[int, float]:
    first = int(NOW - ago) // 30 * 30
    return {first + seconds * number: value for number in range(count)}


def test_a_gap_in_the_points_is_a_gap_in_the_line() -> None:
    points = {
        **every(30, count=100, ago=30_000),
        **every(30, count=100, ago=20_000, value=6.0),
        **every(30, count=1, ago=10_000, value=7.0),
        **every(30, count=1, ago=DAY + 600, value=99.0),
    }
    drawn = chart(metric(points))
    assert len(drawn.lines) == 3
    assert drawn.lines[2].count("L") == 1
    assert drawn.summary == "Latency, last 24 hours: between 5 ms and 7 ms, last 7 ms, with 2 gaps"


@pytest.mark.parametrize(("chosen", "distance"), [(Range.DAY, 300), (Range.WEEK, 1800), (Range.MONTH, 7200)])
def test_points_at_the_longest_distance_are_one_line(chosen: Range, distance: int) -> None:
    first = int(NOW - chosen.seconds) // 30 * 30
    points = {
        first + distance * number + (30 if number % 2 else 0): 1.0
        for number in range(chosen.seconds // distance)
    }
    assert len(chart(metric(points), chosen).lines) == 1
    del points[sorted(points)[len(points) // 2]]
    assert len(chart(metric(points), chosen).lines) == 2


def test_a_chart_without_points_says_so() -> None:
    drawn = ChartDesk().draw(metric({}), NOW, UTC)
    assert drawn.last is None
    assert [one.lines for one in drawn.charts] == [(), (), ()]
    assert [one.summary for one in drawn.charts] == [
        "Latency: no data in the last 24 hours",
        "Latency: no data in the last 7 days",
        "Latency: no data in the last 30 days",
    ]


def test_the_headline_is_the_newest_point_and_not_a_mean() -> None:
    start = int(NOW) // 300 * 300
    drawn = ChartDesk().draw(metric({start - 300: 1.0, start: 10.0, start + 30: 30.0}), NOW + 60, UTC)
    assert drawn.last == "30"


def test_ticks_stand_at_the_hours_and_days_of_the_pages_zone() -> None:
    points = every(300, count=288, ago=DAY)
    # 03:00 in New York, winter.
    assert [tick.label for tick in chart(metric(points), zone="Eastern Time (US & Canada)").ticks] == [
        "06:00",
        "12:00",
        "18:00",
        "00:00",
    ]
    day = chart(metric(points), zone="Eastern Time (US & Canada)").ticks
    assert day[-1].place == pytest.approx(100 * 21 / 24, abs=0.5)
    assert [tick.label for tick in chart(metric(points), Range.WEEK).ticks] == [
        *("Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri")
    ]
    assert [tick.label for tick in chart(metric(points), Range.MONTH).ticks] == [
        *("Jan 12", "Jan 5", "Dec 29", "Dec 22")
    ]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0], ("1 ms", "0.75", "0.5", "0.25", "0")),
        ([1.0], ("1 ms", "0.75", "0.5", "0.25", "0")),
        ([180.0, 620.0], ("800 ms", "600", "400", "200", "0")),
        ([99.1, 99.9], ("100 ms", "99.75", "99.5", "99.25", "99")),
        ([0.0, 3e6], ("4M ms", "3M", "2M", "1M", "0")),
    ],
)
def test_the_labels_of_the_axis_are_round_and_carry_the_unit(
    values: list[float], labels: tuple[str, ...]
) -> None:
    points = {int(NOW) - 600 * 30 + 600 * number: value for number, value in enumerate(values)}
    assert chart(metric(points)).y_labels == labels


def test_an_axis_that_was_set_is_kept() -> None:
    points = every(300, count=10, ago=3600, value=500.0)
    drawn = chart(metric(points, y_axis_min=0.0, y_axis_max=100.0))
    assert drawn.y_labels == ("100 ms", "75", "50", "25", "0")
    assert {place.split()[1] for place in drawn.lines[0][1:].split("L")} == {"0.0"}
    assert chart(metric(points, y_axis_hidden=True)).y_labels == ()


def test_every_way_to_change_points_is_seen_at_once() -> None:
    desk, drawn = ChartDesk(), metric(every(300, count=200, ago=DAY - 3600))
    first = min(drawn.points)

    def shown() -> tuple[str, ...]:
        return tuple(one.summary for one in desk.draw(drawn, NOW, UTC).charts)

    seen = [shown()]
    drawn.put(first, 50.0)
    seen.append(shown())
    drawn.put(first - 7200, 60.0)
    seen.append(shown())
    del drawn.points[first - 7200]
    seen.append(shown())
    drawn.points.pop(first)
    seen.append(shown())
    drawn.points |= {first: 70.0}
    seen.append(shown())
    drawn.points.update({first: 80.0})
    seen.append(shown())
    drawn.reset()
    seen.append(shown())
    drawn.points.setdefault(first, 90.0)
    seen.append(shown())
    drawn.points.popitem()
    seen.append(shown())
    drawn.points = {first: 95.0}
    seen.append(shown())
    fresh = ChartDesk().draw(drawn, NOW, UTC)
    assert all(before != after for before, after in pairwise(seen))
    assert seen[-1] == tuple(one.summary for one in fresh.charts)


def test_time_moves_the_window() -> None:
    desk, drawn = ChartDesk(), metric(every(300, count=12, ago=3600))
    before = desk.draw(drawn, NOW, UTC)
    after = desk.draw(drawn, NOW + 1800, UTC)
    assert before.charts[0].lines != after.charts[0].lines
    assert desk.draw(drawn, NOW + 2 * DAY, UTC).last is None


@example(points={3000: 5e-324})
@example(points={3000: 0.0, 3030: 2.3e-308})
@given(
    points=st.dictionaries(
        st.integers(100, 3300).map(lambda n: n * 30),
        st.floats(allow_nan=False, allow_infinity=False),
        max_size=30,
    )
)
def test_any_values_can_be_drawn(points: dict[int, float]) -> None:
    for drawn in ChartDesk().draw(metric(points), 100_000.0, UTC).charts:
        for line in (*drawn.lines, *drawn.areas):
            numbers = line.strip("Mz").replace("L", " ").split()
            assert all(math.isfinite(float(number)) for number in numbers)
            assert all(-1 <= float(number) <= 201 for number in numbers[1::2])
        assert len(drawn.y_labels) == 5


@example(bounds=(-1e308, 1e308), value=1.0)
@example(bounds=(1e200, None), value=1.0)
@example(bounds=(None, -1.0), value=1.0)
@example(bounds=(10.0, None), value=1.0)
@given(
    bounds=st.tuples(*[st.none() | st.floats(allow_nan=False, allow_infinity=False)] * 2).filter(
        lambda both: None in both or both[0] < both[1]
    ),
    value=st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_axis_that_the_api_takes_can_be_drawn(
    bounds: tuple[float | None, float | None], value: float
) -> None:
    low, high = bounds
    drawn = chart(metric(every(300, count=3, ago=3600, value=value), y_axis_min=low, y_axis_max=high))
    numbers = drawn.lines[0].strip("M").replace("L", " ").split()
    assert all(-1 <= float(number) <= 201 for number in numbers[1::2])
    assert not any(word in label for label in drawn.y_labels for word in ("inf", "nan"))
