"""`bridge statuspage incidents schedule`: a maintenance to come."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.incident_options import Notify, Text, TextFile
from bridge.cli.statuspage.moments import end, instant, written
from bridge.cli.statuspage.naming import NamingError
from bridge.cli.statuspage.page_components import PageComponents, read_grouped
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.texts import read_text
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.config.problems import shown
from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api import ScheduledMaintenance


def register(application: typer.Typer) -> None:
    """Add the verb."""
    verb(application, "schedule", asks=True)(schedule)


def _about(page: PageComponents, names: Sequence[str]) -> tuple[str, ...]:
    try:
        return page.several(names)
    except NamingError:
        for text in names:
            name, divider, status = text.rpartition("=")
            if divider and status.strip() in set(ComponentStatus):
                raise WrongUseError(
                    f"--component: {shown(text)} holds a status, and none is taken here; nothing is done (hint: say {shown(name)} alone; "
                    "with --automatic the page sets it under_maintenance when it begins and operational when it ends, without it "
                    "`incidents update … --component NAME=STATUS` does)"
                ) from None
        raise


async def schedule(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What readers see as its title.")],
    *,
    at: Annotated[str, typer.Option(metavar="TIME", help="When it begins, such as 2026-01-31T18:00:00Z.")],
    until: Annotated[str | None, typer.Option(metavar="TIME", help="When it ends.")] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="How long it takes, such as 2h.")
    ] = None,
    body: Text = None,
    body_file: TextFile = None,
    component: Annotated[
        list[str] | None,
        typer.Option(
            "--component", metavar="NAME", help="A component that it is about; several times for several."
        ),
    ] = None,
    automatic: Annotated[
        bool,
        typer.Option(
            "--automatic", help="The page begins and ends it by itself, and sets its components accordingly."
        ),
    ] = False,
    remind: Annotated[
        bool, typer.Option("--remind", help="Subscribers are reminded an hour before.")
    ] = False,
    notify_start: Annotated[
        bool, typer.Option("--notify-start", help="Subscribers are told when it begins by itself.")
    ] = False,
    notify_end: Annotated[
        bool, typer.Option("--notify-end", help="Subscribers are told when it ends by itself.")
    ] = False,
    notify: Notify = None,
) -> None:
    """Schedule a maintenance. Asks first, and says whom it would notify. --notify is about now; later mails have options of their own."""
    text = read_text(body, body_file, option="--body-file")
    if (notify_start or notify_end) and not automatic:
        raise WrongUseError(
            "--notify-start and --notify-end are about what happens by itself; say --automatic too"
        )
    begin = instant(at, option="--at")
    over = end(begin, until, for_)
    page = await read_grouped(session) if component else PageComponents((), {})
    about = _about(page, component or ())
    with bounds():
        maintenance = ScheduledMaintenance(
            deliver_notifications=False,
            name=name,
            scheduled_for=begin,
            scheduled_until=over,
            body=text,
            component_ids=about or None,
            scheduled_remind_prior=remind,
            scheduled_auto_in_progress=automatic,
            scheduled_auto_completed=automatic,
            auto_transition_to_maintenance_state=automatic,
            auto_transition_to_operational_state=automatic,
            auto_transition_deliver_notifications_at_start=notify_start,
            auto_transition_deliver_notifications_at_end=notify_end,
        )
    later = {
        "an hour before it begins": remind,
        "when it begins": notify_start,
        "when it ends": notify_end,
    }
    notified = await session.ask_notifying(
        "schedule a maintenance",
        [
            ("name", name),
            ("from", written(begin)),
            ("to", written(over)),
            ("text", text or "(none)"),
            ("components", "\n".join(page.names(about))),
            (
                "by itself",
                "begins, ends, sets its components"
                if automatic
                else "nothing; it waits for `incidents update`",
            ),
            ("also mails", ", ".join(when for when, whether in later.items() if whether)),
        ],
        notify=notify,
        components=page.names(about),
    )
    session.writes("incidents list --scheduled")
    made = await session.api.incidents.create(
        session.page, replace(maintenance, deliver_notifications=notified)
    )
    session.output.done(f"{made.id} is {made.status} for {made.scheduled_for_text}: {made.name}", made)
