"""What was told of our own maintenances: one record for each that was announced. Kept with what guards remember; knows no operation and no wire format."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.incidents import IncidentKey
from bridge.core.intents import OperationId
from bridge.core.maintenance import Maintenance
from bridge.core.maintenance_rules import MaintenanceId
from bridge.core.observed import ListKind

if TYPE_CHECKING:
    from bridge.core.page import Page

FORGOTTEN_AFTER = 86_400.0
"""Seconds after its end for which one that is over is remembered."""


class Standing(StrEnum):
    """How a maintenance of ours stands."""

    ANNOUNCED = "announced"
    """It is to come or goes on, and is ours."""
    OVER = "over"
    """It has ended, or was cancelled by us."""
    LEFT = "left"
    """A person moved, ended or deleted it: nothing more is written to it."""


@dataclass(frozen=True, slots=True)
class MaintenanceTold:
    """What we last told of one maintenance.

    Attributes:
        rule: its id in the rule files.
        key: the identity in its metadata.
        incident_id: Statuspage's id.
        episode: tells the maintenances of one key apart.
        sequence: the number of the last thing told.
        begins_at, ends_at: the page's clock; as told.
        planned_end: the same, as its window says, without what it takes longer.
        extended: how often its end was moved because it takes longer.
        open_ended: it was told to take longer, and the page does not end it.
        name, component_ids: as told.
        operation: the attempt that told it.
        told_at: our clock.
        standing: as above.
    """

    rule: MaintenanceId
    key: IncidentKey
    incident_id: str
    episode: int
    sequence: int
    begins_at: float
    ends_at: float
    planned_end: float
    extended: int
    open_ended: bool
    name: str
    component_ids: tuple[str, ...]
    operation: OperationId
    told_at: float
    standing: Standing = Standing.ANNOUNCED


def told_record(page: str, told: MaintenanceTold) -> GuardRecord:
    """It as it is stored."""
    value = {
        "rule": told.rule,
        "incident_id": told.incident_id,
        "episode": told.episode,
        "sequence": told.sequence,
        "begins_at": told.begins_at,
        "ends_at": told.ends_at,
        "planned_end": told.planned_end,
        "extended": told.extended,
        "open_ended": told.open_ended,
        "name": told.name,
        "component_ids": told.component_ids,
        "operation": told.operation,
        "standing": told.standing,
    }
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return GuardRecord(page, GuardKind.MAINTENANCE_TOLD, told.key, told.told_at, text)


def told_of(record: GuardRecord) -> MaintenanceTold:
    """It from what is stored."""
    value = json.loads(record.value)
    return MaintenanceTold(
        MaintenanceId(value["rule"]),
        IncidentKey(record.subject),
        value["incident_id"],
        value["episode"],
        value["sequence"],
        value["begins_at"],
        value["ends_at"],
        value["planned_end"],
        value["extended"],
        value["open_ended"],
        value["name"],
        tuple(value["component_ids"]),
        OperationId(value["operation"]),
        record.at,
        Standing(value["standing"]),
    )


def recall_told(page: Page, now: float) -> None:
    """Take up what an earlier life told: the page shows it, until a list says otherwise."""
    for record in page.guards.values():
        if record.kind is GuardKind.MAINTENANCE_TOLD:
            told = told_of(record)
            page.maintenances_told[told.key] = told
            if told.standing is Standing.ANNOUNCED and told.incident_id not in page.observed.maintenances:
                page.observed.maintenances[told.incident_id] = shown_by_us(
                    told, active=told.begins_at <= now + page.clock_offset
                )


def shown_by_us(told: MaintenanceTold, *, active: bool, gone_at: float | None = None) -> Maintenance:
    """What the page shows of it, by what was told."""
    kind = ListKind.ACTIVE if active else ListKind.SCHEDULED
    return Maintenance(
        told.incident_id, active, told.component_ids, told.begins_at, told.ends_at, kind, gone_at
    )
