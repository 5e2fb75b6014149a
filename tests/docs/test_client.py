"""docs/client.md against the client: its example runs on the simulator, its table names every error."""

from __future__ import annotations

from typing import Any

from bridge.simulator.front import build_app, start
from bridge.simulator.model import Simulator
from bridge.statuspage.api import StatuspageApi
from bridge.statuspage.api.errors import ERRORS
from tests.docs.pages import code_in, page

PAGE = page("docs/client.md")
NOW = 1_800_000_000.0


async def test_the_example_tells_one_incident_and_resolves_it() -> None:
    (example,) = PAGE.blocks("python")
    names: dict[str, Any] = {}
    exec(compile(example.text, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    simulator = Simulator()
    simulator.add_token("demo-token")
    page_id = simulator.add_page("Acme", now=NOW)
    component = simulator.add_component(page_id, "API", group="Checkout", now=NOW)
    listening = await start(build_app(simulator, lambda: NOW))
    try:
        await names["rehearse"](f"{listening.url}/v1", "demo-token", page_id)
    finally:
        await listening.close()
    (incident,) = simulator.incidents(page_id)
    assert (incident.name, incident.status) == ("Slow answers", "resolved")
    assert len(simulator.notifications) == 1
    statuses = [arrival.body for arrival in simulator.arrivals if arrival.method == "POST"]
    assert [sent["incident"]["components"] for sent in statuses if sent] == [{component: "partial_outage"}]


def test_every_error_is_explained() -> None:
    assert [code_in(row[0])[0] for row in PAGE.rows("Errors")] == [error.__name__ for error in ERRORS]


def test_every_resource_is_named() -> None:
    named = set(code_in(PAGE.prose))
    assert set(vars(StatuspageApi(object()))) <= named  # type: ignore[arg-type]
