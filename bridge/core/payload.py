"""Writes as JSON text, as an intent stores them: what is needed to recognise a lost write on the page and to go on from it after a restart."""

from __future__ import annotations

import json

from bridge.core.incidents import IncidentKey
from bridge.core.maintenance_rules import MaintenanceId
from bridge.core.operations import SetComponent, Write, WriteIncident, WriteMaintenance
from bridge.core.reasons import Reason
from bridge.core.rules import IncidentRuleId
from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus, IncidentStatus, MaintenanceStatus


def encode_write(write: Write) -> str:
    """A write as one line of JSON with sorted keys. Texts are left out: they are not needed to recognise it."""
    return json.dumps(_fields(write), sort_keys=True, separators=(",", ":"))


def _fields(write: Write) -> dict[str, object]:
    match write:
        case WriteIncident():
            return {
                "rule": write.place[0],
                "group": dict(write.place[1]),
                "key": write.key,
                "incident_id": write.incident_id,
                "episode": write.episode,
                "sequence": write.sequence,
                "name": write.name,
                "status": write.status,
                "component_ids": list(write.component_ids),
                "components": dict(write.components),
                "high_water": write.high_water,
                "notify": write.notify,
                "reason": write.reason,
                "announced": write.announced,
                "identified_at": write.identified_at,
            }
        case WriteMaintenance():
            return {
                "rule": write.rule,
                "key": write.key,
                "incident_id": write.incident_id,
                "episode": write.episode,
                "sequence": write.sequence,
                "name": write.name,
                "status": write.status,
                "component_ids": list(write.component_ids),
                "begins_at": write.begins_at,
                "ends_at": write.ends_at,
                "planned_end": write.planned_end,
                "extended": write.extended,
                "open_ended": write.open_ended,
                "reason": write.reason,
            }
        case SetComponent():
            return {"component_id": write.component_id, "status": write.status, "reason": write.reason}


def decode_incident_write(page: str, payload: str) -> WriteIncident:
    """The incident write of a stored intent, without its body."""
    fields = json.loads(payload)
    return WriteIncident(
        page=page,
        place=(IncidentRuleId(fields["rule"]), Labels(fields["group"])),
        key=IncidentKey(fields["key"]),
        incident_id=fields["incident_id"],
        episode=fields["episode"],
        sequence=fields["sequence"],
        name=fields["name"],
        status=IncidentStatus(fields["status"]) if fields["status"] is not None else None,
        body="",
        component_ids=tuple(fields["component_ids"]),
        components=tuple(
            (name, ComponentStatus(status)) for name, status in sorted(fields["components"].items())
        ),
        high_water=ComponentStatus(fields["high_water"]),
        notify=fields["notify"],
        reason=Reason(fields["reason"]),
        announced=fields.get(
            "announced", True
        ),  # before it was stored, every incident was announced when it was opened
        identified_at=fields.get("identified_at", 0),  # before it was stored, no cause was told
    )


def decode_maintenance_write(page: str, payload: str) -> WriteMaintenance:
    """The write about a maintenance of a stored intent, without its body."""
    fields = json.loads(payload)
    return WriteMaintenance(
        page=page,
        rule=MaintenanceId(fields["rule"]),
        key=IncidentKey(fields["key"]),
        incident_id=fields["incident_id"],
        episode=fields["episode"],
        sequence=fields["sequence"],
        name=fields["name"],
        status=MaintenanceStatus(fields["status"]) if fields["status"] is not None else None,
        body="",
        component_ids=tuple(fields["component_ids"]),
        begins_at=fields["begins_at"],
        ends_at=fields["ends_at"],
        planned_end=fields["planned_end"],
        reason=Reason(fields["reason"]),
        extended=fields["extended"],
        open_ended=fields["open_ended"],
    )


def decode_component_write(page: str, payload: str) -> SetComponent:
    """The component write of a stored intent."""
    fields = json.loads(payload)
    return SetComponent(
        page, fields["component_id"], ComponentStatus(fields["status"]), Reason(fields["reason"])
    )
