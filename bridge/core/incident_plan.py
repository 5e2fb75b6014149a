"""What should be told about each incident, compared with what was told. A difference that no longer exists costs nothing; what was begun and lost is settled first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bridge.core.absorption import absorbed_by
from bridge.core.component_plan import FOREIGN_AFTER
from bridge.core.drafts import Draft, Proposal, drafts_by_place, goes_out, next_publication
from bridge.core.holds import NEVER
from bridge.core.incident_components import component_ids_of, display_names, shown_components, told_high_water
from bridge.core.incident_templates import body_now, title_now
from bridge.core.incidents import IncidentKey, IncidentMemory, IncidentPhase
from bridge.core.intents import CREATING, Intent, IntentKind, IntentState
from bridge.core.maintenance import held_components, maintained_components
from bridge.core.notifications import notifications_left
from bridge.core.observed import ListKind
from bridge.core.operations import FindIncident, Operation, ReadIncident, WriteIncident, incident_target
from bridge.core.people import orphaned_components, others_components, persons_components
from bridge.core.reasons import Reason
from bridge.core.regrouping import telling_rule
from bridge.core.reopening import periods_text
from bridge.core.rules import Notify, OnYield
from bridge.core.statuses import Automation, IncidentStatus, least
from bridge.core.telling import goes_back, identified_before, told_sequence, told_status
from bridge.core.text import PublicText, Shown, shown_labels
from bridge.core.transitions import due, tells_of
from bridge.core.twin_plan import close_twin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.component_plan import ComponentChange
    from bridge.core.desired import IncidentPlace
    from bridge.core.intents import Target
    from bridge.core.ledger import IncidentTold
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName, IncidentRule, IncidentRuleId

NOTIFIES = {
    Reason.OPENED: Notify.OPEN,
    Reason.REOPENED: Notify.OPEN,
    Reason.ESCALATED: Notify.ESCALATE,
    Reason.IDENTIFIED: Notify.IDENTIFY,
    Reason.STILL: Notify.UPDATE,
    Reason.RETURNED: Notify.RETURN,
    Reason.RECOVERED: Notify.MONITOR,
    Reason.MONITORED_FOR: Notify.RESOLVE,
}
"""Each transition as a rule's `notify` names it. A component that joins is never told of."""

WORSENING = frozenset(
    {Reason.OPENED, Reason.REOPENED, Reason.ESCALATED, Reason.IDENTIFIED, Reason.STILL, Reason.RETURNED}
)
"""What is not said of components under maintenance alone."""


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
    for intent in _settling(page).values():
        settled_at = intent.settled_at(page.settings.settle_for)
        if now < settled_at:
            planned.wake_at = min(planned.wake_at, settled_at)
        elif intent.target not in page.in_flight and not _waits_for_names(page, intent):
            planned.operations.append(_settle(page, intent))
    writing = {intent.target for intent in page.intents.values()}
    planned.wake_at = min(planned.wake_at, next_publication(page, rules, now))
    for following in _following(page, rules, writing, now):
        target = incident_target(page.key(following.place))
        operation = _operation(page, following, changes, now=now)
        if isinstance(operation, ReadIncident) and page.backed_off_until(target) <= now:
            planned.awaited.update(_riding(page, following, changes))
        if target not in page.in_flight:
            planned.operations.append(operation)
    busy = writing | set(page.in_flight) | {operation.target for operation in planned.operations}
    for incident_id, lists in page.twins.items():
        closing = close_twin(page, rules, incident_id, now) if lists >= FOREIGN_AFTER else None
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
    return intent.kind in CREATING and page.observed.identifying


def _settle(page: Page, intent: Intent) -> Operation:
    key = IncidentKey(intent.target.removeprefix("incident:"))
    if intent.kind in CREATING:
        return FindIncident(page.name, key, intent, page.searches.get(intent.operation, 1))
    return ReadIncident(page.name, intent.incident_id, key, Reason.SETTLE_UNKNOWN, intent)


