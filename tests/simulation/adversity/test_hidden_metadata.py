"""Pages whose lists do not show metadata: whose an incident is can be read only from the incident itself, once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.simulation.world import TOKEN, WorldSettings, alert
from bridge.simulator.options import MetadataInLists, Options
from tests.simulation.adversity.interference import TIMEOUT, S, answered, prompt_rules, rehearsed
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    SEARCH,
    WEB,
    by_hand,
    component_id,
    fire,
    incident_id,
    notified,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0
HIDING = [MetadataInLists.EMPTY, MetadataInLists.ABSENT]
ANY = list(MetadataInLists)


def hidden(how: MetadataInLists) -> WorldSettings:
    return WorldSettings(options=Options(metadata_in_lists=how))


def ours(world: World) -> list[list[str]]:
    """The statuses told in each of our incidents."""
    return [
        [str(update.status) for update in incident.updates]
        for incident in world.simulator.incidents(world.page_id)
        if "bridge" in incident.metadata
    ]


def readings(world: World) -> Counter[str]:
    """How often each incident was read by itself."""
    return Counter(
        arrival.targets["incident_id"]
        for arrival in world.simulator.arrivals
        if arrival.token == TOKEN
        and arrival.method == "GET"
        and re.search(r"\{incident_id\}$", arrival.template or "")
    )


def by_others(world: World, count: int) -> list[str]:
    """People open so many incidents of their own, on no component."""
    for number in range(count):
        body = {"name": f"Other {number}", "status": "investigating", "body": "Theirs."}
        by_hand(world, "POST", "/incidents", {"incident": body})
    return [incident.id for incident in world.simulator.incidents(world.page_id) if not incident.metadata]


@pytest.mark.parametrize("how", HIDING)
def test_an_outage_is_told_from_its_beginning_to_its_end(how: MetadataInLists) -> None:
    with rehearsed(prompt_rules(), hidden(how)) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(1200)
        assert readings(world) == {}  # what the ledger knows by its id needs no reading for its identity
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        assert ours(world) == [["investigating", "monitoring", "resolved"]]
        assert notified(world) == ["investigating", "resolved"]
        assert violations(world) == []


@pytest.mark.parametrize("how", HIDING)
@pytest.mark.parametrize("after", [0.1, 20.0, 100.0, 178.0, 1e7])
@pytest.mark.parametrize("lasts", [50.0, 600.0])
def test_a_lost_create_is_found(how: MetadataInLists, after: float, lasts: float) -> None:
    with rehearsed(prompt_rules(), hidden(how)) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "POST" and request.path.endswith("/incidents") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, after, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        by_others(world, 3)
        network.hooks.append(late)
        since = fire(world, "CheckoutErrors")
        world.run_for(lasts)
        resolve(world, "CheckoutErrors", since)
        world.run_for(3 * (TIMEOUT + S) + 600)
        assert violations(world) == []
        assert [told[-1] for told in ours(world)] in ([], ["resolved"])
        assert status(world, API) == "operational"
        assert world.engine is not None
        assert list(world.engine.pages[0].intents) == []


@pytest.mark.parametrize("how", HIDING)
def test_a_lost_create_that_a_person_resolved_before_it_was_seen_is_found(how: MetadataInLists) -> None:
    with rehearsed(prompt_rules(), hidden(how)) as (world, network):

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "POST" and request.path.endswith("/incidents"):
                return await network.apply_late(request, 1.0, timeout)
            return None

        world.start()
        world.run_for(20)
        network.hooks.append(lose)
        fire(world, "CheckoutErrors")
        world.run_for(5)
        done = {"incident": {"status": "resolved", "body": "Fixed."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", done)
        network.hooks.clear()
        world.run_for(TIMEOUT + 4 * S)
        assert ours(world) == [["investigating", "resolved"]]


def _grouped() -> RuleSet:
    rules = prompt_rules()
    return replace(rules, incidents=tuple(replace(rule, group_by=("region",)) for rule in rules.incidents))


@pytest.mark.parametrize("how", ANY)
@pytest.mark.parametrize("grouped", [False, True])
def test_a_first_start_reads_two_pages_of_incidents_before_it_writes(
    how: MetadataInLists, *, grouped: bool
) -> None:
    """Ours is the oldest of 120 unresolved incidents and so on the second page of the list; the store is empty and the cause still fires."""
    region = "eu" if grouped else ""
    with rehearsed(_grouped() if grouped else prompt_rules(), hidden(how)) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        world.send_alerts([alert("CheckoutErrors", firing=True, since=world.now(), region=region)])
        world.run_for(A_LITTLE)
        world.crash()
        world.lose_the_disk()
        others = by_others(world, 120)
        (mine,) = [one.id for one in world.simulator.incidents(world.page_id) if one.id not in others]
        failed: list[str] = []

        async def fail(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            """Ours cannot be read three times, so that there would be time to write."""
            if request.method == "GET" and request.path.endswith(mine) and len(failed) < 3:
                failed.append(request.path)
                return answered(500, {"error": "oops"})
            return None

        network.hooks.append(fail)
        before = len(network.requests)
        world.start()
        world.send_alerts([alert("CheckoutErrors", firing=True, since=world.now(), region=region)])
        fire(world, "SearchErrors")
        world.run_for(S + 240)
        requests = network.requests[before:]
        first_write = min(at for at, method, _ in requests if method != "GET")
        lists = [at for at, _, path in requests if path.endswith("/unresolved") and at < first_write]
        read = {
            arrival.targets.get("incident_id")
            for arrival in world.simulator.arrivals
            if arrival.at < first_write
        }
        assert len(lists) >= 2
        if how is not MetadataInLists.SHOWN:
            assert failed
            assert {*others, mine} <= read
        assert ours(world) == [["investigating"]]
        assert notified(world).count("investigating") == 1 + len(others)  # theirs notify too
        assert violations(world) == []
        assert (status(world, API), status(world, SEARCH)) == ("major_outage", "partial_outage")


@pytest.mark.parametrize("how", ANY)
def test_a_foreign_incident_is_read_once_and_again_only_when_it_changed(how: MetadataInLists) -> None:
    with rehearsed(prompt_rules(), hidden(how)) as (world, _):
        others = by_others(world, 5)
        world.start()
        world.run_for(1200)
        assert readings(world) == dict.fromkeys(others, 1)
        said = {"incident": {"status": "identified", "body": "It is the disk."}}
        by_hand(world, "PATCH", f"/incidents/{others[0]}", said)
        world.run_for(1200)
        assert readings(world) == {**dict.fromkeys(others, 1), others[0]: 2}


@pytest.mark.parametrize("code", [404, 500])
def test_an_incident_that_cannot_be_read_does_not_stop_the_page_for_good(code: int) -> None:
    """It is taken for a person's: nothing is opened beside it on its components, and everything else is served."""
    with rehearsed(prompt_rules(), hidden(MetadataInLists.EMPTY)) as (world, network):
        (other,) = by_others(world, 1)

        async def fail(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if request.method == "GET" and request.path.endswith(other):
                return answered(code, {"error": "no"})
            return None

        network.hooks.append(fail)
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(600)
        assert ours(world) == [["investigating"]]
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        assert ours(world) == [["investigating", "monitoring", "resolved"]]


@pytest.mark.parametrize("how", HIDING)
def test_a_persons_own_incident_keeps_ours_from_opening(how: MetadataInLists) -> None:
    with rehearsed(prompt_rules(), hidden(how)) as (world, _):
        told = {"name": "Checkout is down", "status": "investigating", "body": "We look into it."}
        listed = [component_id(world, API), component_id(world, WEB)]
        by_hand(world, "POST", "/incidents", {"incident": {**told, "component_ids": listed}})
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(300)
        assert updates(world) == [["investigating"]]


@pytest.mark.parametrize("how", HIDING)
def test_a_persons_update_is_seen(how: MetadataInLists) -> None:
    with rehearsed(prompt_rules(), hidden(how)) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        said = {"incident": {"status": "investigating", "body": "Data may be lost."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", said)
        world.run_for(400)
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        assert updates(world) == [["investigating", "investigating"]]


@pytest.mark.parametrize("how", HIDING)
def test_a_restart_with_its_store_reads_no_incident_that_the_ledger_knows(how: MetadataInLists) -> None:
    with rehearsed(prompt_rules(), hidden(how)) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        world.crash()
        world.start()
        world.run_for(300)
        assert readings(world) == {}
        assert ours(world) == [["investigating"]]
