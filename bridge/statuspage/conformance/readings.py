"""What readings of the record are made of: what a step showed, whether it was done, and why something stays unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.capabilities import Answer
    from bridge.statuspage.conformance.record import Record, Seen, Step

Value = TypeVar("Value")


class UnknownError(Exception):
    """What was seen answers nothing; the text says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one question is answered.

    Attributes:
        steps: what it goes by, as its evidence shows it.
        read: gives the answer. Raises `UnknownError`.
    """

    steps: tuple[Step, ...]
    read: Callable[[Record], Answer]


def seen_at(record: Record, step: Step) -> Seen:
    """What a step showed. Raises `UnknownError` where it was not made."""
    seen = record.seen.get(step)
    if seen is None:
        raise UnknownError(record.skipped.get(step, f"the step {step!s} was not reached"))
    return seen


def done_at(record: Record, step: Step) -> Seen:
    """What a step showed that was done. Raises `UnknownError` where it was not."""
    seen = seen_at(record, step)
    if not seen.accepted:
        raise UnknownError(f"{step!s} was answered {seen.status}")
    return seen


def allowed(
    step: Step, carried_out: Callable[[Seen], bool], *, after: Step, being: str | None = None
) -> Callable[[Record], bool]:
    """Whether a step can be taken: done as asked, or refused as such. Before it, `after` was done, and what it is about was `being`."""

    def read(record: Record) -> bool:
        if being not in {None, done_at(record, after).member("status")}:
            raise UnknownError(f"{after!s} did not make it {being}")
        seen = seen_at(record, step)
        if seen.refused:
            return False
        if seen.accepted and carried_out(seen):
            return True
        raise UnknownError(f"{step!s} was answered {seen.status}, and was not done as asked")

    return read


def typed(value: object, kind: type[Value]) -> Value:
    """A value of this type. Raises `UnknownError` for any other."""
    if not isinstance(value, kind):
        raise UnknownError("the answer does not show it")
    return value


def having(status: str) -> Callable[[Seen], bool]:
    """Whether an answer shows this status."""
    return lambda seen: seen.member("status") == status
