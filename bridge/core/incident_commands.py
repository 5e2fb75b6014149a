"""Commands about one incident: yielding, adopting and releasing it. Must not know what else can be commanded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.command_entries import entered
from bridge.core.commands import AdoptIncident, ReleaseIncident, StandingKind, YieldIncident
from bridge.core.ledger import IncidentTold
from bridge.core.notifications import still_silenced
from bridge.core.operations import incident_target
from bridge.core.regrouping import telling_rule
from bridge.core.standing import is_released
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.errors import CommandError

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.core.observed import ObservedIncident
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule, IncidentRuleId
    from bridge.core.signals import Labels


def leave(page: Page, command: YieldIncident | ReleaseIncident, changes: Changes) -> None:
    """Leave an incident of ours to people: what is said in it, or all of it for good.

    Raises:
        CommandError: there is none.
    """
    if isinstance(command, YieldIncident):
        yield_incident(page, command, changes)
    else:
        release(page, command, changes)


def yield_incident(page: Page, command: YieldIncident, changes: Changes) -> None:
    """Stand back from the text and status of an incident of ours.

    Raises:
        CommandError: none of that id is open.
    """
    told = open_incident(page, command.incident_id)
    if not told.yielded:
        changes.incidents_told.append(replace(told, yielded=True))


def adopt(page: Page, command: AdoptIncident, changes: Changes, now: float) -> None:
    """Take an incident of ours up again, by its own rule or by another.

    Raises:
        CommandError: there is none, or it cannot go on so.
    """
    observed = page.observed.incidents.get(command.incident_id)
    told = _told(page, command.incident_id)
    if observed is None or not observed.live or observed.status is None:
        if told is not None:
            raise CommandError(
                f"the page does not show the incident {told.incident_id} as open now; try again in some minutes, unless a person ended it"
            )
        raise _not_ours(page, command.incident_id)
    if is_released(page, observed.id):
        raise CommandError(f"the incident {observed.id} was released, for good")
    if told is None and observed.key is None:
        raise CommandError(f"the incident {observed.id} is a person's: it does not carry our identity")
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    place = page.place_now(told.place) if told is not None else None
    memory = page.desired.incidents.get(place) if place is not None else None
    if told is not None and place is not None and telling_rule(rules, place, memory) is not None:
        if command.rule is not None and (command.rule, command.group) != place:
            raise CommandError(
                f"the incident {observed.id} has its own rule, {place[0]}, and goes on by that"
            )
        _settled(page, told)
        changes.incidents_told.append(_taken_up(told, observed))
        return
    rule = _rule_for(rules, command)
    adopted = _as_rule(page, rule, command.group, told=told, observed=observed, now=now)
    changes.incidents_told.append(adopted)
    changes.guards += still_silenced(page, told, adopted)
    if told is not None:
        _settled(page, told)
        changes.incidents_told_gone.append(told.key)


def _taken_up(told: IncidentTold, observed: ObservedIncident) -> IncidentTold:
    """What the page shows now is where it goes on from."""
    return replace(
        told,
        yielded=False,
        status=observed.status or told.status,
        update_id=observed.update_id,
        operation=observed.operation or told.operation,
    )


def _rule_for(rules: dict[IncidentRuleId, IncidentRule], command: AdoptIncident) -> IncidentRule:
    there = ", ".join(rules) or "none"
    if command.rule is None:
        raise CommandError(
            f"the incident {command.incident_id} has no rule any more; say by which one it goes on: {there}"
        )
    rule = rules.get(command.rule)
    if rule is None:
        raise CommandError(f"there is no incident rule {command.rule}; there are: {there}")
    if set(command.group) != set(rule.group_by):
        wanted = ", ".join(rule.group_by)
        raise CommandError(
            f"the rule {rule.id} groups by {wanted}: exactly these labels are needed"
            if wanted
            else f"the rule {rule.id} does not group: no label is needed"
        )
    return rule


def _as_rule(
    page: Page,
    rule: IncidentRule,
    group: Labels,
    *,
    told: IncidentTold | None,
    observed: ObservedIncident,
    now: float,
) -> IncidentTold:
    """An incident of ours under the identity of another rule. Its metadata follows with the next write."""
    place = (rule.id, group)
    key = page.key(place)
    other = page.incidents_told.get(key)
    if other is not None and other.open:
        raise CommandError(f"the rule {rule.id} has an open incident of its own, {other.incident_id}")
    if any(intent.target == incident_target(key) for intent in page.intents.values()):
        raise CommandError(f"an incident of the rule {rule.id} is being opened; try again in some minutes")
    if observed.operation is None or observed.status is None:
        raise CommandError(f"what the page shows of the incident {observed.id} cannot be read as ours")
    return IncidentTold(
        page.name,
        place,
        key,
        observed.id,
        observed.episode,
        observed.sequence,
        observed.status,
        told.high_water if told is not None else ComponentStatus.MAJOR_OUTAGE,
        observed.component_ids,
        observed.operation,
        now,
        observed.update_id,
        announced=told.announced if told is not None else observed.announced,
        identified_at=told.identified_at if told is not None else observed.identified_at,
    )


def release(page: Page, command: ReleaseIncident, changes: Changes) -> None:
    """Let go of an incident of ours for good.

    Raises:
        CommandError: there is none.
    """
    told = _told(page, command.incident_id)
    observed = page.observed.incidents.get(command.incident_id)
    if told is None and (observed is None or observed.key is None):
        if is_released(page, command.incident_id):
            return
        raise _not_ours(page, command.incident_id)
    if told is not None:
        changes.incidents_told.append(_left(page, told))
    changes.standing.append(entered(page, StandingKind.RELEASE, command.incident_id, command))


def _left(page: Page, told: IncidentTold) -> IncidentTold:
    """As if a person had ended it: ours is opened again when all was well and it fires anew."""
    left = replace(told, yielded=True, status=IncidentStatus.RESOLVED)
    memory = page.desired.incidents.get(page.place_now(told.place))
    if memory is None or memory.episode < told.episode:
        return left
    return replace(left, episode=memory.episode, sequence=memory.sequence)


def _told(page: Page, incident_id: str) -> IncidentTold | None:
    for told in page.incidents_told.values():
        if told.incident_id == incident_id and told.open:
            return told
    return None


def open_incident(page: Page, incident_id: str) -> IncidentTold:
    """What was told last in an open incident of ours.

    Raises:
        CommandError: none of that id is open.
    """
    told = _told(page, incident_id)
    if told is None:
        raise _not_ours(page, incident_id)
    return told


def _not_ours(page: Page, incident_id: str) -> CommandError:
    ours = {told.incident_id for told in page.incidents_told.values() if told.open}
    ours |= {one.id for one in page.observed.incidents.values() if one.key is not None and one.live}
    there = ", ".join(sorted(ours)) or "none"
    return CommandError(f"no open incident of ours has the id {incident_id}; open are: {there}")


def _settled(page: Page, told: IncidentTold) -> None:
    if any(intent.target == incident_target(told.key) for intent in page.intents.values()):
        raise CommandError(
            f"what became of the last write to the incident {told.incident_id} is not known yet; try again in some minutes"
        )
