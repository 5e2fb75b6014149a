"""What the page shows by the value of a query: no data is not ok, a Prometheus that cannot be asked says nothing, and no value outlives its expression or its process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.config.compile import LoadedRules, load_rules
from bridge.core.journal import JournalKind
from bridge.core.reasons import Reason
from bridge.core.signals import SignalState
from bridge.simulation.world import PAGE, World, WorldSettings, alert
from bridge.sources.exchange import Answer
from bridge.sources.queries import expected
from tests.simulation.judge import violations
from tests.simulation.shop import API, EVERYTHING_AT_ONCE, SEARCH, WEB, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RATIO = "sum(rate(errors[5m])) / sum(rate(requests[5m]))"
PERCENT = f"100 * {RATIO}"
QUEUES = ("queue:eu", "queue:us", "queue:ap")
RULES = f"""
page: {PAGE}
defaults: {{for: 1m, keep_firing_for: 0, automation: full}}
components:
  Checkout / API:
    - {{query: error-ratio, value: "> 0.05", status: major_outage}}
  Checkout / Web:
    - {{matchers: ['team="shop"'], for: 0, status: major_outage}}
  Search:
    - {{matchers: ['team="search"'], value: ">= 100", at_least: 60%, of: queries, status: partial_outage}}
queries:
  - {{id: error-ratio, query: "{RATIO}", prometheus: main, every: 30s, labels: {{team: shop}}}}
  - {{id: eu, query: "{QUEUES[0]}", prometheus: main, every: 30s, labels: {{team: search}}}}
  - {{id: us, query: "{QUEUES[1]}", prometheus: main, every: 30s, labels: {{team: search}}}}
  - {{id: ap, query: "{QUEUES[2]}", prometheus: main, every: 30s, labels: {{team: search}}}}
