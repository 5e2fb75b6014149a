"""`bridge statuspage incidents`: what goes on, what is planned, what was."""

from dataclasses import dataclass, replace
from typing import Annotated

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage import maintenance
from bridge.cli.statuspage.incident_options import ComponentStatuses, IncidentName, Notify, Text, TextFile
from bridge.cli.statuspage.moments import day
from bridge.cli.statuspage.output import up_to
from bridge.cli.statuspage.page_components import Change, PageComponents, read_grouped
from bridge.cli.statuspage.page_incidents import COLUMNS, facts_of, find_incident
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.texts import read_text
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.config.problems import shown
from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api import (
    HistoricalIncident,
    Impact,
    Incident,
    IncidentChange,
    MaintenanceStatus,
    RealtimeIncident,
    RealtimeStatus,
)

application = typer.Typer(rich_markup_mode=None)
maintenance.register(application)

STATUSES: tuple[RealtimeStatus | MaintenanceStatus, ...] = (*RealtimeStatus, *MaintenanceStatus)


@verb(application, "list")
async def list_incidents(
    session: Session,
    *,
    unresolved: Annotated[bool, typer.Option("--unresolved", help="Incidents that go on.")] = False,
    scheduled: Annotated[bool, typer.Option("--scheduled", help="Maintenances that are scheduled.")] = False,
    active: Annotated[bool, typer.Option("--active", help="Maintenances that go on.")] = False,
    upcoming: Annotated[bool, typer.Option("--upcoming", help="Maintenances still to begin.")] = False,
    query: Annotated[
        str | None,
        typer.Option("-q", metavar="TEXT", help="Those with a text in name, status, updates or postmortem."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="No more than so many.")] = None,
) -> None:
    """List incidents and maintenances, newest first."""
    incidents = session.api.incidents
    lists = {
        "--unresolved": (unresolved, incidents.unresolved),
        "--scheduled": (scheduled, incidents.scheduled),
        "--active": (active, incidents.active_maintenance),
        "--upcoming": (upcoming, incidents.upcoming),
    }
    chosen = [(option, read) for option, (asked, read) in lists.items() if asked]
    if len(chosen) + (query is not None) > 1:
        raise WrongUseError(f"one of {', '.join(lists)} and -q at a time")
    rows = chosen[0][1](session.page) if chosen else incidents.list(session.page, q=query)
    await session.output.rows(up_to(limit, rows), COLUMNS)


@verb(application, "show")
async def show_incident(session: Session, incident: IncidentName) -> None:
    """Show an incident with its updates."""
    one = await find_incident(session, incident, unresolved_first=True)
    session.output.one(one, facts_of(one))


@verb(application, "create", asks=True, silent_with="backfilled")
async def create_incident(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What readers see as its title.")],
    *,
    status: Annotated[
        RealtimeStatus | None, typer.Option(help="Where it stands; else investigating.", show_default=False)
    ] = None,
    impact: Annotated[
        Impact | None, typer.Option(help="Whatever the components say.", show_default=False)
    ] = None,
    body: Text = None,
    body_file: TextFile = None,
    component: ComponentStatuses = None,
    backfilled: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Enter what was over already on a day such as 2026-01-31. Nobody is told."
        ),
    ] = None,
    notify: Notify = None,
) -> None:
    """Open an incident, or enter a past one (--backfilled). Asks first, and says whom it would notify."""
    text = read_text(body, body_file, option="--body-file")
    if backfilled is not None:
        if component:
            raise WrongUseError("--backfilled: a past incident cannot name components")
        if notify:
            raise WrongUseError(
                "--notify: nobody is told of a past incident; nothing is done (hint: leave it out)"
            )
        with bounds():
            past = HistoricalIncident(
                deliver_notifications=False,
                name=name,
                backfill_date=day(backfilled, option="--backfilled"),
                status=status or RealtimeStatus.RESOLVED,
                body=text,
                impact_override=impact,
            )
        facts = [("name", name), ("day", past.backfill_date), ("status", past.status), ("text", text)]
        await session.ask("enter a past incident", [*facts, ("notifies", "nobody")], "Enter it?")
        await _create(session, past)
        return
    page = await read_grouped(session) if component else PageComponents((), {})
    changes = page.changes(component or ())
    with bounds():
        incident = RealtimeIncident(
            deliver_notifications=False,
            name=name,
            status=status or RealtimeStatus.INVESTIGATING,
            body=text,
            impact_override=impact,
            component_ids=tuple(change.component.id for change in changes) or None,
            components={change.component.id: change.status for change in changes if change.status} or None,
        )
    notified = await session.ask_notifying(
        "open an incident",
        [
            ("name", name),
            ("status", incident.status),
            ("impact", impact),
            ("text", text or "(none)"),
            ("components", page.told(changes)),
        ],
        notify=notify,
        components=[page.called(change.component) for change in changes],
        sets_statuses=incident.components is not None,
    )
    await _create(session, replace(incident, deliver_notifications=notified))


