"""Templates: list and create, which is all that the API has."""

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.pages import Page
from bridge.simulator.records.templates import Template
from bridge.simulator.resources.components import NAME_LENGTH, TEXT_LENGTH
from bridge.simulator.resources.incident_fields import read_component_ids, read_status
from bridge.simulator.routing import Call, Route


def list_templates(call: Call) -> Answer:
    """Answer with the page's templates, in the order in which they were made."""
    page = call.listed_page
    chosen = call.one_page_of([*page.templates.values()])
    return Answer(200, as_list(_written(page, template) for template in chosen))


def create_template(call: Call) -> Answer:
    """Make a template from the document's wrapper, or from the guide's."""
    page = call.page
    guides = "incident_template" in call.body and "template" not in call.body
    fields = Fields(call.wrapped("incident_template" if guides else "template"))
    name = fields.text("name", maximum=NAME_LENGTH, required=True)
    title = fields.text("title", maximum=NAME_LENGTH, required=True)
    body = fields.text("body", maximum=TEXT_LENGTH, required=True)
    # Groups of templates have no operation of their own; any identifier is kept.
    group_id = fields.text("group_id", maximum=NAME_LENGTH)
    status, component_ids = read_status(fields, "update_status"), read_component_ids(fields, page)
    tweets, notifies = fields.boolean("should_tweet"), fields.boolean("should_send_notifications")
    fields.finish()
    template = Template(
        id=call.account.identifiers.draw(),
        name=name or "",
        title=title or "",
        body=body or "",
        group_id=group_id or None,
        update_status=status,
        should_tweet=tweets is True,
        should_send_notifications=notifies is True,
        component_ids=tuple(component_ids or ()),
    )
    page.templates[template.id] = template
    return Answer(201, _written(page, template))


def _written(page: Page, template: Template) -> str:
    known = page.components
    return template.written(known[identifier] for identifier in template.component_ids if identifier in known)


_ALL = "/pages/{page_id}/incident_templates"

ROUTES = (
    Route("GET", _ALL, list_templates),
    Route("POST", _ALL, create_template),
)
