"""Component groups: list, get, create."""

from bridge.simulator.account import move
from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer
from bridge.simulator.records.encoding import as_list
from bridge.simulator.resources.components import NAME_LENGTH, TEXT_LENGTH
from bridge.simulator.routing import Call, Route


def list_groups(call: Call) -> Answer:
    """Answer with the page's groups in order of position."""
    groups = sorted(call.listed_page.groups.values(), key=lambda group: group.position)
    return Answer(200, as_list(group.written() for group in call.one_page_of(groups)))


def get_group(call: Call) -> Answer:
    """Answer with one group."""
    return Answer(200, call.target(call.page.groups, "id").written())


def create_group(call: Call) -> Answer:
    """Make a group of components that exist already, which leave the groups that they were in."""
    page = call.page
    wrapped = call.wrapped("component_group")
    # The vendor's document puts the description beside the wrapper, its clients put it inside.
    fields = Fields({"description": call.body.get("description"), **wrapped})
    name = fields.text("name", maximum=NAME_LENGTH, required=True)
    description = fields.text("description", maximum=TEXT_LENGTH)
    children = fields.texts("components")
    if not children and not fields.wrong("components"):
        fields.refuse("components", "can't be blank")
    for child in children or ():
        if child not in page.components:
            fields.refuse("components", f"{child[:50]!r} is not a component of this page")
    fields.finish()
    group = call.account.new_group(page, name or "", now=call.now)
    group.description = description
    for child in children or ():
        move(page, page.components[child], group, now=call.now)
    return Answer(201, group.written())


ROUTES = (
    Route("GET", "/pages/{page_id}/component-groups", list_groups),
    Route("POST", "/pages/{page_id}/component-groups", create_group),
    Route("GET", "/pages/{page_id}/component-groups/{id}", get_group),
)
