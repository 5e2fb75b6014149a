"""What should be told about each incident, compared with what was told. A difference that no longer exists costs nothing; what was begun and lost is settled first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.component_plan import FOREIGN_AFTER
from bridge.core.holds import NEVER
from bridge.core.incidents import IncidentKey, IncidentMemory, IncidentPhase
from bridge.core.intents import Intent, IntentKind, IntentState
from bridge.core.ledger import IncidentTold
from bridge.core.notifications import is_silenced, notifications_left
from bridge.core.observed import ListKind
from bridge.core.operations import FindIncident, Operation, ReadIncident, WriteIncident, incident_target
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation, ComponentStatus, IncidentStatus, least, worst
from bridge.core.text import TWIN_BODY, incident_body, incident_title

if TYPE_CHECKING:
    from bridge.core.component_plan import ComponentChange
    from bridge.core.desired import IncidentPlace
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule, IncidentRuleId

NOTIFYING = frozenset({Reason.OPENED, Reason.ESCALATED, Reason.MONITORED_FOR})
"""Subscribers are told that it began, that it grew, and that it is over (users.md, "Notification hygiene")."""

CREATED_WITHIN = 60.0
"""Seconds by which the page's clock may be behind when it dates an incident's creation."""


@dataclass(slots=True)
class IncidentPlan:
    """What incidents need now.

    Attributes:
        operations: the next operation for each incident that needs one.
        awaited: ids of components whose change rides on a call that is only waiting for its incident to be read.
        wake_at: the instant at which this answer changes by itself.
    """

    operations: list[Operation] = field(default_factory=list)
    awaited: set[str] = field(default_factory=set)
    wake_at: float = NEVER


def plan_incidents(page: Page, changes: dict[str, ComponentChange], now: float) -> IncidentPlan:
    """Compare every incident's life with what was told of it."""
    planned = IncidentPlan()
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    settling = _settling(page)
    for intent in settling.values():
        settled_at = intent.settled_at(page.settings.settle_for)
        if now < settled_at:
            planned.wake_at = min(planned.wake_at, settled_at)
        elif intent.target not in page.in_flight and not _waits_for_names(page, intent):
            planned.operations.append(_settle(page, intent))
    writing = {intent.target for intent in page.intents.values()}
    for place, memory in page.desired.incidents.items():
        rule = rules.get(place[0])
        target = incident_target(page.key(place))
        if rule is None or target in writing:
            continue
        operation = _next(page, rule, memory, changes, now=now)
        if isinstance(operation, ReadIncident) and page.backed_off_until(target) <= now:
            planned.awaited.update(_riding(page, rule, changes))
        if operation is not None and target not in page.in_flight:
            planned.operations.append(operation)
    busy = writing | set(page.in_flight) | {operation.target for operation in planned.operations}
    for incident_id, lists in page.twins.items():
        closing = _close_twin(page, rules, incident_id, now) if lists >= FOREIGN_AFTER else None
        if closing is not None and closing.target not in busy:
            busy.add(closing.target)
            planned.operations.append(closing)
    return planned


def _settling(page: Page) -> dict[str, Intent]:
    """Lost writes to incidents, by target. Nothing else is said about the target before it is known what became of them."""
    return {
        intent.target: intent
        for intent in page.intents.values()
        if intent.kind is not IntentKind.SET_COMPONENT and intent.state is IntentState.UNKNOWN
    }


def _waits_for_names(page: Page, intent: Intent) -> bool:
    """Whether the search for a lost create has to wait: what it may have made is being read, because no list says whose it is."""
    return intent.kind is IntentKind.CREATE_INCIDENT and page.observed.identifying


def _settle(page: Page, intent: Intent) -> Operation:
    key = IncidentKey(intent.target.removeprefix("incident:"))
    if intent.kind is IntentKind.CREATE_INCIDENT:
        return FindIncident(page.name, key, intent, page.searches.get(intent.operation, 1))
    return ReadIncident(page.name, intent.incident_id, key, Reason.SETTLE_UNKNOWN, intent)


