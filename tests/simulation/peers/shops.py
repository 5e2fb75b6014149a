"""A shop's page and a rule file for it, as the scenarios about what peers get wrong use them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bridge.config.compile import load_rules
from bridge.simulation.world import PAGE, TOKEN, World, WorldSettings, alert
from tests.simulation.shop import EVERYTHING_AT_ONCE, component_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import RuleSet

A_LITTLE = 20.0
"""Virtual seconds in which the page is read, or what is due is written."""

LONG = 130.0
"""Virtual seconds in which the page is read twice, and everything is told that is due at once."""

FOR, KEEP_FIRING_FOR, MONITOR_FOR = 120.0, 300.0, 600.0
"""The holds of the rule files here."""

HEAD = f"""
page: {PAGE}
defaults: {{automation: full, for: 2m, keep_firing_for: 5m}}
"""


def rules_of(text: str) -> RuleSet:
    """The rules of a file with this text below the head."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(HEAD + text)
        return load_rules([path]).rule_sets[PAGE]


@contextmanager
def shop(text: str) -> Iterator[World]:
    """A world whose daemon has these rules and has read the page."""
    with World(7, rules_of(text), WorldSettings(plan=EVERYTHING_AT_ONCE)) as world:
        world.start()
        world.run_for(A_LITTLE)
        yield world


def breaks(world: World, name: str, **labels: str) -> float:
    """An alert fires. Returns since when."""
    since = world.now()
    world.send_alerts([alert(name, firing=True, since=since, until=0.0, **labels)])
    return since


def mended(world: World, name: str, since: float, **labels: str) -> None:
    """It resolves."""
    world.send_alerts([alert(name, firing=False, since=since, until=world.now(), **labels)])


def told(world: World) -> dict[str, list[str]]:
    """The statuses told in each incident, oldest first, by its name."""
    return {
        str(incident.name): [str(update.status) for update in incident.updates]
        for incident in world.simulator.incidents(world.page_id)
    }


def mails(world: World) -> list[tuple[str, str]]:
    """Of which incident's status subscribers were told, in order."""
    names = {incident.id: str(incident.name) for incident in world.simulator.incidents(world.page_id)}
    return [(names[one.incident_id], str(one.status)) for one in world.simulator.notifications]


def writes(world: World, since: float = 0.0) -> list[str]:
    """What the daemon wrote since an instant: method and path."""
    return [
        f"{arrival.method} {arrival.path}"
        for arrival in world.simulator.arrivals
        if arrival.token == TOKEN and arrival.method not in {"GET", "HEAD"} and arrival.at >= since
    ]


def shown(world: World, name: str, since: float = 0.0) -> list[str]:
    """The statuses that the daemon gave a component since an instant, with an incident or alone."""
    wanted = component_id(world, name)
    found = []
    for arrival in world.simulator.arrivals:
        if arrival.token != TOKEN or arrival.at < since or not arrival.body:
            continue
        if "component" in arrival.body and wanted in arrival.targets.values():
            found.append(str(arrival.body["component"]["status"]))
        components = (arrival.body.get("incident") or {}).get("components") or {}
        if wanted in components:
            found.append(str(components[wanted]))
    return found