"""
FOR = 60.0
SOON = 60.0
"""A beat, an answer, and a write."""
EXPIRY = 90.0
LATE = 600.0
HOURS = 6 * 3600.0


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], LoadedRules]:
    """Rules from a text."""

    def loaded(text: str) -> LoadedRules:
        path = tmp_path / "rules.yaml"
        path.write_text(text)
        return load_rules([path])

    return loaded


def world_of(loaded: LoadedRules, *, metrics: tuple[str, ...] = ()) -> World:
    """A world in which everything is well."""
    settings = WorldSettings(polls=loaded.polls, metrics=metrics, plan=EVERYTHING_AT_ONCE)
    made = World(7, loaded.rule_sets[PAGE], settings)
    made.prometheus.values.update({RATIO: 0.01, PERCENT: 1.0, **dict.fromkeys(QUEUES, 3.0)})
    return made


@pytest.fixture
def world(load: Callable[[str], LoadedRules]) -> Iterator[World]:
    """A daemon that has read its page and asked its Prometheus."""
    with world_of(load(RULES)) as made:
        made.start()
        made.run_for(SOON)
        yield made
        assert violations(made) == []


def red(world: World) -> World:
    """The same with Checkout / API in a major outage."""
    world.prometheus.values[RATIO] = 0.2
    world.run_for(FOR + SOON)
    assert status(world, API) == "major_outage"
    return world


def entries(world: World, subject: str) -> list[Reason]:
    """What the journal says of a subject."""
    return [entry.reason for _, entry in world.database.journal(limit=100_000) if entry.subject == subject]


def states(world: World) -> dict[str, tuple[SignalState, float | None]]:
    """What is known of each query."""
    assert world.engine is not None
    return {
        signal.labels.get("query"): (signal.state, signal.value) for signal in world.engine.intake.signals
    }


def test_a_value_over_the_threshold_is_an_outage_and_one_below_it_ends_that(world: World) -> None:
    red(world)
    world.prometheus.values[RATIO] = 0.05
    world.run_for(SOON)
    assert status(world, API) == "operational"


def test_a_value_that_goes_on_is_committed_once(world: World) -> None:
    def changes() -> int:
        found = (entry for _, entry in world.database.journal(limit=10_000))
        return sum(
            entry.kind is JournalKind.SIGNAL and entry.reason is Reason.SIGNAL_CHANGED for entry in found
        )

    before = changes()
    for value in (0.2, 0.3, 0.4, 0.06):
        world.prometheus.values[RATIO] = value
        world.run_for(LATE)
    assert changes() == before + 1


def test_enough_of_several_queries_have_to_fail(world: World) -> None:
    world.prometheus.values[QUEUES[0]] = 100.0
    world.run_for(FOR + SOON)
    assert status(world, SEARCH) == "operational"
    world.prometheus.values[QUEUES[1]] = 250.0
    world.run_for(FOR + SOON)
    assert status(world, SEARCH) == "partial_outage"


# --- no data


def with_no_data(text: str, no_data: str) -> str:
    return text.replace('value: "> 0.05"', f'value: "> 0.05", no_data: {no_data}')


def test_no_data_holds_what_is_red_and_what_is_green(world: World) -> None:
    world.prometheus.values[RATIO] = None
    world.run_for(HOURS)
    assert status(world, API) == "operational"
    red(world)
    world.prometheus.values[RATIO] = None
    world.run_for(HOURS)
    assert status(world, API) == "major_outage"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_data_fails_where_a_rule_says_so_and_not_before_the_value_has_expired(
    load: Callable[[str], LoadedRules], value: float | None
) -> None:
    with world_of(load(with_no_data(RULES, "fail"))) as world:
        world.start()
        world.run_for(SOON)
        world.prometheus.values[RATIO] = value
        world.run_for(EXPIRY - 30.0)
        assert status(world, API) == "operational"
        world.run_for(FOR + SOON + 30.0)
        assert status(world, API) == "major_outage"
        assert violations(world) == []


def test_no_data_ends_an_outage_where_a_rule_ignores_it(load: Callable[[str], LoadedRules]) -> None:
    with world_of(load(with_no_data(RULES, "ignore"))) as world:
        world.start()
        world.run_for(SOON)
        red(world)
        world.prometheus.values[RATIO] = None
        world.run_for(30.0)
        assert status(world, API) == "major_outage"
        world.run_for(EXPIRY + SOON)
        assert status(world, API) == "operational"
        assert violations(world) == []


@pytest.mark.parametrize(("no_data", "shown"), [("hold", "operational"), ("fail", "major_outage")])
def test_a_query_that_never_had_data_is_what_no_data_says(
    load: Callable[[str], LoadedRules], no_data: str, shown: str
) -> None:
    with world_of(load(with_no_data(RULES, no_data))) as world:
        world.prometheus.values[RATIO] = None
        world.start()
        world.run_for(EXPIRY + FOR + SOON)
        assert status(world, API) == shown
        assert violations(world) == []


# --- a Prometheus that cannot be asked


@pytest.mark.parametrize("no_data", ["hold", "ignore", "fail"])
@pytest.mark.parametrize("how", ["down", "unavailable", "unauthorized", "rejected"])
def test_a_prometheus_that_cannot_be_asked_neither_ends_nor_begins_anything(
    load: Callable[[str], LoadedRules], no_data: str, how: str
) -> None:
    def break_it(world: World) -> None:
        world.prometheus.down = how == "down"
        answer = {"unavailable": Answer(503), "unauthorized": Answer(401), "rejected": Answer(400)}.get(how)
        if answer is not None:
            world.prometheus.faults[RATIO] = answer

    with world_of(load(with_no_data(RULES, no_data))) as world:
        world.start()
        world.run_for(SOON)
        break_it(world)
        world.run_for(HOURS)
        assert status(world, API) == "operational"
        world.prometheus.down = False
        world.prometheus.faults.clear()
        red(world)
        break_it(world)
        world.run_for(HOURS)
        assert status(world, API) == "major_outage"
        # Other queries of the same Prometheus are answered; only one that is down is blind as a whole.
        assert (Reason.SOURCE_BLIND in entries(world, "prometheus/main")) is (how == "down")
        assert violations(world) == []


def test_a_prometheus_that_is_back_is_believed_again(world: World) -> None:
    red(world)
    world.prometheus.down = True
    world.run_for(HOURS)
    world.prometheus.down = False
    world.prometheus.values[RATIO] = 0.0
    world.run_for(SOON)
    assert status(world, API) == "operational"
    assert entries(world, "prometheus/main") == [Reason.SOURCE_BLIND, Reason.SOURCE_SEES]


def test_what_goes_by_alerts_is_not_unknown_because_prometheus_cannot_be_asked(world: World) -> None:
    since = world.now()
    world.send_alerts([alert("A", firing=True, since=since, team="shop")])
    world.run_for(SOON)
    assert status(world, WEB) == "major_outage"
    world.prometheus.down = True
    world.run_for(SOON)
    world.send_alerts([alert("A", firing=False, since=since, until=world.now(), team="shop")])
    world.run_for(SOON)
    assert status(world, WEB) == "operational"


# --- restarts and frozen processes


def test_a_value_of_before_a_restart_is_not_evidence_after_it(world: World) -> None:
    world.prometheus.values[RATIO] = 0.2
    world.run_for(30.0 + FOR / 2)  # pending
    assert status(world, API) == "operational"
    world.crash()
    world.run_for(HOURS)
    world.prometheus.down = True
    world.start()
    world.run_for(HOURS)
    assert status(world, API) == "operational"


def test_what_is_red_stays_red_through_a_restart_in_which_nothing_can_be_asked(world: World) -> None:
    red(world)
    world.crash()
    world.run_for(HOURS)
    world.prometheus.down = True
    world.start()
    world.run_for(HOURS)
    assert status(world, API) == "major_outage"
    assert states(world)["error-ratio"] == (SignalState.UNKNOWN, None)


def test_a_crash_loop_says_nothing_by_an_old_value(load: Callable[[str], LoadedRules]) -> None:
    with world_of(load(with_no_data(RULES, "ignore"))) as world:
        world.start()
        world.run_for(SOON)
        red(world)
        world.prometheus.down = True
        for _ in range(100):
            world.crash()
            world.run_for(1.0)
            world.start()
            world.run_for(20.0)
        assert status(world, API) == "major_outage"
        assert violations(world) == []


@pytest.mark.parametrize("left", [1.0, 3.0, 5.0, 7.0, 9.0])
def test_a_value_gets_no_younger_while_the_process_is_frozen(world: World, left: float) -> None:
    world.prometheus.values[RATIO] = 0.2
    while world.engine is not None and not world.engine.reconcilers[PAGE].state.memory.holds:
        world.run_for(1.0)
    world.run_for(FOR - left)
    world.freeze()
    world.run_for(HOURS)
    world.prometheus.slowness = HOURS
    world.thaw()
    world.run_for(HOURS)
    assert status(world, API) == "operational"


# --- other rules


def test_an_expression_that_changes_under_its_id_leaves_no_value_behind(
    load: Callable[[str], LoadedRules],
) -> None:
    """0.2 of a ratio is no outage, and over 5 of a percentage it is none either: neither value is compared with the other's bound."""
    percent = load(RULES.replace(RATIO, PERCENT).replace('"> 0.05"', '"> 5"'))
    ratio = load(RULES)
    with world_of(ratio) as world:
        world.start()
        world.run_for(SOON)
        red(world)
        world.prometheus.values[PERCENT] = 20.0
        world.reload(percent.rule_sets[PAGE], percent.polls)
        assert states(world)["error-ratio"] == (SignalState.UNKNOWN, None)
        for _ in range(12):
            world.run_for(10.0)
            assert status(world, API) == "major_outage"
        world.prometheus.values[PERCENT] = 1.0
        world.run_for(SOON)
        assert status(world, API) == "operational"
        world.prometheus.values[RATIO] = 0.01
        world.reload(ratio.rule_sets[PAGE], ratio.polls)
        world.run_for(LATE)
        assert status(world, API) == "operational"
        assert violations(world) == []


