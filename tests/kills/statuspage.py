"""`bridge simulator` as a process of its own, from the outside: its faults, its ledger, and what its page shows. Outlives every daemon."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from bridge.simulator.ledgers import Arrival, Notification, NotificationKind
from bridge.simulator.statuses import IncidentStatus
from bridge.sources.exchange import Answer, Request
from tests.e2e.children import eventually

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bridge.sources.exchange import Exchange
    from tests.e2e.children import Child, Children

TOKEN = "api-token-of-the-kills"

TIMEOUT = 1.5
"""Seconds that the daemon waits for an answer (`BRIDGE_REQUEST_TIMEOUT`)."""
SETTLE_FOR = 4.0
"""S of the daemon (`BRIDGE_SETTLE_FOR`)."""
LATEST = 2.5
"""Seconds after its arrival at which a write takes effect at the latest: well within S of the deadline, even where a commit was slow."""
SLOWEST = 0.8
"""Seconds to an answer at the most, where there is one."""

WRITES = (
    {"kind": "answer_lost", "share": 0.05},
    {"kind": "answer_lost", "share": 0.03, "ending": "reset"},
    {"kind": "dropped", "share": 0.03},
    {"kind": "dropped", "share": 0.03, "ending": "reset"},
    {"kind": "late", "share": 0.07, "seconds": [0.1, LATEST]},
    {"kind": "status_before", "share": 0.04, "status": 503},
    {"kind": "status_after", "share": 0.06, "status": 502},
    {"kind": "cut_body", "share": 0.03},
    {"kind": "empty_body", "share": 0.02},
    {"kind": "html", "share": 0.02},
    {"kind": "delay", "share": 0.50, "seconds": [0.2, SLOWEST]},
)
READS = (
    {"kind": "answer_lost", "share": 0.02},
    {"kind": "status_before", "share": 0.02, "status": 500},
    {"kind": "cut_body", "share": 0.02},
    {"kind": "delay", "share": 0.25, "seconds": [0.05, SLOWEST]},
)

_TOLD = re.compile(r"the API +(?P<api>http://\S+)/v1\n.*\nthe page's id +(?P<page>\w+)\n")


class Statuspage:
    """A running simulator and its ledger as far as it was read."""

    def __init__(self, child: Child, exchange: Exchange, *, url: str, page_id: str) -> None:
        self.child = child
        self.url = url
        self.page_id = page_id
        self.arrivals: list[Arrival] = []
        self.notifications: list[Notification] = []
        self.faults: dict[str, dict[str, int]] = {}
        self._exchange = exchange

    @classmethod
    async def start(cls, children: Children, exchange: Exchange, *, product: Path) -> Statuspage:
        """Start one on a free port, and wait until it listens."""
        command = ("-m", "bridge", "simulator", "--token", TOKEN, "--listen", "127.0.0.1:0")
        child = await children.start("simulator", sys.executable, *command, cwd=product)
        told = await eventually("the simulator listens", lambda: _TOLD.search(child.output()), within=60)
        return cls(child, exchange, url=told["api"], page_id=told["page"])

    async def go_wrong(self, seed: int) -> None:
        """Let requests meet faults from now on."""
        rules = [
            *({**rule, "method": method} for method in ("POST", "PATCH") for rule in WRITES),
            *({**rule, "method": "GET"} for rule in READS),
        ]
        await self._ask("PUT", "/_simulator/faults", {"seed": seed, "rules": rules})

    async def go_right(self) -> None:
        """End the faults."""
        await self._ask("DELETE", "/_simulator/faults", status=204)

    async def read_ledger(self) -> None:
        """Read what has come since."""
        while True:
            stretch = await self._ask("GET", f"/_simulator/ledger?since={len(self.arrivals)}")
            self.arrivals += [_arrival(one) for one in stretch["arrivals"]]
            self.notifications += [_notification(one) for one in stretch["notifications"]]
            self.faults = stretch["faults"]
            if stretch["next"] == stretch["arrived"]:
                return

    async def incident_writes(self) -> int:
        """How many writes of incidents have come so far; those among them that have no effect yet, or never will, are known by their faults alone."""
        await self.read_ledger()
        unseen = sum(self.faults["met"].get(kind, 0) for kind in ("late", "dropped"))
        templates = {"/pages/{page_id}/incidents", "/pages/{page_id}/incidents/{incident_id}"}
        return unseen + sum(
            arrival.method != "GET" and arrival.template in templates for arrival in self.arrivals
        )

    async def components(self) -> dict[str, str]:
        """What the public sees: every component's status, by `Group / Name`."""
        rows = (await self._ask("GET", "/api/v2/summary.json"))["components"]
        groups = {row["id"]: row["name"] for row in rows if row["group"]}
        return {_name(row, groups): row["status"] for row in rows if not row["group"]}

    async def names(self) -> dict[str, str]:
        """The components' names by their ids."""
        rows = (await self._ask("GET", "/api/v2/summary.json"))["components"]
        groups = {row["id"]: row["name"] for row in rows if row["group"]}
        return {row["id"]: _name(row, groups) for row in rows if not row["group"]}

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> Any:
        headers = (("Content-Type", "application/json"),)
        request = Request(
            method, f"{self.url}{path}", headers, b"" if body is None else json.dumps(body).encode()
        )
        answer = await self._exchange.exchange(request, timeout=30.0)
        assert isinstance(answer, Answer), answer
        assert (answer.status, answer.complete) == (status, True), answer.body
        return json.loads(answer.body) if answer.body else None


def _name(row: Mapping[str, Any], groups: Mapping[str, str]) -> str:
    return f"{groups[row['group_id']]} / {row['name']}" if row["group_id"] else str(row["name"])


def _arrival(one: Mapping[str, Any]) -> Arrival:
    members = ("at", "method", "path", "template", "targets", "body", "status", "fault")
    token = None if one["token"] is None else str(one["token"])
    return Arrival(token=token, **{name: one[name] for name in members})


def _notification(one: Mapping[str, Any]) -> Notification:
    read = {
        "status": IncidentStatus(one["status"]),
        "kind": NotificationKind(one["kind"]),
        "recipients": tuple(one["recipients"]),
    }
    return Notification(**{**one, **read})
