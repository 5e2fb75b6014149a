"""Thresholds on a measured value, as rule files write them: `> 2s`.

What is measured today is how long a probe's answer takes, so a bound is a duration. Must not know what is asked with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.durations import DurationError, parse_duration
from bridge.config.fields import read_text
from bridge.config.problems import shown
from bridge.core.conditions import Comparison, Threshold

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Place, Problems

_WRITTEN = re.compile(r"\s*(>=|<=|>|<)\s*(\S+)\s*", re.ASCII)
_EXAMPLE = 'write value: "> 2s", in quotes: > by itself begins a folded text'


@dataclass(frozen=True, slots=True)
class DeclaredThreshold:
    """A threshold and where it stands."""

    place: Place
    threshold: Threshold


def read_threshold(node: Node, problems: Problems) -> DeclaredThreshold | None:
    """The value of `value`; None when faulty."""
    text = read_text(node, problems, what='"value"')
    if text is None:
        return None
    found = _WRITTEN.fullmatch(text.value)
    if found is None:
        problems.add(text.place, f'"value" cannot be {shown(text.value)}', _EXAMPLE)
        return None
    try:
        bound = parse_duration(found[2])
    except DurationError as error:
        problems.add(text.place, f'the bound of "value", {shown(found[2])}, {error}', error.hint)
        return None
    if not bound:
        problems.add(text.place, 'a "value" of no time at all is always there, or never', _EXAMPLE)
        return None
    return DeclaredThreshold(text.place, Threshold(Comparison(found[1]), bound))
