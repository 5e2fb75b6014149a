"""What is live, explained by the daemon: the chain from signals to status, everything that may stand between it and the page, and what would change it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.conditions import Condition, Population
from bridge.core.matching import parse_matchers
from bridge.core.page import PlanSettings
from bridge.core.rules import ComponentRule, RuleId, WhileDrafted
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import WorldSettings
from tests.mutants.scenarios.absorption import cascade_rules
from tests.mutants.scenarios.announced import HOUR, SEEN, announce
from tests.mutants.scenarios.taken import set_by_hand
from tests.simulation.adversity.interference import TIMEOUT, S, answered, prompt_rules
from tests.simulation.commands.operating import KNOWN_FOR_A_PERSONS, LONG, accepted, operated
from tests.simulation.drafts.approving import drafting, drafting_rules
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
    MONITOR_FOR,
    SEARCH,
    WEB,
    by_hand,
    component_id,
    fire,
    incident_id,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


def test_a_hold_is_followed_from_its_signal_to_the_status_and_back_with_the_time_that_is_left() -> None:
    with operated(shop_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR - 20)
        account = explained(world, API)
        (hold,) = account["holds"]
        assert (hold["phase"], hold["condition"], hold["rule"]) == ("pending", "true", "api")
        assert 19 < hold["left"] < 21
        (signal,) = hold["signals"]
        assert (signal["labels"], signal["state"]) == ({"alertname": "CheckoutErrors"}, "failing")
        assert (account["claimed"], account["wanted"], account["shown"]) == ("operational",) * 3
        assert "api major_outage: claims it in 20s, if the condition holds until then" in text(account)
        world.run_for(40)
        account = explained(world, API)
        assert [account[one] for one in ("claimed", "wanted", "shown")] == ["major_outage"] * 3
        assert (account["holds"][0]["phase"], account["holds"][0]["left"]) == ("firing", None)
        assert f"claims no more {KEEP_FIRING_FOR / 60:g}m after the condition ended" in text(account)
        resolve(world, "CheckoutErrors", since)
        world.run_for(100)
        (hold,) = explained(world, API)["holds"]
        assert hold["phase"] == "keeping"
        assert KEEP_FIRING_FOR - 110 < hold["left"] < KEEP_FIRING_FOR - 90
        world.run_for(KEEP_FIRING_FOR)
        account = explained(world, API)
        assert (account["holds"], account["at_rest"], account["shown"]) == ([], 0, "operational")
        assert status(world, API) == "operational"


def test_an_incident_is_followed_through_its_life_with_what_it_covers() -> None:
    with operated(shop_rules()) as (world, _):
        account = explained(world, "checkout")
        assert (account["phase"], account["told"], account["left"]) == ("closed", None, None)
        assert "opens when a component that it covers is claimed partial_outage or worse" in text(account)
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR + 20)
        opened, component = asked(world, "checkout").document["accounts"]
        assert (opened["phase"], opened["reason"], opened["raised"]) == ("investigating", "opened", [API])
        assert (opened["told"]["status"], opened["told"]["incident"]) == ("investigating", incident_id(world))
        assert (component["name"], component["claimed"]) == (API, "major_outage")
        assert explained(world, incident_id(world))["name"] == "checkout"
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR + 60)
        account = explained(world, "checkout")
        assert (account["phase"], account["level"]) == ("monitoring", "recovered")
        assert 0 < account["left"] < MONITOR_FOR
        assert "is resolved in" in text(account)
        world.run_for(MONITOR_FOR)
        account = explained(world, "checkout")
        assert (account["phase"], account["reason"], account["to_tell"]) == ("closed", "monitored_for", None)


def test_counts_are_told_with_how_many_are_needed_and_how_many_are_unknown() -> None:
    of = Population("instance", frozenset("abc"))
    rule = ComponentRule(
        RuleId("two of three"),
        SEARCH,
        (),
        ComponentStatus.PARTIAL_OUTAGE,
        for_=FOR,
        keep_firing_for=0.0,
        automation=Automation.FULL,
        condition=Condition(parse_matchers('alertname="Down"'), at_least=2, of=of),
    )
    with operated(replace(shop_rules(), components=(rule,))) as (world, _):
        from bridge.simulation.world import alert

        for instance in "ab":
            world.send_alerts([alert("Down", firing=True, since=world.now(), instance=instance)])
        world.run_for(30)
        account = explained(world, SEARCH)
        assert account["holds"][0]["counts"] == [{"failing": 2, "unknown": 0, "needed": 2}]
        assert "counted: 2 failing of 2 needed" in text(account)
        assert "2 failing of 2 needed, 1 fewer end it" in text(account)
        assert len(account["holds"][0]["signals"]) == 2


def test_rules_in_shadow_are_said_to_would_have() -> None:
    with operated(shop_rules(Automation.SHADOW)) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(FOR + 20)
        component, incident = explained(world, API), explained(world, "checkout")
        assert (component["would_have"], component["wanted"], component["next"]) == (
            "major_outage",
            "operational",
            None,
        )
        assert "rules in shadow would have it major_outage" in text(component)
        assert (incident["phase"], incident["to_tell"], reasons(incident)) == (
            "investigating",
            "opened",
            ["shadow"],
        )
        assert updates(world) == []


def test_a_pause_says_who_and_until_when_and_what_ends_it() -> None:
    with operated() as (world, _):
        accepted(world, "pause", by="Ada", **{"for": "10m"})
        fire(world, "SearchErrors")
        world.run_for(60)
        account = explained(world, SEARCH)
        paused = obstacle(account, "paused")
        assert (paused["by"], paused["remedy"]) == ("Ada", "bridge resume --page acme")
        assert paused["until"] is not None
        assert (account["wanted"], account["shown"], account["next"]) == (
            "partial_outage",
            "operational",
            None,
        )
        assert "paused ends by itself in 9m" in text(account)
        assert reasons(explained(world, "checkout")) == ["paused"]


def test_an_override_and_a_yield_are_told_with_who_and_what_ends_them() -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component="Search", status="major_outage", by="Ada")
        accepted(world, "yield_component", component=API, by="Bob")
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        search, api = explained(world, SEARCH), explained(world, API)
        assert (search["claimed"], search["wanted"]) == ("operational", "major_outage")
        assert obstacle(search, "overridden")["by"] == "Ada"
        assert obstacle(search, "overridden")["remedy"] == 'bridge override clear "Search" --page acme'
        assert obstacle(api, "yielded")["by"] == "Bob"
        assert (api["claimed"], api["next"]) == ("major_outage", None)


def test_a_persons_value_stands_and_is_said_to() -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        world.run_for(LONG)
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(LONG)
        assert obstacle(explained(world, SEARCH), "taken")["about"] == "degraded_performance"
        world.run_for(KNOWN_FOR_A_PERSONS)
        taken = obstacle(explained(world, SEARCH), "taken")
        assert (taken["by"], taken["remedy"]) == (
            "a person on the page",
            'bridge override clear "Search" --page acme',
        )


def test_a_maintenance_keeps_what_is_true_from_being_claimed_and_says_until_when() -> None:
    with operated(shop_rules()) as (world, _):
        announce(world, SEARCH, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        account = explained(world, SEARCH)
        assert "maintained" in reasons(account)
        assert account["holds"][0]["condition"] == "true"
        assert (account["claimed"], account["shown"]) == ("operational", status(world, SEARCH))


def test_the_blast_radius_names_its_hold_and_how_it_is_confirmed() -> None:
    with crowd() as world:
        all_down(world)
        world.run_for(30)
        account = explained(world, SHOPS[0])
        held = obstacle(account, "blast_held")
        assert held["remedy"] == f"bridge confirm --page acme blast_radius {held['about']}"
        assert (account["claimed"], account["wanted"]) == ("major_outage", "operational")
        document = held["remedy"].split()
        accepted(world, "confirm", guard=document[-2], subject=document[-1])
        world.run_for(60)
        assert "blast_held" not in reasons(explained(world, SHOPS[0]))


@pytest.mark.parametrize("publish_after", [None, 600.0])
def test_a_waiting_draft_is_named_with_its_hash_and_when_it_goes_by_itself(
    publish_after: float | None,
) -> None:
    rules = drafting_rules(publish_after=publish_after, while_drafted=WhileDrafted.WITH_DRAFT)
    with drafting(rules) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(60)
        incident, component = explained(world, "checkout"), explained(world, API)
        waits = obstacle(incident, "drafted")
        assert incident["draft"] == waits["about"]
        assert (waits["until"] is not None) is (publish_after is not None)
        assert obstacle(component, "drafted")["about"] == waits["about"]
        assert "bridge drafts approve" in text(incident)
        words = waits["remedy"].split()
        accepted(world, "draft_approve", draft=words[3], hash=words[5])
        world.run_for(60)
        assert reasons(explained(world, "checkout")) == []


def test_a_draft_that_a_person_discarded_is_said_to_be_theirs() -> None:
    with drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(60)
        draft = explained(world, "checkout")["draft"]
        accepted(world, "draft_discard", draft=draft, by="Ada")
        world.run_for(60)
        assert obstacle(explained(world, "checkout"), "discarded")["by"] == "Ada"


def test_what_is_absorbed_says_in_which_incident_it_is_told() -> None:
    with operated(cascade_rules(), WorldSettings(plan=PlanSettings(blast_radius=1.0))) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        account = explained(world, "checkout")
        assert (account["absorbed_by"], obstacle(account, "absorbed")["about"]) == ("database", "database")
        assert reasons(explained(world, "database")) == []
        assert len(updates(world)) == 1


def test_a_blind_source_freezes_the_hold_and_says_why_its_signal_is_unknown() -> None:
    with operated(shop_rules(), WorldSettings(stale_after=300.0)) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(400)
        account = explained(world, API)
        (hold,) = account["holds"]
        assert (hold["condition"], hold["stands_still"], hold["left"]) == ("unknown", True, None)
        assert hold["signals"][0]["why"] == "source_blind"
        assert "goes on until it is known that the condition does not hold" in text(account)
        assert "source_blind" in reasons(explained(world, "checkout"))


def test_a_persons_own_incident_is_why_ours_is_not_opened_and_its_component_not_made_better() -> None:
    with operated() as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        body = {
            "incident": {
                "name": "We know",
                "status": "investigating",
                "component_ids": [component_id(world, API), component_id(world, SEARCH)],
            }
        }
        by_hand(world, "POST", "/incidents", body)
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        theirs = incident_id(world)
        assert obstacle(explained(world, SEARCH), "yielded")["about"] == theirs
        assert "yielded" in reasons(explained(world, "checkout"))
        assert (status(world, SEARCH), status(world, API)) == ("partial_outage", "major_outage")


def test_an_incident_that_a_person_took_over_names_the_command_that_takes_it_back() -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        path = f"/incidents/{incident_id(world)}"
        by_hand(world, "PATCH", path, {"incident": {"status": "identified", "body": "It is us."}})
        world.run_for(KNOWN_FOR_A_PERSONS)
        yielded = obstacle(explained(world, "checkout"), "yielded")
        assert yielded["remedy"] == f"bridge adopt {incident_id(world)} --page acme"


def test_a_write_in_flight_and_a_lost_answer_are_told_with_the_time_by_which_it_is_settled() -> None:
    with operated() as (world, network):
        applied_late(world, network, SEARCH, FOR_EVER)
        fire(world, "SearchErrors")
        world.run_for(5)
        account = explained(world, SEARCH)
        (sent,) = account["under_way"]
        assert (sent["status"], sent["reason"], sent["failure"]) == ("partial_outage", "claimed", None)
        assert (reasons(account), account["next"]) == (["busy"], None)
        assert "its answer is awaited" in text(account)
        world.run_for(TIMEOUT)
        account = explained(world, SEARCH)
        (sent,) = [one for one in account["under_way"] if one["failure"]]
        assert (sent["failure"], sent["settled_at"] is not None) == ("timeout", True)
        assert "settle_unknown" in reasons(account)
        network.hooks.clear()
        world.run_for(S + 2 * LONG)
        assert (status(world, SEARCH), reasons(explained(world, SEARCH))) == ("partial_outage", [])


def test_a_refused_write_is_parked_or_waits_and_is_said_to() -> None:
    with operated() as (world, network):

        async def refused(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if request.method == "PATCH" and request.path.endswith(component_id(world, SEARCH)):
                return answered(422, {"error": ["no"]})
            return None

        network.hooks.append(refused)
        fire(world, "SearchErrors")
        world.run_for(2)
        assert "backed_off" in reasons(explained(world, SEARCH))
        world.run_for(60)
        assert obstacle(explained(world, SEARCH), "parked")["about"] == "rejected"


def test_mails_that_are_used_up_are_said_to_silence_the_incident() -> None:
    settings = WorldSettings(plan=PlanSettings(notifications_per_hour=0))
    with operated(settings=settings) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert "silenced" in reasons(explained(world, "checkout"))


def test_a_cap_below_drafts_tells_no_incident_and_says_so() -> None:
    settings = WorldSettings(plan=PlanSettings(automation_max=Automation.STATUSES))
    with operated(settings=settings) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert obstacle(explained(world, "checkout"), "shadow")["about"] == "statuses"
        assert reasons(explained(world, API)) == []


def test_before_the_page_is_read_that_is_what_everything_waits_for() -> None:
    from tests.simulation.adversity.interference import rehearsed

    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        while world.engine is None:
            world.run_for(0.001)
        assert "read_observed" in reasons(explained(world, SEARCH))


def test_a_name_of_nothing_is_answered_with_what_comes_close_and_a_bad_question_with_what_it_takes() -> None:
    with operated() as (world, _):
        status_, document = asked(world, "Serch")
        assert status_ == 404
        assert "near are: Search" in document["error"]
        assert (
            asked(world, "checkot")
            .document["error"]
            .endswith("near are: checkout, Checkout / Web, Checkout / API")
        )
        assert asked(world, "").status == 400
        assert (
            asked(world, "Search", page="acne").document["error"] == "there is no page acne; near are: acme"
        )
        assert asked(world, "Search", page="acme").status == 200
        assert "there are: name, page" in asked(world, "Search", colour="red").document["error"]
        assert "write checkout alone" in asked(world, 'checkout{region="eu"}').document["error"]


def test_a_component_is_known_by_its_names_and_its_id_though_no_rule_is_about_it() -> None:
    with operated(replace(prompt_rules(), components=prompt_rules().components[:1])) as (world, _):
        for name in ("Web", WEB, component_id(world, WEB), f"id:{component_id(world, WEB)}"):
            account = explained(world, name)
            assert (account["name"], account["component_id"]) == (WEB, component_id(world, WEB))
            assert "no rule is about it" in text(account)
