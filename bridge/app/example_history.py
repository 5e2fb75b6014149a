"""What `bridge simulator` adds to the example page, so that every part of it has something to show from the first look.

The demo plays on the bare page instead: there the bridge writes the history. Everything here goes through the API as
anybody's calls would, at instants of the past, and leaves no trace in the ledgers.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bridge.app.example_page import DAY, HOUR
from bridge.simulator.messages import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.app.example_page import ExamplePage
    from bridge.simulator.model import Simulator

MINUTE = 60.0
_TOKEN = "example-page"  # noqa: S105 - of a fake, and taken back below

DELIVERY = (
    ("Order tracking", "Where a parcel is"),
    ("Partner feed", "Stock and prices for partners, every five minutes"),
)

OUTAGE = (
    ("investigating", 0, "Some customers cannot pay. We are looking into it.", "partial_outage"),
    (
        "identified",
        22,
        "A certificate between the checkout and the payment provider has expired. We are replacing it.",
        "partial_outage",
    ),
    (
        "monitoring",
        58,
        "Payments go through again. Orders that failed were not charged.",
        "degraded_performance",
    ),
    (
        "resolved",
        96,
        "All orders of the last hour went through. We are sorry for the trouble.",
        "operational",
    ),
)
"""Status, minutes after the beginning, text, and what the checkout showed."""

POSTMORTEM = """\
## What happened

For 58 minutes about one order in three failed at its payment.

## Why

The certificate with which the checkout identifies itself to the payment provider **expired**, and the alert about it
went to a team that no longer exists.

## What we change

- Certificates are renewed by themselves, 30 days before they expire.
- Alerts belong to a rota, and not to a person or a team.
"""

SLOW_SEARCH = (
    ("investigating", 0, "Search takes several seconds.", "degraded_performance"),
    (
        "resolved",
        24,
        "An index was rebuilt in the middle of the day. It now happens at night.",
        "operational",
    ),
)

SUBSCRIBERS = (
    ("ada@customer.example", None),
    ("grace@partner.example", None),
    ("ops@partner.example", "https://hooks.partner.example/status"),
)
"""Address, and the endpoint of a webhook."""


def add_example_history(simulator: Simulator, page: ExamplePage, now: float) -> None:
    """Add a second group, two past incidents, a maintenance that is planned and one that is over, and subscribers."""
    past = _Past(simulator, page.page_id)
    for name, description in DELIVERY:
        simulator.add_component(
            page.page_id, name, group="Delivery", description=description, now=now - 100 * DAY
        )
    outage = past.play("Payments are failing", OUTAGE, "Checkout / API", began=now - 6 * DAY - 3 * HOUR)
    past.explain(outage, POSTMORTEM, at=now - 4 * DAY)
    past.play("Search is slow", SLOW_SEARCH, "Search", began=now - 2 * DAY - 7 * HOUR)
    past.maintain(
        "Database upgrade",
        "Orders may take a little longer while we move to new hardware.",
        "Delivery / Order tracking",
        announced=now - 12 * DAY,
        begins=now - 9 * DAY,
    )
    begins = (now // HOUR + 1) * HOUR + 2 * DAY
    past.schedule(
        "Move to a second payment provider",
        "Card payments pause for a few minutes. Bank transfers are not affected.",
        "Payments",
        announced=now - 1 * DAY,
        begins=begins,
    )
    for email, endpoint in SUBSCRIBERS:
        simulator.add_subscriber(page.page_id, email=email, endpoint=endpoint, now=now - 30 * DAY)
    past.forget()


class _Past:
    """Somebody with a token who calls the API at other times than now."""

    def __init__(self, simulator: Simulator, page_id: str) -> None:
        self._simulator = simulator
        self._page_id = page_id
        simulator.add_token(_TOKEN)

    def play(
        self, name: str, course: tuple[tuple[str, float, str, str], ...], component: str, *, began: float
    ) -> str:
        """Open an incident and let it take its course. Returns its id."""
        affected = self._simulator.component(self._page_id, component).id
        incident_id = ""
        for status, minutes, body, shown in course:
            told = {"status": status, "body": body, "components": {affected: shown}}
            told |= {"component_ids": [affected], "name": name}
            path = f"/incidents/{incident_id}" if incident_id else "/incidents"
            made = self._ask(
                "PATCH" if incident_id else "POST", path, {"incident": told}, began + minutes * MINUTE
            )
            incident_id = made["id"]
        return incident_id

    def explain(self, incident_id: str, text: str, *, at: float) -> None:
        """Publish a postmortem."""
        path = f"/incidents/{incident_id}/postmortem"
        self._ask("PUT", path, {"postmortem": {"body_draft": text}}, at)
        self._ask("PUT", f"{path}/publish", {"postmortem": {"notify_subscribers": True}}, at)

    def schedule(self, name: str, body: str, component: str, *, announced: float, begins: float) -> str:
        """Announce a maintenance of an hour that runs by itself. Returns its id."""
        affected = self._simulator.component(self._page_id, component).id
        told = {
            "name": name,
            "body": body,
            "status": "scheduled",
            "scheduled_for": _instant(begins),
            "scheduled_until": _instant(begins + HOUR),
            "scheduled_remind_prior": True,
            "scheduled_auto_in_progress": True,
            "scheduled_auto_completed": True,
            "auto_transition_to_maintenance_state": True,
            "auto_transition_to_operational_state": True,
            "component_ids": [affected],
        }
        return str(self._ask("POST", "/incidents", {"incident": told}, announced)["id"])

    def maintain(self, name: str, body: str, component: str, *, announced: float, begins: float) -> None:
        """Announce a maintenance and carry it out."""
        path = f"/incidents/{self.schedule(name, body, component, announced=announced, begins=begins)}"
        self._ask("PATCH", path, {"incident": {"status": "in_progress"}}, begins)
        self._ask("PATCH", path, {"incident": {"status": "completed"}}, begins + 48 * MINUTE)

    def forget(self) -> None:
        """Take the token back and empty the ledgers: they are about what happens from now on."""
        self._simulator.remove_token(_TOKEN)
        self._simulator.arrivals.clear()
        self._simulator.notifications.clear()

    def _ask(self, method: str, path: str, body: Mapping[str, Any], at: float) -> Any:
        headers = {"Authorization": f"OAuth {_TOKEN}"}
        request = Request(method, f"/v1/pages/{self._page_id}{path}", {}, headers, json.dumps(body).encode())
        answer = self._simulator.handle(request, now=at)
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{method} {path} was answered {answer.status}: {answer.body.decode()}")
        return json.loads(answer.body)


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
