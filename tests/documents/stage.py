"""A page that holds one of everything, and a plain HTTP-like way of asking the simulator about it.

Made through the API itself wherever it can be, so that what the walks stand on is what a user could have made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridge.simulator.model import Options, Simulator
from bridge.simulator.model import Request as ServerRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.simulator.messages import Response

NOW = 1_676_050_830.0
"""Half a minute after the guide's metric point, and three years before its maintenances."""

TOKEN = "token-of-the-stage"


@dataclass
class Stage:
    """A simulator, and the identifiers that stand for the placeholders of the documents."""

    simulator: Simulator
    page_id: str
    now: float = NOW
    named: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, body: object = None, *, query: Mapping[str, str] | None = None
    ) -> Response:
        """Send one JSON request to a path below `/v1`."""
        headers = {"Authorization": f"OAuth {TOKEN}", "Content-Type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        request = ServerRequest(method, f"/v1{path}", query or {}, headers, sent)
        return self.simulator.handle(request, now=self.now)

    def ask(
        self, method: str, path: str, body: object = None, *, query: Mapping[str, str] | None = None
    ) -> Any:
        """Send a request that has to succeed, and return its decoded answer."""
        response = self.send(method, path, body, query=query)
        assert response.status < 300, (method, path, response.status, response.body)
        return json.loads(response.body) if response.body else None

    def make(self, path: str, body: object) -> str:
        """Make something below the page and return its identifier."""
        return str(self.ask("POST", f"/pages/{self.page_id}{path}", body)["id"])


def furnish() -> Stage:
    """A page with two lone components, an open and a resolved incident, and one of each other thing."""
    simulator = Simulator(options=Options(rate_limit=100_000))
    simulator.add_token(TOKEN)
    page_id = simulator.add_page("Acme", now=NOW - 1000)
    stage = Stage(simulator, page_id)
    stage.named["page_id"] = page_id
    for place in ("component_id", "api_component_id", "database_component_id", "cache_component_id"):
        stage.named[place] = stage.make("/components", {"component": {"name": place.removesuffix("_id")}})
    grouped = stage.make("/components", {"component": {"name": "grouped"}})
    stage.named["id"] = stage.make(
        "/component-groups", {"component_group": {"name": "group", "components": [grouped]}}
    )
    stage.named["metric_id"] = simulator.add_metric(page_id, "Latency", "ms", now=NOW - 1000)
    point = {"timestamp": int(NOW) - 600, "value": 1}
    stage.ask("POST", f"/pages/{page_id}/metrics/{stage.named['metric_id']}/data", {"data": point})
    stage.named["metric_datum_id"] = str(point["timestamp"])
    incident = {"name": "Trouble", "body": "We look.", "component_ids": [stage.named["component_id"]]}
    stage.named["incident_id"] = stage.make("/incidents", {"incident": incident})
    return stage
