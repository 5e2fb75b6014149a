"""What the page says of annotations: of those that a rule lists, as they were when their alert began, and of no other."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bridge.simulation.world import World, alert
from tests.simulation.judge import violations
from tests.simulation.public_texts import regional_rules, told
from tests.simulation.shop import FOR

if TYPE_CHECKING:
    from collections.abc import Iterator

A_LITTLE = 30.0
BEGINS = "We look into Checkout / API"


@contextmanager
def annotated() -> Iterator[World]:
    with World(5, regional_rules(summary=True)) as world:
        world.start()
        world.run_for(20)
        yield world
        assert violations(world) == []


def fire(world: World, since: float, annotations: object, region: str = "") -> None:
    one = alert("CheckoutErrors", firing=True, since=since, region=region)
    one["annotations"] = annotations
    world.send_alerts([one])


def said(world: World) -> list[str]:
    """The bodies of the only incident."""
    (bodies,) = told(world).values()
    return bodies


def kept(world: World) -> list[dict[str, str]]:
    """What the store holds of annotations."""
    return [dict(signal.annotations) for signal in world.database.load().signals]


def test_a_listed_annotation_is_said_and_no_other_is_kept() -> None:
    with annotated() as world:
        fire(
            world,
            world.now(),
            {"summary": "Orders fail.", "description": "see wiki", "region": "hidden"},
            region="eu",
        )
        world.run_for(FOR + A_LITTLE)
        assert said(world) == [f"{BEGINS} for customers in eu. Orders fail."]
        assert kept(world) == [{"summary": "Orders fail."}]


def test_it_stays_as_it_was_when_its_alert_began() -> None:
    with annotated() as world:
        since = world.now()
        fire(world, since, {"summary": "12% of orders fail."})
        world.run_for(FOR / 2)
        fire(world, since, {"summary": "13% of orders fail."})
        world.crash()
        world.start()
        world.run_for(FOR + A_LITTLE)
        assert said(world) == [f"{BEGINS}. 12% of orders fail."]


def test_one_that_comes_with_a_repeat_is_taken() -> None:
    with annotated() as world:
        since = world.now()
        fire(world, since, {})
        world.run_for(FOR / 2)
        fire(world, since, {"summary": "Orders fail."})
        world.run_for(FOR + A_LITTLE)
        assert said(world) == [f"{BEGINS}. Orders fail."]


@pytest.mark.parametrize(
    "summary", ["db-1.prod.internal is down", "ask jane@acme.example", "token=hunter2abc"]
)
def test_one_that_leaks_is_left_out_with_all_that_came_from_outside(summary: str) -> None:
    with annotated() as world:
        fire(world, world.now(), {"summary": summary}, region="eu")
        world.run_for(FOR + A_LITTLE)
        assert said(world) == [f"{BEGINS}."]
        assert summary not in json.dumps(
            [dict(one.body or {}) for one in world.simulator.arrivals], default=str
        )


@pytest.mark.parametrize("annotations", [None, [], "text", {"summary": 7}, {"summary": None}])
def test_annotations_that_are_no_texts_refuse_no_alert(annotations: object) -> None:
    with annotated() as world:
        fire(world, world.now(), annotations)
        world.run_for(FOR + A_LITTLE)
        assert said(world) == [f"{BEGINS}."]
