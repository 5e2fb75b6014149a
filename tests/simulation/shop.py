"""The page and rules that scenarios share: a shop with two components of one incident and one that stands alone. And a person who uses the page by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bridge.core.matching import parse_matchers
from bridge.core.observation import HttpCheck, Probe
from bridge.core.page import PlanSettings
from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import PAGE, World, alert
from bridge.simulator.model import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.simulator.model import Response

API = ComponentName("Checkout / API")
WEB = ComponentName("Checkout / Web")
SEARCH = ComponentName("Search")

FOR = 60.0
KEEP_FIRING_FOR = 300.0
MONITOR_FOR = 600.0

PROBE = Probe("web", HttpCheck("http://shop.example/healthz"), every=30.0, timeout=10.0)

PERSON = "1" * 64

EVERYTHING_AT_ONCE = PlanSettings(blast_radius=1.0)
"""For scenarios in which one alert breaks most of a page, and the blast radius is not what they are about."""


def shop_rules(automation: Automation = Automation.FULL) -> RuleSet:
    """Alerts drive API and Search, a probe drives Web; API and Web share an incident."""

    def rule(name: str, component: ComponentName, matchers: str, status: ComponentStatus) -> ComponentRule:
        return ComponentRule(
            RuleId(name),
            component,
            parse_matchers(matchers),
            status,
            for_=FOR,
            keep_firing_for=KEEP_FIRING_FOR,
            automation=Automation.SHADOW if automation is Automation.SHADOW else Automation.FULL,
        )

    return RuleSet(
        PAGE,
        (
            rule("api", API, 'alertname="CheckoutErrors"', ComponentStatus.MAJOR_OUTAGE),
            rule("web", WEB, 'probe="web"', ComponentStatus.MAJOR_OUTAGE),
            rule("search", SEARCH, 'alertname="SearchErrors"', ComponentStatus.PARTIAL_OUTAGE),
        ),
        (
            IncidentRule(
                IncidentRuleId("checkout"),
                (API, WEB),
                "Checkout is having problems",
                automation=automation,
                monitor_for=MONITOR_FOR,
            ),
        ),
    )


def fire(world: World, name: str) -> float:
    """Have an alert fire now. Returns since when, for its resolve."""
    since = world.now()
    world.send_alerts([alert(name, firing=True, since=since)])
    return since


def resolve(world: World, name: str, since: float) -> None:
    """Have an alert resolve now."""
    world.send_alerts([alert(name, firing=False, since=since, until=world.now())])


def status(world: World, name: str) -> str:
    """What the page shows for a component."""
    return str(world.simulator.component(world.page_id, name).status)


def updates(world: World) -> list[list[str]]:
    """The statuses told in each incident, oldest first."""
    return [
        [str(update.status) for update in incident.updates]
        for incident in world.simulator.incidents(world.page_id)
    ]


def notified(world: World) -> list[str]:
    """The statuses of which subscribers were told, in order."""
    return [str(notification.status) for notification in world.simulator.notifications]


def by_hand(world: World, method: str, path: str, body: Mapping[str, object]) -> Response:
    """A person does something on the page; `path` is below the page's own."""
    world.simulator.add_token(PERSON)
    request = Request(
        method,
        f"/pages/{world.page_id}{path}",
        {},
        {"Authorization": f"OAuth {PERSON}", "Content-Type": "application/json"},
        json.dumps(body).encode(),
    )
    answer = world.simulator.handle(request, now=world.now())
    assert answer.status < 300, answer
    return answer


def incident_id(world: World) -> str:
    """The id of the only incident."""
    (incident,) = world.simulator.incidents(world.page_id)
    return str(incident.id)


def component_id(world: World, name: str) -> str:
    """The id of a component."""
    return str(world.simulator.component(world.page_id, name).id)
