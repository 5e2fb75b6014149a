"""Components that keep what they show until their incident is over (`lower_at: resolved`), through a restart, and those that do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.rules import LowerAt
from bridge.simulation.world import alert
from tests.mutants.scenarios.staging import A_LITTLE, LONG, opened, restarted, shows
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import API, fire, resolve, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet

MONITOR_FOR = 600.0


def late_rules() -> RuleSet:
    """The shop's rules, with components that are lowered when their incident is over."""
    rules = prompt_rules()
    (incident,) = rules.incidents
    late = replace(incident, lower_at=LowerAt.RESOLVED, monitor_for=MONITOR_FOR)
    return replace(rules, incidents=(late,))


def regional(region: str, *, since: float, until: float = 0.0) -> dict[str, object]:
    """An alert of a region, which fires unless it says until when it did."""
    return alert(f"Down{region}", firing=not until, since=since, until=until, region=region)


def a_restart_while_a_component_waits_for_its_incident() -> list[str]:
    """I5: what its rule says stays red until the resolve is not green before, whoever was restarted meanwhile."""
    with opened(late_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        found = shows(world, API, "major_outage")
        restarted(world)
        world.run_for(LONG)
        found += shows(world, API, "major_outage")
        world.run_for(MONITOR_FOR + A_LITTLE)
        found += shows(world, API, "operational")
        told = updates(world)
        if told != [["investigating", "monitoring", "resolved"]]:
            found.append(f"I7: the incident was told as {told}")
        return found
