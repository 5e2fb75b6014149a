"""The blast radius by itself: how much may get worse at once, what is held, and what is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from bridge.core.blast import (
    FEW,
    WINDOW,
    Blast,
    BlastTerms,
    advance_blast,
    blast_due_at,
    blast_limit,
    blast_of,
    blast_records,
    resumed_blast,
)
from bridge.core.holds import NEVER, Truth
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName
from bridge.core.statuses import CLAIMABLE, ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATIONAL, MAJOR = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE
NAMES = tuple(ComponentName(f"c{number}") for number in range(6))
TERMS = BlastTerms(limit=3.0, hold=300.0)
NOW = 1_000_000.0


def nobody(_: object) -> set[str]:
    """No source says so any more."""
    return set()


def broken(count: int) -> dict[ComponentName, ComponentStatus]:
    """So many claims."""
    return dict.fromkeys(NAMES[:count], MAJOR)


def all_worse(
    blast: Blast, count: int, now: float, sources: Callable[..., set[str]] = nobody
) -> tuple[Blast, tuple[Reason, ...]]:
    worse = dict.fromkeys(NAMES[:count], OPERATIONAL)
    return advance_blast(blast, worse, broken(count), sources, terms=TERMS, now=now)


def test_the_limit_is_a_share_of_the_page_and_three_in_any_case() -> None:
    assert [blast_limit(0.5, count) for count in (1, 6, 7, 100)] == [FEW, 3.0, 3.5, 50.0]
    assert blast_limit(0.0, 1000) == FEW
    assert blast_limit(1.0, 10) == NEVER


# One joins an old hold that would be over, while two others were let through a second ago.
@example(
    [
        (0.0, dict.fromkeys(NAMES[:4], ComponentStatus.DEGRADED_PERFORMANCE)),
        (0.0, {NAMES[2]: ComponentStatus.DEGRADED_PERFORMANCE}),
        (341.0, dict.fromkeys((*NAMES[:3], NAMES[5]), ComponentStatus.DEGRADED_PERFORMANCE)),
        (1.0, {NAMES[1]: MAJOR, NAMES[2]: ComponentStatus.DEGRADED_PERFORMANCE, NAMES[3]: MAJOR}),
    ]
)
@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 400.0),
            st.dictionaries(st.sampled_from(NAMES), st.sampled_from(CLAIMABLE), max_size=4),
        ),
        max_size=12,
    )
)
def test_never_more_than_the_limit_is_let_through_in_any_five_minutes_without_its_being_said_twice(
    story: list[tuple[float, dict[ComponentName, ComponentStatus]]],
) -> None:
    """However claims come and go, as long as nothing lets a hold through."""
    blast, now = Blast(), NOW
    claimed: dict[ComponentName, ComponentStatus] = {}
    shown: dict[ComponentName, ComponentStatus] = {}
    let_through: list[tuple[float, ComponentName]] = []
    for seconds, after in story:
        now += seconds
        worse = {
            name: claimed.get(name, OPERATIONAL)
            for name, status in after.items()
            if status.severity > claimed.get(name, OPERATIONAL).severity
        }
        claimed = after
        before = blast.hold
        blast, reasons = advance_blast(blast, worse, claimed, nobody, terms=TERMS, now=now)
        caps = blast.caps
        now_shown = {
            name: min(status, caps.get(name, status), key=lambda one: one.severity)
            for name, status in claimed.items()
        }
        # What a hold that is over held before is no new worsening; it is little enough.
        released = set(before.caps) if before is not None and Reason.BLAST_RECOVERED in reasons else set()
        assert len(released & set(claimed)) <= TERMS.limit
        let_through += [
            (now, name)
            for name, status in now_shown.items()
            if status.severity > shown.get(name, OPERATIONAL).severity and name not in released
        ]
        shown = now_shown
        assert len({name for at, name in let_through if at > now - WINDOW}) <= TERMS.limit


def test_two_sources_are_asked_only_when_the_time_is_over() -> None:
    blast, reasons = all_worse(Blast(), 5, NOW, lambda _: {"one", "two"})
    assert reasons == (Reason.BLAST_HELD,)
    assert blast_due_at(blast, TERMS) == NOW + 300.0
    before, reasons = advance_blast(
        blast, {}, broken(5), lambda _: {"one", "two"}, terms=TERMS, now=NOW + 299.9
    )
    assert (before, reasons) == (blast, ())
    after, reasons = advance_blast(blast, {}, broken(5), lambda _: {"one", "two"}, terms=TERMS, now=NOW + 300)
    assert (after.hold, reasons) == (None, (Reason.BLAST_AGREED,))


def test_without_connectivity_two_sources_are_not_enough() -> None:
    blast, _ = all_worse(Blast(), 5, NOW)
    terms = BlastTerms(TERMS.limit, TERMS.hold, connectivity=Truth.UNKNOWN)
    after, reasons = advance_blast(
        blast, {}, broken(5), lambda _: {"one", "two"}, terms=terms, now=NOW + 300.0
    )
    assert after.hold is not None
    assert reasons == (Reason.BLAST_OVERDUE,)
    assert blast_due_at(after, terms) == NEVER


def test_it_is_told_once_that_the_time_is_over() -> None:
    blast, _ = all_worse(Blast(), 5, NOW)
    blast, first = advance_blast(blast, {}, broken(5), nobody, terms=TERMS, now=NOW + 300.0)
    blast, second = advance_blast(blast, {}, broken(5), nobody, terms=TERMS, now=NOW + 900.0)
    assert (first, second) == ((Reason.BLAST_OVERDUE,), ())


@given(count=st.integers(0, 6), left=st.integers(0, 3), overdue=st.booleans())
def test_what_is_remembered_comes_back_from_its_records(count: int, left: int, *, overdue: bool) -> None:
    blast, _ = all_worse(Blast(), count, NOW)
    now = NOW + (TERMS.hold if overdue else 1.0)
    blast, _ = advance_blast(blast, {}, broken(count - left), nobody, terms=TERMS, now=now)
    assert blast_of(blast_records("acme", blast)) == blast


def test_no_instant_is_left_in_the_future_and_what_passed_unwatched_counts_for_nothing() -> None:
    blast, _ = all_worse(Blast(), 5, NOW)
    resumed = resumed_blast(blast, away=1000.0, now=NOW + 1100.0)
    assert resumed.hold is not None
    assert (resumed.hold.since, set(resumed.worsened.values())) == (NOW + 1000.0, {NOW + 1000.0})
    back = resumed_blast(blast, away=1.0, now=NOW - 5000.0)
    assert back.hold is not None
    assert back.hold.since == NOW - 5000.0
