"""What was begun, and how it ended: intents, outcomes, and the table by which the one becomes the other.

The outcome of a request has three arms. Unknown is never turned into failure: the request may have been applied, or may still be (reliability.md, "Exactly once in effect").
Knows no transport and no endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

OperationId = NewType("OperationId", str)
"""A fresh name for one attempt to write; it travels in the incident's metadata as `op`."""

Target = NewType("Target", str)
"""What a request is about, such as `incident:<key>` or `component:<id>`. At most one write is in flight for each."""


class Failure(StrEnum):
    """How a request failed before an answer could be read, as the transport saw it."""

    REFUSED = "refused"
    """Refused before a byte was written: no connection, no name, no certificate."""
    TIMEOUT = "timeout"
    LOST = "lost"
    """The connection broke after a byte may have been written."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Done:
    """The request was applied; `body` is the decoded answer."""

    body: object
    reason: Reason = Reason.DONE


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request was certainly not applied.

    Attributes:
        reason: why.
        message: what the server said, cut and without secrets.
        retry_after: seconds that the server asked for, if it did.
    """

    reason: Reason
    message: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may have been applied, or may be applied later."""

    reason: Reason
    message: str = ""


Outcome = Done | NotSent | Unknown

RATE_LIMIT_STATUSES = frozenset({420, 429})
"""Both are in use (statuspage-api.md, 3.1)."""

_FAILURES: Mapping[Failure, Outcome] = {
    Failure.REFUSED: NotSent(Reason.REFUSED_CONNECTION),
    Failure.TIMEOUT: Unknown(Reason.TIMEOUT),
    Failure.LOST: Unknown(Reason.CONNECTION_LOST),
    Failure.CANCELLED: Unknown(Reason.CANCELLED),
}

_CLIENT_ERRORS = {401: Reason.UNAUTHORIZED, 403: Reason.UNAUTHORIZED, 404: Reason.NOT_FOUND}


def classify_failure(failure: Failure) -> Outcome:
    """The outcome of a request that got no answer."""
    return _FAILURES[failure]


def classify_answer(
    status: int, body: object, *, readable: bool, message: str = "", retry_after: float | None = None
) -> Outcome:
    """The outcome of a request that was answered.

    Args:
        status: the HTTP status code.
        body: the decoded JSON body.
        readable: whether the whole body arrived and is JSON. An empty body is readable where none is expected.
        message: the server's error text, cut and without secrets.
        retry_after: seconds, from the header.
    """
    if status in RATE_LIMIT_STATUSES:
        return NotSent(
            Reason.RATE_LIMITED, message, retry_after
        )  # by the status alone: nobody has recorded the body
    if 200 <= status < 300:  # noqa: PLR2004
        # Applied, most likely; but the answer that would tell us what, and under which id, cannot be read.
        return Done(body) if readable else Unknown(Reason.UNREADABLE_ANSWER, message)
    if status in {408, 409}:
        return Unknown(Reason.TIMEOUT if status == 408 else Reason.CONFLICT, message)  # noqa: PLR2004
    if 400 <= status < 500 and readable:  # noqa: PLR2004
        return NotSent(_CLIENT_ERRORS.get(status, Reason.REJECTED), message, retry_after)
    if status >= 500:  # noqa: PLR2004
        return Unknown(Reason.SERVER_ERROR, message)
    return Unknown(Reason.UNREADABLE_ANSWER, message)


class IntentState(StrEnum):
    """Where an intent stands. Everything but `OPEN` and `UNKNOWN` is final."""

    OPEN = "open"
    """Recorded; the request may be on its way."""
    UNKNOWN = "unknown"
    """The outcome could not be learned; it is settled by reading, `settle_for` after the deadline."""
    DONE = "done"
    NOT_SENT = "not_sent"
    ADOPTED = "adopted"
    """Unknown, then found applied."""
    NOT_APPLIED = "not_applied"
    """Unknown, then found absent after the time by which it would have been applied."""


class IntentEvent(StrEnum):
    """What can happen to an intent."""

    ANSWERED = "answered"
    REFUSED = "refused"
    LOST = "lost"
    RESTARTED = "restarted"
    FOUND = "found"
    ABSENT = "absent"


INTENT_TRANSITIONS: Mapping[tuple[IntentState, IntentEvent], IntentState] = {
    (IntentState.OPEN, IntentEvent.ANSWERED): IntentState.DONE,
    (IntentState.OPEN, IntentEvent.REFUSED): IntentState.NOT_SENT,
    (IntentState.OPEN, IntentEvent.LOST): IntentState.UNKNOWN,
    (IntentState.OPEN, IntentEvent.RESTARTED): IntentState.UNKNOWN,
    # A list shows it before its answer has come: from now on nothing can make it unsaid, not even its deletion.
    (IntentState.OPEN, IntentEvent.FOUND): IntentState.ADOPTED,
    (IntentState.UNKNOWN, IntentEvent.RESTARTED): IntentState.UNKNOWN,
    # A later refusal of the same operation says nothing of the attempt that was lost.
    (IntentState.UNKNOWN, IntentEvent.REFUSED): IntentState.UNKNOWN,
    (IntentState.UNKNOWN, IntentEvent.FOUND): IntentState.ADOPTED,
    (IntentState.UNKNOWN, IntentEvent.ABSENT): IntentState.NOT_APPLIED,
}
"""Every pair that is not listed is a defect."""

LIVE = frozenset({IntentState.OPEN, IntentState.UNKNOWN})


def event_of(outcome: Outcome) -> IntentEvent:
    """What an outcome means for the intent of its request."""
    match outcome:
        case Done():
            return IntentEvent.ANSWERED
        case NotSent():
            return IntentEvent.REFUSED
        case Unknown():
            return IntentEvent.LOST


class IntentKind(StrEnum):
    """What the write was to do. Reads have no intent, points need none: the same points sent again change nothing."""

    CREATE_INCIDENT = "create_incident"
    UPDATE_INCIDENT = "update_incident"
    SET_COMPONENT = "set_component"
    CREATE_MAINTENANCE = "create_maintenance"
    UPDATE_MAINTENANCE = "update_maintenance"


CREATING = frozenset({IntentKind.CREATE_INCIDENT, IntentKind.CREATE_MAINTENANCE})
"""After which it has to be looked for what a lost write may have made."""

OF_MAINTENANCES = frozenset({IntentKind.CREATE_MAINTENANCE, IntentKind.UPDATE_MAINTENANCE})


@dataclass(frozen=True, slots=True)
class Intent:
    """One write that was begun.

    Attributes:
        operation: the fresh name that the write carries.
        kind: what it was to do.
        target: what it was about.
        touches: what else it sets on the way: the components that ride on an incident's call.
        page: the page's name in the settings.
        began_at: our clock, when its slot was granted.
        deadline: our clock, when our side gives up waiting.
        payload: what is needed to recognise and to finish it, as JSON.
        state: where it stands.
        reason: why it stands there.
        incident_id: the incident that an update is about.
    """

    operation: OperationId
    kind: IntentKind
    target: Target
    page: str
    began_at: float
    deadline: float
    payload: str
    state: IntentState = IntentState.OPEN
    reason: Reason | None = None
    incident_id: str = ""
    touches: tuple[Target, ...] = ()

    def settled_at(self, settle_for: float) -> float:
        """When a request that was lost has been applied, if it ever will be."""
        return self.deadline + settle_for
