"""The fault that one request meets, drawn by rules and a seed, and what the client sees of it.

Pure: must not know how a request is carried, nor how time passes. Whoever carries requests (a simulated network, the web
front) asks for a request's fault and then does what the fault says: apply it now, later or never; answer, or leave the
client without one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from bridge.simulator.draws import draw
from bridge.simulator.fault_rules import COURSES, Ending, FaultBody, FaultKind, FaultRule
from bridge.simulator.messages import JSON_HEADERS, Request, Response
from bridge.simulator.notifying import notifies
from bridge.simulator.options import RetryAfterForm
from bridge.simulator.records.encoding import encode
from bridge.simulator.refusals import retry_after
from bridge.simulator.routing import segments_of

__all__ = ["Arm", "Ending", "Fault", "FaultBody", "FaultKind", "FaultPlan", "FaultRule", "Tally"]

_HTML_HEADERS = {"Content-Type": "text/html; charset=utf-8"}
_WITHOUT_BODY = frozenset({204, 205, 304})
_SUCCESS = range(200, 300)
_CLIENT_ERROR = range(400, 500)
_RATE_LIMITED = frozenset({420, 429})
_MAYBE_APPLIED = frozenset({408, 409})


class Arm(StrEnum):
    """What became of a request whose client cannot know it."""

    APPLIED = "applied"
    DROPPED = "dropped"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Fault:
    """What one request meets: its rule, the seconds drawn for it, and whether the request would notify subscribers."""

    rule: FaultRule
    seconds: float
    notifying: bool

    @property
    def kind(self) -> FaultKind:
        """Return what goes wrong."""
        return self.rule.kind

    @property
    def applied_after(self) -> float | None:
        """Return how many seconds after its arrival the request takes effect, None for never."""
        if not COURSES[self.kind].applied:
            return None
        return self.seconds if self.kind is FaultKind.LATE else 0.0

    @property
    def answered(self) -> bool:
        """Say whether an answer goes out, be it an incomplete one."""
        return COURSES[self.kind].answered

    @property
    def answered_after(self) -> float:
        """Return how many seconds later than otherwise the answer goes out."""
        return self.seconds if self.answered else 0.0

    @property
    def breaks_off(self) -> bool:
        """Say whether the connection brings less than it announced: the body that `answer` returns is not all of it."""
        return self.kind is FaultKind.CUT_BODY and self.rule.ending is not Ending.WHOLE

    def answer(self, made: Response | None, *, now: float) -> Response:
        """Return what goes out instead of the answer that the service made, or would have made (None)."""
        match self.kind:
            case FaultKind.STATUS_BEFORE | FaultKind.STATUS_AFTER:
                return _status_answer(self.rule, now=now)
            case FaultKind.HTML:
                return Response(200, _HTML_HEADERS, _page(200))
            case _ if made is None:
                raise ValueError(f"{self.kind} changes an answer, and there is none")
            case FaultKind.CUT_BODY:
                return Response(made.status, made.headers, made.body[: len(made.body) // 2])
            case FaultKind.EMPTY_BODY:
                return Response(made.status, made.headers, b"")
            case _:
                return made

    def arm(self, made: Response | None) -> Arm | None:
        """Return which unknown outcome this is to the client of a notifying write; None if it is none, or none to count.

        `made` is what the service answered when it took the request, None while or where it has not. A delay is not
        counted: whether the client still waits is for the client to know.
        """
        if not self.notifying or self.kind in {FaultKind.DELAY, FaultKind.REFUSED}:
            return None
        if self.rule.status is not None and _tells(self.rule.status, self.rule.body):
            return None
        if not COURSES[self.kind].applied:
            return Arm.DROPPED
        if made is None or made.status not in _SUCCESS:
            return None  # not applied yet, or refused for a reason of its own
        return Arm.LATE if self.kind is FaultKind.LATE else Arm.APPLIED


def _tells(status: int, body: FaultBody | None) -> bool:
    """Say whether an answer tells that nothing was done (`reliability.md`, Outcome)."""
    refused = status in _CLIENT_ERROR and status not in _MAYBE_APPLIED and body is FaultBody.JSON
    return status in _RATE_LIMITED or refused


@dataclass(slots=True)
class Tally:
    """What was met so far: faults by kind, and the unknown outcomes of notifying writes by what became of them."""

    met: Counter[FaultKind] = field(default_factory=Counter)
    unknown: Counter[Arm] = field(default_factory=Counter)


class FaultPlan:
    """Rules in force since an instant, and the draw. The same seed and the same requests meet the same faults."""

    def __init__(self, rules: Sequence[FaultRule] = (), *, seed: int = 0, began_at: float = 0.0) -> None:
        self.rules = tuple(rules)
        self.seed = seed
        self.began_at = began_at
        self._used = [0] * len(self.rules)
        self._seen = 0

    def draw(self, request: Request, template: str | None, *, now: float) -> Fault | None:
        """Return the fault that a request meets, or None.

        Args:
            request: what arrives.
            template: the path template of the operation that it asks for, None if there is none.
            now: seconds since 1970; a rule's `from_` and `until` count from `began_at`.
        """
        self._seen += 1
        elapsed = now - self.began_at
        known, path = None if template is None else segments_of(template), segments_of(request.path)
        left: float | None = None
        for place, rule in enumerate(self.rules):
            in_force = rule.from_ <= elapsed and (rule.until is None or elapsed < rule.until)
            used_up = rule.times is not None and self._used[place] >= rule.times
            if not in_force or used_up or not rule.concerns(request.method, known, path):
                continue
            if left is None:
                left = draw(self.seed, "share", self._seen)
            left -= rule.share
            if left < 0:
                self._used[place] += 1
                return Fault(rule, self._seconds(rule), notifies(request, template))
        return None

    def _seconds(self, rule: FaultRule) -> float:
        shortest, longest = rule.seconds or (0.0, 0.0)
        if shortest == longest:
            return shortest
        return shortest + (longest - shortest) * draw(self.seed, "seconds", self._seen)


def _status_answer(rule: FaultRule, *, now: float) -> Response:
    status = rule.status or 500
    headers = _HTML_HEADERS if rule.body is FaultBody.HTML else JSON_HEADERS
    if rule.retry_after is not None:
        form = rule.retry_after_form or RetryAfterForm.SECONDS
        headers = {**headers, **retry_after(rule.retry_after, form, now=now)}
    if status in _WITHOUT_BODY or rule.body is FaultBody.EMPTY:
        return Response(status, headers, b"")
    if rule.body is FaultBody.HTML:
        return Response(status, headers, _page(status))
    return Response(status, headers, encode({"error": _phrase(status)}).encode())


def _page(status: int) -> bytes:
    title = f"{status} {_phrase(status)}"
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"  # 420 and others that no standard names
