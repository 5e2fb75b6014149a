"""What readers of the page are told of labels: the words of the rule, of the regions that took part, and never what must not be published."""

from __future__ import annotations

import pytest

from bridge.core.page import PlanSettings
from bridge.core.reasons import Reason
from bridge.simulation.world import PAGE, World, WorldSettings, alert
from tests.simulation.guards.test_gauges import scraped, value
from tests.simulation.public_texts import NAMES, regional_rules, told
from tests.simulation.shop import FOR, KEEP_FIRING_FOR, MONITOR_FOR

A_LITTLE = 60.0
OVER = KEEP_FIRING_FOR + MONITOR_FOR + 2 * A_LITTLE


def fire_in(world: World, *regions: str) -> float:
    since = world.now()
    world.send_alerts(
        [alert("CheckoutErrors", firing=True, since=since, region=region, pod=region) for region in regions]
    )
    return since


def end_in(world: World, since: float, *regions: str) -> None:
    world.send_alerts(
        [
            alert("CheckoutErrors", firing=False, since=since, until=world.now(), region=region, pod=region)
            for region in regions
        ]
    )


def test_an_incident_for_each_region_tells_its_name() -> None:
    with World(3, regional_rules(display=NAMES, group_by=("region",))) as world:
        world.start()
        world.run_for(20)
        since = fire_in(world, "eu-1", "us-1")
        world.run_for(FOR + A_LITTLE)
        end_in(world, since, "eu-1")
        world.run_for(OVER)
        assert told(world) == {
            "Checkout is having problems in Europe": [
                "We look into Checkout / API for customers in Europe.",
                "Checkout recovers in Europe.",
                "Checkout works in Europe again.",
            ],
            "Checkout is having problems in North America": [
                "We look into Checkout / API for customers in North America."
            ],
        }


def test_an_incident_tells_all_regions_that_took_part_after_they_have_recovered_and_after_a_restart() -> None:
    with World(4, regional_rules(display=NAMES)) as world:
        world.start()
        world.run_for(20)
        since = fire_in(world, "eu-1")
        world.run_for(FOR + A_LITTLE)
        later = fire_in(world, "us-1", "mars")
        world.run_for(A_LITTLE)
        end_in(world, since, "eu-1")
        end_in(world, later, "us-1", "mars")
        world.run_for(KEEP_FIRING_FOR + A_LITTLE)
        world.crash()
        world.start()
        world.run_for(OVER)
        assert told(world) == {
            "Checkout is having problems in Europe": [
                "We look into Checkout / API for customers in Europe.",
                "Checkout recovers in Europe and North America.",
                "Checkout works in Europe and North America again.",
            ]
        }


@pytest.mark.parametrize(
    ("region", "leak"),
    [
        ("10.1.2.3", "address"),
        ("eu.acme.net", "host"),
        ("jane@acme.example", "email"),
        ("key=hunter2", "token"),
    ],
)
def test_a_label_that_leaks_is_left_out_told_and_counted(region: str, leak: str) -> None:
    settings = WorldSettings(plan=PlanSettings(internal_suffixes=("acme.net",)))
    with World(5, regional_rules(), settings) as world:
        world.start()
        world.run_for(20)
        since = fire_in(world, region, "eu-1")
        before = value(scraped(world).texts_withheld, PAGE, leak)
        world.run_for(FOR + A_LITTLE)
        assert value(scraped(world).texts_withheld, PAGE, leak) == before + 1
        end_in(world, since, region, "eu-1")
        world.run_for(OVER)
        assert told(world) == {
            "Checkout is having problems": [
                "We look into Checkout / API.",
                "Checkout recovers.",
                "Checkout works again.",
            ]
        }
        assert value(scraped(world).texts_withheld, PAGE, leak) == before + 3
        guarded = [
            entry.detail["leaks"]
            for _, entry in world.database.journal(limit=10_000)
            if entry.reason is Reason.WITHHELD
        ]
        assert guarded == [leak] * 3


def test_markup_and_what_nobody_sees_reach_the_page_as_text() -> None:
    with World(6, regional_rules()) as world:
        world.start()
        world.run_for(20)
        fire_in(world, "<script>alert(1)</script>\u202e*eu*")
        world.run_for(FOR + A_LITTLE)
        ((name, (body,)),) = told(world).items()
        assert name == "Checkout is having problems in script alert(1) /script eu"
        shown = "&#60;script&#62;alert(1)&#60;/script&#62;&#42;eu&#42;"
        assert body == f"We look into Checkout / API for customers in {shown}."
