"""A history: what was observed, change by change. Here it is read from JSON lines; `recorded` reads it from a journal. Knows no rules.

A line is an alert (`{"at": …, "labels": {…}, "state": "firing"}`), a check (`"state": "failing"`, `"source": "probe"`) or the beginning or end of a time in which a source was blind
(`{"at": …, "source": "alertmanager", "blind": true}`). Times are Unix seconds, or RFC 3339 with a zone. Lines may stand in any order.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.config.problems import Place, Problems, RuleFileError, shown
from bridge.core.signals import NO_LABELS, Labels, SignalState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ALERTMANAGER = "alertmanager"

STATES = {
    "firing": SignalState.FAILING,
    "failing": SignalState.FAILING,
    "resolved": SignalState.OK,
    "ok": SignalState.OK,
    "unknown": SignalState.UNKNOWN,
}
"""What a line may say, and what that is to us."""

_KNOWN = ("at", "labels", "state", "source", "value", "blind")


EVERY_SOURCE = ""
"""Stands for all sources: nobody watched."""


@dataclass(frozen=True, slots=True)
class SignalChange:
    """From `at` on, Unix seconds, a source said this of the thing with these labels.

    Attributes:
        value: what was measured, in the unit of the source; None for nothing.
        annotations: those that may be shown.
        silent: it said so last, and nobody repeats it any more.
    """

    at: float
    source: str
    labels: Labels
    state: SignalState
    value: float | None = None
    annotations: Labels = NO_LABELS
    silent: bool = False


@dataclass(frozen=True, slots=True)
class SightChange:
    """From `at` on, Unix seconds, a source was blind, or saw again; or nobody watched any source (`EVERY_SOURCE`), or somebody did again."""

    at: float
    source: str
    blind: bool


Change = SignalChange | SightChange


@dataclass(frozen=True, slots=True)
class History:
    """Changes in the order of time, and from when to when it was watched, Unix seconds.

    Attributes:
        remarks: what is missing in it, a sentence each.
    """

    changes: tuple[Change, ...]
    begin: float
    end: float
    remarks: tuple[str, ...] = ()


def history_of(
    changes: Iterable[Change],
    *,
    begin: float | None = None,
    end: float | None = None,
    remarks: Iterable[str] = (),
) -> History:
    """A history of changes; without bounds it begins with the first and ends with the last."""
    ordered = tuple(sorted(changes, key=lambda change: change.at))
    first = ordered[0].at if ordered else 0.0
    last = ordered[-1].at if ordered else first
    return History(ordered, first if begin is None else begin, last if end is None else end, tuple(remarks))


def read_history(path: Path) -> History:
    """The history in a file of JSON lines.

    Raises:
        RuleFileError: with every line that is none.
    """
    problems = Problems()
    changes: list[Change] = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    changes.extend(_read_line(line, Place(str(path), number, 1), problems))
    except OSError as error:
        problems.add(Place(str(path)), f"cannot be read: {error.strerror}")
    if not changes and not problems.errors:
        problems.add(
            Place(str(path)), "nothing stands in it", 'a line is {"at": …, "labels": {…}, "state": "firing"}'
        )
    if problems.errors:
        raise RuleFileError(problems.errors)
    return history_of(changes)


def _read_line(line: bytes, place: Place, problems: Problems) -> Iterator[Change]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        problems.add(place, f"not JSON: {error}")
        return
    if not isinstance(document, dict):
        problems.add(place, "not a JSON object")
        return
    unknown = [name for name in document if name not in _KNOWN]
    for name in unknown:
        problems.add_unknown(place, f"unknown key {shown(name)}", word=name, known=_KNOWN)
    at, source = _read_at(document.get("at")), document.get("source", ALERTMANAGER)
    if at is None:
        problems.add(place, '"at" must be Unix seconds, or a time such as 2026-01-31T18:00:00Z')
    if not isinstance(source, str):
        problems.add(place, '"source" must be a text')
    if not unknown and at is not None and isinstance(source, str):
        change = _read_change(document, at, source)
        if isinstance(change, str):
            problems.add(place, change)
        else:
            yield change


def _read_change(document: dict[str, object], at: float, source: str) -> Change | str:
    """What a line says, or what is wrong with it."""
    if "blind" in document:
        blind = document["blind"]
        return SightChange(at, source, blind) if isinstance(blind, bool) else '"blind" must be true or false'
    labels, state = document.get("labels"), document.get("state")
    if not isinstance(labels, dict) or not all(isinstance(one, str) for one in labels.values()):
        return '"labels" must be an object of texts'
    if not isinstance(state, str) or state not in STATES:
        return f'"state" must be one of {", ".join(STATES)}'
    value = document.get("value")
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
    ):
        return '"value" must be a number'
    return SignalChange(
        at, source, Labels(labels), STATES[state], float(value) if value is not None else None
    )


def _read_at(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
        return at.timestamp() if at.tzinfo is not None else None
    return None
