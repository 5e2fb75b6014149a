"""Pacing: whatever the latency, the losses and the crashes, the server never counts more than its limit.

The judge of the window knows nothing of slots: it knows only when each request started and between which instants it may have arrived.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.intents import OperationId
from bridge.core.pacing import Budget, Lane, Limits, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

INCIDENT, OBSERVE, ROUTINE = Lane
TIMEOUT = 30.0
LIMITS = Limits()
WARM = Slot(OperationId("before"), OBSERVE, 1000.0 - LIMITS.window, 1000.0 + 1.0)
"""What a start at 1000 finds that has run for a minute: the window before it is known."""


def warm(limits: Limits = LIMITS, *, now: float = 1000.0) -> Budget:
    """A budget that knows the window before it, and of which nothing is taken."""
    budget = Budget(limits, [replace(WARM, taken_at=now - limits.window, held_until=now + 1e-9)], now=now)
    assert budget.held(now + 1e-6) == dict.fromkeys(Lane, 0)
    return budget


def drain(
    budget: Budget, lane: Lane, *, now: float, at_most: int = 200, names: Iterable[int] | None = None
) -> int:
    """Take all that the lane grants at this instant."""
    for taken, name in zip(range(at_most), names or count(), strict=False):
        if budget.ready_at(lane, now) > now:
            return taken
        budget.take(lane, OperationId(f"{lane}-{name}"), now=now, deadline=now + TIMEOUT)
    return at_most


@dataclass(frozen=True)
class Arrival:
    """The span in which one request reaches the server, if it does."""

    earliest: float
    latest: float


def most_in_any_window(arrivals: list[Arrival], window: float) -> int:
    """The most arrivals that any window can hold, if the network does its worst.

    Brute force over the windows `(end - window, end]` that end as some request may first or last arrive. A request counts if it can arrive within; requests are independent of
    each other, so all of these can arrive within at once. Sums of floating-point seconds are trusted to a microsecond.
    """
    ends = {one.earliest for one in arrivals} | {one.latest for one in arrivals}
    return max(
        (sum(one.earliest <= end and one.latest > end - window + 1e-6 for one in arrivals) for end in ends),
        default=0,
    )


@dataclass(frozen=True)
class Act:
    """One thing that happens: a pause, then a request or a crash."""

    pause: float
    lane: Lane
    latency: float | None
    """Seconds until the answer; None for one that is lost and may arrive until S after its deadline."""
    crash: bool


acts = st.builds(
    Act,
    pause=st.sampled_from((0.0, 0.0, 0.0, 0.0, 0.5, 2.0, 20.0)),
    lane=st.sampled_from(Lane),
    latency=st.sampled_from((0.0, 0.125, 1.0, 10.0, 29.0, None)),
    crash=st.sampled_from((False,) * 15 + (True,)),
)
small = Limits(
    requests=12, window=16.0, incident_reserve=2, observe_reserve=1, others_share=1, burst=3, settle_for=40.0
)


@given(st.lists(acts, min_size=20, max_size=70), st.sampled_from((small, replace(small, others_share=0))))
def test_the_server_never_counts_more_than_its_limit(course: list[Act], limits: Limits) -> None:
    now, names = 1000.0, count()
    stored: dict[OperationId, Slot] = {}
    arrivals: list[Arrival] = []
    answers: list[tuple[float, OperationId]] = []
    budget = warm(limits)
    for act in course:
        now += act.pause
        if act.crash:
            # What was in flight stays in the store as it was taken: nobody reads its answer any more.
            budget, answers = Budget(limits, stored.values(), now=now), []
        for _ in range(40):
            for answered_at, operation in sorted(answers):
                if answered_at <= now:
                    answers.remove((answered_at, operation))
                    slot = budget.answered(operation, answered_at)
                    assert slot is not None
                    stored[operation] = slot
            ready_at = budget.ready_at(act.lane, now)
            if ready_at <= now:
                break
            # Whoever waits for a slot is woken by an answer, too.
            now = min([ready_at, *(at for at, _ in answers if at > now)])
        else:
            raise AssertionError("the lane is never granted a slot")
        operation = OperationId(str(next(names)))
        stored[operation] = budget.take(act.lane, operation, now=now, deadline=now + TIMEOUT)
        if act.latency is None:
            arrivals.append(Arrival(now, now + TIMEOUT + limits.settle_for))
        else:
            arrivals.append(Arrival(now, now + act.latency))
            answers.append((now + act.latency, operation))
    assert most_in_any_window(arrivals, limits.window) <= limits.requests - limits.others_share


def test_with_the_limits_of_the_page_a_minute_of_everything_stays_below_sixty() -> None:
    """Every request of a busy hour takes five seconds, and may arrive at its beginning or at its end."""
    budget, now, names = warm(), 1000.0, count()
    arrivals: list[Arrival] = []
    answers: list[tuple[float, OperationId]] = []
    while now < 1000.0 + 600:
        for at, operation in [one for one in answers if one[0] <= now]:
            budget.answered(operation, at)
            answers.remove((at, operation))
        for lane in Lane:
            while budget.ready_at(lane, now) <= now:
                operation = OperationId(str(next(names)))
                budget.take(lane, operation, now=now, deadline=now + TIMEOUT)
                arrivals.append(Arrival(now, now + 5.0))
                answers.append((now + 5.0, operation))
        now = min(*(budget.ready_at(lane, now) for lane in Lane), *(at for at, _ in answers))
    assert most_in_any_window(arrivals, 60.0) == 57
    assert len(arrivals) > 8 * 57


def test_when_everything_is_lost_the_window_stays_shut_until_all_has_arrived() -> None:
    budget = warm()
    taken = sum(drain(budget, lane, now=1000.0) for lane in (INCIDENT, OBSERVE))
    assert taken == 57
    for lane in Lane:
        assert budget.ready_at(lane, 1001.0) == 1000.0 + TIMEOUT + 60.0 + 150.0


def test_an_answer_gives_the_slot_back_one_window_after_it_was_read() -> None:
    budget = warm()
    drain(budget, INCIDENT, now=1000.0)
    slot = budget.answered(OperationId("incident-0"), 1012.0)
    assert slot is not None
    assert (slot.taken_at, slot.held_until) == (1000.0, 1072.0)
    assert budget.ready_at(INCIDENT, 1012.0) == 1072.0


def test_what_was_never_sent_gives_its_slot_back_at_once() -> None:
    budget = warm()
    drain(budget, INCIDENT, now=1000.0)
    assert budget.ready_at(INCIDENT, 1000.0) > 1000.0
    budget.never_sent(OperationId("incident-0"))
    assert budget.ready_at(INCIDENT, 1000.0) == 1000.0
    budget.never_sent(OperationId("incident-0"))
    assert budget.answered(OperationId("incident-0"), 1000.0) is None


# Which lanes took all that they could, in which order, and what is then left for incidents and reads.
RESERVES = {
    "nobody took anything": ((), 55, 51),
    "routine requests took all that they may": ((ROUTINE,), 6, 2),
    "reads took all that they may": ((OBSERVE,), 6, 0),
    "incidents took all that they may": ((INCIDENT,), 0, 2),
    "routine requests and then reads": ((ROUTINE, OBSERVE), 6, 0),
    "routine requests and then incidents": ((ROUTINE, INCIDENT), 0, 2),
    "reads and then routine requests": ((OBSERVE, ROUTINE), 6, 0),
}


@pytest.mark.parametrize(("greedy", "incidents", "reads"), RESERVES.values(), ids=RESERVES)
@pytest.mark.parametrize("asked", [INCIDENT, OBSERVE])
def test_what_is_kept_for_whom(greedy: tuple[Lane, ...], incidents: int, reads: int, asked: Lane) -> None:
    budget = warm(replace(LIMITS, burst=1000))
    for lane in greedy:
        drain(budget, lane, now=1000.0)
    assert drain(budget, asked, now=1000.0) == (incidents if asked is INCIDENT else reads)


def test_two_reads_a_minute_are_possible_however_busy_the_rest_is() -> None:
    budget, names = warm(replace(LIMITS, burst=1000)), count()
    for minute in range(20):
        now = 1000.0 + 61.0 * minute
        for lane in (INCIDENT, ROUTINE, INCIDENT) if minute % 2 else (ROUTINE, INCIDENT):
            drain(budget, lane, now=now, names=names)
        assert drain(budget, OBSERVE, now=now, at_most=2, names=names) == 2
        for operation in list(budget._slots):
            budget.answered(operation, now)


def routine_starts(budget: Budget, *, now: float, until: float, latency: float) -> list[float]:
    """When routine requests start, if there is always one more to send and each is answered after `latency` seconds."""
    starts: list[float] = []
    answers: list[tuple[float, OperationId]] = []
    while now < until:
        for at, operation in [one for one in answers if one[0] <= now]:
            budget.answered(operation, at)
            answers.remove((at, operation))
        ready_at = budget.ready_at(ROUTINE, now)
        if ready_at > now:
            now = min([ready_at, *(at for at, _ in answers)])
            continue
        operation = OperationId(f"routine-{len(starts)}")
        budget.take(ROUTINE, operation, now=now, deadline=now + TIMEOUT)
        starts.append(now)
        answers.append((now + latency, operation))
    return starts


def hold(budget: Budget, lane: Lane, names: Iterable[int], *, now: float) -> None:
    """Take all that the lane grants at this instant, answered at once."""
    for name in names:
        if budget.ready_at(lane, now) > now:
            return
        operation = OperationId(f"{lane}-{name}")
        budget.take(lane, operation, now=now, deadline=now + TIMEOUT)
        budget.answered(operation, now)


def test_what_incidents_took_is_kept_for_them_anew_before_routine_requests_go_on() -> None:
    budget, names = warm(replace(LIMITS, burst=1000)), count()
    for second in range(60):  # one slot comes back in each second of the next minute, near enough
        hold(budget, ROUTINE, [next(names)], now=1000.0 + second)
    hold(budget, OBSERVE, [next(names), next(names)], now=1059.0)
    assert drain(budget, INCIDENT, now=1059.0, at_most=4, names=names) == 4
    # At 1060 and after, ones come back: first the reserve is filled, then routine goes on.
    assert budget.ready_at(ROUTINE, 1059.0) == 1064.0
    assert drain(budget, INCIDENT, now=1062.0, at_most=9, names=names) == 5


def test_two_reads_are_granted_however_far_the_window_was_shrunk() -> None:
    budget, names = warm(replace(LIMITS, burst=1000)), count()
    for now in (1000.0, 1001.0):
        hold(budget, ROUTINE, names, now=now)
    for _ in range(4):
        budget.penalise(1001.0, 1.0)
        budget.accepted()
    for lane, granted in ((ROUTINE, 0), (INCIDENT, 0), (OBSERVE, 2)):
        assert drain(budget, lane, now=1002.0, names=names) == granted


def test_a_burst_of_small_things_is_spread_over_the_window() -> None:
    starts = routine_starts(warm(), now=1000.0, until=1060.0, latency=0.5)
    assert starts[LIMITS.burst - 1] == 1000.0
    # What is left lasts until the first of the burst come back.
    assert len(starts) == 49
    gaps = [later - earlier for earlier, later in pairwise(starts[LIMITS.burst :])]
    assert 1.2 < min(gaps) <= max(gaps) < 2.0


def test_smoothing_withholds_nothing_in_the_long_run() -> None:
    starts = routine_starts(warm(), now=1000.0, until=1000.0 + 1200, latency=0.5)
    assert len(starts) >= 0.99 * 49 * 1200 / 60.5
    assert max(later - earlier for earlier, later in pairwise(starts)) < 2 * 60 / 49 + 0.001


def test_what_is_free_is_not_withheld_though_nothing_is_answered() -> None:
    starts = routine_starts(warm(), now=1000.0, until=1050.0, latency=1e9)
    assert {round(later - earlier, 3) for earlier, later in pairwise(starts[LIMITS.burst :])} == {
        round(2 * 60 / 49, 3)
    }


def test_incidents_and_reads_are_not_spread() -> None:
    budget = warm()
    drain(budget, ROUTINE, now=1000.0)
    for lane in (INCIDENT, OBSERVE):
        assert budget.ready_at(lane, 1000.0) == 1000.0


def test_a_start_that_remembers_nothing_begins_with_a_second_between_requests() -> None:
    budget, now, starts = Budget(LIMITS, [], now=1000.0), 1000.0, []
    for number in range(10):
        now = budget.ready_at(INCIDENT, now)
        starts.append(now)
        budget.take(INCIDENT, OperationId(str(number)), now=now, deadline=now + TIMEOUT)
    assert starts == [1000.0 + number for number in range(10)]


def test_a_cold_start_ends_after_a_window() -> None:
    budget = Budget(LIMITS, [], now=1000.0)
    budget.take(INCIDENT, OperationId("a"), now=1059.5, deadline=1089.5)
    assert budget.ready_at(INCIDENT, 1059.5) == 1060.0
    assert budget.ready_at(INCIDENT, 1060.0) == 1060.0


def test_a_crash_in_a_cold_start_does_not_end_it() -> None:
    """Without this, a crash loop on an empty store would send a burst into a window that nobody knows."""
    stored: list[Slot] = []
    now = 1000.0
    starts = []
    for crash in range(30):
        budget = Budget(LIMITS, stored, now=now)
        for attempt in range(2):
            now = budget.ready_at(INCIDENT, now)
            starts.append(now)
            stored.append(
                budget.take(INCIDENT, OperationId(f"{crash}-{attempt}"), now=now, deadline=now + TIMEOUT)
            )
    # The window that nobody knew is over at 1060.
    unknown = [start for start in starts if start < 1060.0]
    assert len(unknown) > 10
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(unknown))


def test_a_restart_that_knows_its_window_is_not_slowed() -> None:
    stored = [
        Slot(OperationId("old"), OBSERVE, 935.0, 1001.0),
        Slot(OperationId("new"), OBSERVE, 999.0, 1100.0),
    ]
    budget = Budget(LIMITS, stored, now=1000.0)
    assert drain(budget, INCIDENT, now=1000.0, at_most=5) == 5


def test_a_restart_does_not_give_routine_requests_another_one_at_once() -> None:
    before = warm()
    stored = [
        *(
            before.take(ROUTINE, OperationId(str(number)), now=1000.0, deadline=1030.0)
            for number in range(10)
        ),
        replace(WARM, held_until=1100.0),
    ]
    after = Budget(LIMITS, stored, now=1000.5)
    assert after.ready_at(ROUTINE, 1000.5) > 1001.0


def test_slots_from_the_future_count_from_now() -> None:
    """The clock was set back: nobody knows when they were taken, so they count as taken now and never answered."""
    future = [Slot(OperationId(str(number)), INCIDENT, 9000.0 + number, 9100.0) for number in range(57)]
    budget = Budget(LIMITS, future, now=1000.0)
    assert budget.held(1000.0)[INCIDENT] == 57
    assert budget.ready_at(INCIDENT, 1000.0) == 1000.0 + 60.0 + 150.0


def test_slots_that_have_ended_are_not_taken_up() -> None:
    budget = Budget(LIMITS, [Slot(OperationId("a"), ROUTINE, 900.0, 1000.0)], now=1000.0)
    assert budget.held(1000.0) == {INCIDENT: 0, OBSERVE: 0, ROUTINE: 0}


@pytest.mark.parametrize(("asked", "until"), [(7.0, 1007.0), (None, 1060.0), (0.0, 1060.0), (3600.0, 1900.0)])
def test_a_penalty_is_obeyed_by_every_lane(asked: float | None, until: float) -> None:
    budget = warm()
    budget.penalise(1000.0, asked)
    assert {budget.ready_at(lane, 1000.0) for lane in Lane} == {until}
    assert {budget.ready_at(lane, until) for lane in Lane} == {until}


def test_after_a_penalty_half_of_the_window_is_used_and_grows_back() -> None:
    budget = warm()
    budget.penalise(1000.0, 60.0)
    taken = [burst(budget, at) for at in (1060.0, 1060.0 + 10 * 60.0)]
    assert taken[0] < taken[1] == burst(warm(), 1000.0)


def burst(budget: Budget, now: float) -> int:
    """How many incident slots may be taken at once."""
    count = 0
    while budget.ready_at(INCIDENT, now) <= now:
        budget.take(INCIDENT, OperationId(f"{now}:{count}"), now=now, deadline=now)
        budget.answered(OperationId(f"{now}:{count}"), now)
        count += 1
    return count


# Seconds after the second of two refusals, one after the other, and the share of the window that is used then.
SHARES = {
    "each refusal halves": (0.0, 14),
    "a tenth comes back in a window": (60.0, 19),
    "and another": (120.0, 25),
    "until all is used": (450.0, 57),
    "and no more": (9000.0, 57),
}


@pytest.mark.parametrize(("after", "expected"), SHARES.values(), ids=SHARES)
def test_what_is_used_after_refusals(after: float, expected: int) -> None:
    budget = warm(replace(LIMITS, incident_reserve=0, observe_reserve=0))
    budget.penalise(880.0, 60.0)
    budget.penalise(900.0, 40.0)  # under way together with the first: it counts once
    budget.penalise(940.0, 60.0)
    assert drain(budget, INCIDENT, now=1000.0 + after) == expected


@pytest.mark.parametrize("limits", [LIMITS, Limits(requests=12)], ids=["the page's", "the smallest"])
@given(refusals=st.lists(st.sampled_from((None, 0.0, 1.0, 60.0)), min_size=1, max_size=8))
def test_however_often_it_was_refused_every_lane_is_granted_a_slot_again(
    limits: Limits, refusals: list[float | None]
) -> None:
    budget, now = warm(limits), 1000.0
    for asked in refusals:
        budget.penalise(now, asked)
        now += 1.0
    for lane in Lane:
        for _ in range(40):
            ready_at = budget.ready_at(lane, now)
            if ready_at <= now:
                break
            now = ready_at
        assert budget.ready_at(lane, now) == now


def test_refused_again_and_again_it_waits_longer_than_it_is_asked_to() -> None:
    budget = warm()
    now = 1000.0
    for waited in (1.0, 2.0, 4.0, 8.0, 16.0):
        budget.penalise(now, 1.0)
        budget.penalise(now, 1.0)  # it was under way together with the other
        assert budget.ready_at(INCIDENT, now) == now + waited
        now += waited
    budget.accepted()
    budget.penalise(now, 1.0)
    assert budget.ready_at(INCIDENT, now) == now + 1.0


def test_what_was_under_way_together_and_is_refused_later_counts_once() -> None:
    budget = warm(replace(LIMITS, incident_reserve=0, observe_reserve=0))
    budget.penalise(1000.0, 1.0, began_at=999.0)
    budget.penalise(1002.0, 1.0, began_at=999.5)  # slower, and refused when the wait was over
    assert budget.ready_at(INCIDENT, 1002.0) == 1003.0
    assert drain(budget, INCIDENT, now=1003.0) == 28


def test_every_lane_goes_on_in_the_smallest_share_of_the_window() -> None:
    budget, names = warm(), count()
    for refusal in range(6):
        budget.penalise(1000.0 + 100.0 * refusal, 60.0)
    assert [drain(budget, lane, now=1560.0, names=names) for lane in (OBSERVE, ROUTINE, INCIDENT)] == [
        6,
        0,
        1,
    ]
    budget = warm()
    for refusal in range(6):
        budget.penalise(1000.0 + 100.0 * refusal, 60.0)
    assert [
        drain(budget, lane, now=1560.0, at_most=2, names=names) for lane in (OBSERVE, ROUTINE, INCIDENT)
    ] == [
        2,
        2,
        2,
    ]


def test_a_drift_that_our_clock_takes_over_shortens_no_wait() -> None:
    budget = warm()
    drain(budget, INCIDENT, now=1000.0)
    for number in range(55):
        budget.answered(OperationId(f"incident-{number}"), 1000.0)
    budget.clock_moved(0.75)
    assert budget.ready_at(INCIDENT, 1000.75) == 1060.75
    budget.penalise(1000.75, 100.0)
    budget.clock_moved(0.25)
    assert budget.ready_at(OBSERVE, 1001.0) == 1101.0


def test_slots_that_came_back_are_handed_over_once() -> None:
    budget = warm()
    budget.held(1000.0)
    budget.expired()
    budget.take(ROUTINE, OperationId("a"), now=1000.0, deadline=1030.0)
    budget.answered(OperationId("a"), 1001.0)
    budget.held(1062.0)
    assert OperationId("a") in budget.expired()
    assert budget.expired() == []


def test_slots_that_had_ended_before_a_start_are_handed_over() -> None:
    budget = Budget(LIMITS, [Slot(OperationId("a"), ROUTINE, 900.0, 1000.0)], now=1000.0)
    assert budget.expired() == [OperationId("a")]


def test_a_shorter_penalty_does_not_end_a_longer_one() -> None:
    budget = warm()
    budget.penalise(1000.0, 100.0)
    budget.penalise(1001.0, 5.0)
    assert budget.ready_at(INCIDENT, 1001.0) == 1100.0


def test_limits_that_leave_nothing_are_refused_with_the_figures() -> None:
    text = "10 requests less 3 for others, 6 for incidents and 2 for reads leave -1 for everything else; at least 1 is needed"
    with pytest.raises(ValueError, match=f"^{text}$"):
        Limits(requests=10)
    assert drain(warm(Limits(requests=12)), ROUTINE, now=1000.0) == 1
