"""The shrinker: makes a failing course short, by leaving out what the failure does not need.

A course is a value, so a shorter one is only another value: happenings go in halves, then quarters, down to single ones (delta debugging, Zeller and Hildebrandt 2002), then faults,
then the options go back to what was decided. The seed stays, and with it the schedule, as far as what is left allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bridge.simulator.options import Options, questions
from tests.simulation.course import Course

if TYPE_CHECKING:
    from bridge.simulator.fault_rules import FaultRule

Part = TypeVar("Part")

Fails = Callable[[Course], bool]


def shrink(course: Course, fails: Fails) -> Course:
    """The course without what its failure does not need. Cost: a run for each attempt, some hundreds for a long course.

    Args:
        course: one that fails.
        fails: whether a course still fails in the way that is looked for.

    Raises:
        ValueError: the course does not fail.
    """
    if not fails(course):
        raise ValueError(f"seed {course.seed} does not fail")
    while True:
        shorter = _options(_faults(_happenings(course, fails), fails), fails)
        if shorter == course:
            return course
        course = shorter


def _happenings(course: Course, fails: Fails) -> Course:
    kept = _reduce(course.happenings, lambda parts: fails(replace(course, happenings=tuple(parts))))
    return replace(course, happenings=tuple(kept))


def _faults(course: Course, fails: Fails) -> Course:
    def with_faults(parts: Sequence[FaultRule]) -> Course:
        return replace(course, conditions=replace(course.conditions, faults=tuple(parts)))

    return with_faults(_reduce(course.conditions.faults, lambda parts: fails(with_faults(parts))))


def _options(course: Course, fails: Fails) -> Course:
    decided = Options()
    for question in questions():
        tried = replace(course.options, **{question.name: getattr(decided, question.name)})
        if tried != course.options and fails(replace(course, options=tried)):
            course = replace(course, options=tried)
    return course


def _reduce(parts: Sequence[Part], fails: Callable[[Sequence[Part]], bool]) -> Sequence[Part]:
    """The parts that are needed: chunks are left out, smaller and smaller ones, as long as it still fails."""
    chunk = len(parts)
    while chunk:
        start = 0
        while start < len(parts):
            tried = [*parts[:start], *parts[start + chunk :]]
            if fails(tried):
                parts = tried
            else:
                start += chunk
        chunk //= 2
    return parts
