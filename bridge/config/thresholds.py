"""Thresholds on a measured value, as rule files write them: `> 2s`, or `> 0.05`.

What a probe measures is how long its answer takes, so its bound is a duration; what a query gives is a number. By the bound it is known which of them is meant. Must not know what is
asked with it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.durations import DurationError, format_duration, parse_duration
from bridge.config.fields import read_text
from bridge.config.problems import shown
from bridge.core.conditions import Comparison, Threshold

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Place, Problems

_WRITTEN = re.compile(r"\s*(>=|<=|>|<)\s*(\S+)\s*", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SHORTEST = 0.001
_HAS_UNIT = re.compile(r"[a-df-zA-DF-Z]")
"""A letter other than that of an exponent."""
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%", re.ASCII)
_EXAMPLE = 'write value: "> 2s", or "> 0.05" for a query, in quotes: > by itself begins a folded text'


@dataclass(frozen=True, slots=True)
class DeclaredThreshold:
    """A threshold and where it stands.

    Attributes:
        place: where.
        threshold: with a bound in seconds, or a plain number.
        of_time: whether it is a time, which probes measure, rather than a number, which queries give.
    """

    place: Place
    threshold: Threshold
    of_time: bool

    def fits(self, problems: Problems, *, of_time: bool) -> bool:
        """Whether it is a threshold on what is measured; if not, that is reported."""
        if self.of_time is of_time:
            return True
        bound = self.threshold.bound
        if of_time:
            seconds = format_duration(bound) if bound >= _SHORTEST else "2s"
            hint = f"write {self.threshold.comparison} {seconds} if seconds are meant"
            problems.add(self.place, f'the bound of "value", {bound:g}, has no unit', hint)
        else:
            hint = f"write {self.threshold.comparison} {bound:g} if seconds are meant"
            problems.add(self.place, 'a query gives a number, and the bound of "value" is a time', hint)
        return False


def read_threshold(node: Node, problems: Problems) -> DeclaredThreshold | None:
    """The value of `value`; None when faulty."""
    text = read_text(node, problems, what='"value"')
    if text is None:
        return None
    found = _WRITTEN.fullmatch(text.value)
    if found is None:
        problems.add(text.place, f'"value" cannot be {shown(text.value)}', _EXAMPLE)
        return None
    bound = (
        _time(found[2], text.place, problems)
        if _HAS_UNIT.search(found[2])
        else _number(found, text.place, problems)
    )
    if bound is None:
        return None
    threshold = Threshold(Comparison(found[1]), bound)
    return DeclaredThreshold(text.place, threshold, of_time=bool(_HAS_UNIT.search(found[2])))


def _number(found: re.Match[str], place: Place, problems: Problems) -> float | None:
    written = found[2]
    number = float(written) if _NUMBER.fullmatch(written) else None
    if number is not None and math.isfinite(number):
        return number
    hint = _EXAMPLE
    if share := _PERCENT.fullmatch(written):
        hint = f"write {found[1]} {float(share[1]) / 100:g} for a ratio, or {found[1]} {share[1]} where the query gives percent"
    problems.add(place, f'the bound of "value" cannot be {shown(written)}', hint)
    return None


def _time(written: str, place: Place, problems: Problems) -> float | None:
    try:
        bound = parse_duration(written)
    except DurationError as error:
        problems.add(place, f'the bound of "value", {shown(written)}, {error}', error.hint)
        return None
    if not bound:
        problems.add(place, 'a "value" of no time at all is always there, or never', _EXAMPLE)
        return None
    return bound
