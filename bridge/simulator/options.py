"""The questions that nobody has answered of the live service, as switches with the decided default.

Must not know how the switches are used. Each one names its question and the answers that are thought possible, so that
a campaign can draw them and `GET /_simulator/options` can show them; `statuspage-api.md` (Decisions, "What a real page
must still tell", section 5) is the source of questions and defaults.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from bridge.simulator.draws import draw

Value = TypeVar("Value")

RATE_LIMIT_STATUSES = (420, 429)
WRONG_PAGE_STATUSES = (404, 403, 401)
DUPLICATE_STATUSES = (422, 400)


class MetadataPatch(StrEnum):
    """What a PATCH does with an incident's metadata."""

    REPLACE = "replace"
    MERGE = "merge"


class MetadataInLists(StrEnum):
    """What a list shows of an incident's metadata."""

    SHOWN = "shown"
    EMPTY = "empty"
    ABSENT = "absent"


class RetryAfterForm(StrEnum):
    """How an answer says when to come back."""

    SECONDS = "seconds"
    DATE = "date"
    ABSENT = "absent"


class ErrorBody(StrEnum):
    """The shape of an error's body; 401 keeps the one that was recorded."""

    MAP = "map"
    """`error` is a text, with 422 a map of fields to lists of texts; `status` beside it."""
    TEXT = "text"
    """`error` is always one text."""
    LIST = "list"
    """`error` is a list of texts."""
    MESSAGE = "message"
    """`message` is a text, as the vendor's document has it."""


class MissingBody(StrEnum):
    """What an update says whose request had no text."""

    SENTENCE = "sentence"
    EMPTY = "empty"


class StrayPoints(StrEnum):
    """What becomes of metric points older than 28 days or more than five minutes ahead."""

    REFUSED = "refused"
    """One by one they are answered with 422, in bulk they are dropped."""
    DROPPED = "dropped"
    KEPT = "kept"


class MaintenanceComponents(StrEnum):
    """When the map of components takes effect that is sent with a maintenance which has not begun."""

    AT_ONCE = "at_once"
    """On arrival, as a user saw it (community.atlassian.com, Statuspage questions, qaq-p/2011218)."""
    AT_START = "at_start"
    """When it begins, as the guide's second workflow reads."""


class StatusOfUpdate(StrEnum):
    """What a change of an incident update makes of a `status`, which the document does not have there."""

    IGNORED = "ignored"
    REFUSED = "refused"


def _asking(question: str, *others: object) -> dict[str, object]:
    """Say what an option's question is, and which answers beside the decided one a seed may draw."""
    return {"question": question, "others": others}


