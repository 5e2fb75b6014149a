"""Outcomes and intents: no answer and no failure turns what may have been applied into what certainly was not."""

from __future__ import annotations

from itertools import product

import pytest

from bridge.core.intents import (
    INTENT_TRANSITIONS,
    LIVE,
    Done,
    Failure,
    Intent,
    IntentEvent,
    IntentKind,
    IntentState,
    NotSent,
    OperationId,
    Outcome,
    Target,
    Unknown,
    classify_answer,
    classify_failure,
    event_of,
)
from bridge.core.reasons import Reason

OPEN, UNKNOWN, DONE, NOT_SENT, ADOPTED, NOT_APPLIED = IntentState

# By reliability.md, "Exactly once in effect", 3.: what a readable answer means; what is not here is worse than it.
READABLE: dict[int, tuple[type, Reason]] = {
    **dict.fromkeys(range(200, 300), (Done, Reason.DONE)),
    **dict.fromkeys(range(400, 500), (NotSent, Reason.REJECTED)),
    401: (NotSent, Reason.UNAUTHORIZED),
    403: (NotSent, Reason.UNAUTHORIZED),
    404: (NotSent, Reason.NOT_FOUND),
    408: (Unknown, Reason.TIMEOUT),
    409: (Unknown, Reason.CONFLICT),
    420: (NotSent, Reason.RATE_LIMITED),
    429: (NotSent, Reason.RATE_LIMITED),
    **dict.fromkeys(range(500, 1000), (Unknown, Reason.SERVER_ERROR)),
}
# What may be said without reading the body: the rate limit, and what is unknown anyway.
WITHOUT_BODY = {420, 429, 408, 409, *range(500, 1000)}
UNREADABLE = (Unknown, Reason.UNREADABLE_ANSWER)


@pytest.mark.parametrize("readable", [True, False])
def test_every_status_has_its_outcome(*, readable: bool) -> None:
    for status in range(-1, 1000):
        outcome = classify_answer(status, {"id": "x"}, readable=readable, message="m")
        expected = READABLE.get(status, UNREADABLE) if readable or status in WITHOUT_BODY else UNREADABLE
        assert (type(outcome), outcome.reason) == expected, status


def test_an_answer_is_carried_along() -> None:
    assert classify_answer(201, {"id": "x"}, readable=True) == Done({"id": "x"})
    assert classify_answer(204, None, readable=True) == Done(None)
    assert classify_answer(422, {}, readable=True, message="name") == NotSent(Reason.REJECTED, "name")
    assert classify_answer(429, "<html>", readable=False, retry_after=7.0) == NotSent(
        Reason.RATE_LIMITED, retry_after=7.0
    )
    assert classify_answer(502, None, readable=False, message="bad") == Unknown(Reason.SERVER_ERROR, "bad")


FAILURES: dict[Failure, Outcome] = {
    Failure.REFUSED: NotSent(Reason.REFUSED_CONNECTION),
    Failure.TIMEOUT: Unknown(Reason.TIMEOUT),
    Failure.LOST: Unknown(Reason.CONNECTION_LOST),
    Failure.CANCELLED: Unknown(Reason.CANCELLED),
}


@pytest.mark.parametrize("failure", Failure)
def test_only_what_was_refused_before_a_byte_was_written_is_certainly_not_sent(failure: Failure) -> None:
    assert classify_failure(failure) == FAILURES[failure]


TABLE = {
    (OPEN, IntentEvent.ANSWERED): DONE,
    (OPEN, IntentEvent.REFUSED): NOT_SENT,
    (OPEN, IntentEvent.LOST): UNKNOWN,
    (OPEN, IntentEvent.RESTARTED): UNKNOWN,
    (OPEN, IntentEvent.FOUND): ADOPTED,
    (UNKNOWN, IntentEvent.RESTARTED): UNKNOWN,
    (UNKNOWN, IntentEvent.REFUSED): UNKNOWN,
    (UNKNOWN, IntentEvent.FOUND): ADOPTED,
    (UNKNOWN, IntentEvent.ABSENT): NOT_APPLIED,
}
PAIRS = [*product(IntentState, IntentEvent)]


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_the_table_says_what_follows_each_pair_and_any_other_is_a_defect(
    pair: tuple[IntentState, IntentEvent],
) -> None:
    if pair in TABLE:
        assert INTENT_TRANSITIONS[pair] is TABLE[pair]
    else:
        with pytest.raises(KeyError):
            INTENT_TRANSITIONS[pair]


def test_the_states_that_are_not_final_are_those_that_something_can_follow() -> None:
    assert {state for state, _ in INTENT_TRANSITIONS} == LIVE == {OPEN, UNKNOWN}


def test_no_outcome_leads_out_of_unknown_and_only_absence_ends_it_as_not_applied() -> None:
    outcomes: tuple[Outcome, ...] = (NotSent(Reason.REJECTED), Unknown(Reason.TIMEOUT), Done(None))
    for outcome in outcomes:
        assert INTENT_TRANSITIONS.get((UNKNOWN, event_of(outcome)), UNKNOWN) is UNKNOWN
    # Everything that can be reached from unknown, however long the way.
    reached = {UNKNOWN}
    while True:
        further = {INTENT_TRANSITIONS[pair] for pair in INTENT_TRANSITIONS if pair[0] in reached} | reached
        if further == reached:
            break
        reached = further
    assert reached == {UNKNOWN, ADOPTED, NOT_APPLIED}
    ways = {event for (state, event), to in INTENT_TRANSITIONS.items() if to is NOT_APPLIED}
    assert ways == {IntentEvent.ABSENT}


@pytest.mark.parametrize(
    ("outcome", "event"),
    [
        (Done(None), IntentEvent.ANSWERED),
        (NotSent(Reason.REJECTED), IntentEvent.REFUSED),
        (Unknown(Reason.TIMEOUT), IntentEvent.LOST),
    ],
)
def test_what_an_outcome_means_for_its_intent(outcome: Outcome, event: IntentEvent) -> None:
    assert event_of(outcome) is event


def test_a_lost_request_is_settled_s_after_its_deadline() -> None:
    intent = Intent(
        OperationId("op"), IntentKind.SET_COMPONENT, Target("component:a"), "page", 100.0, 130.0, "{}"
    )
    assert intent.settled_at(150.0) == 280.0
