"""Checkout and Search, each with an incident of its own, and a daemon that may notify so often in an hour."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.page import PlanSettings
from bridge.core.rules import IncidentRule, IncidentRuleId, StatusLadder
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import WorldSettings, alert
from tests.simulation.adversity.interference import prompt_rules, rehearsed
from tests.simulation.shop import SEARCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from tests.simulation.adversity.interference import Interference

A_LITTLE = 20.0
OVER = 120.0
HOUR = 3600.0


def rules() -> RuleSet:
    """Checkout and Search, each with an incident of its own, without waiting; Checkout can get worse than bad."""
    made = prompt_rules()
    ladder = StatusLadder(
        "severity", (("warning", ComponentStatus.PARTIAL_OUTAGE), ("critical", ComponentStatus.MAJOR_OUTAGE))
    )
    search = IncidentRule(
        IncidentRuleId("search"), (SEARCH,), "Search is slow", automation=Automation.FULL, monitor_for=60.0
    )
    api, *others = made.components
    return replace(
        made,
        components=(replace(api, status=ladder), *others),
        incidents=(*made.incidents, search),
    )


@contextmanager
def capped(most: int, *, silently: bool = False) -> Iterator[tuple[World, Interference]]:
    """A daemon that has read its page and may notify so often in an hour."""
    plan = PlanSettings(notifications_per_hour=most, create_silently=silently)
    with rehearsed(rules(), WorldSettings(plan=plan)) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        yield world, network


def checkout(world: World, severity: str = "warning") -> float:
    """The checkout breaks."""
    since = world.now()
    world.send_alerts([alert("CheckoutErrors", firing=True, since=since, severity=severity)])
    return since


def checkout_recovers(world: World, since: float, *severities: str) -> None:
    world.send_alerts(
        [
            alert("CheckoutErrors", firing=False, since=since, until=world.now(), severity=severity)
            for severity in severities or ("warning",)
        ]
    )


def restart(world: World) -> None:
    world.crash()
    world.run_for(1.0)
    world.start()
    world.run_for(A_LITTLE)