def _next(
    page: Page, rule: IncidentRule, memory: IncidentMemory, changes: dict[str, ComponentChange], *, now: float
) -> Operation | None:
    if least(rule.automation, page.automation_max) is not Automation.FULL:
        return None
    key = page.key((memory.rule, memory.group))
    ledger = told = page.incidents_told.get(key)
    reason = _transition(memory, told, silenced=is_silenced(page, told))
    if told is None or (reason is Reason.OPENED and not told.open):
        told = found_incident(page, (memory.rule, memory.group)) or told
        reason = _transition(memory, told, silenced=is_silenced(page, told))
    riding = _riding(page, rule, changes)
    if told is not None and told.open:
        # Before it is announced, a list has to show it alone.
        waits = reason is Reason.OPENED and told is ledger and not _alone(page, told)
        if waits or told.yielded or (reason is None and not _joined(page, memory, told)):
            return None
        write = _write(page, rule, memory, told, riding=riding, reason=reason, now=now)
        # What the page has refused is not verified for its own sake. A quiet change is verified too: an update that shows after it is then its own.
        if not (write is None or page.is_parked(write) or _verified(page, told, now)):
            return ReadIncident(page.name, told.incident_id, told.key)
        return write
    if reason is None:
        return None
    return _write(page, rule, memory, None, riding=riding, reason=reason, now=now)


def found_incident(page: Page, place: IncidentPlace) -> IncidentTold | None:
    """The eldest live incident with our identity that the ledger does not have: the store was lost and the group's labels were only learned now, or a twin was left open.

    What a twin was left with belongs to an episode that is told elsewhere: of the next one nobody was told in it.
    """
    key = page.key(place)
    known = page.incidents_told.get(key)
    candidates = [
        observed
        for observed in page.observed.incidents.values()
        if observed.key == key and observed.live and (known is None or observed.id != known.incident_id)
    ]
    for observed in sorted(candidates, key=lambda one: (one.created_at, one.id)):
        if observed.status is not None and observed.operation is not None:
            return IncidentTold(
                page.name,
                place,
                key,
                observed.id,
                observed.episode,
                observed.sequence,
                observed.status,
                ComponentStatus.MAJOR_OUTAGE,
                observed.component_ids,
                observed.operation,
                observed.seen_at,
                observed.update_id,
                yielded=spoken_in(
                    page,
                    episode=observed.episode,
                    sequence=observed.sequence,
                    created_at=observed.created_at,
                    updates=observed.updates,
                ),
                announced=observed.announced and known is None,
            )
    return None


def spoken_in(page: Page, *, episode: int, sequence: int, created_at: float, updates: int) -> bool:
    """Whether somebody else has written in an incident of ours that nothing remembers: it has more updates than we had transitions to tell.

    That can be said of the episode that created it alone; a later one that goes on in it counts its transitions anew.
    """
    created_by_it = episode / 1000 + page.clock_offset <= created_at + CREATED_WITHIN
    return created_by_it and updates > sequence + int(page.settings.create_silently)


def _alone(page: Page, told: IncidentTold) -> bool:
    """Whether a list that was begun after we wrote to the incident shows it, and no other live one with its key."""
    listed_at = page.observed.listings[ListKind.UNRESOLVED].complete_at
    observed = page.observed.incidents.get(told.incident_id)
    if listed_at is None or listed_at <= told.told_at or page.observed.identifying:
        return False
    if observed is None or observed.read_at < listed_at:
        return False
    return not any(
        other.key == told.key and other.live and other.id != told.incident_id
        for other in page.observed.incidents.values()
    )


