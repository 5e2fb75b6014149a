"""Incidents that wait for a person: nothing is told that nobody approved, and what was approved is told as it was read."""

from __future__ import annotations

from dataclasses import replace

from bridge.core.rules import WhileDrafted
from bridge.core.statuses import Automation
from bridge.simulation.world import WorldSettings
from tests.mutants.scenarios.absorption import DATABASE, cascade_rules
from tests.mutants.scenarios.absorption import told as told_in
from tests.mutants.scenarios.staging import A_LITTLE, LONG, SETTLED, kill_after_steps, restarted, shows
from tests.simulation.commands.operating import accepted, operated
from tests.simulation.drafts import approving
from tests.simulation.shop import API, EVERYTHING_AT_ONCE, SEARCH, fire, resolve, updates

QUARTER = 900.0


def an_incident_that_nobody_approved() -> list[str]:
    """I15: it waits for a person, and none comes."""
    with approving.drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        restarted(world)
        world.run_for(QUARTER)
        return [f"I15: {said} was told, though nobody approved it" for said in updates(world)]


def a_draft_that_changed_before_it_was_approved() -> list[str]:
    """I15: a component joins while somebody reads the draft; what they approve is what they read."""
    with approving.drafting(approving.wider_rules()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        read = approving.the_draft(world)
        fire(world, "WebErrors")
        world.run_for(A_LITTLE)
        world.command("draft_approve", draft=read["draft"], hash=read["hash"])
        world.run_for(LONG)
        return [f"I15: {said} was told, and nobody had read it" for said in updates(world)]


def what_joins_between_an_approval_and_its_incident() -> list[str]:
    """I15: what was approved is told word for word, though it had to wait for the end of a pause and a component has joined."""
    with approving.drafting(approving.wider_rules()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        read = approving.the_draft(world)
        accepted(world, "pause")
        approving.approve(world, read)
        fire(world, "WebErrors")
        world.run_for(A_LITTLE)
        accepted(world, "resume")
        world.run_for(LONG)
        said = [one.updates[0].body for one in world.simulator.incidents(world.page_id)]
        return [] if said == [read["body"]] else [f"I15: {said} was told instead of {read['body']!r}"]


def an_approval_and_a_kill() -> list[str]:
    """I1: a kill at some of the steps after an approval was answered. Whoever was answered 200 does not approve again."""
    found = []
    for steps in (1, 2, 4, 8, 16):
        with approving.drafting() as (world, _):
            fire(world, "CheckoutErrors")
            world.run_for(A_LITTLE)
            approving.approve(world)
            kill_after_steps(world, steps)
            world.run_for(2 * LONG + QUARTER)
            if updates(world) != [["investigating"]]:
                found.append(f"I1: a kill {steps} steps after an approval: {updates(world)}")
    return found


def a_draft_that_has_waited_while_nobody_can_see() -> list[str]:
    """I14: its time is over, and its source has fallen silent."""
    settings = WorldSettings(plan=EVERYTHING_AT_ONCE, stale_after=300.0)
    with approving.drafting(approving.drafting_rules(publish_after=QUARTER), settings) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(2 * QUARTER)
        return [
            f"I14: {said} was told, though nobody could see whether it is true" for said in updates(world)
        ]


def a_draft_whose_outage_ended_while_its_create_was_lost() -> list[str]:
    """I15: what fires again is another outage; its draft waits for a person, and for its own time."""
    wait, found = 300.0, []
    for again in (A_LITTLE, LONG):
        rules = approving.drafting_rules(publish_after=wait)
        reopening = tuple(replace(rule, reopen_within=QUARTER) for rule in rules.incidents)
        with approving.drafting(replace(rules, incidents=reopening)) as (world, network):
            lost = network.meet_first_create(network.drop)
            since = fire(world, "CheckoutErrors")
            world.run_for(wait + 2.0)
            assert lost
            resolve(world, "CheckoutErrors", since)
            world.run_for(again)
            fire(world, "CheckoutErrors")
            world.run_for(SETTLED)
            found += [f"I15: {said} was told of what was over, unapproved" for said in updates(world)]
            world.run_for(wait)
            if updates(world) != [["investigating"]]:
                found.append(f"I5: {updates(world)} was told of what fired again")
    return found


def components_that_wait_with_a_draft() -> list[str]:
    """I15: nothing gets worse before the draft is told."""
    with approving.drafting(approving.WITH_DRAFT) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        return shows(world, API, "operational", invariant="I15")


def components_that_wait_with_a_draft_and_are_told_in_another_incident() -> list[str]:
    """I5: what an open incident absorbed waits for no draft, so its component is shown."""
    rules = cascade_rules()
    checkout, database = rules.incidents
    drafted = replace(checkout, automation=Automation.DRAFT, components_while_drafted=WhileDrafted.WITH_DRAFT)
    with operated(replace(rules, incidents=(drafted, database))) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        found = told_in(world)
        wanted = [(DATABASE, "investigating", {SEARCH, API})]
        return shows(world, API, "major_outage") + ([] if found == wanted else [f"I2: told as {found}"])
