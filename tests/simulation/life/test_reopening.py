"""What fires again soon after our resolve: the same incident goes on, and where it cannot, another one is opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bridge.core.rules import IncidentTexts
from bridge.core.statuses import Automation, ComponentStatus, Impact
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import Options
from tests.mutants.scenarios import reopening
from tests.mutants.scenarios.reopening import WHOLE, WITHIN, broken, over, reopening_rules
from tests.mutants.scenarios.staging import (
    A_LITTLE,
    LONG,
    NOT_OURS_ANY_MORE,
    SETTLED,
    opened,
    restart,
    restarted,
)
from tests.simulation.adversity.interference import claim
from tests.simulation.commands.operating import accepted, operated
from tests.simulation.life.examples import documented
from tests.simulation.shop import (
    API,
    EVERYTHING_AT_ONCE,
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
    from pathlib import Path

    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

AGAIN = [*WHOLE, "investigating"]
WEB_DOWN = claim("web-down", WEB, "WebDown", ComponentStatus.MAJOR_OUTAGE)


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M}"


def bodies(world: World) -> list[str]:
    (incident,) = world.simulator.incidents(world.page_id)
    return [str(update.body) for update in incident.updates]


def test_the_example_of_the_reference_goes_on_in_the_same_incident(tmp_path: Path) -> None:
    with opened(documented(tmp_path, "Opening again")) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(300.0)
        resolve(world, "CheckoutErrors", since)
        resolved = world.now()
        world.run_for(900.0)
        assert updates(world) == [WHOLE]
        again = fire(world, "CheckoutErrors")
        world.run_for(300.0)
        assert updates(world) == [AGAIN]
        # Told when it held for a minute, and when it was green for one.
        periods = f"from {clock(since + 60.0)} to {clock(resolved + 60.0)} UTC, and again since {clock(again + 60.0)} UTC"
        assert bodies(world)[-1] == f"The checkout fails again: {periods}. We are investigating."
        assert status(world, API) == "major_outage"
        assert notified(world) == ["investigating", "resolved", "investigating"]


def test_it_goes_on_to_its_end_as_any_other_and_opens_a_second_time() -> None:
    with opened(reopening_rules()) as (world, _):
        for _ in range(3):
            over(world, broken(world))
        assert updates(world) == [[*WHOLE, *WHOLE, *WHOLE]]
        assert bodies(world)[-3].count("from") == 2
        assert status(world, API) == "operational"


def test_what_fires_later_opens_another_incident() -> None:
    with opened(reopening_rules(within=300.0)) as (world, _):
        over(world, broken(world))
        world.run_for(300.0)
        broken(world)
        assert sorted(updates(world)) == sorted([WHOLE, ["investigating"]])


def test_a_restart_and_a_second_outage_is_told_once_in_the_same_incident() -> None:
    assert reopening.it_breaks_again_after_a_restart() == []


@pytest.mark.parametrize("moment", [number / 8 for number in range(1, 24)])
def test_whenever_it_is_killed_it_is_opened_again_once(moment: float) -> None:
    with opened(reopening_rules()) as (world, _):
        over(world, broken(world))
        fire(world, "CheckoutErrors")
        world.run_for(moment)
        restart(world)
        world.run_for(SETTLED)
        assert updates(world) == [AGAIN]
        assert notified(world) == ["investigating", "resolved", "investigating"]


@pytest.mark.parametrize("applied", [True, False], ids=["applied", "lost"])
@pytest.mark.parametrize("crash", [False, True], ids=["", "after a kill"])
def test_a_reopening_whose_answer_was_lost_is_told_once(*, applied: bool, crash: bool) -> None:
    with opened(reopening_rules()) as (world, network):
        over(world, broken(world))
        failed: list[str] = []

        async def hook(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Transport.send
            if request.method != "PATCH" or "/incidents/" not in request.path or failed:
                return None
            failed.append(request.path)
            return await (network.fail_after if applied else network.fail_before)(request, timeout)

        network.hooks.append(hook)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert len(failed) == 1
        if crash:
            restarted(world)
        world.run_for(SETTLED)
        assert updates(world) == [AGAIN]
        assert notified(world) == ["investigating", "resolved", "investigating"]


def test_an_incident_in_which_a_person_wrote_since_is_left_to_them() -> None:
    assert reopening.a_person_wrote_in_it_after_our_resolve() == []


def test_what_a_person_resolved_is_not_opened_again() -> None:
    assert reopening.a_person_resolved_it() == []


def test_one_that_a_person_deleted_is_followed_by_another() -> None:
    with opened(reopening_rules()) as (world, _):
        over(world, broken(world))
        by_hand(world, "DELETE", f"/incidents/{incident_id(world)}", {})
        broken(world)
        world.run_for(LONG)
        assert updates(world)[-1] == ["investigating"]
        assert notified(world)[-1] == "investigating"


def test_one_that_a_person_opened_again_is_theirs() -> None:
    with opened(reopening_rules()) as (world, _):
        over(world, broken(world))
        change = {"incident": {"status": "investigating", "body": "It is back."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", change)
        since = broken(world)
        world.run_for(NOT_OURS_ANY_MORE)
        assert updates(world) == [AGAIN]
        assert bodies(world)[-1] == "It is back."
        over(world, since)
        assert updates(world) == [AGAIN]


@pytest.mark.parametrize("crash", [False, True], ids=["", "after a kill"])
def test_where_the_page_refuses_another_incident_is_opened(*, crash: bool) -> None:
    settings = WorldSettings(options=Options(reopening=False))
    with opened(reopening_rules(), settings) as (world, _):
        over(world, broken(world))
        since = broken(world)
        if crash:
            restarted(world)
        world.run_for(NOT_OURS_ANY_MORE)
        assert sorted(updates(world)) == sorted([WHOLE, ["investigating"]])
        over(world, since)
        assert updates(world) == [WHOLE, WHOLE]


def test_after_the_disk_was_lost_what_was_opened_again_goes_on() -> None:
    with opened(reopening_rules()) as (world, _):
        over(world, broken(world))
        since = broken(world)
        world.crash()
        world.lose_the_disk()
        world.start()
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world) == [AGAIN]
        over(world, since)
        world.run_for(LONG)
        assert updates(world) == [[*WHOLE, *WHOLE]]


def test_without_a_mail_left_it_is_opened_again_silently_to_its_end() -> None:
    settings = WorldSettings(plan=replace(EVERYTHING_AT_ONCE, notifications_per_hour=2))
    with opened(reopening_rules(), settings) as (world, _):
        over(world, broken(world))
        since = broken(world)
        assert updates(world) == [AGAIN]
        restarted(world)
        world.run_for(2 * WITHIN)
        over(world, since)
        assert updates(world) == [[*WHOLE, *WHOLE]]
        assert notified(world) == ["investigating", "resolved"]


def test_only_what_is_broken_now_is_named_and_what_was_stays_listed() -> None:
    rules = reopening_rules()
    texts = IncidentTexts(reopened="Again: {components}.")
    (incident,) = rules.incidents
    rules = replace(
        rules, components=(*rules.components, WEB_DOWN), incidents=(replace(incident, texts=texts),)
    )
    with opened(rules) as (world, _):
        over(world, broken(world))
        broken(world, "WebDown")
        (told,) = world.simulator.incidents(world.page_id)
        assert WEB.split(" / ")[-1] in bodies(world)[-1]
        assert API.split(" / ")[-1] not in bodies(world)[-1]
        assert set(told.component_ids) == {component_id(world, name) for name in (API, WEB)}


def test_a_draft_that_was_approved_opens_again_without_another() -> None:
    rules = reopening_rules()
    (incident,) = rules.incidents
    drafted = replace(incident, automation=Automation.DRAFT, publish_after=60.0)
    with opened(replace(rules, incidents=(drafted,))) as (world, _):
        over(world, broken(world))
        assert updates(world) == [WHOLE]
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert updates(world) == [AGAIN]


def test_a_person_who_tells_of_it_keeps_it_from_being_opened_again() -> None:
    with opened(reopening_rules()) as (world, _):
        over(world, broken(world))
        ours = incident_id(world)
        theirs = {
            "name": "The checkout",
            "status": "investigating",
            "body": "We look into it.",
            "component_ids": [component_id(world, API)],
        }
        by_hand(world, "POST", "/incidents", {"incident": theirs})
        world.run_for(LONG)
        since = broken(world)
        told = {one.id: len(one.updates) for one in world.simulator.incidents(world.page_id)}
        assert told[ours] == len(WHOLE)
        over(world, since)
        assert sorted(told.values()) == [1, 3]


@pytest.mark.parametrize("impact", [Impact.AUTO, Impact.MAJOR])
def test_what_gets_worse_and_is_opened_again_milder_never_lowers_the_impact(impact: Impact) -> None:
    mild = claim("api-slow", API, "ApiSlow", ComponentStatus.PARTIAL_OUTAGE)
    rules = reopening_rules()
    (incident,) = rules.incidents
    rules = replace(
        rules, components=(*rules.components, mild), incidents=(replace(incident, impact=impact),)
    )
    with opened(rules) as (world, _):
        seen: list[str] = []

        def see() -> None:
            (one,) = world.simulator.incidents(world.page_id)
            seen.append(str(one.impact))

        slow = broken(world, "ApiSlow")
        see()
        worse = broken(world)
        see()
        resolve(world, "CheckoutErrors", worse)
        world.run_for(LONG)
        see()
        over(world, slow, "ApiSlow")
        see()
        broken(world, "ApiSlow")
        see()
        order = ["none", "minor", "major", "critical"]
        assert [order.index(one) for one in seen] == sorted(order.index(one) for one in seen)
        patches = [one for one in world.simulator.arrivals if one.method == "PATCH" and one.body]
        said = [(one.body or {}).get("incident", {}) for one in patches]
        assert not any("impact_override" in one for one in said)


def test_a_released_incident_is_not_opened_again() -> None:
    with operated(reopening_rules()) as (world, _):
        since = broken(world)
        released = incident_id(world)
        accepted(world, "release", incident=released)
        by_hand(world, "PATCH", f"/incidents/{released}", {"incident": {"status": "resolved"}})
        over(world, since)
        world.run_for(NOT_OURS_ANY_MORE)
        broken(world)
        assert sorted(updates(world)) == [["investigating"], ["investigating", "resolved"]]