@dataclass(frozen=True, slots=True)
class _Following:
    """What comes next in an incident.

    Attributes:
        rule, memory: of the incident.
        told: what was told last in the incident that goes on; None to open one.
        reason: the transition to tell; None for a component that joins without a word.
        component_ids: those that take part and are to be listed.
        draft: of it, if there is one.
    """

    rule: IncidentRule
    memory: IncidentMemory
    told: IncidentTold | None
    reason: Reason | None
    component_ids: tuple[str, ...]
    draft: Draft | None

    @property
    def covered(self) -> tuple[ComponentName, ...]:
        """The components of its rule, and those of what it absorbed."""
        return (*self.rule.components, *self.memory.components)

    @property
    def place(self) -> IncidentPlace:
        """Incident rule and group labels."""
        return self.memory.rule, self.memory.group

    def goes_out(self, page: Page, now: float) -> bool:
        """Whether it begins by its draft: in the words in which that was approved, or has waited."""
        draft = self.draft
        if draft is None or self.reason is not Reason.OPENED or draft.episode != self.memory.episode:
            return False
        return goes_out(page, draft, self.rule, now)


def _following(
    page: Page, rules: dict[IncidentRuleId, IncidentRule], writing: set[Target], now: float
) -> Iterator[_Following]:
    """What comes next in each incident that has a rule and of which no write is open or lost."""
    held, drafts = held_components(page, now), drafts_by_place(page)
    for place, memory in page.desired.incidents.items():
        rule = telling_rule(rules, place, memory)
        if rule is None or incident_target(page.key(place)) in writing:
            continue
        level = least(rule.automation, page.automation_max)
        if level.level < Automation.DRAFT.level:
            continue
        following = _next(page, rule, memory, drafts.get(place), held=held, now=now)
        if following is None:
            continue
        # What is open goes on without a person; what is to be opened waits for one.
        if level is Automation.FULL or following.told is not None or following.goes_out(page, now):
            yield following


def _next(
    page: Page,
    rule: IncidentRule,
    memory: IncidentMemory,
    draft: Draft | None,
    *,
    held: frozenset[str],
    now: float,
) -> _Following | None:
    told, reason = due(page, memory)
    again = reason is Reason.REOPENED
    going_on = told is not None and (told.open or again)
    if reason is None and not going_on:
        return None
    begins = again or (reason is Reason.OPENED and not going_on)
    # What it absorbed, or what may not be claimed, is no reason to open it, though that keeps it from its end.
    if begins and (
        (memory.rule, memory.group) in page.desired.unclaimed or _is_told_elsewhere(page, memory, held)
    ):
        return None
    taking_part = component_ids_of(page, memory)
    names = rule.components if begins else memory.components
    if reason in WORSENING and not _may_worsen(page, memory, names, held):
        return None
    # What is under maintenance joins when that is over.
    component_ids = tuple(one for one in taking_part if one not in held)
    following = _Following(rule, memory, told if going_on else None, reason, component_ids, draft)
    said = _opens(page, following) if begins else _goes_on(page, following, now)
    return following if said else None


def _is_told_elsewhere(page: Page, memory: IncidentMemory, held: frozenset[str]) -> bool:
    """Whether what is to be opened is told of in the incident that absorbed it, or waits there for a person.

    In one that a person ended or took over nothing more is said of it, and in one that cannot open neither: then it opens itself.
    """
    place = absorbed_by(page.ruleset, memory)
    by = page.desired.incidents.get(place) if place is not None else None
    if place is None or by is None or by.phase is IncidentPhase.CLOSED:
        return False
    target = incident_target(page.key(place))
    if any(intent.target == target for intent in page.intents.values()):
        return True  # what becomes of that decides
    told, reason = due(page, by)
    if told is not None and told.open:
        return tells_of(page, told, memory)
    if place in page.desired.unclaimed:
        return False
    rule = page.ruleset.incident_rules[place[0]]
    ids = tuple(one for one in component_ids_of(page, by) if one not in held)
    opening = _Following(rule, by, None, reason, ids, None)
    return reason is Reason.OPENED and _may_worsen(page, by, rule.components, held) and _opens(page, opening)


def proposal(page: Page, rule: IncidentRule, memory: IncidentMemory, now: float) -> Proposal | None:
    """What opening an incident would tell now, if a person wanted it; None where there is nothing to open, or something forbids it."""
    following = _next(page, rule, memory, None, held=held_components(page, now), now=now)
    if following is None or following.told is not None or following.reason is not Reason.OPENED:
        return None
    write = _write(page, following, riding={}, now=now)
    return Proposal(
        write.name,
        write.body,
        write.status or memory.phase.status,
        write.component_ids,
        NOTIFIES[Reason.OPENED] in rule.notify,
        write.impact,
        write.high_water,
        write.withheld,
        write.sequence,
    )