@dataclass(frozen=True, slots=True)
class Options:
    """How the simulator behaves where the vendor's documents are silent.

    `rate_limit` arrivals in any `rate_window` seconds for each token; `list_lag` is in seconds. Words of the enumerated
    options may be given as plain text. What each of the others means is its question's to say.

    Raises:
        ValueError: A value that no behaviour stands behind.
    """

    rate_limit: int = 60
    rate_window: float = 60.0
    rate_limit_status: int = field(
        default=420, metadata=_asking("Which status refuses a call over the limit?", 429)
    )
    count_rejected: bool = field(
        default=False, metadata=_asking("Do refused calls fill the rate window too?", True)
    )
    retry_after: RetryAfterForm = field(
        default=RetryAfterForm.SECONDS,
        metadata=_asking(
            "How does a refusal over the limit carry Retry-After?", RetryAfterForm.DATE, RetryAfterForm.ABSENT
        ),
    )
    metadata_patch: MetadataPatch | str = field(
        default=MetadataPatch.REPLACE,
        metadata=_asking(
            "Does a PATCH replace an incident's metadata, or merge it by its top-level keys?",
            MetadataPatch.MERGE,
        ),
    )
    metadata_in_lists: MetadataInLists = field(
        default=MetadataInLists.SHOWN,
        metadata=_asking(
            "Do lists of incidents show metadata?", MetadataInLists.EMPTY, MetadataInLists.ABSENT
        ),
    )
    list_lag: float = field(
        default=0.0, metadata=_asking("How many seconds may a list lag behind a write?", 3.0, 20.0)
    )
    reopening: bool = field(
        default=True,
        metadata=_asking("Can a closed incident be given an open status again (else 422)?", False),
    )
    going_backwards: bool = field(
        default=True,
        metadata=_asking("Can an open incident go back, as from monitoring to identified (else 422)?", False),
    )
    update_for_new_status: bool = field(
        default=True, metadata=_asking("Does a PATCH with a new status and no body add an update?", False)
    )
    update_for_same_status: bool = field(
        default=False,
        metadata=_asking("Does a PATCH with the same status and no body add an update?", True),
    )
    missing_body: MissingBody = field(
        default=MissingBody.SENTENCE,
        metadata=_asking("What does an update say that was sent without a body?", MissingBody.EMPTY),
    )
    notify_after_silent_create: bool = field(
        default=True,
        metadata=_asking(
            "Do updates of an incident that was created silently notify when they ask for it?", False
        ),
    )
    impact_keeps_worst: bool = field(
        default=True,
        metadata=_asking("Does an incident keep the worst impact that its components gave it?", False),
    )
    error_body: ErrorBody = field(
        default=ErrorBody.MAP,
        metadata=_asking(
            "Which shape has an error's body?", ErrorBody.TEXT, ErrorBody.LIST, ErrorBody.MESSAGE
        ),
    )
    wrong_page_status: int = field(
        default=404, metadata=_asking("What answers a good token on someone else's page?", 403, 401)
    )
    scheduled_lists_running: bool = field(
        default=False,
        metadata=_asking("Does /scheduled list maintenances that have begun and are not completed?", True),
    )
    upcoming_lists_due: bool = field(
        default=False,
        metadata=_asking("Does /upcoming list scheduled maintenances whose time has come?", True),
    )
    maintenance_components: MaintenanceComponents = field(
        default=MaintenanceComponents.AT_ONCE,
        metadata=_asking(
            "When do components show what a maintenance was scheduled with?", MaintenanceComponents.AT_START
        ),
    )
    automatic_steps_notify: bool = field(
        default=False,
        metadata=_asking(
            "Does a maintenance that begins or ends by itself notify where nobody said whether it should?",
            True,
        ),
    )
    status_of_update: StatusOfUpdate = field(
        default=StatusOfUpdate.IGNORED,
        metadata=_asking(
            "What becomes of a status that is sent in a change of an update?", StatusOfUpdate.REFUSED
        ),
    )
    publish_before_resolve: bool = field(
        default=False,
        metadata=_asking("Can a postmortem be published before its incident is over (else 400)?", True),
    )
    postmortem_ignored: bool = field(
        default=False,
        metadata=_asking("Does a new incident show postmortem_ignored, until it has a postmortem?", True),
    )
    unpaginated_once_a_minute: bool = field(
        default=False,
        metadata=_asking(
            "Is the list of components without page and per_page still limited to one a minute for each token?",
            True,
        ),
    )
    duplicate_subscriber_status: int = field(
        default=422, metadata=_asking("What answers a subscriber who is there already?", 400)
    )
    confirmed_by_email_alone: bool = field(
        default=False,
        metadata=_asking("Are SMS and webhook subscribers active without a confirmation?", True),
    )
    stray_points: StrayPoints = field(
        default=StrayPoints.REFUSED,
        metadata=_asking(
            "What becomes of metric points older than 28 days or more than 5 minutes ahead?",
            StrayPoints.DROPPED,
            StrayPoints.KEPT,
        ),
    )

    def __post_init__(self) -> None:
        """Refuse values that no behaviour stands behind, and make enumerated ones of their words."""
        _one_of("rate_limit_status", self.rate_limit_status, RATE_LIMIT_STATUSES)
        _one_of("wrong_page_status", self.wrong_page_status, WRONG_PAGE_STATUSES)
        _one_of("duplicate_subscriber_status", self.duplicate_subscriber_status, DUPLICATE_STATUSES)
        if self.rate_limit < 1:
            raise ValueError(f"rate_limit must be at least 1, not {self.rate_limit!r}")
        if not self.rate_window > 0:
            raise ValueError(f"rate_window must be above 0 seconds, not {self.rate_window!r}")
        if not (self.list_lag >= 0 and math.isfinite(self.list_lag)):
            raise ValueError(f"list_lag must be 0 seconds or more, not {self.list_lag!r}")
        for question in questions():
            given = getattr(self, question.name)
            if isinstance(question.default, StrEnum):
                object.__setattr__(self, question.name, type(question.default)(given))
            elif isinstance(question.default, bool):
                _one_of(question.name, given, (True, False))


class Question(NamedTuple):
    """An option that a seed may draw: its name, what it asks, and its answers, the decided one first."""

    name: str
    text: str
    answers: tuple[Any, ...]

    @property
    def default(self) -> Any:
        """Return the answer that was decided on."""
        return self.answers[0]


def questions() -> tuple[Question, ...]:
    """Return every undecided question, in the order in which the options are declared."""
    return _QUESTIONS


_QUESTIONS = tuple(
    Question(option.name, option.metadata["question"], (option.default, *option.metadata["others"]))
    for option in fields(Options)
    if option.metadata
)


def draw_options(
    seed: int, *, among: Collection[str] | None = None, otherwise: Options | None = None
) -> Options:
    """Let a seed answer the questions.

    Args:
        seed: the same one gives the same answers; each answer depends on the seed and its own question alone.
        among: names of the options to draw; all that have a question by default.
        otherwise: where the rest comes from; the decided defaults when not given.

    Raises:
        ValueError: A name in `among` belongs to no question.
    """
    names = {question.name for question in _QUESTIONS}
    unknown = sorted(set(among or ()) - names)
    if unknown:
        raise ValueError(f"no question is named {', '.join(unknown)}")
    drawn = {
        question.name: _pick(question.answers, draw(seed, "option", question.name))
        for question in _QUESTIONS
        if among is None or question.name in among
    }
    return replace(otherwise or Options(), **drawn)


def _pick(answers: Sequence[Value], drawn: float) -> Value:
    return answers[int(drawn * len(answers))]


def _one_of(name: str, given: object, allowed: Sequence[object]) -> None:
    # By identity of type too: 1 would pass for True.
    if not any(given == answer and type(given) is type(answer) for answer in allowed):
        words = " or ".join(filter(None, (", ".join(map(str, allowed[:-1])), str(allowed[-1]))))
        raise ValueError(f"{name} must be {words}, not {given!r}")
