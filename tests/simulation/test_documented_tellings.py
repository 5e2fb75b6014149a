"""The examples of docs/rules.md about what is told while an incident goes on, run: readers hear what the text beside them promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.config.compile import load_rules
from bridge.simulation.world import World, alert
from tests.docs.pages import page
from tests.simulation.commands.operating import accepted
from tests.simulation.shop import by_hand, fire, incident_id, resolve
from tests.simulation.test_causes import said

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.rules import RuleSet

HOLDS = 120.0 + 60.0
"""Virtual seconds in which an alert is held and told."""
OVER = 300.0 + 600.0 + 3 * 60.0
"""Virtual seconds in which it is kept, monitored and resolved."""


def example(heading: str, folder: Path) -> RuleSet:
    """The rules of the example below a heading."""
    text = page("docs/rules.md").text
    found = re.search(rf"^### {heading}$.*?^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    path = folder / "rules.yaml"
    path.write_text(found[1])
    (rules,) = load_rules([path]).rule_sets.values()
    return rules


def begun(world: World) -> None:
    world.start()
    world.run_for(20)


def test_the_example_of_causes(tmp_path: Path) -> None:
    with World(41, example("Causes", tmp_path)) as world:
        begun(world)
        fire(world, "CheckoutErrors")
        world.run_for(HOLDS)
        since = world.now()
        world.send_alerts([alert("OrdersDatabaseDown", firing=True, since=since, region="eu")])
        world.run_for(HOLDS)
        ended = alert("OrdersDatabaseDown", firing=False, since=since, until=world.now(), region="eu")
        world.send_alerts([ended])
        world.run_for(OVER)
        told = said(world)
        assert ("identified", "Our database of orders has failed in eu. We are repairing it.") in told
        assert told[-1][0] == "identified"


def test_what_an_operator_says_stands_in_the_text_of_the_example(tmp_path: Path) -> None:
    with World(42, example("Causes", tmp_path)) as world:
        begun(world)
        fire(world, "CheckoutErrors")
        world.run_for(HOLDS)
        accepted(world, "identify", incident=incident_id(world), cause="It is the network.")
        world.run_for(60.0)
        assert said(world)[-1] == ("identified", "It is the network. We are repairing it.")


def test_the_example_of_updates(tmp_path: Path) -> None:
    with World(43, example("Updates", tmp_path)) as world:
        begun(world)
        since = fire(world, "CheckoutErrors")
        world.run_for(HOLDS + 6 * 1800.0)
        resolve(world, "CheckoutErrors", since)
        world.run_for(OVER)
        still = "We are still working on Checkout / API. The next update follows within half an hour."
        assert [body for _, body in said(world)].count(still) == 4
        assert said(world)[-1][0] == "resolved"


def test_the_example_of_postmortems(tmp_path: Path) -> None:
    with World(44, example("Postmortems", tmp_path)) as world:
        begun(world)
        since = fire(world, "CheckoutErrors")
        world.run_for(HOLDS)
        resolve(world, "CheckoutErrors", since)
        world.run_for(OVER)
        (incident,) = world.simulator.incidents(world.page_id)
        assert incident.postmortem is not None
        assert incident.postmortem.published_at is None
        assert "The worst status was partial outage." in str(incident.postmortem.body_draft)


def test_the_example_of_texts_that_stand_on_the_page(tmp_path: Path) -> None:
    with World(45, example("Texts that stand on the page", tmp_path)) as world:
        template = {"name": "Orders work again", "title": "Checkout", "body": "All orders go through."}
        by_hand(world, "POST", "/incident_templates", {"template": template})
        begun(world)
        since = fire(world, "CheckoutErrors")
        world.run_for(HOLDS)
        resolve(world, "CheckoutErrors", since)
        world.run_for(OVER)
        bodies = [body for _, body in said(world)]
        assert (bodies[0], bodies[-1]) == ("Some orders fail at the moment.", "All orders go through.")
