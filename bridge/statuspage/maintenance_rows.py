"""Maintenances as they are read: whose they are, by our metadata in them. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.answers import MaintenanceMark, MaintenanceRow
from bridge.core.incidents import IncidentKey
from bridge.core.intents import OperationId

if TYPE_CHECKING:
    from bridge.statuspage.models import Incident

COMPLETED = "completed"


def maintenance_row(incident: Incident, ours: object) -> MaintenanceRow:
    """A maintenance in the core's words; `ours` is what stands in the metadata under our name, if anything does."""
    return MaintenanceRow(
        incident.id,
        incident.under_way,
        tuple(component.id for component in incident.components),
        incident.scheduled_for,
        incident.scheduled_until,
        incident.name,
        over=incident.status == COMPLETED,
        told=_mark(ours),
    )


def _mark(ours: object) -> MaintenanceMark | None:
    match ours:
        case {
            "v": 1,
            "key": str(key),
            "episode": int(episode),
            "sequence": int(sequence),
            "op": str(operation),
            "begins": float() | int() as begins_at,
            "ends": float() | int() as ends_at,
            "planned": float() | int() as planned_end,
            "extended": int(extended),
            "open": bool(open_ended),
        }:
            return MaintenanceMark(
                IncidentKey(key),
                episode,
                sequence,
                OperationId(operation),
                begins_at,
                ends_at,
                planned_end,
                extended,
                open_ended,
            )
        case _:
            return None
