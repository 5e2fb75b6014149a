"""A small page to try the model on, and a short way of asking it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.simulator.model import Options, Request, Simulator

NOW = 1_800_000_000.0
TOKEN = "token-one"


@dataclass
class Desk:
    """A simulator with one page, and time that stands still unless a call says otherwise."""

    simulator: Simulator
    page_id: str
    api: str
    payments: str
    search: str
    metric: str
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"OAuth {TOKEN}"})

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        now: float = NOW,
        query: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Send JSON to a path below the page; return the status and the decoded answer, None where it is empty."""
        sent = b"" if body is None else json.dumps(body).encode()
        request = Request(method, f"/v1/pages/{self.page_id}{path}", query or {}, self.headers, sent)
        response = self.simulator.handle(request, now=now)
        return response.status, json.loads(response.body) if response.body else None

    def open(self, *, now: float = NOW, **fields: object) -> Any:
        """Make an incident and return it as answered."""
        status, incident = self.ask(
            "POST", "/incidents", {"incident": {"name": "Trouble", **fields}}, now=now
        )
        assert status == 201, incident
        return incident

    def patch(self, incident: Mapping[str, Any], *, now: float = NOW, **fields: object) -> Any:
        """Change an incident and return it as answered."""
        path = f"/incidents/{incident['id']}"
        status, changed = self.ask("PATCH", path, {"incident": fields}, now=now)
        assert status == 200, changed
        return changed


def furnish(options: Options | None = None, seed: int = 0) -> Desk:
    simulator = Simulator(seed=seed, options=options or Options(rate_limit=10_000))
    simulator.add_token(TOKEN)
    page_id = simulator.add_page("Acme", now=NOW - 1000)
    return Desk(
        simulator,
        page_id,
        api=simulator.add_component(page_id, "API", group="Checkout", now=NOW - 1000),
        payments=simulator.add_component(page_id, "Payments", group="Checkout", now=NOW - 1000),
        search=simulator.add_component(page_id, "Search", now=NOW - 1000),
        metric=simulator.add_metric(page_id, "Latency", "ms", now=NOW - 1000),
    )
