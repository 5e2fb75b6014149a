"""What the journal has about something, up to an instant: the question behind explanations of the past. Reads rows; knows nothing of what they mean.

There is no index for it. A journal of half a million lines is read in 0.3 s, in the reader's thread, when a person asks; an index over subjects would cost each commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from bridge.core.journal import JournalKind
from bridge.core.recollection import Recorded
from bridge.store import schema
from bridge.store.records.history import journal_from

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

SIGNALS_FOR = 24 * 3600.0
"""Seconds before the instant within which signals are looked at."""

MOST_SIGNALS = 20_000

_BY_SUBJECT = (JournalKind.HOLD.value, JournalKind.SIGNAL.value)


def recorded(connection: Connection, page: str, names: Collection[str], until: float) -> Recorded:
    """Everything that the journal has about components of a page, and about all pages.

    Args:
        connection: to the database.
        page: the page's name in the settings.
        names: of the components whose holds are wanted.
        until: our clock.
    """
    lines = schema.journal
    begins_at = connection.execute(select(lines.c.at).order_by(lines.c.number).limit(1)).scalar()
    of_page = and_(lines.c.at <= until, lines.c.page.in_((page, "")))
    # A hold whose rule is gone has no component any more.
    holds = and_(lines.c.kind == JournalKind.HOLD.value, lines.c.subject.in_([*names, ""]))
    about = (
        select(lines).where(of_page, or_(lines.c.kind.not_in(_BY_SUBJECT), holds)).order_by(lines.c.number)
    )
    signals = (
        select(lines)
        .where(of_page, lines.c.kind == JournalKind.SIGNAL.value, lines.c.at > until - SIGNALS_FOR)
        .order_by(lines.c.number.desc())
        .limit(MOST_SIGNALS)
    )
    received = [journal_from(row)[1] for row in connection.execute(signals)]
    return Recorded(
        begins_at,
        tuple(journal_from(row)[1] for row in connection.execute(about)),
        tuple(reversed(received)),
    )
