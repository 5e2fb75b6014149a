"""What virtual time costs: the whole daemon living through hours, against a bare asyncio loop that runs as many callbacks.

It decides how much can be proven. README.md says where the time goes.
"""

from __future__ import annotations

import asyncio
from functools import partial

from benchmarks.figures import Figure, Growth
from benchmarks.timing import costs_of
from bridge.core.matching import parse_matchers
from bridge.core.observation import HttpCheck, Probe
from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import World, WorldSettings, alert

HOUR = 3600.0
SHORT, LONG = 2, 8
"""Virtual hours of a run."""
PROBE = Probe("web", HttpCheck("http://shop.example/healthz"), every=30.0, timeout=10.0)
API, WEB = ComponentName("Checkout / API"), ComponentName("Checkout / Web")


def virtual_hours() -> Figure:
    """A probe every half minute and an outage in each hour, which opens, moves and resolves an incident."""
    steps = _lived_through(SHORT)
    seconds, long_seconds, floor_seconds = costs_of(
        partial(_lived_through, SHORT), partial(_lived_through, LONG), partial(_bare, steps)
    )
    return Figure(
        operation=f"simulation: one virtual hour ({steps // SHORT:,} steps)",
        seconds=seconds / SHORT,
        floor="bare asyncio callbacks",
        floor_seconds=floor_seconds / SHORT,
        most=45.0,
        growth=Growth(
            f"hour by hour, {SHORT} to {LONG} hours", long_seconds / LONG / (seconds / SHORT), most=1.6
        ),
        note=f"{LONG / long_seconds:,.1f} virtual hours a second",
    )


def _lived_through(hours: int) -> int:
    """Returns how many steps it took."""
    with World(1, _rules(), WorldSettings(probes=(PROBE,))) as world:
        world.start()
        for _ in range(hours):
            since = world.now()
            world.send_alerts([alert("CheckoutErrors", firing=True, since=since)])
            world.run_for(HOUR / 3)
            world.send_alerts([alert("CheckoutErrors", firing=False, since=since, until=world.now())])
            world.run_for(HOUR * 2 / 3)
        told = [len(incident.updates) for incident in world.simulator.incidents(world.page_id)]
        if told != [3] * hours:
            raise AssertionError(f"the incidents have {told} updates")
        return world.loop.steps


def _bare(steps: int) -> None:
    """As many callbacks of the real loop, which do nothing."""

    async def turn() -> None:
        for _ in range(steps):
            await asyncio.sleep(0)

    asyncio.run(turn())


def _rules() -> RuleSet:
    def rule(name: ComponentName, matchers: str) -> ComponentRule:
        parsed = parse_matchers(matchers)
        return ComponentRule(
            RuleId(name),
            name,
            parsed,
            ComponentStatus.MAJOR_OUTAGE,
            for_=60.0,
            keep_firing_for=60.0,
            automation=Automation.FULL,
        )

    rules = (rule(API, 'alertname="CheckoutErrors"'), rule(WEB, 'probe="web"'))
    incident = IncidentRule(
        IncidentRuleId("checkout"), (API, WEB), "Checkout is having problems", automation=Automation.FULL
    )
    return RuleSet("acme", rules, (incident,))