def _goes_on(page: Page, following: _Following, now: float) -> bool:
    """Whether something is to be said in an open incident of ours, or a component to be added."""
    told, reason = following.told, following.reason
    recovers = reason in {Reason.RECOVERED, Reason.MONITORED_FOR}
    if told is None or (recovers and page.desired.is_broken(following.covered)):
        return False
    if told.yielded:
        # Its cause being gone, it may be resolved all the same.
        return reason is Reason.MONITORED_FOR and following.rule.on_yield is OnYield.RESOLVE
    if reason is None:
        return _joined(page, following, told)
    if not _announces(page, told, reason):
        return True
    # Before it is announced, a list has to show it alone. Without a mail it would be the same text once more.
    return _alone(page, told) and notifications_left(page, now) > 0


def _announces(page: Page, told: IncidentTold, reason: Reason | None) -> bool:
    """Whether what is to be told is the beginning of what was created silently, in the words in which it was."""
    return reason is Reason.OPENED and told is page.incidents_told.get(told.key)


def unannounced(page: Page, now: float) -> Iterator[IncidentTold]:
    """Incidents that were created silently and would be announced now, were there room for a mail. None is announced later by itself: they are as what began over the cap."""
    if page.automation_max.level < Automation.DRAFT.level or notifications_left(page, now) > 0:
        return
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    for place, memory in page.desired.incidents.items():
        rule = telling_rule(rules, place, memory)
        told, reason = due(page, memory)
        if rule is None or rule.automation.level < Automation.DRAFT.level or told is None or not told.open:
            continue
        if _announces(page, told, reason) and _alone(page, told):
            yield told


def _opens(page: Page, following: _Following) -> bool:
    """Whether an incident may be opened: something that it covers is bound, none of ours may be there already, by a rule that is gone neither, and no person tells of it."""
    if not following.component_ids or page.observed.identifying:
        return False
    telling = persons_components(page) | orphaned_components(page)
    return telling.isdisjoint(component_ids_of(page, following.memory, following.rule.components))


def _operation(
    page: Page, following: _Following, changes: dict[str, ComponentChange], *, now: float
) -> Operation:
    write = _write(page, following, riding=_riding(page, following, changes), now=now)
    if following.draft is not None and following.goes_out(page, now):
        write = _as_drafted(page, following.draft, write)
    told = following.told
    # What the page has refused is not verified for its own sake. A quiet change is verified too: an update that shows after it is then its own.
    if told is None or page.is_parked(write) or _verified(page, told, now):
        return write
    return ReadIncident(page.name, told.incident_id, told.key)


def _may_worsen(
    page: Page, memory: IncidentMemory, names: tuple[ComponentName, ...], held: frozenset[str]
) -> bool:
    """Whether it may be said that something got worse: it is known what is under maintenance, and not all that is claimed of these components is."""
    if not page.observed.maintained:
        return False
    taking_part = component_ids_of(page, memory, names)
    if held.isdisjoint(taking_part):
        return True
    over = {name for name, _ in memory.kept}  # they show it still, and nothing claims it
    claimed = {
        page.component_id(name)
        for name in memory.components
        if name in names and name in page.desired.components and name not in over
    }
    return not (claimed or set(taking_part)) <= held


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


def _joined(page: Page, following: _Following, told: IncidentTold) -> bool:
    """Whether a component takes part that the incident does not list yet. A recovered incident is not changed for it.

    Or an operator had it adopted by another rule, and it does not carry that identity yet.
    """
    observed = page.observed.incidents.get(told.incident_id)
    if observed is not None and observed.key not in {None, told.key}:
        return True
    if not following.memory.phase.fires or not page.observed.maintained:
        return False
    return not set(following.component_ids) <= set(told.component_ids)


def _verified(page: Page, told: IncidentTold, now: float) -> bool:
    """Whether the incident was read just now and shows nothing but what we told (reliability.md, 2.). What it shows else is read once more before it counts."""
    observed = page.observed.incidents.get(told.incident_id)
    if observed is None or now - observed.verified_at > page.settings.verify_for:
        return False
    if told.yielded:
        return observed.live  # what a person said in it is not taken for ours; that it goes on is seen
    return (
        observed.operation == told.operation
        and observed.status is told.status
        and observed.update_id == told.update_id
    )


