"""Obeying: what a command changes, decided purely. What it gives is committed first and enforced then.

A command that repeats what stands is no error: whoever sends it twice wants it to be so, not to be so twice. What it names has to be there, or it is refused with what is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from bridge.core.changes import Changes
from bridge.core.commands import (
    AdoptIncident,
    ClearOverride,
    Command,
    Confirm,
    ConfirmedGuard,
    PausePage,
    ReleaseIncident,
    ResumePage,
    SetOverride,
    Standing,
    StandingKind,
    YieldComponent,
    YieldIncident,
    digest,
)
from bridge.core.component_plan import is_superseded
from bridge.core.held import held, is_confirmed
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.ledger import IncidentTold
from bridge.core.notifications import still_silenced
from bridge.core.operations import component_target, incident_target
from bridge.core.overrides import give
from bridge.core.reasons import Reason
from bridge.core.standing import end_override, forget, is_released
from bridge.core.statuses import CLAIMABLE, ComponentStatus, IncidentStatus
from bridge.core.unread import unread
from bridge.errors import CommandError, CommandRepeatedError, PageUnreadError

if TYPE_CHECKING:
    from bridge.core.observed import ObservedIncident
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule, IncidentRuleId
    from bridge.core.signals import Labels

ACCEPTED_FOR = 24 * 3600.0
"""Seconds for which the id of a command is remembered: longer than anybody goes on sending it again."""

CONFIRMED_FOR = 3600.0
"""Seconds after which a confirmation that nothing has used ends: who comes back to the same files or page later has to look anew."""

SHOWABLE = (ComponentStatus.OPERATIONAL, *CLAIMABLE)
"""What an override may show. A maintenance is made on the page, which ends it by itself."""


def accepted_before(page: Page, command: Command) -> bool:
    """Whether exactly this was accepted before.

    Raises:
        CommandRepeatedError: something else was, under the same id.
    """
    before = page.standing.get((StandingKind.ACCEPTED, command.issued.id))
    if before is not None and before.value != digest(command):
        raise CommandRepeatedError(
            f"another command was accepted under the id {command.issued.id}; leave the id out, or choose another one"
        )
    return before is not None


def obey(page: Page, command: Command, now: float) -> Changes:
    """What a command changes on a page: to be committed, and then enforced. Nothing is changed here.

    Raises:
        CommandError: what it names is not there, or not so.
        PageUnreadError: whether it is, is not known yet.
    """
    changes = Changes()
    issued = command.issued
    match command:
        case SetOverride():
            _set_override(page, command, changes, now)
        case ClearOverride():
            _hand_back(page, command, changes)
        case YieldComponent():
            _stand_back(page, command, changes, now)
        case YieldIncident():
            _yield_incident(page, command, changes)
        case AdoptIncident():
            _adopt(page, command, changes, now)
        case ReleaseIncident():
            _release(page, command, changes)
        case PausePage() | ResumePage():
            _pause(page, command, changes, now)
        case Confirm():
            _confirm(page, command, changes)
        case _:
            assert_never(command)
    changes.standing.append(
        Standing(
            page.name, StandingKind.ACCEPTED, issued.id, digest(command), issued.at + ACCEPTED_FOR, issued
        )
    )
    changes.journal.append(_entry(page, command, now))
    return changes


def _set_override(page: Page, command: SetOverride, changes: Changes, now: float) -> None:
    component_id, status = command.component_id, command.status
    _not_past(command.until, now)
    if status not in SHOWABLE:
        raise CommandError(
            f"an override shows {', '.join(SHOWABLE)}; a maintenance is made on the page, which ends it by itself"
        )
    standing = _standing(page, StandingKind.OVERRIDE, component_id, command)
    changes.standing.append(standing)
    observed = page.observed.components.get(component_id)
    shown = observed.status if observed is not None else None
    if shown is ComponentStatus.UNDER_MAINTENANCE:
        shown = ComponentStatus.OPERATIONAL  # which the page sets at its end
    if shown is status:
        shown = _lost_value(page, component_id, status)
    if shown is None:
        forget(page, component_id, changes, StandingKind.GIVEN)
    else:
        changes.standing.append(give(page, standing, shown))
    forget(page, component_id, changes, StandingKind.YIELD, StandingKind.ENDED)
    _give_back(page, component_id, changes)


def _lost_value(page: Page, component_id: str, status: ComponentStatus) -> ComponentStatus | None:
    """What a write of ours may yet make of a component that shows what is wanted: no person's doing, if it comes.

    One that was lost, or one that let go of the component just now, behind which a list lags: of that nothing is remembered but the doubt.
    """
    told, observed = page.components_told.get(component_id), page.observed.components.get(component_id)
    if told is None:
        lags = observed is not None and observed.read_at < observed.doubtful_until
        return ComponentStatus.OPERATIONAL if lags and status is not ComponentStatus.OPERATIONAL else None
    if told.unsettled_until is None:
        return None
    return next((one for one in (told.status, *told.possible) if one is not status), None)


def _hand_back(page: Page, command: ClearOverride, changes: Changes) -> None:
    component_id = command.component_id
    _end_override(page, component_id, changes)
    forget(page, component_id, changes, StandingKind.YIELD)
    _give_back(page, component_id, changes)
    observed = page.observed.components.get(component_id)
    # What a guard holds is claimed as well: it is shown when that lets it through.
    claims = (*page.desired.components, *page.desired.held)
    claimed = any(page.component_id(name) == component_id for name in claims)
    if observed is None or observed.status is None or not claimed:
        return
    # They asked for the claim to be shown, over whatever they see there now.
    given = Standing(page.name, StandingKind.GIVEN, component_id, observed.status, None, command.issued)
    changes.standing_gone = [one for one in changes.standing_gone if one[1:] != given.key]
    changes.standing.append(given)


def _stand_back(page: Page, command: YieldComponent, changes: Changes, now: float) -> None:
    component_id = command.component_id
    _not_past(command.until, now)
    _end_override(page, component_id, changes)
    forget(page, component_id, changes, StandingKind.GIVEN)
    changes.standing.append(_standing(page, StandingKind.YIELD, component_id, command))


def _yield_incident(page: Page, command: YieldIncident, changes: Changes) -> None:
    told = _open_incident(page, command.incident_id)
    if not told.yielded:
        changes.incidents_told.append(replace(told, yielded=True))


def _pause(page: Page, command: PausePage | ResumePage, changes: Changes, now: float) -> None:
    if isinstance(command, ResumePage):
        forget(page, "", changes, StandingKind.PAUSE)
        return
    _not_past(command.until, now)
    changes.standing.append(_standing(page, StandingKind.PAUSE, "", command))


def _confirm(page: Page, command: Confirm, changes: Changes) -> None:
    """Only what is held now: a confirmation in advance would let through what nobody has seen, and one of a slip of the pen would look like a success."""
    guard, subject = command.guard, command.subject
    there = held(page)
    if not is_confirmed(page, guard, subject) and (guard, subject) not in {
        (one.guard, one.subject) for one in there
    }:
        if guard is ConfirmedGuard.PAGE_IDENTITY and page.seen is None:
            raise PageUnreadError(f"{unread(page)}; which page it is can be confirmed then")
        told = "; ".join(one.command for one in there)
        raise CommandError(
            f"{guard} holds no {subject} on the page {page.name}; "
            + (f"what is held is let through by: {told}" if told else "nothing is held there now")
        )
    changes.standing.append(_standing(page, StandingKind.CONFIRM, f"{guard}:{subject}", command))


def _end_override(page: Page, component_id: str, changes: Changes) -> None:
    standing = page.standing.get((StandingKind.OVERRIDE, component_id))
    if standing is not None:
        end_override(page, standing, changes)


def _give_back(page: Page, component_id: str, changes: Changes) -> None:
    """What a person set there is theirs no longer. Nor is it ours, where the page shows something else since: if it comes back after this, somebody set it."""
    if component_id in page.taken:
        changes.taken_gone.append((page.name, component_id))
    if is_superseded(page, component_id):
        changes.components_told_gone.append((page.name, component_id))


def _adopt(page: Page, command: AdoptIncident, changes: Changes, now: float) -> None:
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
    if told is not None and place is not None and place[0] in rules:
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


def _release(page: Page, command: ReleaseIncident, changes: Changes) -> None:
    told = _told(page, command.incident_id)
    observed = page.observed.incidents.get(command.incident_id)
    if told is None and (observed is None or observed.key is None):
        if is_released(page, command.incident_id):
            return
        raise _not_ours(page, command.incident_id)
    if told is not None:
        changes.incidents_told.append(_left(page, told))
    changes.standing.append(_standing(page, StandingKind.RELEASE, command.incident_id, command))


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


def _open_incident(page: Page, incident_id: str) -> IncidentTold:
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


def _not_past(until: float | None, now: float) -> None:
    if until is not None and until <= now:
        raise CommandError("its end is not after now; give a later `until`, or a longer `for`")


def _standing(
    page: Page,
    kind: StandingKind,
    subject: str,
    command: SetOverride | YieldComponent | ReleaseIncident | PausePage | Confirm,
) -> Standing:
    until: float | None
    match command:
        case ReleaseIncident():
            until = None
        case Confirm():
            until = command.issued.at + CONFIRMED_FOR
        case _:
            until = command.until
    value = command.status if isinstance(command, SetOverride) else ""
    return Standing(page.name, kind, subject, value, until, command.issued)


REASONS: dict[type[Command], Reason] = {
    SetOverride: Reason.OVERRIDDEN,
    ClearOverride: Reason.HANDED_BACK,
    YieldComponent: Reason.YIELDED,
    YieldIncident: Reason.YIELDED,
    AdoptIncident: Reason.ADOPTED,
    ReleaseIncident: Reason.RELEASED,
    PausePage: Reason.PAUSED,
    ResumePage: Reason.RESUMED,
    Confirm: Reason.CONFIRMED,
}
"""What each command is called in the journal."""


def _entry(page: Page, command: Command, now: float) -> JournalEntry:
    issued = command.issued
    detail: dict[str, str | int | float | None] = {"id": issued.id, "by": issued.by, "note": issued.note}
    subject: str
    match command:
        case SetOverride() | YieldComponent() | ClearOverride():
            subject = component_target(command.component_id)
        case AdoptIncident() | YieldIncident() | ReleaseIncident():
            subject = f"incident:{command.incident_id}"
        case PausePage() | ResumePage():
            subject = f"page:{page.name}"
        case Confirm():
            subject = f"{command.guard}:{command.subject}"
        case _:
            assert_never(command)
    if isinstance(command, SetOverride | YieldComponent | PausePage):
        detail["until"] = command.until
    if isinstance(command, SetOverride):
        detail["status"] = command.status
    if isinstance(command, AdoptIncident):
        detail["rule"] = command.rule
    return JournalEntry(now, JournalKind.COMMAND, page.name, subject, REASONS[type(command)], detail)
