"""Pages: list, get, change. The API can neither make nor delete one."""

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.page_fields import PageEdit, read_edit
from bridge.simulator.routing import Call, Route


def list_pages(call: Call) -> Answer:
    """Answer with every page that the token reaches; this list has no pagination."""
    pages = call.account.pages.values()
    return Answer(200, as_list(page.written() for page in pages if call.token.may_touch(page.id)))


def get_page(call: Call) -> Answer:
    """Answer with one page."""
    return Answer(200, call.page.written())


def change_page(call: Call) -> Answer:
    """Change the fields that were sent, and no others."""
    page = call.page
    edit = read_edit(Fields(call.wrapped("page")), page, call.account.pages.values())
    before = _plain_fields(page)
    _apply(page, edit)
    if _plain_fields(page) != before:
        page.updated_at = call.now
    return Answer(200, page.written())


def _apply(page: Page, edit: PageEdit) -> None:
    if edit.name is not None:
        page.name = edit.name
    if edit.subdomain is not None:
        page.subdomain = edit.subdomain
    if "domain" in edit.given:
        page.domain = edit.domain
    if "url" in edit.given:
        page.url = edit.url
    if edit.time_zone is not None:
        page.time_zone = edit.time_zone
    page.settings = {**page.settings, **edit.settings}


def _plain_fields(page: Page) -> tuple[object, ...]:
    return (page.name, page.subdomain, page.domain, page.url, page.time_zone, page.settings)


_ONE = "/pages/{page_id}"

ROUTES = (
    Route("GET", "/pages", list_pages),
    Route("GET", _ONE, get_page),
    Route("PATCH", _ONE, change_page),
    Route("PUT", _ONE, change_page),
)
