"""Which requests go wrong, how, and how often: rules as values.

Must not know requests, seeds or answers; `faults` draws by these rules and makes what the client sees.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bridge.simulator.options import RetryAfterForm
from bridge.simulator.routing import segments_of

METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
LONGEST = 86_400.0
"""Seconds: no delay is longer than a day."""

_STATUSES = range(200, 600)


class FaultKind(StrEnum):
    """What goes wrong."""

    STATUS_BEFORE = "status_before"
    """Answered with a status; nothing was done."""
    STATUS_AFTER = "status_after"
    """Answered with a status after everything was done."""
    DELAY = "delay"
    """Applied on arrival, answered so many seconds later."""
    ANSWER_LOST = "answer_lost"
    """Applied; the answer never comes."""
    DROPPED = "dropped"
    """Never applied, never answered."""
    LATE = "late"
    """Applied so many seconds after its arrival, never answered."""
    CUT_BODY = "cut_body"
    """Applied; the answer ends halfway through its body."""
    EMPTY_BODY = "empty_body"
    """Applied; the answer has its status and no body."""
    HTML = "html"
    """Applied; answered with 200 and a page of HTML."""
    REFUSED = "refused"
    """No connection: not a byte of the request was written. Only a simulated network can do that."""


class Ending(StrEnum):
    """How a connection goes on that brings no whole answer."""

    SILENCE = "silence"
    """It stays open, and nothing more comes."""
    RESET = "reset"
    """It breaks."""
    WHOLE = "whole"
    """Only of a cut body: what is there arrives as if it were everything."""


class FaultBody(StrEnum):
    """What stands in the body of a status."""

    JSON = "json"
    HTML = "html"
    EMPTY = "empty"


class Course(NamedTuple):
    """What a kind means, which of the optional fields its rules may set, and what stands for those left out."""

    applied: bool
    answered: bool
    settings: frozenset[str]
    status: int | None = None
    seconds: tuple[float, float] = (0.0, 0.0)
    ending: Ending | None = None


_STATUS_SETTINGS = frozenset({"status", "body", "retry_after", "retry_after_form", "seconds"})
COURSES = {
    FaultKind.STATUS_BEFORE: Course(False, True, _STATUS_SETTINGS, status=500),
    FaultKind.STATUS_AFTER: Course(True, True, _STATUS_SETTINGS, status=502),
    FaultKind.DELAY: Course(True, True, frozenset({"seconds"}), seconds=(1.0, 60.0)),
    FaultKind.ANSWER_LOST: Course(True, False, frozenset({"ending"}), ending=Ending.SILENCE),
    FaultKind.DROPPED: Course(False, False, frozenset({"ending"}), ending=Ending.SILENCE),
    FaultKind.LATE: Course(
        True, False, frozenset({"seconds", "ending"}), seconds=(31.0, 150.0), ending=Ending.SILENCE
    ),
    FaultKind.CUT_BODY: Course(True, True, frozenset({"seconds", "ending"}), ending=Ending.WHOLE),
    FaultKind.EMPTY_BODY: Course(True, True, frozenset({"seconds"})),
    FaultKind.HTML: Course(True, True, frozenset({"seconds"})),
    FaultKind.REFUSED: Course(False, False, frozenset()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """Which requests meet a fault, how often, and the fault's figures.

    Attributes:
        kind: what goes wrong.
        share: of the requests concerned, from 0 to 1. Shares of rules that concern the same request add up; beyond 1 the
            earlier rule wins.
        method: None concerns all.
        path: a path below `/v1` with identifiers or `{placeholders}`, such as `/pages/{page_id}/components/abc`; None
            concerns all.
        from_: seconds since the plan began at which the rule begins.
        until: seconds since the plan began at which it ends, None for never.
        times: it goes wrong at most so often, None for any number.
        status: of the answer, for both kinds of status; 500 before and 502 after by default.
        body: of that answer; HTML by default where the status is 502 to 504, as gateways write it, else JSON.
        retry_after: seconds that the answer's Retry-After tells, None for no such header.
        retry_after_form: whether it tells them as seconds or as a date.
        seconds: shortest and longest delay of the answer, or with `late` of the effect.
        ending: what the client sees where the answer does not come, or not whole.

    Raises:
        ValueError: A value out of range, or one that the kind cannot have.
    """

    kind: FaultKind
    share: float = 1.0
    method: str | None = None
    path: str | None = None
    from_: float = 0.0
    until: float | None = None
    times: int | None = None
    status: int | None = None
    body: FaultBody | None = None
    retry_after: int | None = None
    retry_after_form: RetryAfterForm | None = None
    seconds: tuple[float, float] | None = None
    ending: Ending | None = None
    _segments: tuple[str, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check what was given, and fill in what the kind stands for."""
        course = COURSES[self.kind]
        for name in ("status", "body", "retry_after", "retry_after_form", "seconds", "ending"):
            if getattr(self, name) is not None and name not in course.settings:
                raise ValueError(f"{self.kind} has no {name}")
        self._check_reach()
        self._check_figures()
        self._fill(course)

    def _check_reach(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"share must be from 0 to 1, not {self.share!r}")
        if self.method is not None and self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(sorted(METHODS))}, not {self.method[:20]!r}")
        if self.path is not None and not self.path.startswith("/"):
            raise ValueError(f"path must begin with a slash, unlike {self.path[:100]!r}")
        if not (math.isfinite(self.from_) and self.from_ >= 0):
            raise ValueError(f"from must be 0 seconds or more, not {self.from_!r}")
        if self.until is not None and not self.until > self.from_:
            raise ValueError(f"until must be after from, not {self.until!r}")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be at least 1, not {self.times!r}")

    def _check_figures(self) -> None:
        if self.status is not None and self.status not in _STATUSES:
            raise ValueError(f"status must be from 200 to 599, not {self.status!r}")
        if self.retry_after is not None and not 0 <= self.retry_after <= LONGEST:
            raise ValueError(f"retry_after must be from 0 to {LONGEST:.0f} seconds, not {self.retry_after!r}")
        if self.retry_after_form is not None and self.retry_after is None:
            raise ValueError("retry_after_form needs retry_after")
        if self.seconds is not None:
            shortest, longest = self.seconds
            if not 0 <= shortest <= longest <= LONGEST:
                raise ValueError(
                    f"seconds must rise within 0 to {LONGEST:.0f}, unlike {shortest!r} to {longest!r}"
                )
        if self.ending is Ending.WHOLE and self.kind is not FaultKind.CUT_BODY:
            raise ValueError(f"{self.kind} cannot end whole: it has no answer")

    def _fill(self, course: Course) -> None:
        status = course.status if self.status is None else self.status
        body = self.body
        if status is not None and body is None:
            body = FaultBody.HTML if status in {502, 503, 504} else FaultBody.JSON
        for name, value in (
            ("status", status),
            ("body", body),
            ("seconds", course.seconds if self.seconds is None else self.seconds),
            ("ending", self.ending or course.ending),
            ("_segments", None if self.path is None else segments_of(self.path)),
        ):
            object.__setattr__(self, name, value)

    def concerns(self, method: str, template: Sequence[str] | None, path: Sequence[str]) -> bool:
        """Say whether a request is one of those meant; `template` and `path` are given segment by segment."""
        if self.method is not None and self.method != method:
            return False
        if self._segments is None:
            return True
        # A placeholder stands for an identifier only: "/incidents/unresolved" is not some incident.
        return template is not None and _fits(self._segments, template, path)

    def reaches(self, template: str) -> bool:
        """Say whether an operation with this path template can meet the fault."""
        known = segments_of(template)
        if self._segments is None:
            return True
        # An identifier can stand for a placeholder of the template, and for nothing else.
        named = tuple(
            asked if name.startswith("{") else name
            for asked, name in zip(self._segments, known, strict=False)
        )
        return _fits(self._segments, known, named)


def _fits(wanted: Sequence[str], template: Sequence[str], path: Sequence[str]) -> bool:
    return len(wanted) == len(template) and all(
        known.startswith("{") if asked.startswith("{") else asked == sent
        for asked, known, sent in zip(wanted, template, path, strict=True)
    )
