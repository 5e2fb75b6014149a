"""Incidents that are opened again: the same one, told once, through a restart, and never what a person ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.mutants.scenarios.staging import A_LITTLE, LONG, NOT_OURS_ANY_MORE, opened, restarted
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import by_hand, fire, incident_id, notified, resolve, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World

MONITOR_FOR = 60.0
WITHIN = 3600.0
WHOLE = ["investigating", "monitoring", "resolved"]


def reopening_rules(within: float = WITHIN) -> RuleSet:
    """The shop without any waiting, whose incident opens again within an hour."""
    rules = prompt_rules()
    incidents = tuple(
        replace(rule, monitor_for=MONITOR_FOR, reopen_within=within) for rule in rules.incidents
    )
    return replace(rules, incidents=incidents)


def broken(world: World, name: str = "CheckoutErrors") -> float:
    """An alert fires, and everything is told that can be told."""
    since = fire(world, name)
    world.run_for(LONG)
    return since


def over(world: World, since: float, name: str = "CheckoutErrors") -> None:
    """It resolves, and its incident is resolved."""
    resolve(world, name, since)
    world.run_for(MONITOR_FOR + LONG)


def it_breaks_again_after_a_restart() -> list[str]:
    """I2, I3: it goes on in the same incident, whoever was restarted, and subscribers are told once."""
    with opened(reopening_rules()) as (world, _):
        over(world, broken(world))
        restarted(world)
        broken(world)
        restarted(world)
        world.run_for(LONG)
        found = [] if updates(world) == [[*WHOLE, "investigating"]] else [f"I2: told as {updates(world)}"]
        wanted = ["investigating", "resolved", "investigating"]
        return found if notified(world) == wanted else [*found, f"I3: mails {notified(world)}"]


def a_person_wrote_in_it_after_our_resolve() -> list[str]:
    """I6: what a person wrote in since is theirs; the outage is told in an incident of its own."""
    with opened(reopening_rules()) as (world, _):
        over(world, broken(world))
        first = incident_id(world)
        by_hand(world, "PATCH", f"/incidents/{first}", {"incident": {"body": "It was the cable."}})
        broken(world)
        world.run_for(NOT_OURS_ANY_MORE)
        told = {
            one.id: [str(update.status) for update in one.updates]
            for one in world.simulator.incidents(world.page_id)
        }
        found = [] if told[first] == [*WHOLE, "resolved"] else [f"I6: their incident became {told[first]}"]
        others = [statuses for one, statuses in told.items() if one != first]
        return found if others == [["investigating"]] else [*found, f"I5: the outage is told as {others}"]


def a_person_resolved_it() -> list[str]:
    """I6: after a person's resolve it is not opened again, and what fires anew is told in an incident of its own."""
    with opened(reopening_rules()) as (world, _):
        since = broken(world)
        first = incident_id(world)
        by_hand(world, "PATCH", f"/incidents/{first}", {"incident": {"status": "resolved"}})
        world.run_for(NOT_OURS_ANY_MORE)
        over(world, since)
        broken(world)
        world.run_for(A_LITTLE)
        told = updates(world)
        wanted = [["investigating", "resolved"], ["investigating"]]
        return [] if sorted(told) == sorted(wanted) else [f"I6: told as {told}"]
