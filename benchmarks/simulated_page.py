"""What the fake Statuspage costs: it answers every test and simulation, against `json` alone reading and writing the same bodies."""

from __future__ import annotations

import json
from itertools import cycle

from benchmarks.figures import Figure, Growth
from benchmarks.timing import costs_of
from bridge.simulator.model import Options, Request, Response, Simulator

NOW = 1_790_000_000.0
TOKEN = "0" * 64
HEADERS = {"Authorization": f"OAuth {TOKEN}", "Content-Type": "application/json"}
PAGE_OF = 100
"""Incidents in one answer: the most that the API gives."""


class _Desk:
    """A page, and somebody who asks it. A second passes with each request, so that no budget is ever used up."""

    def __init__(self, *, components: int = 1, incidents: int = 0) -> None:
        self._simulator = Simulator(options=Options(rate_limit=1_000_000))
        self._simulator.add_token(TOKEN)
        self._page = self._simulator.add_page("Acme", now=NOW)
        self._now = NOW
        names = [
            self._simulator.add_component(self._page, f"Component {number}", now=NOW)
            for number in range(components)
        ]
        self._component = names[components // 2]
        self._turns = cycle(("partial_outage", "operational"))
        for number in range(incidents):
            made = {"name": f"Incident {number}", "body": "We are investigating.", "component_ids": names[:3]}
            self.ask("POST", "/incidents", json.dumps({"incident": made}).encode())

    def ask(self, method: str, path: str, body: bytes = b"", **query: str) -> Response:
        self._now += 1.0
        # The account of arrivals is for tests, and would only fill the memory here.
        self._simulator.arrivals.clear()
        request = Request(method, f"/v1/pages/{self._page}{path}", query, HEADERS, body)
        answer = self._simulator.handle(request, now=self._now)
        if answer.status not in {200, 201}:
            raise AssertionError(f"{method} {path} was answered {answer.status}")
        return answer

    def patch(self) -> Response:
        body = json.dumps({"component": {"status": next(self._turns)}}).encode()
        return self.ask("PATCH", f"/components/{self._component}", body)

    def list_incidents(self) -> Response:
        return self.ask("GET", "/incidents", limit=str(PAGE_OF))


def patch_component() -> Figure:
    """A component's status is changed, on a page of a hundred and of a thousand."""
    few, many = _Desk(components=100), _Desk(components=1000)
    sent = json.dumps({"component": {"status": "partial_outage"}})
    answered = json.loads(few.patch().body)

    def floor() -> None:
        json.dumps(answered)
        json.loads(sent)
        json.dumps({"component": {"status": "partial_outage"}}).encode()

    seconds, many_seconds, floor_seconds = costs_of(few.patch, many.patch, floor)
    return Figure(
        operation="simulator: PATCH a component",
        seconds=seconds,
        floor="json of request and answer",
        floor_seconds=floor_seconds,
        most=12.0,
        growth=Growth("100 to 1,000 components", many_seconds / seconds, most=2.0),
    )


def page_of_incidents() -> Figure:
    """The heaviest answer: a hundred incidents, of a hundred and of a thousand on the page."""
    few, many = _Desk(components=3, incidents=PAGE_OF), _Desk(components=3, incidents=10 * PAGE_OF)
    answered = json.loads(few.list_incidents().body)
    if len(answered) != PAGE_OF:
        raise AssertionError(f"a page of {len(answered)} incidents")
    seconds, many_seconds, floor_seconds = costs_of(
        few.list_incidents, many.list_incidents, lambda: json.dumps(answered).encode()
    )
    return Figure(
        operation="simulator: GET a page of 100 incidents",
        seconds=seconds,
        floor="json.dumps of the answer",
        floor_seconds=floor_seconds,
        most=0.5,
        growth=Growth("100 to 1,000 incidents", many_seconds / seconds, most=4.0),
    )
