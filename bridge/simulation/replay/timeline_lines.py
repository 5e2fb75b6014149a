"""What was published in a replay, as lines for people: a timeline, and a table of what it comes to. Two replays stand side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.core.spans import spoken
from bridge.core.statuses import ComponentStatus
from bridge.simulation.replay.history import EVERY_SOURCE
from bridge.simulation.replay.published import OPERATIONAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.simulation.replay.published import Published

NOT_KNOWN = "not known"
"""Said of a component where nobody could know how it was: it is no status, and goes beside what the page would have shown."""

STATUSES = tuple(str(status) for status in ComponentStatus if status != OPERATIONAL)


def timeline_lines(published: Published) -> Iterator[str]:
    """Every public change, oldest first."""
    lines: list[tuple[float, str]] = []
    for name, spans in published.components.items():
        lines += [
            (span.begin, f"{name} shows {span.status}") for span in spans if span.begin > published.begin
        ]
    for story in published.stories:
        for told in story.told:
            mailed = ", subscribers are told" if told.notified else ""
            lines.append((told.at, f"{story.title}: {told.status}{mailed}"))
    for source, times in published.sights.items():
        for begin, end in times:
            lines.append((begin, f"{_unheard(source)}: what happens is not known"))
            if end < published.end:
                lines.append((end, f"{_heard(source)} again"))
    for at, text in sorted(lines, key=lambda line: line[0]):
        yield f"{instant(at)}  {text}"


def _unheard(source: str) -> str:
    return "nobody watches" if source == EVERY_SOURCE else f"{source} is blind"


def _heard(source: str) -> str:
    return "the daemon watches" if source == EVERY_SOURCE else f"{source} sees"


def remark_lines(replays: Sequence[tuple[str, Published]]) -> Iterator[str]:
    """What is missing in the history, each once."""
    yield from dict.fromkeys(remark for _, one in replays for remark in one.remarks)


def table_lines(replays: Sequence[tuple[str, Published]]) -> Iterator[str]:
    """What it comes to, a column for each replay."""
    rows = list(table_rows(replays))
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()


def table_rows(replays: Sequence[tuple[str, Published]]) -> Iterator[tuple[str, ...]]:
    """The same as rows of cells, the first with the names of the replays."""
    yield ("", *(name for name, _ in replays))
    for label, figures in _figures([published for _, published in replays]):
        yield (label, *figures)


def _figures(replays: list[Published]) -> Iterator[tuple[str, list[str]]]:
    yield "incidents", [str(len(one.stories)) for one in replays]
    yield "notifications", [str(one.notifications) for one in replays]
    yield "writes", [str(one.calls) for one in replays]
    yield "flaps that never showed", [str(one.flaps) for one in replays]
    for name in dict.fromkeys(name for one in replays for name in one.components):
        for status in STATUSES:
            seconds = [one.seconds(name)[status] if name in one.components else 0 for one in replays]
            if any(seconds):
                yield f"{name}, {status}", [spoken(one) if one else "-" for one in seconds]
        unseen = [one.unseen_seconds(name) for one in replays]
        if any(unseen):
            yield f"{name}, {NOT_KNOWN}", [spoken(one) if one else "-" for one in unseen]


def instant(at: float) -> str:
    """An instant for people, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