def test_a_trial_of_other_rules_does_not_judge_by_what_an_old_expression_gave(
    load: Callable[[str], LoadedRules],
) -> None:
    percent = load(RULES.replace(RATIO, PERCENT).replace('"> 0.05"', '"> 5"'))
    with world_of(load(RULES)) as world:
        world.start()
        world.run_for(SOON)
        red(world)
        assert world.engine is not None
        trial = world.engine.trial({PAGE: percent.rule_sets[PAGE]}, expected=expected(percent.queries))
        assert trial()[PAGE].components == ()
        assert states(world)["error-ratio"] == (SignalState.OK, 0.2)
        assert violations(world) == []


def test_no_old_percentage_is_an_outage_of_a_ratio(load: Callable[[str], LoadedRules]) -> None:
    at_once = RULES.replace("for: 1m", "for: 0")
    percent = load(at_once.replace(RATIO, PERCENT).replace('"> 0.05"', '"> 5"'))
    ratio = load(at_once)
    with world_of(percent) as world:
        world.start()
        world.run_for(SOON)
        world.prometheus.down = True
        world.reload(ratio.rule_sets[PAGE], ratio.polls)
        world.run_for(LATE)
        assert status(world, API) == "operational"
        assert violations(world) == []


def test_a_reload_that_changes_nothing_of_a_query_keeps_its_value(
    load: Callable[[str], LoadedRules],
) -> None:
    loaded = load(RULES)
    with world_of(loaded) as world:
        world.start()
        world.run_for(SOON)
        world.reload(loaded.rule_sets[PAGE], loaded.polls)
        assert states(world)["error-ratio"] == (SignalState.OK, 0.01)
        assert violations(world) == []


