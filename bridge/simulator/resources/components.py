"""Components: list, get, create, change, delete.

A component's change makes no incident, no update and no incident notification (`statuspage-api.md` 3.4).
"""

from dataclasses import dataclass

from bridge.simulator.account import move
from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer, RefusedError, not_found, too_many
from bridge.simulator.records.components import Component, ComponentGroup
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.pages import Page
from bridge.simulator.routing import Call, Route
from bridge.simulator.statuses import ComponentStatus

MAXIMUM_COMPONENTS = 1100
NAME_LENGTH = 255
TEXT_LENGTH = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    name: str | None
    status: ComponentStatus | None
    group: ComponentGroup | None
    showcase: bool | None
    only_show_if_degraded: bool | None
    description: str | None
    start_date: str | None


def status_or_official(fields: Fields, name: str, value: object) -> ComponentStatus | None:
    """Read a component's status; the empty word means a third party's official status, here operational."""
    return ComponentStatus.OPERATIONAL if value == "" else fields.word(name, value, ComponentStatus)


def list_components(call: Call) -> Answer:
    """Answer with components in the order of the page, groups among them with `group: true`."""
    page = call.listed_page
    if call.account.options.unpaginated_once_a_minute and not {"page", "per_page"} & call.query.keys():
        _spend_unpaginated(call)
    rows: list[Component | ComponentGroup] = []
    for group, components in page.in_order():
        if group is not None:
            rows.append(group)
        rows.extend(components)
    chosen = call.one_page_of(rows, maximum=MAXIMUM_COMPONENTS)
    return Answer(200, as_list(_written(page, row) for row in chosen))


def get_component(call: Call) -> Answer:
    """Answer with one component, or with a group as the list shows it."""
    page = call.page
    group = page.groups.get(call.targets["component_id"])
    return Answer(200, _written(page, group or call.target(page.components, "component_id")))


def create_component(call: Call) -> Answer:
    """Make a component; only the name is needed."""
    page = call.page
    fields = Fields(call.wrapped("component"))
    edit = _read(fields, page, creating=True)
    if len(page.components) >= MAXIMUM_COMPONENTS:
        fields.refuse("base", f"a page holds at most {MAXIMUM_COMPONENTS} components")
    fields.finish()
    component = call.account.new_component(
        page, edit.name or "", status=edit.status or ComponentStatus.OPERATIONAL, now=call.now
    )
    component.showcase = True
    _apply(call, component, fields, edit)
    return Answer(201, component.written())


def change_component(call: Call) -> Answer:
    """Change the fields that were sent, and no others."""
    page = call.page
    if call.targets["component_id"] in page.groups:
        raise RefusedError(422, {"base": ["a group is changed as a component group"]})
    component = call.target(page.components, "component_id")
    fields = Fields(call.wrapped("component"))
    edit = _read(fields, page, creating=False)
    fields.finish()
    _apply(call, component, fields, edit)
    return Answer(200, component.written())


def delete_component(call: Call) -> Answer:
    """Delete a component, and its group with it when it was the last one there.

    Incidents stop showing it; what their updates said of it stays, and so does what subscribers asked for.
    """
    page = call.page
    if call.targets["component_id"] in page.groups:
        raise not_found()
    component = call.target(page.components, "component_id")
    move(page, component, None, now=call.now)
    del page.components[component.id]
    page.updated_at = call.now
    return Answer(204)


def _spend_unpaginated(call: Call) -> None:
    retry_after = call.token.unpaginated.arrive(call.now)
    if retry_after:
        raise too_many(call.account.options.rate_limit_status, retry_after)


def _read(fields: Fields, page: Page, *, creating: bool) -> _Edit:
    status = fields.raw("status")
    group_id = fields.text("group_id", maximum=NAME_LENGTH)
    group = page.groups.get(group_id or "")
    # "null" is the vendor's own word for taking a component out of its group.
    if group is None and group_id not in {None, "", "null"}:
        fields.refuse("group_id", "is not a component group of this page")
    return _Edit(
        name=fields.text("name", maximum=NAME_LENGTH, required=creating or fields.given("name")),
        status=None if status is None else status_or_official(fields, "status", status),
        group=group,
        showcase=fields.boolean("showcase"),
        only_show_if_degraded=fields.boolean("only_show_if_degraded"),
        description=fields.text("description", maximum=TEXT_LENGTH),
        start_date=fields.day("start_date"),
    )


def _apply(call: Call, component: Component, fields: Fields, edit: _Edit) -> None:
    now = call.now
    before = _plain_fields(component)
    if edit.status is not None:
        component.set_status(edit.status, now=now)
    if edit.name is not None:
        component.name = edit.name
    if fields.given("description"):
        component.description = edit.description
    if fields.given("start_date"):
        component.start_date = edit.start_date
    if edit.showcase is not None:
        component.showcase = edit.showcase
    if edit.only_show_if_degraded is not None:
        component.only_show_if_degraded = edit.only_show_if_degraded
    if fields.given("group_id"):
        move(call.page, component, edit.group, now=now)
    # As a database does, a write that changes nothing leaves updated_at alone.
    if _plain_fields(component) != before:
        component.touch(now)


def _plain_fields(component: Component) -> tuple[object, ...]:
    return (
        component.name,
        component.description,
        component.start_date,
        component.showcase,
        component.only_show_if_degraded,
    )


def _written(page: Page, row: Component | ComponentGroup) -> str:
    if isinstance(row, Component):
        return row.written()
    return row.written_as_component(page.group_status(row))


ROUTES = (
    Route("GET", "/pages/{page_id}/components", list_components),
    Route("POST", "/pages/{page_id}/components", create_component),
    Route("GET", "/pages/{page_id}/components/{component_id}", get_component),
    Route("PATCH", "/pages/{page_id}/components/{component_id}", change_component),
    Route("PUT", "/pages/{page_id}/components/{component_id}", change_component),
    Route("DELETE", "/pages/{page_id}/components/{component_id}", delete_component),
)
