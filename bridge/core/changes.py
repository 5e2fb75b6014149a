"""What is to be committed together, and what a start reads back: the contract between whoever decides and the store. The store computes nothing from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.claims import HoldKey
    from bridge.core.commands import Standing, StandingKind
    from bridge.core.desired import IncidentPlace
    from bridge.core.drafts import Draft
    from bridge.core.guards import GuardKind, GuardRecord
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentKey, IncidentMemory
    from bridge.core.intents import Intent, OperationId
    from bridge.core.journal import JournalEntry
    from bridge.core.ledger import ComponentTold, IncidentTold
    from bridge.core.pacing import Slot
    from bridge.core.people import Taken
    from bridge.core.points import PointHour
    from bridge.core.rules import ComponentName, Series
    from bridge.core.signals import Signal, SignalKey


@dataclass(slots=True)
class Changes:
    """One transaction. Everything in it is committed, or nothing.

    Attributes:
        signals: to be put, by key. `signals_gone` are deleted.
        holds: (page, key, hold); an inactive hold deletes the row.
        incidents: (page, memory), by page, rule and group. `incidents_gone` are deleted: (page, (rule, group)).
        intents: to be put, by operation. A final one may be deleted after its retention by the store's housekeeping.
        slots: (budget, slot), by operation. `slots_gone` are deleted.
        components_told: by page and component id. `components_told_gone` are deleted: (page, component id).
        incidents_told: by key. `incidents_told_gone` are deleted.
        bindings: (page, name in the rule files, component id).
        standing: what operators told and still holds, by page, kind and subject. `standing_gone` are deleted: (page, kind, subject).
        taken: components whose value is a person's, by page and component id. `taken_gone` are deleted: (page, component id).
        guards: what guards remember, by page, kind and subject. `guards_gone` are deleted: (page, kind, subject).
        drafts: incidents that wait for a person, by page and id. `drafts_gone` are deleted: (page, id).
        points: (page, hour), by page, series and hour. `points_gone` are deleted: (page, series, hour).
        journal: appended in order.
    """

    signals: list[Signal] = field(default_factory=list)
    signals_gone: list[SignalKey] = field(default_factory=list)
    holds: list[tuple[str, HoldKey, Hold]] = field(default_factory=list)
    incidents: list[tuple[str, IncidentMemory]] = field(default_factory=list)
    incidents_gone: list[tuple[str, IncidentPlace]] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    slots: list[tuple[str, Slot]] = field(default_factory=list)
    slots_gone: list[OperationId] = field(default_factory=list)
    components_told: list[ComponentTold] = field(default_factory=list)
    components_told_gone: list[tuple[str, str]] = field(default_factory=list)
    incidents_told: list[IncidentTold] = field(default_factory=list)
    incidents_told_gone: list[IncidentKey] = field(default_factory=list)
    bindings: list[tuple[str, ComponentName, str]] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    standing_gone: list[tuple[str, StandingKind, str]] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    taken_gone: list[tuple[str, str]] = field(default_factory=list)
    guards: list[GuardRecord] = field(default_factory=list)
    guards_gone: list[tuple[str, GuardKind, str]] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    drafts_gone: list[tuple[str, str]] = field(default_factory=list)
    points: list[tuple[str, PointHour]] = field(default_factory=list)
    points_gone: list[tuple[str, Series, int]] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(map(self.__getattribute__, self.__slots__))

    def extend(self, more: Changes) -> None:
        """Commit more together with this."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(more, name))


@dataclass(slots=True)
class Stored:
    """What a start reads back. Maps are by page or budget where several exist; final intents are left out."""

    signals: list[Signal] = field(default_factory=list)
    holds: dict[str, dict[HoldKey, Hold]] = field(default_factory=dict)
    incidents: dict[str, list[IncidentMemory]] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)
    slots: dict[str, list[Slot]] = field(default_factory=dict)
    components_told: list[ComponentTold] = field(default_factory=list)
    incidents_told: list[IncidentTold] = field(default_factory=list)
    bindings: dict[str, dict[ComponentName, str]] = field(default_factory=dict)
    standing: list[Standing] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    guards: list[GuardRecord] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    points: dict[str, list[PointHour]] = field(default_factory=dict)