def _close_twin(
    page: Page, rules: dict[IncidentRuleId, IncidentRule], incident_id: str, now: float
) -> Operation | None:
    """The silent end of a second incident of ours, if nobody was ever told of it and nobody wrote in it. Any other is left to a person."""
    twin = page.observed.incidents.get(incident_id)
    told = page.incidents_told.get(twin.key) if twin is not None and twin.key is not None else None
    if twin is None or told is None or not twin.live or twin.announced or twin.updates != 1:
        return None
    rule = rules.get(told.place[0])
    if rule is None or least(rule.automation, page.automation_max) is not Automation.FULL:
        return None
    write = WriteIncident(
        page=page.name,
        place=told.place,
        key=told.key,
        incident_id=twin.id,
        episode=twin.episode,
        sequence=twin.sequence,
        name=incident_title(rule),
        status=IncidentStatus.RESOLVED,
        body=TWIN_BODY,
        component_ids=tuple(one for one in twin.component_ids if one in page.observed.components),
        components=(),  # they are the elder's
        high_water=told.high_water,
        notify=False,
        reason=Reason.TWIN,
        announced=False,
    )
    # A list may lag, and prove nothing of what a person wrote in it just now.
    if now - twin.verified_at > page.settings.verify_for and not page.is_parked(write):
        return ReadIncident(page.name, twin.id, told.key)
    return write


def _persons(page: Page, component_ids: tuple[str, ...]) -> bool:
    """Whether a person has an incident of their own open on any of these components: then ours is not opened beside it."""
    return any(
        observed.key is None
        and observed.status is not None  # a maintenance announces; it tells of no outage
        and not set(observed.component_ids).isdisjoint(component_ids)
        for observed in page.observed.incidents.values()
    )


def _transition(
    memory: IncidentMemory, told: IncidentTold | None, *, silenced: bool = False
) -> Reason | None:
    """The transition that is to be told now, or None. What came and went untold is never told; what the cap silenced is not announced later."""
    if told is None or not told.open:
        # A person ended it; what fires anew after all was well is told, though the episode goes on in memory.
        anew = told is not None and told.yielded and told.sequence < memory.fired_at
        newer = told is None or told.episode < memory.episode or anew
        return Reason.OPENED if memory.phase is IncidentPhase.INVESTIGATING and newer else None
    if memory.phase is IncidentPhase.INVESTIGATING and not told.announced and not silenced:
        return Reason.OPENED if memory.unproven_until is None else None
    match memory.phase:
        case IncidentPhase.INVESTIGATING:
            # Growth first: what returns worse than it ever was told to be is told to subscribers.
            if told.high_water.severity < memory.high_water.severity:
                return Reason.ESCALATED
            # On a page that lets nothing go back, a return was told as a text: the status alone does not show it.
            untold = told.sequence < memory.fired_at or told.episode < memory.episode
            return Reason.RETURNED if told.status is IncidentStatus.MONITORING and untold else None
        case IncidentPhase.MONITORING:
            returned = told.episode == memory.episode and memory.fired_at <= told.sequence < memory.sequence
            return None if told.status is IncidentStatus.MONITORING and not returned else Reason.RECOVERED
        case IncidentPhase.CLOSED:
            return Reason.MONITORED_FOR


def _joined(page: Page, memory: IncidentMemory, told: IncidentTold) -> bool:
    """Whether a component takes part that the incident does not list yet. A recovered incident is not changed for it.

    Or an operator had it adopted by another rule, and it does not carry that identity yet.
    """
    observed = page.observed.incidents.get(told.incident_id)
    if observed is not None and observed.key not in {None, told.key}:
        return True
    if memory.phase is not IncidentPhase.INVESTIGATING:
        return False
    return not set(_component_ids(page, memory)) <= set(told.component_ids)


def _verified(page: Page, told: IncidentTold, now: float) -> bool:
    """Whether the incident was read just now and shows nothing but what we told (reliability.md, 2.). What it shows else is read once more before it counts."""
    observed = page.observed.incidents.get(told.incident_id)
    if observed is None or now - observed.verified_at > page.settings.verify_for:
        return False
    return (
        observed.operation == told.operation
        and observed.status is told.status
        and observed.update_id == told.update_id
    )


def _riding(
    page: Page, rule: IncidentRule, changes: dict[str, ComponentChange]
) -> dict[str, ComponentChange]:
    """The component changes that go with the call at no cost: those of components that the incident covers."""
    covered = {page.component_id(name) for name in rule.components}
    return {component_id: change for component_id, change in changes.items() if component_id in covered}


