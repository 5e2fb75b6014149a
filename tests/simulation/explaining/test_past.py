"""What was, explained from the journal: it says of an instant what was live then, and of each change why it was told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.conditions import Comparison, Condition, Population, Threshold
from bridge.core.matching import parse_matchers
from bridge.core.page import PlanSettings
from bridge.core.rules import ComponentRule, RuleId
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import WorldSettings, alert
from tests.mutants.scenarios.absorption import cascade_rules
from tests.mutants.scenarios.announced import HOUR, SEEN, announce, move
from tests.mutants.scenarios.taken import set_by_hand
from tests.simulation.adversity.interference import TIMEOUT, S
from tests.simulation.commands.operating import (
    A_LITTLE,
    KNOWN_FOR_A_PERSONS,
    LONG,
    accepted,
    killed,
    operated,
)
from tests.simulation.drafts.approving import drafting
from tests.simulation.explaining.asking import (
    FOR_EVER,
    applied_late,
    asked,
    explained,
    obstacle,
    reasons,
    text,
)
from tests.simulation.guards.crowd import SHOPS, all_down, crowd
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    PROBE,
    SEARCH,
    WEB,
    by_hand,
    fire,
    incident_id,
    resolve,
    shop_rules,
)

if TYPE_CHECKING:
    from bridge.simulation.world import World


def ago(world: World, then: float) -> str:
    """How long ago an instant was."""
    return f"{round((world.now() - then) * 1000)}ms"


def was(world: World, name: str, then: float) -> dict[str, Any]:
    """What is said of that instant."""
    return explained(world, name, at=ago(world, then))


def test_each_phase_of_a_hold_is_found_at_its_time_long_after_it_is_over() -> None:
    with operated(shop_rules()) as (world, _):
        instants = {"at rest": world.now()}
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR / 2)
        instants["pending"] = world.now()
        world.run_for(FOR)
        instants["firing"] = world.now()
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR / 2)
        instants["keeping"] = world.now()
        world.run_for(3 * HOUR)
        found = {name: was(world, API, then) for name, then in instants.items()}
        phases = {name: [hold["phase"] for hold in account["holds"]] for name, account in found.items()}
        assert phases == {"at rest": [], "pending": ["pending"], "firing": ["firing"], "keeping": ["keeping"]}
        assert [account["told"] for account in found.values()] == [None, None, "major_outage", "major_outage"]
        (signal,) = found["firing"]["holds"][0]["signals"]
        assert (signal["labels"], signal["state"]) == ({"alertname": "CheckoutErrors"}, "failing")
        (change,) = found["keeping"]["changes"]
        assert (change["reason"], change["rides_on"], change["outcome"]) == ("opened", "checkout", "done")
        assert [line["reason"] for line in change["because"]] == ["condition_met", "held_for", "opened"]


def test_the_life_of_an_incident_is_found_with_the_reasons_of_each_of_its_updates() -> None:
    with operated(shop_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(3 * HOUR)
        for name in ("checkout", incident_id(world)):
            account = was(world, name, world.now() - 1)
            told = [(one["status"], one["reason"]) for one in account["changes"]]
            assert told == [
                ("investigating", "opened"),
                ("monitoring", "recovered"),
                ("resolved", "monitored_for"),
            ]
            (last,) = account["incidents"]
            assert (last["reason"], last["detail"]["phase"]) == ("monitored_for", "closed")


def test_counts_and_values_against_thresholds_are_told_of_the_past() -> None:
    def rule(name: str, condition: Condition) -> ComponentRule:
        return ComponentRule(
            RuleId(name),
            SEARCH,
            (),
            ComponentStatus.PARTIAL_OUTAGE,
            for_=0.0,
            keep_firing_for=600.0,
            automation=Automation.FULL,
            condition=condition,
        )

    down = parse_matchers('alertname="Down"')
    two = Condition(down, at_least=2, of=Population("instance", frozenset("abc")))
    slow = Condition(parse_matchers('probe="web"'), value=Threshold(Comparison.ABOVE, 2.0))
    rules = replace(shop_rules(), components=(rule("two", two), rule("slow", slow)))
    with operated(rules, WorldSettings(probes=(PROBE,))) as (world, _):
        for instance in "ab":
            world.send_alerts([alert("Down", firing=True, since=world.now(), instance=instance)])
        world.slowness["http://shop.example/healthz"] = 5.0
        world.run_for(90)
        holds = {hold["rule"]: hold for hold in was(world, SEARCH, world.now() - 0.5)["holds"]}
        assert holds["two"]["counted"] == "2 failing of 2 needed"
        assert len(holds["two"]["signals"]) == 2
        (signal,) = holds["slow"]["signals"]
        assert (signal["value"] > 5.0, signal["threshold"]) == (True, "> 2")


def test_what_was_in_shadow_is_said_to_be() -> None:
    with operated(shop_rules(Automation.SHADOW)) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        account = was(world, API, world.now() - 1)
        assert (account["holds"][0]["automation"], account["changes"]) == ("shadow", [])
        assert "major_outage (shadow): firing" in text(account)


@pytest.mark.parametrize("crash", [False, True], ids=["", "with a restart"])
def test_what_operators_told_stood_then_and_does_not_any_more(*, crash: bool) -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component="Search", status="major_outage", by="Ada")
        accepted(world, "yield_component", component=API, by="Bob")
        accepted(world, "pause", by="Eve", **{"for": "10m"})
        world.run_for(30)
        then = world.now()
        world.run_for(1)
        if crash:
            killed(world)
        accepted(world, "resume")
        accepted(world, "override_clear", component="Search")
        accepted(world, "override_clear", component=API)
        world.run_for(LONG)
        search, api = was(world, SEARCH, then), was(world, API, then)
        assert sorted(reasons(search)) == ["overridden", "paused"]
        assert (obstacle(search, "overridden")["by"], obstacle(search, "paused")["by"]) == ("Ada", "Eve")
        assert obstacle(search, "overridden")["about"] == "major_outage"
        assert obstacle(api, "yielded")["by"] == "Bob"
        assert reasons(was(world, SEARCH, world.now() - 1)) == reasons(was(world, API, world.now() - 1)) == []


def test_a_pause_that_ran_out_stood_until_then() -> None:
    with operated() as (world, _):
        accepted(world, "pause", by="Eve", **{"for": "10m"})
        begun = world.now()
        world.run_for(HOUR)
        assert reasons(was(world, SEARCH, begun + 590)) == ["paused"]
        assert reasons(was(world, SEARCH, begun + 610)) == []


def test_a_persons_value_and_a_persons_update_stood_until_they_were_over() -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(KNOWN_FOR_A_PERSONS)
        set_by_hand(world, API, "degraded_performance")
        path = f"/incidents/{incident_id(world)}"
        by_hand(world, "PATCH", path, {"incident": {"status": "identified", "body": "It is us."}})
        world.run_for(KNOWN_FOR_A_PERSONS)
        then = world.now()
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        assert obstacle(was(world, API, then), "taken")["about"] == "degraded_performance"
        assert obstacle(was(world, "checkout", then), "yielded")["about"] == incident_id(world)
        assert "taken" not in reasons(was(world, API, world.now() - 1))


def test_a_maintenance_of_a_person_stood_and_its_grace_after_it() -> None:
    with operated(shop_rules()) as (world, _):
        going_on = announce(world, SEARCH, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        during = world.now()
        move(world, going_on, "completed")
        world.run_for(SEEN)
        assert reasons(was(world, SEARCH, during)) == ["under_maintenance"]
        lines = [
            entry.at
            for _, entry in world.database.journal(limit=10_000)
            if entry.reason == "maintenance_ended"
        ]
        world.run_for(HOUR)
        assert reasons(was(world, SEARCH, lines[0] + 1)) == ["maintained"]
        assert reasons(was(world, SEARCH, world.now() - 1)) == []


def test_the_blast_radius_held_and_let_go() -> None:
    with crowd() as world:
        all_down(world)
        world.run_for(30)
        then, held = world.now(), obstacle(explained(world, SHOPS[0]), "blast_held")
        accepted(world, "confirm", guard="blast_radius", subject=held["about"])
        world.run_for(120)
        assert obstacle(was(world, SHOPS[0], then), "blast_held")["about"] == held["about"]
        after = was(world, SHOPS[0], world.now() - 1)
        assert reasons(after) == []
        (change,) = after["changes"]
        assert {"blast_held", "confirmed", "blast_confirmed"} <= {one["reason"] for one in change["because"]}


def test_a_draft_waited_and_what_became_of_it() -> None:
    with drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(60)
        then, draft = world.now(), explained(world, "checkout")["draft"]
        world.run_for(1)
        accepted(world, "draft_discard", draft=draft, by="Ada")
        world.run_for(60)
        assert obstacle(was(world, "checkout", then), "drafted")["about"] == draft
        assert obstacle(was(world, "checkout", world.now() - 1), "discarded")["by"] == "Ada"


def test_what_was_absorbed_said_by_what() -> None:
    with operated(cascade_rules(), WorldSettings(plan=PlanSettings(blast_radius=1.0))) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert obstacle(was(world, "checkout", world.now() - 1), "absorbed")["about"] == "database"


def test_a_blind_source_was_blind_then() -> None:
    with operated(shop_rules(), WorldSettings(stale_after=300.0)) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(400)
        then = world.now()
        resolve(world, "CheckoutErrors", since)
        world.run_for(60)
        assert obstacle(was(world, API, then), "source_blind")["about"] == "alertmanager"
        assert "source_blind" not in reasons(was(world, API, world.now() - 1))


def test_a_write_was_under_way_then_lost_and_at_last_found_out() -> None:
    with operated() as (world, network):
        applied_late(world, network, SEARCH, FOR_EVER)
        fire(world, "SearchErrors")
        world.run_for(5)
        sent = world.now()
        world.run_for(TIMEOUT)
        unknown = world.now()
        network.hooks.clear()
        world.run_for(S + 2 * LONG)
        assert reasons(was(world, SEARCH, sent)) == ["busy"]
        account = was(world, SEARCH, unknown)
        assert "settle_unknown" in reasons(account)
        assert account["changes"][0]["lost"] == "timeout"
        account = was(world, SEARCH, world.now() - 1)
        assert (account["told"], reasons(account)) == ("partial_outage", [])
        # The reasons hold on for the write that was repeated.
        told = {line["reason"] for line in account["changes"][-1]["because"]}
        assert {"held_for", "timeout"} <= told


def test_a_daemon_that_was_killed_with_a_write_under_way_says_that_it_was_lost() -> None:
    with operated() as (world, network):
        applied_late(world, network, SEARCH, 1.0)
        fire(world, "SearchErrors")
        world.run_for(5)
        killed(world)
        account = was(world, SEARCH, world.now() - 0.1)
        assert account["changes"][0]["lost"] == "started"


def test_what_went_with_its_rule_is_over_in_the_journal_too() -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        then = world.now()
        rules = world.ruleset
        components = tuple(rule for rule in rules.components if rule.component != SEARCH)
        world.ruleset = replace(rules, components=components)
        killed(world)
        world.run_for(LONG)
        assert [hold["phase"] for hold in was(world, SEARCH, then)["holds"]] == ["firing"]
        account = was(world, SEARCH, world.now() - 1)
        assert (account["holds"], account["since"][-1]["reason"]) == ([], "rules_changed")
        assert [hold["phase"] for hold in was(world, API, world.now() - 1)["holds"]] == ["firing"]


def test_a_cap_that_was_lowered_stood_until_it_was_raised() -> None:
    settings = WorldSettings(plan=PlanSettings(automation_max=Automation.STATUSES))
    with operated(settings=settings) as (world, _):
        world.run_for(LONG)
        assert obstacle(was(world, WEB, world.now() - 1), "shadow")["about"] == "statuses"


def test_before_the_journal_began_nothing_is_known_and_an_instant_is_one_or_is_refused() -> None:
    with operated() as (world, _):
        status, document = asked(world, SEARCH, at="2h")
        assert status == 404
        assert "the journal begins at 2026-09-21T14:13:20Z" in document["error"]
        for bad, says in {
            "yesterday": "is no instant",
            "": "is no instant",
            "2026-09-21T14:13:20": "says no time zone",
            "2999-01-01T00:00:00Z": "lies in the future",
        }.items():
            status, document = asked(world, SEARCH, at=bad)
            assert (status, says in document["error"]) == (400, True), document
        for early in ("0001-01-01T00:00:00+14:00", "1950-01-01T00:00:00Z", "5000w"):
            assert asked(world, SEARCH, at=early).status == 404
        assert asked(world, SEARCH, at="2026-09-21T14:13:25Z").status == 200
        assert asked(world, SEARCH, at="2026-09-21T16:13:25+02:00").status == 200
