"""Rows of what happened over time: metric points by the hour, the journal by entry."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.points import PointHour, unpack
from bridge.core.reasons import Reason
from bridge.core.rules import Series
from bridge.core.signals import Labels
from bridge.store.records.values import finite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.journal import Fact
    from bridge.store.statements import Row

_SENT_BYTES = 15  # a bit for each of 120 buckets


def _labels(value: object) -> dict[str, str]:
    if isinstance(value, Labels):
        return dict(value.items())
    raise TypeError(f"{value!r} cannot be a fact of the journal")


_encode_detail = json.JSONEncoder(
    separators=(",", ":"), sort_keys=True, allow_nan=False, default=_labels
).encode


def point_hour_row(page: str, hour: PointHour) -> Row:
    """The row of an hour of points."""
    return {
        "page": page,
        "series": hour.series,
        "hour": hour.hour,
        "packed": hour.pack(),
        "sent": hour.sent.to_bytes(_SENT_BYTES, "little"),
    }


def point_hour_key(page: str, series: Series, hour: int) -> Row:
    """The primary key of an hour's row."""
    return {"page": page, "series": series, "hour": hour}


def point_hour_from(row: Any) -> tuple[str, PointHour]:
    """What `point_hour_row` wrote: page, hour."""
    return row.page, unpack(Series(row.series), row.hour, row.packed, int.from_bytes(row.sent, "little"))


def journal_row(entry: JournalEntry) -> Row:
    """The row of an entry; the database numbers it."""
    return {
        "at": finite(entry.at, "a journal entry's at"),
        "kind": entry.kind.value,
        "page": entry.page,
        "subject": entry.subject,
        "reason": entry.reason.value,
        "detail": _detail_text(entry.detail) if entry.detail else "{}",
    }


def journal_from(row: Any) -> tuple[int, JournalEntry]:
    """What `journal_row` wrote, and the number that the database gave it."""
    return row.number, JournalEntry(
        row.at,
        JournalKind(row.kind),
        row.page,
        row.subject,
        Reason(row.reason),
        _detail_from(row.detail),
    )


def _detail_from(text: str) -> dict[str, Fact]:
    return {
        name: Labels(value) if isinstance(value, dict) else value for name, value in json.loads(text).items()
    }


def _detail_text(detail: Mapping[str, Fact]) -> str:
    # A probe may well have measured NaN, and no decision may fail because of its explanation: JSON has no such
    # number, so the reader gets its name.
    return _encode_detail(
        {
            name: str(value) if isinstance(value, float) and not isfinite(value) else value
            for name, value in detail.items()
        }
    )