def _write(
    page: Page,
    rule: IncidentRule,
    memory: IncidentMemory,
    told: IncidentTold | None,
    *,
    riding: dict[str, ComponentChange],
    reason: Reason | None,
    now: float,
) -> WriteIncident | None:
    component_ids = _component_ids(page, memory)
    if told is None and not component_ids:
        return None  # nothing that it covers is bound: an incident about nothing helps nobody
    if told is None and (page.observed.identifying or _persons(page, component_ids)):
        return None
    if told is not None:
        listed = (*told.component_ids, *component_ids)
        # One that was deleted meanwhile would have the whole call refused.
        component_ids = tuple(dict.fromkeys(one for one in listed if one in page.observed.components))
    place: IncidentPlace = (memory.rule, memory.group)
    notify, silenced = _notifies(page, told, reason, now)
    return WriteIncident(
        page=page.name,
        place=place,
        key=page.key(place),
        incident_id=told.incident_id if told is not None else "",
        episode=memory.episode,
        sequence=memory.sequence,
        name=incident_title(rule),
        status=_status(page, memory, told) if reason is not None else None,
        body=incident_body(rule, reason, _display_names(page, component_ids)) if reason is not None else "",
        component_ids=component_ids,
        components=tuple((component_id, change.status) for component_id, change in riding.items()),
        shown=_shown(page, component_ids, riding),
        high_water=_high_water(memory, told, reason),
        notify=notify,
        reason=reason or Reason.JOINED,
        announced=notify or (told is not None and told.announced),
        silenced=silenced,
    )


def _notifies(page: Page, told: IncidentTold | None, reason: Reason | None, now: float) -> tuple[bool, bool]:
    """Whether subscribers are told, and whether they are not because of the cap alone. Of what they never heard begin, they do not hear the end."""
    if told is None:
        wanted = not page.settings.create_silently
    else:
        wanted = reason is Reason.OPENED or (reason in NOTIFYING and told.announced)
    # What is created silently is announced in a moment, or for the cap never.
    silenced = (wanted or told is None) and notifications_left(page, now) == 0
    return wanted and not silenced, silenced


def _status(page: Page, memory: IncidentMemory, told: IncidentTold | None) -> IncidentStatus:
    """What the page should say; where it refuses to go back, what it says already, so that at least the text is told."""
    status = memory.phase.status
    stuck = told is not None and told.incident_id in page.one_way and goes_back(told, status)
    return IncidentStatus.MONITORING if stuck else status


def goes_back(told: IncidentTold, status: IncidentStatus | None) -> bool:
    """Whether a status would take an incident back from monitoring."""
    return told.status is IncidentStatus.MONITORING and status is IncidentStatus.INVESTIGATING


def _high_water(memory: IncidentMemory, told: IncidentTold | None, reason: Reason | None) -> ComponentStatus:
    """The worst status of which subscribers were told, once this is written: a quiet update tells nobody of a growth."""
    if told is None:
        return memory.high_water
    return worst((memory.high_water, told.high_water)) if reason in NOTIFYING else told.high_water


def _shown(
    page: Page, component_ids: tuple[str, ...], riding: dict[str, ComponentChange]
) -> tuple[tuple[str, ComponentStatus], ...]:
    """What the listed components show by our doing after this write. `operational` is nobody's doing."""
    told = {component_id: told.status for component_id, told in page.components_told.items()}
    told |= {component_id: change.status for component_id, change in riding.items()}
    return tuple(
        (component_id, told[component_id])
        for component_id in component_ids
        if told.get(component_id, ComponentStatus.OPERATIONAL) is not ComponentStatus.OPERATIONAL
    )


def _component_ids(page: Page, memory: IncidentMemory) -> tuple[str, ...]:
    ids = (page.component_id(name) for name in memory.components)
    return tuple(dict.fromkeys(component_id for component_id in ids if component_id is not None))


def _display_names(page: Page, component_ids: tuple[str, ...]) -> tuple[str, ...]:
    components = page.observed.components
    return tuple(
        components[component_id].display_name for component_id in component_ids if component_id in components
    )
