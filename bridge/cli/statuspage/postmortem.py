"""`bridge statuspage postmortem`: written as a draft, published when it is ready."""

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.incident_options import IncidentName, Notify
from bridge.cli.statuspage.page_incidents import find_incident
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.texts import edit, read_text
from bridge.cli.statuspage.verbs import FailedError, bounds, verb
from bridge.statuspage.api import Incident, NotFoundError, Postmortem
from bridge.statuspage.api.writes.postmortems import Draft

application = typer.Typer(rich_markup_mode=None)


@verb(application, "show")
async def show_postmortem(session: Session, incident: IncidentName) -> None:
    """Show the postmortem of an incident."""
    one = await find_incident(session, incident)
    found = await _read(session, one)
    session.output.one(
        found,
        [
            ("incident", f"{one.name} ({one.id})"),
            ("status", "published" if found.published else "draft"),
            ("published", found.published_at_text),
            ("subscribers told", "yes" if found.notify_subscribers and found.published else None),
            ("text", found.body if found.published else found.body_draft),
            ("draft", found.body_draft if found.published and found.body_draft != found.body else None),
        ],
    )


@verb(application, "draft")
async def draft_postmortem(
    session: Session,
    incident: IncidentName,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="In Markdown; else --file, else $EDITOR opens.")
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Holds the text; - is standard input.")
    ] = None,
) -> None:
    """Write the draft, or write it anew. Readers do not see it, and nobody is told."""
    given = read_text(text, file, option="--file")
    one = await find_incident(session, incident)
    if given is None:
        given = await _edited(session, one)
    with bounds():
        Draft(body_draft=given)
    session.writes(f"postmortem show {one.id}")
    drafted = await session.api.postmortems.draft(session.page, one.id, given)
    session.output.done(f"the postmortem of {one.id} is drafted: {one.name}", drafted)


@verb(application, "publish", asks=True)
async def publish_postmortem(session: Session, incident: IncidentName, *, notify: Notify = None) -> None:
    """Publish the draft. Asks first, and says whom it would notify."""
    one = await find_incident(session, incident)
    found = await _read(session, one)
    notified = await session.ask_notifying(
        f"publish the postmortem of {one.name} ({one.id})",
        [("text", found.body_draft or found.body)],
        notify=notify,
        components=[part.name for part in one.components],
        of_incident=True,
    )
    session.writes(f"postmortem show {one.id}")
    published = await session.api.postmortems.publish(session.page, one.id, notify_subscribers=notified)
    session.output.done(f"the postmortem of {one.id} is published: {one.name}", published)


@verb(application, "revert", asks=True)
async def revert_postmortem(session: Session, incident: IncidentName) -> None:
    """Take a published postmortem back: its text is a draft again, and readers see it no more. Asks first."""
    one = await find_incident(session, incident)
    await session.ask(
        f"take back the postmortem of {one.name} ({one.id})",
        [("published", one.postmortem_published_at_text)],
    )
    session.writes(f"postmortem show {one.id}")
    reverted = await session.api.postmortems.revert(session.page, one.id)
    session.output.done(f"the postmortem of {one.id} is a draft again: {one.name}", reverted)


@verb(application, "delete", asks=True)
async def delete_postmortem(session: Session, incident: IncidentName) -> None:
    """Delete the postmortem of an incident. Asks first."""
    one = await find_incident(session, incident)
    found = await _read(session, one)
    await session.ask(
        f"delete the postmortem of {one.name} ({one.id}) for good",
        [
            ("status", "published" if found.published else "draft"),
            ("text", found.body if found.published else found.body_draft),
        ],
        "Delete it?",
    )
    session.writes(f"postmortem show {one.id}")
    await session.api.postmortems.delete(session.page, one.id)
    session.output.done(f"the postmortem of {one.id} is deleted", {"id": one.id})


async def _read(session: Session, one: Incident) -> Postmortem:
    try:
        return await session.api.postmortems.get(session.page, one.id)
    except NotFoundError:
        draft = session.command(f"postmortem draft {one.id}")
        raise FailedError(f"{one.name} ({one.id}) has no postmortem (hint: {draft})") from None


async def _edited(session: Session, one: Incident) -> str:
    """What a person makes of the draft as it is."""
    try:
        found = await session.api.postmortems.get(session.page, one.id)
        before = found.body_draft or found.body or ""
    except NotFoundError:
        before = ""
    text = edit(before)
    if text == before.rstrip():
        raise WrongUseError("the text is as it was; nothing is done")
    return text
