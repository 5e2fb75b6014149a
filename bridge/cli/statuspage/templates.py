"""`bridge statuspage templates`. The API lists and makes them, and no more."""

from typing import Annotated

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.incident_options import Text, TextFile
from bridge.cli.statuspage.page_components import read_grouped
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.texts import read_text
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.config.problems import shown
from bridge.statuspage.api import MaintenanceStatus, NewTemplate, RealtimeStatus

application = typer.Typer(rich_markup_mode=None)

STATUSES = (*RealtimeStatus, *MaintenanceStatus)


@verb(application, "list")
async def list_templates(session: Session) -> None:
    """List templates."""
    await session.output.rows(
        session.api.templates.list(session.page),
        {
            "ID": lambda one: one.id,
            "NAME": lambda one: one.name,
            "STATUS": lambda one: one.update_status,
            "TITLE": lambda one: one.title,
            "TEXT": lambda one: one.body,
        },
    )


@verb(application, "create")
async def create_template(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="In the list of templates.")],
    *,
    title: Annotated[str, typer.Option(metavar="TEXT", help="The incident's name.")],
    body: Text = None,
    body_file: TextFile = None,
    status: Annotated[
        str | None,
        typer.Option(metavar="STATUS", help=f"The incident's status: {', '.join(STATUSES)}."),
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="ID", help="The id of a group of templates.")] = None,
    component: Annotated[
        list[str] | None,
        typer.Option(
            "--component",
            metavar="NAME",
            help="A component that the incident lists; several times for several.",
        ),
    ] = None,
    tweet: Annotated[
        bool | None,
        typer.Option("--tweet/--no-tweet", help="Whether the form proposes a tweet.", show_default=False),
    ] = None,
    propose_notify: Annotated[
        bool | None,
        typer.Option(
            "--propose-notify/--propose-no-notify",
            help="Whether the form proposes to tell subscribers.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a template. Nobody is told; it cannot be changed or deleted by the API."""
    text = read_text(body, body_file, option="--body-file")
    if text is None:
        raise WrongUseError("a template needs a text (hint: --body or --body-file)")
    wanted = next((one for one in STATUSES if one == status), None)
    if status is not None and wanted is None:
        raise WrongUseError(f"--status: {shown(status)} is none (hint: one of {', '.join(STATUSES)})")
    about = (await read_grouped(session)).several(component) if component else None
    with bounds():
        template = NewTemplate(
            name=name,
            title=title,
            body=text,
            group_id=group,
            update_status=wanted,
            should_tweet=tweet,
            should_send_notifications=propose_notify,
            component_ids=about,
        )
    session.writes("templates list")
    made = await session.api.templates.create(session.page, template)
    session.output.done(f"{made.id} is made: {made.name}", made)
