"""Points of a metric as files hold them: CSV or JSON lines, read whole before anything is sent. Knows no call."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.output import harmless
from bridge.config.problems import shown
from bridge.statuspage.timestamps import epoch_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GRID: Final = 30
"""Seconds: a page keeps one point in each (statuspage-api.md, 3.8)."""
OLDEST: Final = 28 * 86_400
"""Seconds: what is older is not shown, and dropped without a word."""
LATEST: Final = 300
"""Seconds ahead: what is later is dropped likewise."""
MOST_PROBLEMS: Final = 20
"""Mistakes that a message lists."""
_COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class RawPoint:
    """One value as it stands somewhere: Unix epoch seconds, a finite number."""

    timestamp: int
    value: float


@dataclass(frozen=True, slots=True)
class ReadPoints:
    """Points in the order of time, one for each place of the page's grid, and how many were written over by later ones."""

    points: tuple[RawPoint, ...]
    replaced: int


def read_points(text: str, *, name: str, now: float) -> ReadPoints:
    """The points that a file holds.

    Each line is `timestamp,value`, with or without a heading, or `{"timestamp": …, "value": …}`. A timestamp is Unix epoch seconds or RFC 3339. Where several fall on one place of the grid,
    the last in the file counts, as it would on the page.

    Args:
        text: of the file.
        name: of the file, for messages.
        now: Unix epoch seconds.

    Raises:
        WrongUseError: with the first mistakes, each by its line. Nothing of a file with mistakes is used.
    """
    problems: list[str] = []
    placed: dict[int, RawPoint] = {}
    count = 0
    for number, fields in _rows(text):
        try:
            point = _point(*fields, now=now)
        except ValueError as error:
            problems.append(f"{name}:{number}: {error}")
        else:
            count += 1
            placed[_cast(point.timestamp)] = point
    if problems:
        left_out = len(problems) - MOST_PROBLEMS
        more = [f"{name}: and {left_out} more"] if left_out > 0 else []
        raise WrongUseError("\n".join([*problems[:MOST_PROBLEMS], *more, "nothing is sent"]))
    if not placed:
        raise WrongUseError(f"{name}: holds no point; nothing is sent")
    return ReadPoints(tuple(placed[place] for place in sorted(placed)), count - len(placed))


def one_point(value: str, at: str | None, *, now: float) -> RawPoint:
    """A point from the command line.

    Raises:
        WrongUseError: value or time is none.
    """
    try:
        return _point(str(int(now)) if at is None else at, value, now=now)
    except ValueError as error:
        raise WrongUseError(f"{error}; nothing is sent") from None


def _cast(timestamp: int) -> int:
    return (timestamp + GRID // 2) // GRID * GRID


def _rows(text: str) -> Iterator[tuple[int, tuple[Any, Any]]]:
    """Line number, timestamp and value; a line that has them not gives texts that are none."""
    lines = text.removeprefix("\ufeff").splitlines()
    headed = False
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped:
            continue
        if stripped.startswith("{"):
            yield number, _members(stripped)
            continue
        try:
            fields = next(csv.reader([stripped]))
        except csv.Error:  # a field of over 131,072 characters
            fields = []
        if not headed and [field.strip().lower() for field in fields] == ["timestamp", "value"]:
            headed = True
            continue
        headed = True
        yield number, _fields(fields, stripped)


def _members(line: str) -> tuple[Any, Any]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return _Unreadable(line), ""
    if not isinstance(document, dict) or {"timestamp", "value"} - document.keys():
        return _Unreadable(line), ""
    return document["timestamp"], document["value"]


def _fields(fields: Sequence[str], line: str) -> tuple[Any, Any]:
    return (fields[0].strip(), fields[1].strip()) if len(fields) == _COLUMNS else (_Unreadable(line), "")


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """A line that is no point."""

    line: str


def _point(timestamp: Any, value: Any, *, now: float) -> RawPoint:
    if isinstance(timestamp, _Unreadable):
        raise ValueError(  # noqa: TRY004 - one kind of error for all that is wrong in a file
            f'{shown(timestamp.line)} is neither timestamp,value nor {{"timestamp": …, "value": …}}'
        )
    seconds = _seconds(timestamp)
    if seconds > now + LATEST:
        milliseconds = ": is it in milliseconds?" if seconds > 100 * now else ""
        raise ValueError(f"{harmless(timestamp)} is in the future{milliseconds}")
    if seconds < now - OLDEST:
        raise ValueError(f"{harmless(timestamp)} is more than 28 days ago, which no page takes")
    return RawPoint(int(seconds), _number(value))


def _seconds(timestamp: Any) -> float:
    instant = epoch_seconds(timestamp) if isinstance(timestamp, str) else None
    if instant is not None:
        return instant
    if isinstance(timestamp, str | int | float) and not isinstance(timestamp, bool):
        try:
            seconds = float(timestamp)
        except (ValueError, OverflowError):
            seconds = math.nan
        if math.isfinite(seconds):
            return seconds
    raise ValueError(
        f"{shown(str(timestamp))} is no time (hint: Unix epoch seconds, or 2026-01-31T18:00:00Z)"
    )


def _number(value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{shown(str(value))} is no finite number")
    return number
