"""What time does to a maintenance: the reminder an hour before, its start and its end.

Each of them happens once, at its own instant, however late somebody looks. Must not know requests.
"""

from dataclasses import dataclass
from typing import assert_never

from bridge.simulator.account import Account
from bridge.simulator.ledgers import NotificationKind
from bridge.simulator.records.incidents import Incident, MaintenanceEvent
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incident_progress import (
    Message,
    muted,
    set_components,
    set_impact,
    stamp,
    statuses_of,
    tell,
)
from bridge.simulator.statuses import DEFAULT_SENTENCES, IncidentStatus

REMINDED_BEFORE = 3600.0
"""Seconds before its start at which a maintenance is reminded of (the document's tag `incidents`; the guide's workflow 2)."""

_HAPPENS_IN = {
    MaintenanceEvent.REMINDER: frozenset({IncidentStatus.SCHEDULED}),
    MaintenanceEvent.START: frozenset({IncidentStatus.SCHEDULED}),
    MaintenanceEvent.END: frozenset({IncidentStatus.IN_PROGRESS, IncidentStatus.VERIFYING}),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """When what time does to a maintenance is to happen, as its times and switches say; None for never."""

    reminder: float | None
    start: float | None
    end: float | None

    @classmethod
    def of(cls, incident: Incident) -> "Plan":
        """Read it off an incident; what no maintenance is may have one too, and nothing comes of it."""
        settings, begins = incident.settings, incident.scheduled_for
        return cls(
            begins - REMINDED_BEFORE if begins is not None and settings["scheduled_remind_prior"] else None,
            begins if settings["scheduled_auto_in_progress"] else None,
            incident.scheduled_until if settings["scheduled_auto_completed"] else None,
        )


_NOTHING = Plan(None, None, None)


def expect(account: Account, incident: Incident, *, former: Plan = _NOTHING, now: float) -> None:
    """Note what became due at another instant since `former` was the plan; what did not is left alone, be it over or not.

    A start or end that lies in the past is due at once. A reminder for a start within the hour never is: who is told of
    the window now needs none.
    """
    plan = Plan.of(incident)
    for event, before, instant in (
        (MaintenanceEvent.REMINDER, former.reminder, plan.reminder),
        (MaintenanceEvent.START, former.start, plan.start),
        (MaintenanceEvent.END, former.end, plan.end),
    ):
        if instant == before:
            continue
        incident.due.pop(event, None)
        if instant is None or (event is MaintenanceEvent.REMINDER and instant < now):
            continue
        incident.due[event] = max(instant, now)
        account.timeline.note(incident.due[event], incident.page_id, incident.id)


def advance(account: Account, *, now: float) -> None:
    """Let everything happen that is due until `now`. Costs nothing while nothing is."""
    while (entry := account.timeline.next_until(now)) is not None:
        at, page_id, incident_id = entry
        page = account.pages[page_id]
        incident = page.incidents.get(incident_id)
        if incident is None:
            continue
        for event in sorted(due for due, instant in incident.due.items() if instant <= at):
            del incident.due[event]
            if incident.status in _HAPPENS_IN[event]:
                _happen(account, page, incident, event, at=at)


def _happen(account: Account, page: Page, incident: Incident, event: MaintenanceEvent, *, at: float) -> None:
    if account.options.list_lag:
        account.versions.keep(page, now=at, seconds=account.options.list_lag)
    match event:
        case MaintenanceEvent.REMINDER if muted(account, incident):
            pass
        case MaintenanceEvent.REMINDER:
            incident.scheduled_reminded_at = at
            incident.touch(at)
            newest = incident.updates[-1]
            account.notify(incident, newest, at=at, kind=NotificationKind.REMINDER, automatic=True)
        case MaintenanceEvent.START:
            _enter(account, page, incident, IncidentStatus.IN_PROGRESS, at=at)
        case MaintenanceEvent.END:
            _enter(account, page, incident, IncidentStatus.COMPLETED, at=at)
        case _:
            assert_never(event)


def _enter(account: Account, page: Page, incident: Incident, status: IncidentStatus, *, at: float) -> None:
    ends, settings = status is IncidentStatus.COMPLETED, incident.settings
    notifies = settings[f"auto_transition_deliver_notifications_at_{'end' if ends else 'start'}"]
    tweets = settings["auto_tweet_on_completion" if ends else "auto_tweet_at_beginning"]
    message = Message(
        body=DEFAULT_SENTENCES[status],
        deliver_notifications=account.options.automatic_steps_notify if notifies is None else notifies,
        wants_twitter_update=tweets is True,
        automatic=True,
    )
    former, shown = incident.status, statuses_of(page, incident)
    incident.status = status
    set_components(account, page, incident, {}, former=former, now=at)
    stamp(incident, at=at)
    set_impact(page, incident, keep_worst=account.options.impact_keeps_worst)
    tell(account, page, incident, message, former=shown, at=at)
    incident.touch(at)
