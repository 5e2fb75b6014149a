"""Instants as the service writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.statuspage.timestamps import epoch_seconds, http_date, retry_after_seconds, utc_second

NOW = 1_717_799_194.0  # 2024-06-07T22:26:34Z


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-06-07T22:26:34Z", NOW),
        ("2024-06-07T22:26:34.370Z", NOW + 0.37),
        ("2024-06-07T22:26:34.370999999Z", NOW + 0.370999),
        ("2024-06-07T15:26:34.000-07:00", NOW),
        ("2024-06-08t03:56:34+05:30", NOW),
        ("2024-06-07 22:26:34z", NOW),
        ("2016-12-31T23:59:60Z", 1_483_228_800.0),
        ("0001-01-01T00:00:00+14:00", -62_135_647_200.0),
        (None, None),
        ("", None),
        ("2024-06-07", None),
        ("2024-06-07T22:26:34", None),
        ("2024-02-30T00:00:00Z", None),
        ("2024-06-07T24:00:00Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("2024-06-07T22:26:34+99:00", None),
        ("2024-06-07T22:26:34Z\n", None),
        ("२०२४-06-07T22:26:34Z", None),
    ],
)
def test_rfc_3339(text: str | None, seconds: float | None) -> None:
    read = epoch_seconds(text)
    assert read == (None if seconds is None else pytest.approx(seconds, abs=1e-6))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-06-07T22:26:34Z", "2024-06-07T22:26:34Z"),
        ("2024-06-07T22:26:34.999Z", "2024-06-07T22:26:34Z"),
        ("2024-06-07T15:26:34.370-07:00", "2024-06-07T22:26:34Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ("0001-01-01T00:00:00+14:00", ""),
        ("9999-12-31T23:59:59-14:00", ""),
        ("yesterday", ""),
        (None, ""),
    ],
)
def test_an_instant_has_one_spelling_to_compare_by(text: str | None, written: str) -> None:
    assert utc_second(text) == written


@given(
    instant=st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the strategy wants naive bounds and adds the zone
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
def test_every_offset_gives_the_same_instant(instant: datetime) -> None:
    assert epoch_seconds(instant.isoformat()) == pytest.approx(instant.timestamp(), abs=1e-6)
    assert epoch_seconds(instant.isoformat()) == epoch_seconds(instant.astimezone(UTC).isoformat())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60", 60.0),
        (" 0 ", 0.0),
        ("Fri, 07 Jun 2024 22:27:04 GMT", 30.0),
        ("Friday, 07-Jun-24 22:27:04 GMT", 30.0),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("nan", None),
        ("1e9", None),
        ("9" * 5_000, None),
        ("soon", None),
        ("٦٠", None),
        ("Fri, 07 Jun 2024 22:26:00 GMT", None),
        ("Fri, 99 Jun 2024 22:26:00 GMT", None),
        ("Fri, 07 Jun 99999 22:26:00 GMT", None),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(text, now=NOW) == seconds


def test_a_date_without_a_clock_to_compare_says_nothing() -> None:
    assert retry_after_seconds("Fri, 07 Jun 2024 22:27:04 GMT", now=None) is None
    assert retry_after_seconds("60", now=None) == 60


@given(st.text())
def test_no_header_is_turned_into_an_exception(text: str) -> None:
    assert http_date(text) is None or isinstance(http_date(text), float)
    assert epoch_seconds(text) is None or isinstance(epoch_seconds(text), float)
