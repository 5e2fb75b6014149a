"""Metric points: the grid, what is due, what is sent once, and an hour as it is stored."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.points import BACKFILL, HOUR, LATE, PointHour, Points, closed_before, grid, unpack
from bridge.core.rules import Series

LATENCY, ORDERS = Series("probe:shop:latency"), Series("query:main:orders")
START = 1_800_000_000
"""A full hour."""


@pytest.mark.parametrize(
    ("at", "bucket"),
    [(0.0, 0), (14.999, 0), (15.0, 30), (29.0, 30), (44.999, 30), (45.0, 60), (START + 3599.0, START + 3600)],
)
def test_a_sample_belongs_to_the_nearest_half_minute_and_halves_go_up(at: float, bucket: int) -> None:
    assert grid(at) == bucket


@given(st.floats(0, 4e9), st.floats(0, 400))
def test_a_bucket_is_over_exactly_when_no_later_sample_falls_into_it(at: float, later: float) -> None:
    assert (grid(at) < closed_before(at + later)) is (grid(at + later) > grid(at))


def test_the_last_sample_of_a_bucket_wins() -> None:
    points = Points()
    for at, value in ((START + 1, 5.0), (START + 9, 7.0), (START - 14, 6.0)):
        points.record(LATENCY, at, value)
    assert points.unsent(LATENCY, START + 60) == [(START, 6.0)]


def test_only_buckets_that_are_over_are_due() -> None:
    points = Points()
    points.record(LATENCY, START, 1.0)
    assert points.unsent(LATENCY, START + 14.9) == []
    assert points.unsent(LATENCY, START + 15) == [(START, 1.0)]


def test_a_bucket_that_is_on_its_way_keeps_its_value_though_the_clock_is_set_back() -> None:
    points = Points()
    points.record(LATENCY, START, 1.0)
    points.begin(LATENCY, [START])
    assert points.record(LATENCY, START + 5, 2.0) is None
    assert points.unsent(LATENCY, START + 60) == [(START, 1.0)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_none(value: float) -> None:
    points = Points()
    points.record(LATENCY, START, 1.0)
    assert points.record(LATENCY, START + 1, value) is None
    assert points.unsent(LATENCY, START + 60) == [(START, 1.0)]


def test_points_are_due_oldest_first_and_each_series_has_its_own() -> None:
    points = Points()
    for at in (START + 60, START, START + 30):
        points.record(LATENCY, at, float(at - START))
    points.record(ORDERS, START, 9.0)
    assert points.unsent(LATENCY, START + 100) == [(START, 0.0), (START + 30, 30.0), (START + 60, 60.0)]
    assert points.unsent(ORDERS, START + 100) == [(START, 9.0)]
    assert points.unsent(Series("other"), START + 100) == []


def test_what_was_sent_is_not_sent_again_even_if_a_late_sample_comes() -> None:
    points = Points()
    points.record(LATENCY, START, 1.0)
    points.mark_sent(LATENCY, [START])
    assert points.unsent(LATENCY, START + 60) == []
    assert points.record(LATENCY, START + 2, 2.0) is None
    assert points.unsent(LATENCY, START + 60) == []


def test_marking_gives_the_hours_to_store() -> None:
    points = Points()
    for at in (START + 3570, START + 3600):
        points.record(LATENCY, at, 1.0)
    hours = points.mark_sent(LATENCY, [START + 3570, START + 3600, START + 9 * HOUR])
    assert [(hour.hour, hour.sent) for hour in hours] == [(START, 1 << 119), (START + HOUR, 1)]


def test_what_is_too_old_for_the_page_is_not_due_and_is_forgotten() -> None:
    points = Points()
    points.record(LATENCY, START, 1.0)
    assert points.unsent(LATENCY, START + BACKFILL - 1) == [(START, 1.0)]
    assert points.unsent(LATENCY, START + BACKFILL) == []
    assert points.forget(START + BACKFILL + HOUR) == ()
    assert points.forget(START + BACKFILL + HOUR + 1) == ((LATENCY, START),)
    assert points.forget(START + BACKFILL + HOUR + 1) == ()


def test_an_hour_that_was_sent_is_forgotten_once_no_late_sample_is_expected() -> None:
    points = Points()
    points.record(LATENCY, START, 1.0)
    points.record(ORDERS, START, 1.0)
    points.mark_sent(LATENCY, [START])
    over = START + HOUR + LATE
    assert points.forget(over) == ()
    assert points.record(LATENCY, START + 3, 5.0) is None
    assert points.forget(over + 1) == ((LATENCY, START),)
    assert points.unsent(ORDERS, over + 1) == [(START, 1.0)]


def test_an_hour_is_packed_into_eight_bytes_a_bucket() -> None:
    points = Points()
    points.record(LATENCY, START + 90, 1.5)
    hour = points.record(LATENCY, START, -2.0)
    assert hour is not None
    packed = hour.pack()
    assert len(packed) == 960
    again = unpack(LATENCY, START, packed, hour.sent)
    assert again.values[:4] == (-2.0, again.values[1], again.values[2], 1.5)
    assert all(math.isnan(value) for value in (*again.values[1:3], *again.values[4:]))


recorded = st.lists(
    st.tuples(
        st.sampled_from((LATENCY, ORDERS)),
        st.integers(0, 3 * HOUR),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    max_size=30,
)


@given(recorded, st.sets(st.integers(0, 360).map(lambda number: START + 30 * number), max_size=30))
def test_what_was_stored_goes_on_as_it_was(samples: list[tuple[Series, int, float]], sent: set[int]) -> None:
    before = Points()
    stored: dict[tuple[Series, int], PointHour] = {}
    expected: dict[Series, dict[int, float]] = {LATENCY: {}, ORDERS: {}}
    for series, at, value in samples:
        hour = before.record(series, START + at, value)
        assert hour is not None
        stored[series, hour.hour] = hour
        expected[series][grid(START + at)] = value
    for hour in before.mark_sent(LATENCY, sorted(sent)):
        stored[LATENCY, hour.hour] = hour
    after = Points(tuple(unpack(hour.series, hour.hour, hour.pack(), hour.sent) for hour in stored.values()))
    now = START + 4 * HOUR
    for points in (before, after):
        assert dict(points.unsent(ORDERS, now)) == expected[ORDERS]
        assert dict(points.unsent(LATENCY, now)) == {
            bucket: value for bucket, value in expected[LATENCY].items() if bucket not in sent
        }
