"""What is awaited of queries: unknown until it was measured by the expression of now, and gone when nobody will measure it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.awaited import NOT_ASKED, NOTHING_EXPECTED, Awaited, Expected, replaced_signals
from bridge.core.health import SourceHealth, seen_state
from bridge.core.rules import Series
from bridge.core.signals import AtExpiry, Labels, Merge, Signal, SignalState, merge

NOW = 1000.0
FAMILY = "prometheus/"
SOURCES = ("prometheus/main", "prometheus/other", "alertmanager", "probe")

awaited = st.builds(
    Awaited,
    st.sampled_from(SOURCES[:2]),
    st.sampled_from([Labels({"query": name}) for name in ("a", "b", "c")]),
    st.sampled_from([Series("query:main:up"), Series("query:main:down")]),
    st.sampled_from((45.0, 90.0)),
)
expectations = st.lists(awaited, max_size=5, unique_by=lambda one: one.key).map(
    lambda signals: Expected(FAMILY, tuple(signals))
)
signals = st.lists(
    st.builds(
        Signal,
        st.sampled_from(SOURCES),
        st.sampled_from([Labels({"query": name}) for name in ("a", "b", "c", "d")]),
        st.sampled_from(SignalState),
        since=st.floats(0.0, NOW),
        received_at=st.floats(0.0, NOW),
        expires_at=st.floats(0.0, 2 * NOW),
        at_expiry=st.sampled_from(AtExpiry),
        value=st.none() | st.floats(0.0, 1.0),
    ),
    max_size=8,
    unique_by=lambda signal: signal.key,
)


@given(known=signals, before=expectations, after=expectations)
def test_whatever_was_known_every_signal_is_of_the_expression_of_now_and_no_other_is_left(
    known: list[Signal], before: Expected, after: Expected
) -> None:
    there = {signal.key: signal for signal in known}
    there |= {signal.key: signal for signal in replaced_signals(there.values(), after, before.series, NOW)}
    for one in after.signals:
        signal = there[one.key]
        if before.series.get(one.key) != one.series:
            assert (signal.state, signal.value, signal.detail) == (SignalState.UNKNOWN, None, NOT_ASKED)
    left = {
        key
        for key, signal in there.items()
        if key.source.startswith(FAMILY) and signal.state_at(NOW) is not None
    }
    assert left <= after.series.keys()
    assert {key: signal for key, signal in there.items() if not key.source.startswith(FAMILY)} == {
        signal.key: signal for signal in known if not signal.source.startswith(FAMILY)
    }


@given(known=signals, expected=expectations)
def test_nothing_is_replaced_twice(known: list[Signal], expected: Expected) -> None:
    there = {signal.key: signal for signal in known}
    there |= {signal.key: signal for signal in replaced_signals(there.values(), expected, {}, NOW)}
    again = replaced_signals(there.values(), expected, expected.series, NOW)
    assert all(signal.state_at(NOW) is None for signal in again)  # what is gone already


@given(known=signals)
def test_where_nothing_is_expected_nothing_is_replaced(known: list[Signal]) -> None:
    assert replaced_signals(known, NOTHING_EXPECTED, {}, NOW) == []


@given(known=signals, expected=expectations)
def test_the_first_report_is_believed_over_what_is_awaited(known: list[Signal], expected: Expected) -> None:
    for unknown in replaced_signals(known, expected, {}, NOW):
        if unknown.detail != NOT_ASKED:
            continue
        report = Signal(
            unknown.source,
            unknown.labels,
            SignalState.OK,
            max(NOW, unknown.since),
            NOW,
            NOW + 90.0,
            value=0.5,
        )
        assert merge(unknown, report) == (report, Merge.CHANGED)


@given(known=signals)
def test_what_is_retired_is_gone_though_its_source_is_blind(known: list[Signal]) -> None:
    for signal in replaced_signals(known, Expected(FAMILY), {}, NOW):
        assert seen_state(signal, SourceHealth(signal.source, 1.0, stale_after=0.5), NOW) is None
