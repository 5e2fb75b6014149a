"""What should be told of our own maintenances, compared with what was told: announced, moved, called off, extended.

A write that was lost is settled as an incident's is. What a person did to one on the page stands: it is read before each write, and left to them. Decides nothing about components.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bridge.core.cleaning import cleaned, shortened
from bridge.core.holds import NEVER, Truth
from bridge.core.maintenance_ledger import MaintenanceTold, Standing
from bridge.core.maintenance_rules import Extend, MaintenanceId, MaintenanceNotify, MaintenanceRule, Tell
from bridge.core.notifications import notifications_left
from bridge.core.observed import IDENTIFIED_WITHIN, MAINTENANCES
from bridge.core.occurrences import next_announcement, occurrence, occurrences, still_planned, wall_clock
from bridge.core.operations import ReadIncident, WriteMaintenance
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation, MaintenanceStatus
from bridge.core.templates import COMPONENTS, parse_template
from bridge.core.text import BODY_LIMIT, NAME_LIMIT, enumerated
from bridge.core.windows import Recurring, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.occurrences import Occurrence
    from bridge.core.operations import Operation
    from bridge.core.page import Page

LEAST_LEFT = 60.0
"""Seconds that a maintenance must still last to be announced; what is almost over is not worth a text."""

OVERRUN_LEAD = 90.0
"""Seconds before its end at which it is looked whether it takes longer: a read and a write, before the page ends it by itself."""


_UNRULED = MaintenanceRule(MaintenanceId(""), (), "", Span(0.0, 0.0))
"""Stands for the rule of one that is called off because it has none any more."""


@dataclass(slots=True)
class MaintenancePlan:
    """What our maintenances need now, and when that changes by itself."""

    operations: list[Operation] = field(default_factory=list)
    wake_at: float = NEVER


def plan_maintenances(page: Page, now: float) -> MaintenancePlan:
    """Compare what rule files plan with what was told. Cost: the maintenances of rule files, and those told."""
    planned = MaintenancePlan()
    if page.automation_max is not Automation.FULL or not (
        page.ruleset.maintenances or page.maintenances_told
    ):
        return planned
    planned.wake_at = _wake_at(page, now)
    writing = {intent.target for intent in page.intents.values()} | set(page.in_flight)
    wanted: list[WriteMaintenance | ReadIncident] = [*_due(page, now), *_doubted(page)]
    for write in wanted:
        if write.target in writing:
            continue
        if isinstance(write, WriteMaintenance) and write.incident_id and not _verified(page, write, now):
            planned.operations.append(ReadIncident(page.name, write.incident_id, write.key))
        else:
            planned.operations.append(write)
    return planned


def _wake_at(page: Page, now: float) -> float:
    wall = wall_clock(page, now)
    told = [one for one in page.maintenances_told.values() if one.standing is Standing.ANNOUNCED]
    edges = [at for one in told for at in (one.begins_at, one.ends_at - OVERRUN_LEAD, one.ends_at)]
    later = min((at for at in edges if at > wall), default=NEVER)
    return min(later - page.clock_offset, next_announcement(page, now))


def _due(page: Page, now: float) -> Iterator[WriteMaintenance]:
    """The next thing to be told of each maintenance."""
    planned = {one.key: one for one in occurrences(page, now)}
    rules = {rule.id: rule for rule in page.ruleset.maintenances}
    wall = wall_clock(page, now)
    for one in planned.values():
        told = page.maintenances_told.get(one.key)
        gone = told is not None and told.standing is not Standing.ANNOUNCED
        anew = told is None or (gone and one.span.begins_at >= told.ends_at)
        if anew and one.span.ends_at - wall > LEAST_LEFT and _may_announce(page):
            yield from _announcement(page, one, told, now)
    for told in page.maintenances_told.values():
        if told.standing is not Standing.ANNOUNCED:
            continue
        rule = rules.get(told.rule)
        if rule is not None and rule.automation is not Automation.FULL:
            continue
        if wall < told.ends_at or told.open_ended:
            yield from _next(page, told, rule, planned.get(told.key), now=now)


def _may_announce(page: Page) -> bool:
    """Whether it is known which maintenances of ours stand on the page: the store may have been lost."""
    listings, failures = page.observed.listings, page.observed.unidentified
    since = page.observed.maintenances_since
    # An empty store may have announced one a moment ago, and the lists may lag behind that.
    if since is None:
        return False
    read_at = [listings[kind].complete_at for kind in MAINTENANCES]
    if any(at is None or at < since + page.settings.lists_lag for at in read_at):
        return False
    known = {told.incident_id for told in page.maintenances_told.values()}
    return all(
        not row.hidden or row.id in known or failures.get(row.id, 0) >= IDENTIFIED_WITHIN
        for row in page.observed.maintenance_rows.values()
    )


def _announcement(
    page: Page, one: Occurrence, before: MaintenanceTold | None, now: float
) -> Iterator[WriteMaintenance]:
    rule = one.rule
    component_ids = _component_ids(page, rule)
    if not component_ids:
        return
    episode = max(int(one.span.begins_at * 1000), before.episode + 1 if before is not None else 0)
    yield WriteMaintenance(
        page=page.name,
        rule=rule.id,
        key=one.key,
        incident_id="",
        episode=episode,
        sequence=1,
        name=shortened(cleaned(rule.title), NAME_LIMIT),
        status=MaintenanceStatus.SCHEDULED,
        body=_text(page, rule.texts.scheduled, component_ids),
        component_ids=component_ids,
        begins_at=one.span.begins_at,
        ends_at=one.span.ends_at,
        planned_end=one.span.ends_at,
        reason=Reason.ANNOUNCED,
        remind=rule.remind,
        notify=_notifies(page, rule, MaintenanceNotify.ANNOUNCE, now),
        notify_begin=MaintenanceNotify.BEGIN in rule.notify,
        notify_end=MaintenanceNotify.END in rule.notify,
    )


def _next(
    page: Page, told: MaintenanceTold, rule: MaintenanceRule | None, planned: Occurrence | None, *, now: float
) -> Iterator[WriteMaintenance]:
    wall = wall_clock(page, now)
    begun = wall >= told.begins_at
    if rule is not None and told.open_ended:
        if _well(page, rule) or wall >= told.planned_end + _longest(rule):
            yield _ended(page, told, rule, Reason.COMPLETED, now=now)
        return
    if planned is None and rule is not None:
        planned = _beyond(page, rule, told, now)
    if rule is None or planned is None:
        yield _ended(page, told, rule, Reason.CALLED_OFF, now=now)
    elif begun and planned.span.begins_at > wall:
        # What goes on cannot begin once more: it is ended, and announced anew for the other time.
        yield _ended(page, told, rule, Reason.CALLED_OFF, now=now)
    elif _moved(told, planned.span, begun=begun):
        longer = told.ends_at - told.planned_end
        begins_at = told.begins_at if begun else planned.span.begins_at
        ends_at = max(planned.span.ends_at + longer, wall + LEAST_LEFT)
        moved = replace(told, begins_at=begins_at, ends_at=ends_at, planned_end=planned.span.ends_at)
        yield _update(page, moved, rule, Reason.MOVED, now=now)
    elif begun and told.ends_at - OVERRUN_LEAD <= wall and _disturbed(page, rule):
        yield from _overrun(page, told, rule, now)
    elif (told.name, told.component_ids) != _wording(page, told, rule):
        yield _update(page, told, rule, Reason.CHANGED, now=now)


def _beyond(page: Page, rule: MaintenanceRule, told: MaintenanceTold, now: float) -> Occurrence | None:
    """The time that a maintenance was announced for, where it is planned and would not be announced yet."""
    wall = wall_clock(page, now)
    if isinstance(rule.window, Recurring):
        span = Span(told.begins_at, told.begins_at + rule.window.duration)
        one = occurrence(page, rule, span)
        # Another schedule with the same time, or the same maintenance that comes once now, is another identity.
        return one if still_planned(rule, told.begins_at) and one.key == told.key else None
    one = occurrence(page, rule, rule.window)
    longer = told.ends_at - told.planned_end
    return one if one.key == told.key and rule.window.ends_at + longer > wall else None


def _moved(told: MaintenanceTold, span: Span, *, begun: bool) -> bool:
    return span.ends_at != told.planned_end or (not begun and span.begins_at != told.begins_at)


def _disturbed(page: Page, rule: MaintenanceRule) -> bool:
    """Whether something is claimed of its components, or would be, were they not under maintenance."""
    desired = page.desired
    return any(
        name in desired.components or desired.spared.get(name) is Truth.TRUE for name in rule.components
    )


def _well(page: Page, rule: MaintenanceRule) -> bool:
    """Whether it is known that nothing is broken there."""
    desired = page.desired
    return page.evaluated and not any(
        name in desired.components or name in desired.spared for name in rule.components
    )


def _longest(rule: MaintenanceRule) -> float:
    return rule.overrun.at_most if isinstance(rule.overrun, Tell) else 0.0


def _overrun(
    page: Page, told: MaintenanceTold, rule: MaintenanceRule, now: float
) -> Iterator[WriteMaintenance]:
    match rule.overrun:
        case Extend(by=by, at_most=at_most) if told.extended < at_most:
            longer = replace(told, ends_at=told.ends_at + by, extended=told.extended + 1)
            yield _update(page, longer, rule, Reason.OVERRUN, now=now)
        case Tell():
            yield _update(page, replace(told, open_ended=True), rule, Reason.OVERRUN, now=now)
        case _:
            pass


def _update(
    page: Page, told: MaintenanceTold, rule: MaintenanceRule, reason: Reason, *, now: float
) -> WriteMaintenance:
    """A change of one that stays. A new title or list of components alone says nothing."""
    name, component_ids = _wording(page, told, rule)
    texts = {Reason.MOVED: rule.texts.moved, Reason.OVERRUN: rule.texts.overrun}
    words = {Reason.MOVED: MaintenanceNotify.MOVE, Reason.OVERRUN: MaintenanceNotify.OVERRUN}
    begun = wall_clock(page, now) >= told.begins_at
    status = MaintenanceStatus.IN_PROGRESS if begun else MaintenanceStatus.SCHEDULED
    said = reason in texts
    return WriteMaintenance(
        page=page.name,
        rule=told.rule,
        key=told.key,
        incident_id=told.incident_id,
        episode=told.episode,
        sequence=told.sequence + 1,
        name=name,
        status=status if said else None,
        body=_text(page, texts[reason], component_ids) if said else "",
        component_ids=component_ids,
        begins_at=told.begins_at,
        ends_at=told.ends_at,
        planned_end=told.planned_end,
        reason=reason,
        extended=told.extended,
        open_ended=told.open_ended,
        remind=rule.remind,
        notify=said and _notifies(page, rule, words[reason], now),
        notify_begin=MaintenanceNotify.BEGIN in rule.notify,
        notify_end=MaintenanceNotify.END in rule.notify,
    )


def _ended(
    page: Page, told: MaintenanceTold, rule: MaintenanceRule | None, reason: Reason, *, now: float
) -> WriteMaintenance:
    """It is called off, or ends late. Without its rule, what it says of that is the default."""
    from_rule = rule if rule is not None else _UNRULED
    word = MaintenanceNotify.CANCEL if reason is Reason.CALLED_OFF else MaintenanceNotify.END
    text = from_rule.texts.cancelled if reason is Reason.CALLED_OFF else from_rule.texts.completed
    return WriteMaintenance(
        page=page.name,
        rule=told.rule,
        key=told.key,
        incident_id=told.incident_id,
        episode=told.episode,
        sequence=told.sequence + 1,
        name=told.name,
        status=MaintenanceStatus.COMPLETED,
        body=_text(page, text, told.component_ids),
        component_ids=told.component_ids,
        begins_at=told.begins_at,
        ends_at=told.ends_at,
        planned_end=told.planned_end,
        reason=reason,
        extended=told.extended,
        sets_components=wall_clock(page, now) >= told.begins_at,
        notify=_notifies(page, from_rule, word, now),
    )


def _wording(page: Page, told: MaintenanceTold, rule: MaintenanceRule) -> tuple[str, tuple[str, ...]]:
    return shortened(cleaned(rule.title), NAME_LIMIT), _component_ids(page, rule) or told.component_ids


def _notifies(page: Page, rule: MaintenanceRule, word: MaintenanceNotify, now: float) -> bool:
    return word in rule.notify and notifications_left(page, now) > 0


def _text(page: Page, text: str, component_ids: tuple[str, ...]) -> str:
    components = page.observed.components
    names = tuple(components[one].display_name for one in component_ids if one in components)
    rendered = parse_template(text, ()).render({COMPONENTS: enumerated(names) or "This service"})
    return shortened(cleaned(rendered), BODY_LIMIT)


def _component_ids(page: Page, rule: MaintenanceRule) -> tuple[str, ...]:
    ids = (page.component_id(name) for name in rule.components)
    return tuple(dict.fromkeys(one for one in ids if one is not None and one in page.observed.components))


def _doubted(page: Page) -> Iterator[ReadIncident]:
    """Those that no list shows any more before their end: a person may have ended or deleted them."""
    for told in page.maintenances_told.values():
        one = page.observed.maintenances.get(told.incident_id)
        gone_at = one.gone_at if one is not None else None
        if told.standing is not Standing.ANNOUNCED or gone_at is None:
            continue
        read_at = page.maintenances_verified.get(told.key, 0.0)
        if gone_at > told.told_at + page.settings.lists_lag and read_at < gone_at:
            yield ReadIncident(page.name, told.incident_id, told.key)


def _verified(page: Page, write: WriteMaintenance, now: float) -> bool:
    """Whether it was read just now and showed what we told (reliability.md, 2.)."""
    read_at = page.maintenances_verified.get(write.key)
    return read_at is not None and now - read_at <= page.settings.verify_for
