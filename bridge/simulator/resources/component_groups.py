"""Component groups: list, get, create, change, delete.

A group is never empty: it is made of components that exist already, and is gone with its last one. One that is deleted
leaves its components to the page's top level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.simulator.account import move
from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer
from bridge.simulator.records.components import ComponentGroup
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.components import NAME_LENGTH, TEXT_LENGTH
from bridge.simulator.routing import Call, Route

_WRAPPER = "component_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    name: str | None
    description: str | None
    children: Sequence[str] | None


def list_groups(call: Call) -> Answer:
    """Answer with the page's groups in order of position."""
    groups = sorted(call.listed_page.groups.values(), key=lambda group: group.position)
    return Answer(200, as_list(group.written() for group in call.one_page_of(groups)))


def get_group(call: Call) -> Answer:
    """Answer with one group."""
    return Answer(200, call.target(call.page.groups, "id").written())


def create_group(call: Call) -> Answer:
    """Make a group of components, which leave the groups that they were in."""
    page = call.page
    fields = _fields(call, call.wrapped(_WRAPPER))
    edit = _read(fields, page, creating=True)
    group = call.account.new_group(page, edit.name or "", now=call.now)
    group.description = edit.description
    for child in edit.children or ():
        move(page, page.components[child], group, now=call.now)
    return Answer(201, group.written())


def change_group(call: Call) -> Answer:
    """Change what was sent; components that are not in the list sent leave the group, and their order is that of the list."""
    page = call.page
    group = call.target(page.groups, "id")
    # A description beside the wrapper can come alone.
    alone = _WRAPPER not in call.body and "description" in call.body
    fields = _fields(call, {} if alone else call.wrapped(_WRAPPER))
    edit = _read(fields, page, creating=False)
    before = (group.name, group.description, [*group.component_ids])
    if edit.name is not None:
        group.name = edit.name
    if fields.given("description"):
        group.description = edit.description
    if edit.children is not None:
        _regroup(page, group, edit.children, now=call.now)
    if (group.name, group.description, group.component_ids) != before:
        group.updated_at = call.now
    return Answer(200, group.written())


def delete_group(call: Call) -> Answer:
    """Delete a group and answer with what it was."""
    page = call.page
    group = call.target(page.groups, "id")
    text = group.written()
    for child in [*group.component_ids]:
        move(page, page.components[child], None, now=call.now)
    return Answer(200, text)


def _fields(call: Call, wrapped: Mapping[str, Any]) -> Fields:
    # The vendor's document puts the description beside the wrapper, its clients put it inside.
    beside = {name: value for name, value in call.body.items() if name == "description"}
    return Fields({**beside, **wrapped})


def _read(fields: Fields, page: Page, *, creating: bool) -> _Edit:
    edit = _Edit(
        name=fields.text("name", maximum=NAME_LENGTH, required=creating or fields.given("name")),
        description=fields.text("description", maximum=TEXT_LENGTH),
        children=fields.texts("components"),
    )
    needed = creating or fields.given("components")
    if needed and not edit.children and not fields.wrong("components"):
        fields.refuse("components", "can't be blank")
    for child in edit.children or ():
        if child not in page.components:
            fields.refuse("components", f"{child[:50]!r} is not a component of this page")
    fields.finish()
    return edit


def _regroup(page: Page, group: ComponentGroup, children: Sequence[str], *, now: float) -> None:
    # Those who come, come first: a group that has lost its last component is gone.
    for child in children:
        move(page, page.components[child], group, now=now)
    staying = frozenset(children)
    for child in [*group.component_ids]:
        if child not in staying:
            move(page, page.components[child], None, now=now)
    group.component_ids = [*children]
    for position, child in enumerate(children, start=1):
        component = page.components[child]
        if component.position != position:
            component.position = position
            component.touch(now)


_ALL = "/pages/{page_id}/component-groups"
_ONE = "/pages/{page_id}/component-groups/{id}"

ROUTES = (
    Route("GET", _ALL, list_groups),
    Route("POST", _ALL, create_group),
    Route("GET", _ONE, get_group),
    Route("PATCH", _ONE, change_group),
    Route("PUT", _ONE, change_group),
    Route("DELETE", _ONE, delete_group),
)
