"""Maintenances that rule files plan, on the page: once, again and again, moved, called off, and longer than planned."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bridge.config.compile import load_rules
from bridge.simulation.world import EPOCH, PAGE, World, WorldSettings
from bridge.simulator.options import MetadataInLists, Options
from tests.mutants.scenarios import planned
from tests.mutants.scenarios.planned import ANNOUNCED, ENDS, HOUR, maintenances, one_alone, planning, until
from tests.mutants.scenarios.staging import LONG, opened, restarted
from tests.simulation.shop import EVERYTHING_AT_ONCE, notified

if TYPE_CHECKING:
    from pathlib import Path

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTLY = """
page: PAGE
components:
  Search:
    - {alert: SearchErrors, status: partial_outage, automation: full}
maintenances:
  - id: rebuild
    components: [Search]
    title: We rebuild the index
    schedule: {cron: "30 2 * * *", duration: 1h, time_zone: Europe/Berlin}
    announce: 6h
    remind: false
    automation: AUTOMATION
    notify: [announce, end]
    texts: {scheduled: "{components} may be slow."}
"""


def nightly(folder: Path, *, automation: str = "full") -> World:
    path = folder / "rules.yaml"
    path.write_text(NIGHTLY.replace("PAGE", PAGE).replace("AUTOMATION", automation))
    return World(5, load_rules([path]).rule_sets[PAGE], WorldSettings(plan=EVERYTHING_AT_ONCE, probes=()))


def test_it_is_announced_once_whatever_becomes_of_the_daemon_and_its_store() -> None:
    assert planned.a_planned_maintenance_and_kills() == []


def test_one_whose_answer_is_lost_is_looked_for_and_not_announced_again() -> None:
    assert planned.a_planned_maintenance_whose_answer_is_lost() == []


def test_a_store_that_is_lost_just_after_it_was_announced_waits_for_lists_that_lag() -> None:
    assert planned.a_planned_maintenance_and_a_store_that_is_lost_at_once() == []


def test_one_that_is_moved_is_the_same_with_other_times() -> None:
    assert planned.a_planned_maintenance_that_is_moved() == []


def test_one_that_is_called_off_is_ended_with_a_text_and_sets_nothing_back() -> None:
    assert planned.a_planned_maintenance_that_is_called_off() == []


def test_one_that_is_called_off_as_it_begins_leaves_no_component_under_it() -> None:
    assert planned.a_planned_maintenance_that_is_called_off_as_it_begins() == []


def test_one_that_is_called_off_as_it_begins_is_over_for_the_next_life_too() -> None:
    assert planned.a_planned_maintenance_that_is_called_off_as_it_begins_and_a_kill() == []


def test_one_that_is_called_off_while_it_goes_on_is_not_brought_back_by_a_list_that_lags() -> None:
    assert planned.a_planned_maintenance_that_is_called_off_while_it_goes_on() == []


def test_what_a_person_set_where_one_ended_in_its_own_time_stands() -> None:
    assert planned.a_planned_maintenance_that_ended_while_a_person_took_it_on() == []


def test_what_a_person_set_where_one_never_began_stands() -> None:
    assert planned.a_planned_maintenance_that_never_began_over_a_persons_value() == []


def test_one_that_is_called_off_while_components_cannot_be_read_leaves_none_under_it() -> None:
    assert planned.a_planned_maintenance_that_is_called_off_while_components_cannot_be_read() == []


def test_one_that_takes_longer_is_extended_as_often_as_its_rule_says() -> None:
    assert planned.a_planned_maintenance_that_takes_longer() == []


def test_one_with_an_open_end_ends_when_all_is_well_or_its_longest_time_is_over() -> None:
    assert planned.a_planned_maintenance_with_an_open_end() == []


def test_what_a_person_made_of_one_stands() -> None:
    assert planned.a_planned_maintenance_that_a_person_moved() == []


def test_what_breaks_in_one_is_told_when_it_outlasts_its_grace() -> None:
    assert planned.an_outage_in_a_planned_maintenance() == []


def test_what_breaks_in_one_that_could_not_be_announced_has_its_grace_too() -> None:
    assert planned.an_outage_in_a_planned_maintenance_that_could_not_be_announced() == []


@pytest.mark.parametrize("how", MetadataInLists)
@pytest.mark.parametrize("lag", [0.0, 20.0])
def test_what_was_lost_is_found_whatever_lists_show(how: MetadataInLists, lag: float) -> None:
    settings = WorldSettings(options=Options(metadata_in_lists=how, list_lag=lag))
    assert planned.a_planned_maintenance_whose_answer_is_lost(settings) == []


@pytest.mark.parametrize("how", MetadataInLists)
def test_a_store_that_was_lost_finds_it_whatever_lists_show(how: MetadataInLists) -> None:
    settings = WorldSettings(options=Options(metadata_in_lists=how))
    with opened(planning(planned.planned()), settings) as (world, _):
        until(world, ANNOUNCED + LONG)
        world.crash()
        world.lose_the_disk()
        world.start()
        until(world, ENDS + HOUR)
        assert one_alone(world, "scheduled", "in_progress", "completed") == []


@pytest.mark.parametrize(
    ("evening", "begins"),
    [
        ("2026-10-24T20:00+02:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
        ("2027-03-27T20:00+01:00", ["2027-03-28T03:00+02:00", "2027-03-29T02:30+02:00"]),
    ],
)
def test_a_nightly_one_is_announced_by_the_clock_of_its_zone_where_that_is_changed(
    evening: str, begins: list[str], tmp_path: Path
) -> None:
    with nightly(tmp_path) as world:
        world.run_for(datetime.fromisoformat(evening).timestamp() - world.now())
        world.start()
        world.run_for(3 * HOUR)
        restarted(world)
        world.run_for(27 * HOUR)
        restarted(world)
        world.run_for(HOUR)
        found = maintenances(world)
        assert [one.scheduled_for for one in found] == [
            datetime.fromisoformat(begin).timestamp() for begin in begins
        ]
        assert all((one.scheduled_until or 0.0) - (one.scheduled_for or 0.0) == HOUR for one in found)
        assert [len(one.updates) for one in found] == [3, 3] if len(found[-1].updates) == 3 else [3, 1]
        assert found[0].updates[0].body == "Search may be slow."
        # That it was announced, and that it has ended.
        assert notified(world)[:2] == ["scheduled", "completed"]


def test_one_in_shadow_does_nothing(tmp_path: Path) -> None:
    with nightly(tmp_path, automation="shadow") as world:
        world.start()
        world.run_for(30 * HOUR)
        assert maintenances(world) == []
        assert world.now() >= EPOCH + 30 * HOUR
