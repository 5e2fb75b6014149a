"""What was found out of a page makes the daemon more careful where it has to be, and a file that is wrong makes nothing false."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.app.compose import engine_settings
from bridge.config.capabilities import Report, write_report
from bridge.config.settings import load_settings
from bridge.core.capabilities import Finding
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import Options
from tests.simulation.adversity.interference import prompt_rules, rehearsed
from tests.simulation.shop import SEARCH, by_hand, component_id, fire, notified, resolve, status
from tests.statuspage.conformance.stage import stage

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.page import PlanSettings

NOT_OURS_ANY_MORE = 400.0
"""Seconds after a write of ours when what shows may be a person's: 2·S and a little."""


def plan_with(tmp_path: Path, *findings: Finding, **variables: str) -> PlanSettings:
    """The plan's settings of a daemon that is given a file."""
    file = tmp_path / "capabilities.json"
    file.write_text(
        write_report(Report("kctbh9vrtdwd", "2026-01-01T00:00:00Z", "0.1.0", findings)), encoding="utf-8"
    )
    environment = {
        "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
        "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
        "BRIDGE_PAGES__ACME__TOKEN": "a-token-of-its-own",
        "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
        "BRIDGE_CAPABILITIES_FILE": str(file),
        **variables,
    }
    return engine_settings(load_settings(environment)).plan


def lowered_and_broken_anew(settings: WorldSettings, *, again: float) -> list[str]:
    """What a component shows in the end that was set back just now and breaks anew, at several distances from the reading of the list."""
    shown = []
    for at in range(0, 60, 4):
        with rehearsed(prompt_rules(), settings) as (world, _):
            world.start()
            world.run_for(10.0)
            since = fire(world, "SearchErrors")
            world.run_for(NOT_OURS_ANY_MORE + at)
            resolve(world, "SearchErrors", since)
            world.run_for(again)
            fire(world, "SearchErrors")
            world.run_for(NOT_OURS_ANY_MORE)
            shown.append(status(world, SEARCH))
    return shown


def test_a_page_whose_lists_lag_for_long_is_told_rightly_once_it_was_asked(tmp_path: Path) -> None:
    """Without the answer an old list is taken for a person's deed, and the second outage is not shown."""
    options = Options(list_lag=45.0)
    with stage(options) as set_up:
        found = set_up.probe()["list_lag"]
    plan = plan_with(tmp_path, found)
    assert plan.lists_lag == 45.0
    asked = WorldSettings(options=options, plan=plan)
    assert set(lowered_and_broken_anew(asked, again=47.0)) == {"partial_outage"}
    assert "operational" in lowered_and_broken_anew(WorldSettings(options=options), again=47.0)


def test_a_file_that_claims_less_lag_than_usual_changes_nothing(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, Finding("list_lag", 0.0))
    assert plan == plan_with(tmp_path)
    lying = WorldSettings(options=Options(list_lag=20.0), plan=plan)
    assert set(lowered_and_broken_anew(lying, again=22.0)) == {"partial_outage"}


@pytest.mark.parametrize("claimed", [0.0, 120.0])
def test_a_file_that_claims_any_lag_takes_nothing_from_a_person(tmp_path: Path, claimed: float) -> None:
    settings = WorldSettings(plan=plan_with(tmp_path, Finding("list_lag", claimed)))
    with rehearsed(prompt_rules(), settings) as (world, _):
        world.start()
        world.run_for(10.0)
        since = fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        path = f"/components/{component_id(world, SEARCH)}"
        by_hand(world, "PATCH", path, {"component": {"status": "degraded_performance"}})
        world.run_for(NOT_OURS_ANY_MORE)
        resolve(world, "SearchErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        assert status(world, SEARCH) == "degraded_performance"


@pytest.mark.parametrize("notifies", [False, True])
@pytest.mark.parametrize("found", [False, True, None])
def test_subscribers_hear_of_an_outage_whatever_the_file_says_of_silent_creations(
    tmp_path: Path, *, notifies: bool, found: bool | None
) -> None:
    """A page where a silent creation is never announced is not told silently; where the file lies about it, subscribers hear at once."""
    plan = plan_with(tmp_path, Finding("notify_after_silent_create", found), BRIDGE_CREATE_SILENTLY="true")
    assert plan.create_silently is (found is not False)
    settings = WorldSettings(plan=plan, options=Options(notify_after_silent_create=notifies))
    with rehearsed(prompt_rules(), settings) as (world, _):
        world.start()
        world.run_for(10.0)
        fire(world, "CheckoutErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        never_announced = found is not False and not notifies
        assert len(notified(world)) == (0 if never_announced else 1)


def test_a_daemon_without_a_file_does_as_ever(tmp_path: Path) -> None:
    unknown = plan_with(
        tmp_path, Finding("list_lag", None, "not asked"), Finding("notify_after_silent_create", None)
    )
    assert unknown == plan_with(tmp_path)
    assert unknown.lists_lag == 30.0
