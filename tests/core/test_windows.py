"""Windows of time, above all where the clock is put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.windows import Recurring, Span, next_span, spans

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0
DAY = 24 * HOUR


def at(text: str) -> float:
    """An instant in UTC, or with its offset."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def night(cron: str = "30 2 * * *", duration: float = HOUR) -> Recurring:
    return Recurring(cron, duration, BERLIN)


def test_a_window_that_comes_once_is_next_until_it_is_over() -> None:
    window = Span(100.0, 200.0)
    assert [next_span(window, now) for now in (0.0, 100.0, 199.9, 200.0)] == [window] * 3 + [None]
    assert [window.holds(now) for now in (99.9, 100.0, 199.9, 200.0)] == [False, True, True, False]


def test_a_window_that_recurs_begins_by_the_clock_of_its_zone() -> None:
    winter, summer = at("2026-01-10T00:00"), at("2026-07-10T00:00")
    assert next_span(night(), winter) == Span(at("2026-01-10T01:30"), at("2026-01-10T02:30"))
    assert next_span(night(), summer) == Span(at("2026-07-10T00:30"), at("2026-07-10T01:30"))


def test_the_night_on_which_the_clock_is_put_forward_has_its_window_when_the_missing_hour_is_over() -> None:
    span = next_span(night(), at("2026-03-28T12:00"))
    assert span == Span(at("2026-03-29T03:00+02:00"), at("2026-03-29T04:00+02:00"))


def test_the_night_on_which_the_clock_is_put_back_has_one_window_the_first_time() -> None:
    first = Span(at("2026-10-25T02:30+02:00"), at("2026-10-25T03:30+02:00"))
    assert next_span(night(), at("2026-10-24T12:00")) == first
    # In the second half past two it is over, and the next is tomorrow's.
    assert next_span(night(), at("2026-10-25T02:31+01:00")) == Span(
        at("2026-10-26T02:30+01:00"), at("2026-10-26T03:30+01:00")
    )


def test_a_window_over_the_change_of_the_clock_lasts_as_long_as_ever() -> None:
    for evening in ("2026-03-28T23:00+01:00", "2026-10-24T23:00+02:00"):
        span = next_span(night("0 23 * * *", 6 * HOUR), at(evening))
        assert span is not None
        assert (span.begins_at, span.ends_at - span.begins_at) == (at(evening), 6 * HOUR)


def test_a_year_of_nights_has_each_of_them_once() -> None:
    year = list(spans(night(), at("2026-01-01T00:00+01:00"), at("2027-01-01T00:00+01:00")))
    local = [datetime.fromtimestamp(span.begins_at, BERLIN) for span in year]
    assert [one.date() for one in local] == [local[0].date() + timedelta(days=day) for day in range(365)]
    odd = {later.begins_at - earlier.begins_at for earlier, later in pairwise(year)} - {DAY}
    assert odd == {DAY - HOUR / 2, DAY - HOUR / 2, DAY + HOUR}


def test_a_window_that_never_comes_again_has_no_span() -> None:
    assert list(spans(Span(100.0, 200.0), 300.0, 400.0)) == []
    assert list(spans(Span(100.0, 200.0), 0.0, 100.0)) == []


@given(
    now=st.floats(at("2026-01-01T00:00"), at("2027-12-31T00:00")),
    cron=st.sampled_from(("30 2 * * *", "0 */6 * * *", "15 2 29 3 *", "0 0 1 * *", "*/7 1,2,3 * * SUN")),
    duration=st.sampled_from((60.0, 400.0, HOUR, 5 * HOUR)),
    zone=st.sampled_from((BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), UTC)),
)
def test_the_next_span_is_the_same_until_it_is_over(
    now: float, cron: str, duration: float, zone: ZoneInfo
) -> None:
    window = Recurring(cron, duration, zone)
    span = next_span(window, now)
    assert span is not None
    assert span.ends_at > now
    for later in (max(now, span.begins_at - 1.0), max(now, span.begins_at), span.ends_at - 0.001):
        assert next_span(window, later) == span
    after = next_span(window, span.ends_at)
    assert after is not None
    assert after.begins_at > span.begins_at


@pytest.mark.parametrize(
    "now", ["2026-03-29T00:59", "2026-03-29T01:30", "2026-10-25T00:15", "2026-10-25T01:15"]
)
def test_an_hourly_window_is_not_lost_where_the_clock_changes(now: str) -> None:
    window = Recurring("0 * * * *", HOUR / 2, BERLIN)
    span = next_span(window, at(now))
    assert span is not None
    assert span.ends_at - at(now) <= HOUR + HOUR / 2
