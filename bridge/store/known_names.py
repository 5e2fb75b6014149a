"""What a store knows of the names of a page, for who reads it from outside: which components, which incidents, until when. Knows no event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bridge.core.journal import JournalKind
from bridge.store import schema
from bridge.store.records.evaluation import incident_from
from bridge.store.records.sending import binding_from, incident_told_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from bridge.core.incidents import IncidentMemory
    from bridge.core.ledger import IncidentTold


@dataclass(frozen=True, slots=True)
class Known:
    """What a store knows of the names of a page.

    Attributes:
        components: names that rules had, each with the id of the component; those never bound have none.
        incidents: what is remembered of incidents.
        incident_rules: the rules of which the journal tells.
        told: incidents that were told.
        ends_at: our clock; the last line of the journal.
    """

    components: Mapping[str, str]
    incidents: tuple[IncidentMemory, ...]
    incident_rules: tuple[str, ...]
    told: tuple[IncidentTold, ...]
    ends_at: float


def known_pages(connection: Connection) -> tuple[str, ...]:
    """The pages of which the journal tells."""
    lines = schema.journal
    return tuple(
        sorted(connection.execute(select(lines.c.page).where(lines.c.page != "").distinct()).scalars())
    )


def known_names(connection: Connection, page: str) -> Known:
    """What a store knows of the names of a page."""
    lines, execute = schema.journal, connection.execute

    def subjects(kind: JournalKind) -> list[str]:
        query = select(lines.c.subject).where(lines.c.page == page, lines.c.kind == kind.value)
        return sorted(execute(query.distinct()).scalars())

    names = dict.fromkeys((one for one in subjects(JournalKind.HOLD) if one), "")
    bindings = (binding_from(row) for row in execute(select(schema.bindings)))
    names |= {name: component_id for of, name, component_id in bindings if of == page}
    memories = (incident_from(row) for row in execute(select(schema.incidents)))
    told = (incident_told_from(row) for row in execute(select(schema.incidents_told)))
    ends_at = execute(select(lines.c.at).order_by(lines.c.number.desc()).limit(1)).scalar()
    return Known(
        names,
        tuple(memory for of, memory in memories if of == page),
        tuple(subjects(JournalKind.INCIDENT)),
        tuple(one for one in told if one.page == page),
        ends_at or 0.0,
    )
