"""What nobody has recorded of Statuspage, as closed questions, and what the daemon makes of the answers.

`bridge statuspage conformance` asks them of a throw-away page, the simulator can be told the answers, and the daemon lets two of them make it more careful. None makes it less careful:
a file may be old, of another page, or wrong, and then nothing false may be said. Knows no wire format and no simulator; a test compares the questions with the simulator's options.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Answer: TypeAlias = str | int | bool | float

LONGEST_LAG: Final = 120.0
"""Seconds: the probe waits for a minute, so that a list that lags for longer was not measured but made up."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that nobody has recorded.

    Attributes:
        name: the simulator's option of that name behaves accordingly.
        text: what is asked.
        answers: all that there are; none where the answer is a number of seconds, from 0 to `LONGEST_LAG`.
    """

    name: str
    text: str
    answers: tuple[Answer, ...]

    def check(self, answer: object) -> str:
        """Complain about what is no answer, or give an empty text. 1 is not true."""
        if not self.answers:
            number = isinstance(answer, int | float) and not isinstance(answer, bool)
            good = number and 0 <= answer <= LONGEST_LAG  # type: ignore[operator]
            return "" if good else f"must be a number of seconds from 0 to {LONGEST_LAG:g}"
        if any(answer == known and type(answer) is type(known) for known in self.answers):
            return ""
        return f"must be {' or '.join(map(_shown, self.answers))}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was sent, and what was seen. Neither holds a secret."""

    sent: str
    seen: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one question.

    Attributes:
        question: its name.
        answer: one of its answers; None for unknown.
        note: why it is unknown, or what the answer goes by; else empty.
        evidence: what it goes by, in order.
    """

    question: str
    answer: Answer | None
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The answers that change what the daemon does; those that nobody has given change nothing.

    Attributes:
        list_lag: seconds by which lists were seen to lag behind a write. Lists are disbelieved for so long if that is longer than usual, never shorter: it was seen a few times, on a quiet
            page. A figure that is too high delays what lists alone tell; whatever notifies is preceded by a reading of its own.
        notifies_after_silent_create: False keeps incidents from being created silently, because their announcement would reach nobody. If that is not so, they are created as they
            are by default; True asks for nothing.
    """

    list_lag: float = 0.0
    notifies_after_silent_create: bool = True

    @classmethod
    def found(cls, findings: Iterable[Finding]) -> Capabilities:
        """What findings come to."""
        answers = {finding.question: finding.answer for finding in findings}
        lag = answers.get("list_lag")
        return cls(
            list_lag=float(lag) if isinstance(lag, int | float) else 0.0,
            notifies_after_silent_create=answers.get("notify_after_silent_create") is not False,
        )


QUESTIONS: Final[Mapping[str, Question]] = {
    question.name: question
    for question in (
        Question("rate_limit_status", "Which status refuses a call over the limit?", (420, 429)),
        Question("count_rejected", "Do refused calls fill the rate window too?", (False, True)),
        Question(
            "retry_after",
            "How does a refusal over the limit carry Retry-After?",
            ("seconds", "date", "absent"),
        ),
        Question(
            "metadata_patch",
            "Does a PATCH replace an incident's metadata, or merge it by its top-level keys?",
            ("replace", "merge"),
        ),
        Question("metadata_in_lists", "Do lists of incidents show metadata?", ("shown", "empty", "absent")),
        Question("list_lag", "How many seconds may a list lag behind a write?", ()),
        Question("reopening", "Can a closed incident be given an open status again?", (True, False)),
        Question(
            "going_backwards",
            "Can an open incident go back, as from monitoring to identified?",
            (True, False),
        ),
        Question(
            "update_for_new_status",
            "Does a PATCH with a new status and no body add an update?",
            (True, False),
        ),
        Question(
            "update_for_same_status",
            "Does a PATCH with the same status and no body add an update?",
            (False, True),
        ),
        Question(
            "missing_body", "What does an update say that was sent without a body?", ("sentence", "empty")
        ),
        Question(
            "notify_after_silent_create",
            "Do updates of an incident that was created silently notify when they ask for it?",
            (True, False),
        ),
        Question(
            "impact_keeps_worst",
            "Does an incident keep the worst impact that its components gave it?",
            (True, False),
        ),
        Question("error_body", "Which shape has an error's body?", ("map", "text", "list", "message")),
        Question("wrong_page_status", "What answers a good token on someone else's page?", (404, 403, 401)),
        Question(
            "scheduled_lists_running",
            "Does /scheduled list maintenances that have begun and are not completed?",
            (False, True),
        ),
        Question(
            "upcoming_lists_due",
            "Does /upcoming list scheduled maintenances whose time has come?",
            (False, True),
        ),
        Question(
            "maintenance_components",
            "When do components show what a maintenance was scheduled with?",
            ("at_once", "at_start"),
        ),
        Question(
            "automatic_steps_notify",
            "Does a maintenance that begins or ends by itself notify where nobody said whether it should?",
            (False, True),
        ),
        Question(
            "status_of_update",
            "What becomes of a status that is sent in a change of an update?",
            ("ignored", "refused"),
        ),
        Question(
            "publish_before_resolve",
            "Can a postmortem be published before its incident is over?",
            (False, True),
        ),
        Question(
            "postmortem_ignored",
            "Does a new incident show postmortem_ignored, until it has a postmortem?",
            (False, True),
        ),
        Question(
            "unpaginated_once_a_minute",
            "Is the list of components without page and per_page limited to one a minute for each token?",
            (False, True),
        ),
        Question(
            "duplicate_subscriber_status", "What answers a subscriber who is there already?", (422, 400)
        ),
        Question(
            "confirmed_by_email_alone",
            "Are SMS and webhook subscribers active without a confirmation?",
            (False, True),
        ),
        Question(
            "stray_points",
            "What becomes of metric points older than 28 days or more than 5 minutes ahead?",
            ("refused", "dropped", "kept"),
        ),
    )
}
"""By name (statuspage-api.md, Decisions, "What a real page must still tell", section 5)."""


def _shown(answer: Answer) -> str:
    return str(answer).lower() if isinstance(answer, bool) else repr(answer)
