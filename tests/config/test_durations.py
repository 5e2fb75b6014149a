"""Durations in Prometheus' spelling, both ways."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config.durations import DurationError, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("30s", 30.0, id="seconds"),
        pytest.param("500ms", 0.5, id="milliseconds"),
        pytest.param("2m", 120.0, id="m is minutes and not milliseconds"),
        pytest.param("1h30m", 5400.0, id="two units, the larger first"),
        pytest.param("1y2w3d4h5m6s7ms", 33_019_506.007, id="every unit once"),
        pytest.param("0", 0.0, id="zero needs no unit"),
        pytest.param("0s", 0.0, id="zero with a unit"),
        pytest.param("90m", 5400.0, id="more than the next unit"),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param("30", "has no unit", "write 30s for seconds, 30m for minutes", id="a plain number"),
        pytest.param("1.5h", "has a fraction", "write 1h30m", id="a fraction"),
        pytest.param("", "is not a duration", "units are", id="nothing"),
        pytest.param("1m 30s", "is not a duration", "units are", id="a space"),
        pytest.param("30m1h", "is not a duration", "units are", id="the smaller unit first"),
        pytest.param("1m1m", "is not a duration", "units are", id="a unit twice"),
        pytest.param("-1m", "is not a duration", "units are", id="a sign"),
        pytest.param("5M", "is not a duration", "units are", id="a capital letter"),
        pytest.param("5 minutes", "is not a duration", "units are", id="words"),
        pytest.param("٣m", "is not a duration", "units are", id="digits of another script"),
        pytest.param("1" * 5000 + "s", "is not a duration", "units are", id="five thousand digits"),
        pytest.param("101y", "is longer than a hundred years", "", id="more than a life"),
    ],
)
def test_what_is_no_duration_says_what_would_be(text: str, message: str, hint: str) -> None:
    with pytest.raises(DurationError) as caught:
        parse_duration(text)
    assert str(caught.value) == message
    assert caught.value.hint.startswith(hint)


@given(st.integers(min_value=0, max_value=10**11))
def test_what_is_written_is_read_as_the_same_duration(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds / 1000)) == milliseconds / 1000


@given(st.text())
def test_any_text_is_a_duration_or_an_error_of_its_own(text: str) -> None:
    with contextlib.suppress(DurationError):
        assert parse_duration(text) >= 0