@verb(application, "update", asks=True)
async def update_incident(
    session: Session,
    incident: IncidentName,
    *,
    status: Annotated[
        str | None, typer.Option(metavar="STATUS", help=f"Where it stands: {', '.join(STATUSES)}.")
    ] = None,
    body: Text = None,
    body_file: TextFile = None,
    component: ComponentStatuses = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A new title.")] = None,
    impact: Annotated[
        Impact | None, typer.Option(help="Whatever the components say.", show_default=False)
    ] = None,
    notify: Notify = None,
) -> None:
    """Change an incident; with a text, tell its next update. Asks first, and says whom it would notify."""
    text = read_text(body, body_file, option="--body-file")
    wanted = None if status is None else _status(status)
    one = await find_incident(session, incident, unresolved_first=True)
    page = await read_grouped(session) if component or one.components else PageComponents((), {})
    if text is not None and wanted is None:
        wanted = _status(one.status)
    await _change(
        session,
        one,
        IncidentUpdateOptions(wanted, text, name, impact),
        page=page,
        changes=page.changes(component or ()),
        notify=notify,
    )


@verb(application, "resolve", asks=True)
async def resolve_incident(
    session: Session,
    incident: IncidentName,
    *,
    body: Text = None,
    body_file: TextFile = None,
    component: ComponentStatuses = None,
    operational: Annotated[
        bool, typer.Option("--operational", help="Set all its other components operational.")
    ] = False,
    notify: Notify = None,
) -> None:
    """Resolve an incident, or complete a maintenance. Its components stay as they are, unless it is said otherwise."""
    text = read_text(body, body_file, option="--body-file")
    one = await find_incident(session, incident, unresolved_first=True)
    if one.over:
        raise WrongUseError(f"{shown(one.name)} ({one.id}) is {one.status} already; nothing is done")
    page = await read_grouped(session) if component or one.components else PageComponents((), {})
    changes = page.changes(component or ())
    if operational:
        named = {change.component.id for change in changes}
        own = [part for part in one.components if part.id not in named]
        changes += tuple(
            Change(part, ComponentStatus.OPERATIONAL)
            for part in own
            if part.known_status is not ComponentStatus.OPERATIONAL
        )
    over = MaintenanceStatus.COMPLETED if one.maintenance else RealtimeStatus.RESOLVED
    await _change(session, one, IncidentUpdateOptions(over, text), page=page, changes=changes, notify=notify)


@verb(application, "delete", asks=True)
async def delete_incident(session: Session, incident: IncidentName) -> None:
    """Delete an incident with all its updates. Nobody is told; readers see it no more."""
    one = await find_incident(session, incident)
    await session.ask(
        "delete an incident for good",
        [
            ("name", one.name),
            ("id", one.id),
            ("status", one.status),
            ("made", one.created_at_text),
            ("updates", len(one.incident_updates)),
            ("postmortem", "deleted too" if one.postmortem_body else None),
        ],
        "Delete it?",
    )
    session.writes(f"incidents show {one.id}")
    gone = await session.api.incidents.delete(session.page, one.id)
    session.output.done(f"{one.id} is deleted: {one.name}", gone)


@dataclass(frozen=True, slots=True)
class IncidentUpdateOptions:
    """What shall become of an incident, beside its components."""

    status: RealtimeStatus | MaintenanceStatus | None
    text: str | None
    name: str | None = None
    impact: Impact | None = None


async def _change(
    session: Session,
    one: Incident,
    wanted: IncidentUpdateOptions,
    *,
    page: PageComponents,
    changes: tuple[Change, ...],
    notify: bool | None,
) -> None:
    listed = tuple(dict.fromkeys([*(part.id for part in one.components), *(c.component.id for c in changes)]))
    statuses = {change.component.id: change.status for change in changes if change.status is not None}
    with bounds():
        change = IncidentChange(
            deliver_notifications=False,
            name=wanted.name,
            status=wanted.status,
            body=wanted.text,
            impact_override=wanted.impact,
            component_ids=listed if changes else None,
            components=statuses or None,
        )
    unchanged = [
        f"{page.called(part)}: stays {part.status}"
        for part in one.components
        if part.id not in statuses and part.known_status is not ComponentStatus.OPERATIONAL
    ]
    own_sentence = "(Statuspage's own sentence for that status)" if wanted.status else None
    notified = await session.ask_notifying(
        f"change the incident {shown(one.name)} ({one.id})",
        [
            ("name", None if wanted.name is None else f"{one.name} → {wanted.name}"),
            ("it is over", _over(one) if one.over else None),
            ("status", None if wanted.status is None else f"{one.status} → {wanted.status}"),
            ("impact", None if wanted.impact is None else f"{one.impact} → {wanted.impact}"),
            ("text", wanted.text or own_sentence),
            ("components", "\n".join(filter(None, [page.told(changes), *unchanged]))),
        ],
        notify=notify,
        components=page.names(listed),
        sets_statuses=bool(statuses),
        of_incident=True,
    )
    session.writes(f"incidents show {one.id}")
    changed = await session.api.incidents.update(
        session.page, one.id, replace(change, deliver_notifications=notified)
    )
    session.output.done(f"{one.id} is {changed.status}: {changed.name}", changed)


def _over(one: Incident) -> str:
    since = f" since {one.resolved_at_text}" if one.resolved_at_text else ""
    return f"{one.status}{since}"


async def _create(session: Session, incident: RealtimeIncident | HistoricalIncident) -> None:
    listed = "" if isinstance(incident, HistoricalIncident) else " --unresolved"
    session.writes(f"incidents list{listed}")
    made = await session.api.incidents.create(session.page, incident)
    session.output.done(f"{made.id} is {made.status}: {made.name}", made)


def _status(word: str) -> RealtimeStatus | MaintenanceStatus:
    for status in STATUSES:
        if status == word:
            return status
    raise WrongUseError(
        f"--status: {shown(word)} is no status of an incident (hint: one of {', '.join(STATUSES)})"
    )