def test_a_renamed_query_is_unknown_and_not_well_until_it_was_asked(
    load: Callable[[str], LoadedRules],
) -> None:
    renamed = load(
        RULES.replace("error-ratio", "errors").replace("{query: errors,", "{was: error-ratio, query: errors,")
    )
    with world_of(load(RULES)) as world:
        world.start()
        world.run_for(SOON)
        red(world)
        world.prometheus.down = True
        world.reload(renamed.rule_sets[PAGE], renamed.polls)
        world.run_for(HOURS)
        assert status(world, API) == "major_outage"
        assert "error-ratio" not in states(world)
        assert violations(world) == []


def test_what_nobody_asks_any_more_is_gone_for_good(load: Callable[[str], LoadedRules]) -> None:
    """A signal that nobody repeats would be unknown for ever, and with it what matches its labels."""
    others = RULES.replace("labels: {team: shop}", "labels: {team: other}")
    loaded = load(others)
    with world_of(load(RULES)) as world:
        world.start()
        world.run_for(SOON)
        red(world)
        world.reload(loaded.rule_sets[PAGE], loaded.polls)
        world.run_for(SOON)
        assert status(world, API) == "major_outage"
        world.prometheus.values[RATIO] = 0.0
        world.run_for(SOON)
        assert status(world, API) == "operational"
        world.crash()
        world.start()
        world.run_for(SOON)
        assert world.engine is not None
        assert {signal.labels.get("team") for signal in world.engine.intake.signals} == {"other", "search"}
        assert violations(world) == []


def test_a_query_that_went_while_the_daemon_was_down_is_gone_after_it(
    load: Callable[[str], LoadedRules],
) -> None:
    without = load(RULES.replace("error-ratio", "errors"))
    with world_of(load(RULES)) as world:
        world.start()
        world.run_for(SOON)
        world.crash()
        world.reload(without.rule_sets[PAGE], without.polls)
        world.start()
        world.run_for(SOON)
        assert states(world).keys() == {"errors", "eu", "us", "ap"}
        assert violations(world) == []


# --- together with others


def test_a_metric_of_the_same_expression_is_fed_by_the_same_request(
    load: Callable[[str], LoadedRules],
) -> None:
    text = f'{RULES}metrics:\n  - {{metric: Errors, query: "{RATIO}", prometheus: main, every: 1m}}\n'
    with world_of(load(text), metrics=("Errors",)) as world:
        world.start()
        world.run_for(LATE)
        asked = world.prometheus.asked.count(RATIO)
        assert asked == pytest.approx(LATE / 30.0, abs=1)
        (metric_id,) = world.simulator.page(world.page_id).metrics
        assert set(world.simulator.metric_points(world.page_id, metric_id).values()) == {0.01}
        red(world)
        assert violations(world) == []


def test_a_silence_over_a_query_holds_what_it_says(load: Callable[[str], LoadedRules]) -> None:
    window = "{start: 2026-09-21T00:00, duration: 10d, time_zone: UTC}"
    text = f"{RULES}silences:\n  - {{query: error-ratio, comment: a load test, window: {window}}}\n"
    with world_of(load(text)) as world:
        world.prometheus.values[RATIO] = 0.9
        world.start()
        world.run_for(LATE)
        assert status(world, API) == "operational"
        assert violations(world) == []
