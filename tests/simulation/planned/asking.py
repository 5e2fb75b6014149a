"""Asking a daemon of a world what it would send now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulation.world import DAEMON, PAGE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.planned import PagePlan
    from bridge.core.rule_changes import RuleChange
    from bridge.core.rules import RuleSet
    from bridge.core.statuses import Automation
    from bridge.engine.engine import Engine
    from bridge.simulation.world import World


def planned(
    world: World,
    *,
    rules: tuple[RuleSet, str, RuleChange] | None = None,
    automation_max: Automation | None = None,
    then: Callable[[Engine], None] = lambda _: None,
) -> PagePlan:
    """Have the page read, ask, and do something at the same instant.

    Args:
        world: with a daemon that runs.
        rules: other rules, their digest, and what they change.
        automation_max: another cap.
        then: what is done before anything else happens.
    """
    engine = world.engine
    assert engine is not None
    told: list[PagePlan] = []

    async def ask() -> None:
        await engine.read_anew(PAGE, within=60.0)
        told.append(engine.dry_run(PAGE, rules=rules, automation_max=automation_max).run())
        then(engine)

    with world.loop.incarnation(DAEMON):
        task = world.loop.create_task(ask())
    world.loop.run_until(task.done)
    task.result()
    return told[0]


def writes(world: World) -> list[tuple[str, str]]:
    """Everything that the daemon wrote so far: method and template."""
    return [
        (one.method, one.template or one.path)
        for one in world.simulator.arrivals
        if one.token == TOKEN and one.method != "GET"
    ]
