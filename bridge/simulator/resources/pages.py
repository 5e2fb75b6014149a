"""Pages: list and get."""

from bridge.simulator.messages import Answer
from bridge.simulator.records.encoding import as_list
from bridge.simulator.routing import Call, Route


def list_pages(call: Call) -> Answer:
    """Answer with every page that the token reaches; this list has no pagination."""
    pages = call.account.pages.values()
    return Answer(200, as_list(page.written() for page in pages if call.token.may_touch(page.id)))


def get_page(call: Call) -> Answer:
    """Answer with one page."""
    return Answer(200, call.page.written())


ROUTES = (
    Route("GET", "/pages", list_pages),
    Route("GET", "/pages/{page_id}", get_page),
)
