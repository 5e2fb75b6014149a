"""`bridge statuspage components`."""

from collections.abc import AsyncIterator
from typing import Annotated

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.moments import day
from bridge.cli.statuspage.page_components import component_status, read_components, read_grouped
from bridge.cli.statuspage.page_groups import find_group
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api import NO_GROUP, Component, ComponentChange, NewComponent

application = typer.Typer(rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="COMPONENT", help='"Group / Name", name or id.')]
Description = Annotated[
    str | None, typer.Option(metavar="TEXT", help="What readers see when they ask what it is.")
]
Showcase = Annotated[
    bool | None,
    typer.Option("--showcase/--no-showcase", help="Whether its history is shown.", show_default=False),
]
OnlyIfDegraded = Annotated[
    bool | None,
    typer.Option(
        "--only-if-degraded/--always",
        help="Whether it is shown only while it is not operational.",
        show_default=False,
    ),
]
StartDate = Annotated[
    str | None, typer.Option(metavar="DATE", help="Since when its history is shown, such as 2026-01-31.")
]


@verb(application, "list")
async def list_components(
    session: Session,
    *,
    status: Annotated[
        str | None,
        typer.Option(metavar="STATUS", help="Those with this status, or not with it: !operational."),
    ] = None,
) -> None:
    """List components with their groups and statuses."""
    page = await read_grouped(session)
    wanted = None if status is None else component_status(status.removeprefix("!"))
    unless = status is not None and status.startswith("!")

    async def chosen() -> AsyncIterator[Component]:
        for one in page.components:
            if wanted is None or (one.status == wanted) is not unless:
                yield one

    await session.output.rows(
        chosen(),
        {
            "ID": lambda one: one.id,
            "STATUS": lambda one: one.status or "official",
            "NAME": page.called,
            "DESCRIPTION": lambda one: one.description,
        },
    )


@verb(application, "show")
async def show_component(session: Session, component: Name) -> None:
    """Show a component."""
    page = await read_grouped(session)
    one = page.one(component)
    session.output.one(
        one,
        [
            ("id", one.id),
            ("name", page.called(one)),
            ("status", one.status or "official"),
            ("description", one.description),
            ("history since", one.start_date),
            ("shown only if degraded", "yes" if one.only_show_if_degraded else None),
            ("automation email", one.automation_email),
            ("made", one.created_at_text),
            ("changed", one.updated_at_text),
        ],
    )


@verb(application, "set", asks=True)
async def set_component(
    session: Session,
    component: Name,
    status: Annotated[
        str | None, typer.Argument(metavar="[STATUS]", help=f"One of {', '.join(ComponentStatus)}.")
    ] = None,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A new name.")] = None,
    description: Description = None,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Into this group; an empty text takes it out.")
    ] = None,
    showcase: Showcase = None,
    only_if_degraded: OnlyIfDegraded = None,
    start_date: StartDate = None,
) -> None:
    """Set a component's status, or something else of it. Asks first: webhook subscribers hear of a status, and no incident tells of it."""
    wanted = None if status is None else component_status(status)
    page = await read_grouped(session)
    one = page.one(component)
    into = None if group is None else ((await find_group(session, group)).id if group else NO_GROUP)
    with bounds():
        change = ComponentChange(
            name=name,
            description=description,
            status=wanted,
            group_id=into,
            showcase=showcase,
            only_show_if_degraded=only_if_degraded,
            start_date=None if start_date is None else day(start_date, option="--start-date"),
        )
    others = change.members().keys() - {"status"}
    audience = "nobody" if wanted is None or session.dialog.yes else await session.webhooks()
    await session.ask(
        f"change the component {page.called(one)} ({one.id})",
        [
            ("status", None if wanted is None else f"{one.status or 'official'} → {wanted}"),
            *((field, f"{getattr(one, field, None)} → {getattr(change, field)}") for field in sorted(others)),
            ("notifies", audience),
        ],
        "Do it?",
    )
    session.writes(f"components show {one.id}")
    changed = await session.api.components.update(session.page, one.id, change)
    session.output.done(f"{page.called(one)} ({one.id}) is {changed.status or 'official'}", changed)


@verb(application, "create")
async def create_component(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What readers see.")],
    *,
    status: Annotated[
        ComponentStatus | None, typer.Option(help="Else operational.", show_default=False)
    ] = None,
    description: Description = None,
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Into this group.")] = None,
    showcase: Showcase = None,
    only_if_degraded: OnlyIfDegraded = None,
    start_date: StartDate = None,
    twin: Annotated[
        bool, typer.Option("--twin", help="Make it though there is one of this name in that place.")
    ] = False,
) -> None:
    """Make a component. Nobody is told."""
    page = await read_components(session)
    into = None if group is None else (await find_group(session, group)).id
    twins = [one for one in page.components if one.name == name.strip() and one.group_id == into]
    if twins and not twin:
        raise WrongUseError(
            f"there is {twins[0].name} ({twins[0].id}) already; nothing is done (hint: --twin makes another)"
        )
    with bounds():
        component = NewComponent(
            name=name,
            description=description,
            status=status,
            group_id=into,
            showcase=showcase,
            only_show_if_degraded=only_if_degraded,
            start_date=None if start_date is None else day(start_date, option="--start-date"),
        )
    session.writes("components list")
    made = await session.api.components.create(session.page, component)
    session.output.done(f"{made.id} is made: {made.name}", made)


@verb(application, "delete", asks=True)
async def delete_component(session: Session, component: Name) -> None:
    """Delete a component with its history. Nobody is told."""
    page = await read_grouped(session)
    one = page.one(component)
    last = one.group_id and sum(other.group_id == one.group_id for other in page.components) == 1
    await session.ask(
        "delete a component and its history for good",
        [
            ("name", page.called(one)),
            ("id", one.id),
            ("status", one.status),
            ("its group", "goes too: this is the last in it" if last else None),
        ],
        "Delete it?",
    )
    session.writes("components list")
    await session.api.components.delete(session.page, one.id)
    session.output.done(f"{page.called(one)} ({one.id}) is deleted", {"id": one.id})
