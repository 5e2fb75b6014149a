"""`bridge statuspage updates`: what was told of an incident, and its correction."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.incident_options import IncidentName, Notify, Text, TextFile
from bridge.cli.statuspage.moments import instant
from bridge.cli.statuspage.naming import Candidate, the_one
from bridge.cli.statuspage.page_incidents import find_incident
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.texts import read_text
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.statuspage.api import IncidentUpdate, UpdateCorrection

application = typer.Typer(rich_markup_mode=None)


@verb(application, "list")
async def list_updates(session: Session, incident: IncidentName) -> None:
    """List what was told of an incident, newest first."""
    one = await find_incident(session, incident, unresolved_first=True)

    async def updates() -> AsyncIterator[IncidentUpdate]:
        for update in one.incident_updates:
            yield update

    await session.output.rows(
        updates(),
        {
            "ID": lambda update: update.id,
            "STATUS": lambda update: update.status,
            "SHOWN AT": lambda update: update.display_at_text or update.created_at_text,
            "NOTIFIED": lambda update: {True: "yes", False: "no", None: ""}[update.deliver_notifications],
            "TEXT": lambda update: update.body,
        },
        kept="TEXT",
    )


@verb(application, "edit", asks=True)
async def edit_update(
    session: Session,
    incident: IncidentName,
    update: Annotated[str, typer.Argument(metavar="UPDATE", help="Its id, or `last`.")],
    *,
    body: Text = None,
    body_file: TextFile = None,
    shown_at: Annotated[
        str | None, typer.Option("--shown-at", metavar="TIME", help="When readers are told that it happened.")
    ] = None,
    notify: Notify = None,
) -> None:
    """Correct an update that was told already. Its status cannot be changed. Asks first."""
    text = read_text(body, body_file, option="--body-file")
    with bounds():
        correction = UpdateCorrection(
            deliver_notifications=False,
            body=text,
            display_at=None if shown_at is None else instant(shown_at, option="--shown-at"),
        )
    one = await find_incident(session, incident, unresolved_first=True)
    if not one.incident_updates:
        raise WrongUseError(f"{one.id} has no update")
    told = (
        one.incident_updates[0]
        if update == "last"
        else the_one(
            update,
            [Candidate(known, known.id, (known.id,), known.status) for known in one.incident_updates],
            kind="update",
            see=session.command(f"updates list {one.id}"),
        )
    )
    notified = await session.ask_notifying(
        f"correct an update ({told.id}) of {one.name} ({one.id})",
        [("was", told.body), ("text", text), ("shown at", shown_at)],
        notify=notify,
        components=[part.name for part in one.components],
        of_incident=True,
    )
    session.writes(f"updates list {one.id}")
    corrected = await session.api.incident_updates.correct(
        session.page, one.id, told.id, replace(correction, deliver_notifications=notified)
    )
    session.output.done(f"{told.id} is corrected", corrected)
