"""`bridge statuspage groups`. A group cannot be empty: with its last component it goes."""

from typing import Annotated

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.page_components import read_grouped
from bridge.cli.statuspage.page_groups import find_group
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.statuspage.api import GroupWrite

application = typer.Typer(rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="GROUP", help="Its name or id.")]
Description = Annotated[str | None, typer.Option(metavar="TEXT", help="More of it.")]


def _components(help_: str, *names: str) -> object:
    return typer.Option(*names, metavar="NAME", help=f"{help_}; several times for several.")


@verb(application, "list")
async def list_groups(session: Session) -> None:
    """List groups with their components."""
    page = await read_grouped(session)
    names = {component.id: component.name for component in page.components}
    await session.output.rows(
        session.api.component_groups.list(session.page),
        {
            "ID": lambda group: group.id,
            "NAME": lambda group: group.name,
            "COMPONENTS": lambda group: ", ".join(names.get(one, one) for one in group.components),
        },
    )


@verb(application, "create", may_ask=True)
async def create_group(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What readers see.")],
    *,
    component: Annotated[list[str], _components("A component that goes into it", "--component")],
    description: Description = None,
    twin: Annotated[bool, typer.Option("--twin", help="Make it though there is one of this name.")] = False,
) -> None:
    """Make a group of components that exist. Nobody is told. Asks first where it takes them out of another group."""
    page = await read_grouped(session)
    members = page.several(component)
    twins = [group_id for group_id, known in page.groups.items() if known == name.strip()]
    if twins and not twin:
        raise WrongUseError(
            f"there is a group {name.strip()} ({twins[0]}) already; nothing is done "
            f"(hint: `{session.command(f'groups change {twins[0]} --add NAME')}` puts more into it; --twin makes another)"
        )
    with bounds():
        group = GroupWrite(name=name, components=members, description=description)
    if moves := page.moves(members, None, name):
        await session.ask(
            f"make the group {name}, and take out of other groups", [("moves", moves)], "Do it?"
        )
    session.writes("groups list")
    made = await session.api.component_groups.create(session.page, group)
    session.output.done(f"{made.id} is made: {made.name}", made)


@verb(application, "change", may_ask=True)
async def change_group(
    session: Session,
    group: Name,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A new name.")] = None,
    description: Description = None,
    add: Annotated[list[str] | None, _components("A component that goes into it", "--add")] = None,
    remove: Annotated[list[str] | None, _components("A component that leaves it", "--remove")] = None,
) -> None:
    """Rename a group, or say what stands in it. Nobody is told. Asks first where it takes components out of another group."""
    if name is None and description is None and not add and not remove:
        raise WrongUseError("nothing to change (hint: --name, --description, --add or --remove)")
    one = await find_group(session, group)
    members = list(one.components)
    moves = ""
    if add or remove:
        page = await read_grouped(session)
        leaving = page.several(remove or ())
        for component_id in leaving:
            if component_id not in members:
                raise WrongUseError(f"{page.names([component_id])[0]} is not in {one.name}; nothing is done")
        members = [member for member in members if member not in leaving]
        coming = [member for member in page.several(add or ()) if member not in members]
        members += coming
        moves = page.moves(coming, one.id, one.name)
    if not members:
        raise WrongUseError(
            f"{one.name} would be empty, which no group can be (hint: {session.command(f'groups delete {one.id}')})"
        )
    with bounds():
        change = GroupWrite(
            name=one.name if name is None else name,
            components=tuple(members),
            description=one.description if description is None else description,
        )
    if moves:
        await session.ask(
            f"change the group {one.name} ({one.id}), and take out of other groups",
            [("moves", moves)],
            "Do it?",
        )
    session.writes("groups list")
    changed = await session.api.component_groups.update(session.page, one.id, change)
    session.output.done(f"{changed.id} is changed: {changed.name}", changed)


@verb(application, "delete", asks=True)
async def delete_group(session: Session, group: Name) -> None:
    """Delete a group; its components stay, without a group. Nobody is told."""
    page = await read_grouped(session)
    one = await find_group(session, group)
    await session.ask(
        "delete a group",
        [
            ("name", one.name),
            ("id", one.id),
            ("left without a group", "\n".join(page.names(one.components))),
        ],
        "Delete it?",
    )
    session.writes("groups list")
    gone = await session.api.component_groups.delete(session.page, one.id)
    session.output.done(f"{one.id} is deleted: {one.name}", gone)
