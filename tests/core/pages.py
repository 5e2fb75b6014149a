"""Small pages for the tests of the plan, and an ideal Statuspage on which a plan is carried out at once and without a fault."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from bridge.core.desired import Desired
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.identity import PageSeen
from bridge.core.incidents import IncidentMemory, IncidentPhase
from bridge.core.intents import Intent, IntentKind, IntentState, OperationId
from bridge.core.ledger import ComponentTold, IncidentTold
from bridge.core.matching import parse_matchers
from bridge.core.observed import Listing, ListKind, Observed, ObservedComponent, ObservedIncident
from bridge.core.operations import (
    DraftPostmortem,
    FindIncident,
    IdentifyIncident,
    Operation,
    PushPoints,
    ReadIncident,
    ReadList,
    ReadPage,
    ReadPostmortem,
    SetComponent,
    Write,
    WriteIncident,
    WriteMaintenance,
    component_target,
    incident_target,
)
from bridge.core.page import Page, PlanSettings
from bridge.core.payload import encode_write
from bridge.core.reasons import Reason
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    IncidentRule,
    IncidentRuleId,
    MetricRule,
    RuleId,
    RuleSet,
)
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import Automation, ComponentStatus, IncidentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.intents import Target

NOW = 1_800_000_000.0
API, WEB, SEARCH = (ComponentName(name) for name in ("Shop / API", "Shop / Web", "Search"))
IDS = {API: "id-api", WEB: "id-web", SEARCH: "id-search"}
OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = ComponentStatus
SHOP = IncidentRule(
    IncidentRuleId("shop"), (API, WEB), "The shop is having problems", automation=Automation.FULL
)
RULES = tuple(
    ComponentRule(
        RuleId(name),
        name,
        parse_matchers(f'component="{name}"'),
        PARTIAL,
        for_=0.0,
        keep_firing_for=0.0,
        automation=Automation.FULL,
    )
    for name in IDS
)
"""Every component is named by a rule: what no rule names is never lowered."""

IDENTITY = "page-id@2024-06-07T22:26:30Z"
EPISODE = 1_799_999_000_000
TOLD = OperationId("told")
LOST = OperationId("lost")

Statuses = dict[ComponentName, ComponentStatus]


def memory(
    phase: IncidentPhase = IncidentPhase.INVESTIGATING,
    *,
    rule: IncidentRule = SHOP,
    group: Labels = NO_LABELS,
    episode: int = EPISODE,
    sequence: int = 1,
    fired_at: int = 1,
    high_water: ComponentStatus = PARTIAL,
    components: tuple[ComponentName, ...] = (API,),
    reason: Reason | None = None,
    causes: tuple[str, ...] = (),
    identified_at: int = 0,
) -> IncidentMemory:
    """An incident as evaluation remembers it; by its third transition it may have returned."""
    return IncidentMemory(
        rule.id,
        group,
        phase,
        episode,
        sequence,
        reason,
        high_water=high_water,
        components=components,
        fired_at=fired_at,
        causes=causes,
        identified_at=identified_at,
    )


def page_of(
    claimed: Statuses | None = None,
    *incidents: IncidentMemory,
    shown: Mapping[ComponentName, ComponentStatus | None] | None = None,
    rules: tuple[IncidentRule, ...] = (SHOP,),
    metrics: tuple[MetricRule, ...] = (),
    settings: PlanSettings | None = None,
) -> Page:
    """A page of three components, read just now, of which nothing was ever told."""
    ruleset = RuleSet("acme", RULES, rules, metrics)
    page = Page("acme", "page-id", b"secret", ruleset, settings or PlanSettings())
    identify(page)
    page.desired = Desired(
        components=dict(claimed or {}),
        incidents={(incident.rule, incident.group): incident for incident in incidents},
    )
    page.observed = Observed(
        listings={kind: Listing(complete_at=NOW) for kind in ListKind},
        metrics={"id-latency": "Latency", "id-orders": "Orders"},
    )
    for name in (API, WEB, SEARCH):
        show(page, name, (shown or {}).get(name, OPERATIONAL))
    return page


def identify(page: Page, *, shown: str = IDENTITY, pinned: str = IDENTITY, read_at: float = NOW) -> None:
    """Let the page itself have been read, and an identity have been pinned before."""
    record = GuardRecord(page.name, GuardKind.PAGE_IDENTITY, "", NOW - 1000, pinned)
    page.guards[record.key] = record
    page.seen = PageSeen(shown, read_at)


def show(page: Page, name: ComponentName, status: ComponentStatus | None, *, reads: int = 1) -> None:
    """Let the page be read to show a status."""
    group, _, short = name.rpartition(" / ")
    page.observed.components[IDS[name]] = ObservedComponent(IDS[name], short, group, status, NOW, reads)


def tell_component(
    page: Page,
    name: ComponentName,
    status: ComponentStatus,
    *possible: ComponentStatus,
    unsettled_until: float | None = None,
    told_at: float = NOW - 1000,
) -> None:
    """Let the ledger say that we wrote a status, long ago; `possible` are other values that a lost write of ours can explain."""
    page.components_told[IDS[name]] = ComponentTold(
        page.name, IDS[name], status, TOLD, told_at, possible, unsettled_until
    )


def tell_incident(
    page: Page,
    status: IncidentStatus = IncidentStatus.INVESTIGATING,
    *,
    rule: IncidentRule = SHOP,
    group: Labels = NO_LABELS,
    episode: int = EPISODE,
    high_water: ComponentStatus = PARTIAL,
    components: tuple[ComponentName, ...] = (API,),
    yielded: bool = False,
    identified_at: int = 0,
    read_at: float | None = NOW,
) -> IncidentTold:
    """Let the ledger say that we told an incident, and the page show just that since `read_at`."""
    place = (rule.id, group)
    ids = tuple(IDS[name] for name in components)
    told = IncidentTold(
        page.name,
        place,
        page.key(place),
        "inc-1",
        episode,
        1,
        status,
        high_water,
        ids,
        TOLD,
        NOW - 100,
        yielded=yielded,
        identified_at=identified_at,
    )
    page.incidents_told[told.key] = told
    if read_at is not None and told.open:
        page.observed.incidents["inc-1"] = ObservedIncident(
            "inc-1", status, told.key, episode, 1, TOLD, ids, read_at, read_at, verified_at=read_at
        )
    return told


def lose(
    page: Page, write: Write, *, deadline: float = NOW, state: IntentState = IntentState.UNKNOWN
) -> Intent:
    """Let a write of ours have been begun, and its answer not have been read."""
    if isinstance(write, WriteIncident):
        kind = IntentKind.UPDATE_INCIDENT if write.incident_id else IntentKind.CREATE_INCIDENT
        incident_id, touches = write.incident_id, write.touches
    else:
        kind, incident_id, touches = IntentKind.SET_COMPONENT, "", ()
    intent = Intent(
        LOST,
        kind,
        write.target,
        page.name,
        deadline - 30,
        deadline,
        encode_write(write),
        state,
        incident_id=incident_id,
        touches=touches,
    )
    page.intents[LOST] = intent
    return intent


def shop_target(page: Page) -> Target:
    """What requests about the incident of the shop exclude each other by."""
    return incident_target(page.key((SHOP.id, NO_LABELS)))


def target_of(name: ComponentName) -> Target:
    """What writes to a component exclude each other by."""
    return component_target(IDS[name])


@dataclass
class IdealIncident:
    """One incident as an ideal page holds it: all its updates, and whether each notified."""

    told: list[tuple[IncidentStatus, bool]]
    component_ids: tuple[str, ...]
    operation: OperationId


@dataclass
class IdealPage:
    """A Statuspage that applies everything at once, and the bookkeeping that the engine would do.

    It shares no code with the engine, so that both cannot be wrong together.
    """

    page: Page
    now: float = NOW
    components: dict[str, ComponentStatus | None] = field(default_factory=dict)
    incidents: dict[str, IdealIncident] = field(default_factory=dict)
    sent: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Show what was observed."""
        for component in self.page.observed.components.values():
            self.components[component.id] = component.status
        for incident in self.page.observed.incidents.values():
            assert incident.status is not None
            assert incident.operation is not None
            self.incidents[incident.id] = IdealIncident(
                [(incident.status, False)], incident.component_ids, incident.operation
            )

    def carry_out(self, operation: Operation) -> None:
        """Apply one operation and read its answer."""
        self.sent.append(operation)
        name = OperationId(f"op-{len(self.sent)}")
        page = self.page
        match operation:
            case ReadList():
                page.observed.listings[operation.kind] = Listing(complete_at=self.now)
                for component_id, status in self.components.items():
                    before = page.observed.components[component_id]
                    page.observed.components[component_id] = replace(
                        before, status=status, reads=before.reads + 1
                    )
            case ReadIncident():
                self._observe(operation.incident_id, operation)
            case ReadPage():
                raise AssertionError("the page was read before")
            case (
                FindIncident()
                | IdentifyIncident()
                | WriteMaintenance()
                | ReadPostmortem()
                | DraftPostmortem()
            ):
                raise AssertionError("nothing is lost on an ideal page, and nothing else is planned")
            case WriteIncident():
                self._write(operation, name)
            case SetComponent():
                self._set(operation.component_id, operation.status, name)
            case PushPoints():
                for _, series, points in operation.points:
                    page.points.mark_sent(series, [bucket for bucket, _ in points])
            case _:
                assert_never(operation)

    def _write(self, write: WriteIncident, name: OperationId) -> None:
        incident_id = write.incident_id or f"inc-{len(self.sent)}"
        if not write.incident_id:
            self.incidents[incident_id] = IdealIncident([], (), name)
        incident = self.incidents[incident_id]
        if write.status is not None:
            incident.told.append((write.status, write.notify))
        incident.component_ids, incident.operation = write.component_ids, name
        status = incident.told[-1][0]
        self.page.incidents_told[write.key] = IncidentTold(
            self.page.name,
            write.place,
            write.key,
            incident_id,
            write.episode,
            write.sequence,
            status,
            write.high_water,
            write.component_ids,
            name,
            self.now,
            identified_at=write.identified_at,
        )
        self._observe(incident_id, write)
        for component_id, component_status in write.components:
            self._set(component_id, component_status, name)

    def _observe(self, incident_id: str, about: ReadIncident | WriteIncident) -> None:
        incident = self.incidents[incident_id]
        told = self.page.incidents_told[about.key]
        self.page.observed.incidents[incident_id] = ObservedIncident(
            incident_id,
            incident.told[-1][0],
            about.key,
            told.episode,
            told.sequence,
            incident.operation,
            incident.component_ids,
            self.now,
            self.now,
            verified_at=self.now,
        )

    def _set(self, component_id: str, status: ComponentStatus, name: OperationId) -> None:
        self.components[component_id] = status
        before = self.page.observed.components[component_id]
        self.page.observed.components[component_id] = replace(before, status=status, reads=1)
        self.page.components_told[component_id] = ComponentTold(
            self.page.name, component_id, status, name, self.now
        )


def write_of(
    page: Page,
    told: IncidentTold | None = None,
    *,
    status: IncidentStatus | None = IncidentStatus.INVESTIGATING,
    components: tuple[tuple[str, ComponentStatus], ...] = (),
    reason: Reason = Reason.OPENED,
) -> WriteIncident:
    """A write to the incident of the shop, as it might have been lost or refused."""
    place = (SHOP.id, NO_LABELS)
    return WriteIncident(
        page.name,
        place,
        page.key(place),
        told.incident_id if told is not None else "",
        EPISODE,
        1,
        SHOP.title,
        status,
        "text" if status is not None else "",
        (IDS[API],),
        components,
        PARTIAL,
        notify=True,
        reason=reason,
    )
