"""A list is given whole, page after page, and no row twice, whatever moves while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bridge.simulator import messages
from bridge.statuspage.api import ServerError, StatuspageApi, Unpaced
from tests.documents.defects import vendor_document
from tests.documents.openapi import operations_of, query_parameters
from tests.statuspage.api.calls import CALLS, PAGE, all_of
from tests.statuspage.api.stage import EPOCH, TOKEN, stage
from tests.statuspage.peers import json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.statuspage.transport import Request, Response

Rows = list[dict[str, str]]

MOST = 10
"""Pages of a list that is read here, at most."""


def rows(first: int, last: int) -> Rows:
    return [{"id": f"r{number}"} for number in range(first, last + 1)]


@dataclass
class Shelf:
    """A server that holds one list, divides it as it is asked to, and lets something happen after each page."""

    held: Rows
    first: int
    after: Callable[[Shelf], None] = lambda _: None
    asked: list[dict[str, str]] = field(default_factory=list)

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Give the page that is asked for."""
        assert timeout > 0
        assert len(self.asked) < MOST, "the walk does not end"
        query = dict(request.query)
        self.asked.append(query)
        if "page" not in query:
            return json_answer(200, self.held)
        size = int(query.get("limit") or query["per_page"])
        begin = (int(query["page"]) - self.first) * size
        page = self.held[begin : begin + size]
        self.after(self)
        return json_answer(200, page)


def api(shelf: Any) -> StatuspageApi:
    return StatuspageApi(shelf, pace=Unpaced())


async def ids(found: Any) -> list[str]:
    return [row.id for row in await all_of(found)]


def names(held: Rows) -> list[str]:
    return [row["id"] for row in held]


LISTS = [call for call in CALLS if "page" in call.query]


@pytest.mark.parametrize("call", LISTS, ids=lambda call: call.sentence)
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
async def test_every_list_is_given_whole(call: Any, count: int) -> None:
    shelf = Shelf(rows(1, count), first=int(call.query["page"]))
    found = await call.make(api(shelf))
    assert [row.id for row in found] == names(shelf.held)
    assert len(shelf.asked) == count // 100 + 1  # a short page is the last


def test_every_list_that_the_document_divides_into_pages_is_read_by_them() -> None:
    parameters: dict[tuple[str, str], set[str]] = {
        operation: set(query_parameters(vendor_document(), operation))
        for operation in operations_of(vendor_document())
    }
    assert {call.operation for call in LISTS} == {one for one, names in parameters.items() if "page" in names}
    assert all(
        parameters[call.operation] & {"limit", "per_page"} == set(call.query) & {"limit", "per_page"}
        for call in LISTS
    )


async def test_the_page_numbers_of_the_three_dialects() -> None:
    asked: dict[str, list[str]] = {}
    for name, first in (("limit from 1", 1), ("limit from 0", 0), ("per_page", 1)):
        shelf = Shelf(rows(1, 200), first=first)
        client = api(shelf)
        found = {
            "limit from 1": lambda client=client: client.incidents.list(PAGE),
            "limit from 0": lambda client=client: client.subscribers.list(PAGE),
            "per_page": lambda client=client: client.components.list(PAGE),
        }[name]()
        assert await ids(found) == names(shelf.held)
        asked[name] = [
            f"{query['page']} of {query.get('limit') or query.get('per_page')}" for query in shelf.asked
        ]
    assert asked == {
        "limit from 1": ["1 of 100", "2 of 100", "3 of 100"],
        "limit from 0": ["0 of 100", "1 of 100", "2 of 100"],
        "per_page": ["1 of 100", "2 of 100", "3 of 100"],
    }


async def test_a_row_that_moves_to_the_next_page_is_not_given_twice() -> None:
    def one_more(shelf: Shelf) -> None:
        shelf.held.insert(0, {"id": f"new{len(shelf.asked)}"})

    shelf = Shelf(rows(1, 250), first=1, after=one_more)
    found = await ids(api(shelf).incidents.list(PAGE))
    assert found == names(rows(1, 250))


async def test_a_list_that_shrinks_while_it_is_read_ends() -> None:
    def one_less(shelf: Shelf) -> None:
        del shelf.held[0]

    shelf = Shelf(rows(1, 250), first=1, after=one_less)
    found = await ids(api(shelf).incidents.list(PAGE))
    assert len(found) == len(set(found)) >= 248


async def test_a_server_that_knows_no_pages_is_not_asked_for_ever() -> None:
    class Deaf(Shelf):
        async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
            await super().send(request, timeout=timeout)
            return json_answer(200, self.held)

    shelf = Deaf(rows(1, 130), first=1)
    assert await ids(api(shelf).components.list(PAGE)) == names(rows(1, 130))
    assert len(shelf.asked) == 2


async def test_no_page_is_read_before_it_is_needed() -> None:
    shelf = Shelf(rows(1, 250), first=1)
    walked = api(shelf).incidents.list(PAGE)
    assert shelf.asked == []
    for _ in range(100):
        await anext(walked)
    assert len(shelf.asked) == 1
    await anext(walked)
    assert len(shelf.asked) == 2


async def test_an_error_in_the_middle_ends_the_walk_with_the_error() -> None:
    class Failing(Shelf):
        async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
            if len(self.asked) == 1:
                return json_answer(500, {"error": "down"})
            return await super().send(request, timeout=timeout)

    walked = api(Failing(rows(1, 250), first=1)).components.list(PAGE)
    found = [(await anext(walked)).id for _ in range(100)]
    assert found == names(rows(1, 100))
    with pytest.raises(ServerError):
        await anext(walked)


def test_all_incidents_of_a_page_of_the_simulator_newest_first() -> None:
    with stage() as scene:
        for number in range(230):
            body = f'{{"incident":{{"name":"Trouble {number}"}}}}'.encode()
            path, headers = f"/v1/pages/{scene.page_id}/incidents", {"Authorization": f"OAuth {TOKEN}"}
            scene.simulator.handle(messages.Request("POST", path, {}, headers, body), now=EPOCH + number)
        found = scene.run(ids(scene.api().incidents.list(scene.page_id)))
        assert found == [incident.id for incident in reversed(scene.simulator.incidents(scene.page_id))]
        assert len(scene.arrivals) == 230 + 3
