"""Signals: which of two reports holds, what time makes of a signal, and labels."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.signals import (
    NO_LABELS,
    REORDER_WINDOW,
    AtExpiry,
    Labels,
    Merge,
    Signal,
    SignalState,
    merge,
)

FAILING, OK, UNKNOWN = SignalState
CHANGED, REPEATED, STALE = Merge
LABELS = Labels({"alertname": "Down"})
EXPIRY = 1000.0


def report(state: SignalState, since: float, received_at: float = 5000.0) -> Signal:
    """A report as a source makes it."""
    at_expiry = AtExpiry.FORGOTTEN if state is OK else AtExpiry.UNKNOWN
    return Signal(
        "am", LABELS, state, since, received_at, expires_at=received_at + EXPIRY, at_expiry=at_expiry
    )


def after(*reports: Signal) -> Signal:
    """What is known after these reports, in this order."""
    known: Signal | None = None
    for one in reports:
        known, _ = merge(known, one)
    assert known is not None
    return known


def firing(since: float, at: float = 5000.0) -> Signal:
    """A report that it fails."""
    return report(FAILING, since, at)


def resolved(since: float, at: float = 5000.0) -> Signal:
    """A report that it is well."""
    return report(OK, since, at)


def unknown(since: float, at: float = 5000.0) -> Signal:
    """A report that nobody could look."""
    return report(UNKNOWN, since, at)


# What was known before, the report, what it meant, and the states 1 s after it and after the reorder window.
Merged = tuple[tuple[Signal, ...], Signal, Merge, SignalState, SignalState]
MERGES: dict[str, Merged] = {
    "the first report of a thing holds": ((), firing(100), CHANGED, FAILING, FAILING),
    "the first report may be a resolve": ((), resolved(100), CHANGED, OK, OK),
    "a duplicate changes nothing": ((firing(100),), firing(100), REPEATED, FAILING, FAILING),
    "a duplicate resolve changes nothing": ((resolved(100),), resolved(100), REPEATED, OK, OK),
    "a firing that began earlier is the same firing": (
        (firing(100),),
        firing(90),
        REPEATED,
        FAILING,
        FAILING,
    ),
    "a resolve that ended later holds": ((firing(100),), resolved(200), CHANGED, OK, OK),
    "a resolve of the very same instant holds": ((firing(100),), resolved(100), CHANGED, OK, OK),
    "a resolve from before the firing is stale": ((firing(100),), resolved(90), STALE, FAILING, FAILING),
    "a firing that began later holds at once": ((resolved(100),), firing(101), CHANGED, FAILING, FAILING),
    "a firing with the startsAt of the resolve waits": ((resolved(100),), firing(100), CHANGED, OK, FAILING),
    "a firing from before the resolve waits": ((resolved(100),), firing(90), CHANGED, OK, FAILING),
    "a repeat does not make the wait longer": (
        (resolved(100), firing(90, 4900)),
        firing(90),
        REPEATED,
        OK,
        FAILING,
    ),
    "the resolve delivered again contradicts the wait": (
        (resolved(100), firing(90)),
        resolved(100),
        CHANGED,
        OK,
        OK,
    ),
    "an older resolve does not contradict the wait": (
        (resolved(100), firing(90)),
        resolved(95),
        STALE,
        OK,
        FAILING,
    ),
    "a later startsAt ends the wait": ((resolved(100), firing(90)), firing(150), CHANGED, FAILING, FAILING),
    "a startsAt still before the resolve does not end the wait": (
        (resolved(100), firing(90)),
        firing(95),
        REPEATED,
        OK,
        FAILING,
    ),
    "unknown from before is stale": ((firing(100),), unknown(90), STALE, FAILING, FAILING),
    "unknown from later holds": ((firing(100),), unknown(110), CHANGED, UNKNOWN, UNKNOWN),
    "a firing ends unknown": ((unknown(100),), firing(110), CHANGED, FAILING, FAILING),
    "a resolve ends unknown": ((unknown(100),), resolved(110), CHANGED, OK, OK),
}


@pytest.mark.parametrize("row", MERGES.values(), ids=MERGES)
def test_merging(row: Merged) -> None:
    before, last, meaning, soon, later = row
    merged, meant = merge(after(*before) if before else None, last)
    assert meant is meaning
    assert merged.state_at(5001) is soon
    assert merged.state_at(5000 + REORDER_WINDOW) is later


def test_a_wait_that_is_over_is_not_begun_again_by_a_repeat() -> None:
    known = after(resolved(100), firing(90, 5000), firing(90, 5000 + REORDER_WINDOW))
    assert known.state_at(5000 + REORDER_WINDOW) is FAILING


def test_a_repeat_moves_only_what_it_says_of_itself() -> None:
    known = firing(100)
    repeated, meaning = merge(known, replace(firing(95, 5500), detail="now 7"))
    assert meaning is REPEATED
    assert repeated == replace(known, received_at=5500, expires_at=5500 + EXPIRY, detail="now 7")


def test_what_had_expired_changes_when_it_is_reported_again() -> None:
    merged, meaning = merge(firing(100, 5000), firing(100, 5000 + EXPIRY))
    assert meaning is CHANGED
    assert merged.state_at(5000 + EXPIRY) is FAILING


def test_a_stale_report_leaves_all_as_it_was() -> None:
    known = firing(100)
    merged, meaning = merge(known, resolved(50, 6000))
    assert meaning is STALE
    assert merged is known


def test_of_firing_and_resolves_that_alternate_any_order_of_delivery_ends_in_the_same_state() -> None:
    episodes = (firing(100), resolved(200), firing(300), resolved(400), firing(500))
    states = {after(*order).state_at(5000 + REORDER_WINDOW) for order in permutations(episodes)}
    assert states == {FAILING}


def test_a_resolve_redelivered_in_the_window_makes_any_order_end_resolved() -> None:
    episodes = (firing(100), resolved(200), firing(300), resolved(400))
    for order in permutations(episodes):
        known = after(*order, resolved(400))
        assert {known.state_at(5001), known.state_at(5000 + REORDER_WINDOW)} == {OK}


reports = st.lists(
    st.builds(
        lambda state, since: (state, since),
        st.sampled_from(SignalState),
        st.integers(0, 6).map(float),
    ),
    min_size=1,
    max_size=8,
)


@given(reports, st.sampled_from((-86400.0, -1.5, 86400.0)))
def test_the_clock_of_the_sender_is_compared_with_itself_only(
    told: list[tuple[SignalState, float]], skew: float
) -> None:
    here = after(*(report(state, since) for state, since in told))
    there = after(*(report(state, since + skew) for state, since in told))
    assert replace(there, since=there.since - skew) == here


@given(reports)
def test_a_report_delivered_twice_in_a_row_is_as_if_delivered_once(
    told: list[tuple[SignalState, float]],
) -> None:
    once = [report(state, since) for state, since in told]
    twice = [copy for one in once for copy in (one, one)]
    assert after(*once) == after(*twice)


@given(reports)
def test_no_report_makes_the_state_older(told: list[tuple[SignalState, float]]) -> None:
    known: Signal | None = None
    for state, since in told:
        before = known
        known, _ = merge(known, report(state, since))
        assert before is None or known.since >= before.since


TIMES = {
    "a firing fails": (firing(1), {5000: FAILING, 5999.9: FAILING}),
    "an expired firing is unknown": (firing(1), {6000: UNKNOWN, 9e9: UNKNOWN}),
    "an expired resolve is forgotten": (resolved(1), {5999.9: OK, 6000: None}),
    "a provisional firing is ok until it counts": (
        replace(firing(1), counts_from=5300.0),
        {5000: OK, 5299.9: OK, 5300: FAILING, 6000: UNKNOWN},
    ),
    "a provisional firing can expire before it counts": (
        replace(firing(1), counts_from=7000.0),
        {5999.9: OK, 6000: UNKNOWN, 7000: UNKNOWN},
    ),
}


@pytest.mark.parametrize(("signal", "expected"), TIMES.values(), ids=TIMES)
def test_time_alone(signal: Signal, expected: dict[float, SignalState | None]) -> None:
    assert {now: signal.state_at(now) for now in expected} == expected


small = st.integers(0, 8).map(float)
timed_signals = st.builds(
    Signal,
    st.just("s"),
    st.just(LABELS),
    st.sampled_from(SignalState),
    since=st.just(0.0),
    received_at=st.just(0.0),
    expires_at=small,
    counts_from=small,
    at_expiry=st.sampled_from(AtExpiry),
)


@given(timed_signals, small)
def test_the_state_changes_at_the_instant_named_and_at_none_before(signal: Signal, now: float) -> None:
    changes_at = signal.changes_after(now)
    assert changes_at > now
    for instant in (now + 0.25 * step for step in range(40)):
        if instant < changes_at:
            assert signal.state_at(instant) is signal.state_at(now)


def test_labels_are_a_set_of_names_and_values() -> None:
    labels = Labels({"b": "2", "a": "1"})
    assert list(labels.items()) == [("a", "1"), ("b", "2")]
    assert labels == Labels({"a": "1", "b": "2"})
    assert hash(labels) == hash(Labels({"a": "1", "b": "2"}))
    assert labels != Labels({"a": "1"})
    assert labels != {"a": "1", "b": "2"}
    assert (labels["a"], len(labels), "c" in labels) == ("1", 2, False)
    assert repr(labels) == '{a="1", b="2"}'
    with pytest.raises(KeyError):
        labels["c"]


def test_an_empty_value_is_the_same_as_no_label() -> None:
    assert Labels({"a": "", "b": "1"}) == Labels({"b": "1"})
    assert Labels({"a": ""}) == NO_LABELS
    assert NO_LABELS.get("a") == ""
    assert NO_LABELS.get("a", "other") == "other"


def test_some_of_the_labels() -> None:
    labels = Labels({"a": "1", "b": "2"})
    assert labels.only(("b", "c")) == Labels({"b": "2"})
    assert labels.only(()) is NO_LABELS


label_sets = st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3)


@given(label_sets, label_sets)
def test_labels_have_one_fingerprint_each(one: dict[str, str], other: dict[str, str]) -> None:
    first, second = Labels(one), Labels(other)
    assert (first.fingerprint == second.fingerprint) is (first == second)
    assert len(first.fingerprint) == 16


def test_values_that_run_into_each_other_have_fingerprints_of_their_own() -> None:
    assert Labels({"a": "bc"}).fingerprint != Labels({"ab": "c"}).fingerprint
    assert Labels({"a": "\ud800"}).fingerprint != Labels({"a": "\udfff"}).fingerprint


def test_the_same_labels_of_two_sources_are_two_things() -> None:
    assert firing(1).key != replace(firing(1), source="other").key
    assert firing(1).key == resolved(2).key