def _riding(
    page: Page, following: _Following, changes: dict[str, ComponentChange]
) -> dict[str, ComponentChange]:
    """The component changes that go with the call at no cost: those of components that the incident covers.

    A resolve says nothing of what another incident or a maintenance still tells of.
    """
    covered = {page.component_id(name) for name in following.covered}
    riding = {component_id: change for component_id, change in changes.items() if component_id in covered}
    if riding and following.reason is Reason.MONITORED_FOR and following.told is not None:
        others = others_components(page, following.told.incident_id) | maintained_components(page)
        riding = {
            component_id: change for component_id, change in riding.items() if component_id not in others
        }
    return riding


def _write(
    page: Page, following: _Following, *, riding: dict[str, ComponentChange], now: float
) -> WriteIncident:
    rule, memory, told, reason = following.rule, following.memory, following.told, following.reason
    component_ids = following.component_ids
    if told is not None:
        listed = (*told.component_ids, *component_ids)
        # One that was deleted meanwhile would have the whole call refused.
        component_ids = tuple(dict.fromkeys(one for one in listed if one in page.observed.components))
    notify, silenced = _notifies(page, following, now)
    periods = periods_text(memory, page.clock_offset) if reason is Reason.REOPENED else ""
    shown = Shown(shown_labels(rule, memory), page.settings.internal_suffixes, memory.cause, periods)
    title, body = title_now(page, rule, shown), PublicText("")
    if reason is not None:
        # What was affected once is listed still; that it is so again would not be true of all of it.
        affected = following.component_ids if reason is Reason.REOPENED else component_ids
        names = display_names(page, affected)
        body = body_now(page, rule, reason, components=names, shown=shown)
    # The title is told on create only.
    withheld = body.withheld if told is not None else body.withheld | title.withheld
    return WriteIncident(
        page=page.name,
        place=following.place,
        key=page.key(following.place),
        incident_id=told.incident_id if told is not None else "",
        episode=memory.episode,
        sequence=told_sequence(memory, told, reason),
        name=title.text,
        status=_status(page, memory, told, reason) if reason is not None else None,
        body=body.text,
        component_ids=component_ids,
        components=tuple((component_id, change.status) for component_id, change in riding.items()),
        shown=shown_components(page, component_ids, riding),
        high_water=told_high_water(memory, told, reason),
        notify=notify,
        reason=reason or Reason.JOINED,
        announced=notify or (told is not None and told.announced and reason is not Reason.REOPENED),
        silenced=silenced,
        withheld=tuple(sorted(withheld)),
        impact=rule.impact,
        identified_at=(
            memory.identified_at if reason is Reason.IDENTIFIED else identified_before(memory, told)
        ),
    )


def _as_drafted(page: Page, draft: Draft, write: WriteIncident) -> WriteIncident:
    """The beginning in the words of its draft. What became worse since is told after it, as in every incident."""
    told = draft.proposal
    # One that was deleted meanwhile would have the whole call refused.
    component_ids = tuple(one for one in told.component_ids if one in page.observed.components)
    return replace(
        write,
        sequence=told.sequence,
        name=told.title,
        body=told.body,
        status=told.status,
        component_ids=component_ids or write.component_ids,
        high_water=told.high_water,
        notify=write.notify and told.notify,
        impact=told.impact,
        withheld=told.withheld,
        draft=draft.hash,
    )


def _notifies(page: Page, following: _Following, now: float) -> tuple[bool, bool]:
    """Whether subscribers are told, and whether they are not because of the cap alone. Of what they never heard begin, or begin again, they do not hear the end."""
    told, reason = following.told, following.reason
    if told is None:
        wanted = not page.settings.create_silently
    elif reason in {None, Reason.OPENED, Reason.REOPENED}:
        wanted = reason is not None
    else:
        wanted = NOTIFIES.get(reason) in following.rule.notify and told.announced
    # What is created silently is announced in a moment, or for the cap never.
    silenced = (wanted or told is None) and notifications_left(page, now) == 0
    return wanted and not silenced, silenced


def _status(page: Page, memory: IncidentMemory, told: IncidentTold | None, reason: Reason) -> IncidentStatus:
    """What the page should say; where it refuses to go back, what it says already, so that at least the text is told."""
    status = told_status(memory, told, reason)
    stuck = told is not None and told.incident_id in page.one_way and goes_back(told, status)
    return IncidentStatus.MONITORING if stuck else status
