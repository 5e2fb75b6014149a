"""Texts that stand on the page: a template by its name says a transition as it is, and where it is not there the rule's own text does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.simulation.world import PAGE
from tests.simulation.adversity.interference import prompt_rules, rehearsed
from tests.simulation.guards.test_gauges import scraped, value
from tests.simulation.shop import by_hand, fire, resolve
from tests.simulation.test_causes import said

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 20.0
HOUR = 3700.0
OURS = "We are investigating a problem affecting Checkout / API."


def rules_with_templates() -> RuleSet:
    rules = prompt_rules()
    (incident,) = rules.incidents
    templates = (("investigating", "Orders fail"), ("resolved", "Orders work"))
    return replace(rules, incidents=(replace(incident, templates=templates),))


def titled_by_a_template() -> RuleSet:
    rules = prompt_rules()
    (incident,) = rules.incidents
    return replace(rules, incidents=(replace(incident, templates=(("title", "Orders fail"),)),))


def write_template(world: World, name: str, body: str, title: str = "Checkout") -> None:
    template = {"name": name, "title": title, "body": body}
    by_hand(world, "POST", "/incident_templates", {"template": template})


def asked(world: World) -> int:
    return sum(
        one.path.endswith("/incident_templates") and one.method == "GET" for one in world.simulator.arrivals
    )


def told_of_an_outage(world: World) -> list[str]:
    since = fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    resolve(world, "CheckoutErrors", since)
    world.run_for(120.0)
    return [body for _, body in said(world)]


def test_what_the_page_says_is_said_as_it_is_and_cleaned() -> None:
    with rehearsed(rules_with_templates()) as (world, _):
        write_template(world, "Orders fail", "Some orders fail\u200b in {region} [now].")
        write_template(world, "Orders work", "Orders work again.")
        world.start()
        world.run_for(A_LITTLE)
        bodies = told_of_an_outage(world)
        assert (bodies[0], bodies[-1]) == ("Some orders fail in {region} [now].", "Orders work again.")
        assert value(scraped(world).templates_missing, PAGE) == 0


def titles(world: World) -> list[str]:
    return [incident.name for incident in world.simulator.page(world.page_id).incidents.values()]


def test_an_incident_is_called_as_the_page_says_cleaned_and_keeps_its_name() -> None:
    with rehearsed(titled_by_a_template()) as (world, _):
        write_template(world, "Orders fail", "Unused.", "Orders\u200b fail in {region}")
        world.start()
        world.run_for(A_LITTLE)
        bodies = told_of_an_outage(world)
        assert (titles(world), bodies[:1]) == (["Orders fail in {region}"], [OURS])


def test_a_template_whose_title_nobody_sees_gives_none_and_a_gauge_tells() -> None:
    rules = titled_by_a_template()
    with rehearsed(rules) as (world, _):
        write_template(world, "Orders fail", "Some orders fail.", "\u200b")
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert titles(world) == [rules.incidents[0].title]
        assert value(scraped(world).templates_missing, PAGE) == 1


def test_where_it_is_not_there_or_twice_the_rules_own_text_is_said_and_a_gauge_tells() -> None:
    with rehearsed(rules_with_templates()) as (world, _):
        for body in ("One.", "Other."):
            write_template(world, "Orders fail", body)
        world.start()
        world.run_for(A_LITTLE)
        assert told_of_an_outage(world)[0] == OURS
        assert value(scraped(world).templates_missing, PAGE) == 2


def test_a_template_that_comes_later_is_read_within_the_hour_and_the_page_is_asked_no_oftener() -> None:
    with rehearsed(rules_with_templates()) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        write_template(world, "Orders fail", "Some orders fail.")
        world.run_for(HOUR)
        assert told_of_an_outage(world)[0] == "Some orders fail."
        assert asked(world) == 2


def test_a_page_whose_rules_name_none_is_not_asked() -> None:
    with rehearsed() as (world, _):
        world.start()
        world.run_for(HOUR)
        assert asked(world) == 0


def test_an_incident_does_not_wait_for_the_templates() -> None:
    with rehearsed(rules_with_templates()) as (world, network):
        write_template(world, "Orders fail", "Some orders fail.")

        async def unread(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Transport.send
            if not request.path.endswith("/incident_templates"):
                return None
            return await network.fail_before(request, timeout)

        network.hooks.append(unread)
        world.start()
        world.run_for(A_LITTLE)
        assert told_of_an_outage(world)[0] == OURS
