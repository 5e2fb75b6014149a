"""What operators command: accepted is durable, done, and over when somebody acts on the page afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from bridge.core.rules import IncidentRule, IncidentRuleId
from bridge.core.statuses import Automation
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import Options
from tests.mutants.scenarios.staging import (
    A_LITTLE,
    LONG,
    NOT_OURS_ANY_MORE,
    kill_after_steps,
    opened,
    restart,
    restarted,
    shows,
    writes_to,
)
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.guards import mails
from tests.simulation.shop import API, SEARCH, by_hand, component_id, fire, incident_id, resolve, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import Told, World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response
    from tests.simulation.adversity.interference import Interference

STEPS_AFTER = 6


def a_command_and_a_kill() -> list[str]:
    """I1: a kill at each of the steps around a command. Whoever is answered 200 does not give it again."""
    found = []
    for steps in range(1, _steps_to_acceptance() + STEPS_AFTER):
        with opened(prompt_rules()) as (world, _):
            world.command("override_set", component=SEARCH, status="major_outage")
            kill_after_steps(world, steps)
            world.run_for(LONG)
            if shows(world, SEARCH, "major_outage"):
                found.append(f"I1: a kill {steps} steps after a command was given loses it")
    return found


def _steps_to_acceptance() -> int:
    with opened(prompt_rules()) as (world, _):
        began = world.loop.steps
        told = world.command("override_set", component=SEARCH, status="major_outage")
        while told.status is None:
            world.run_for(0.001)
        return world.loop.steps - began


def a_command_that_is_sent_again_after_it_was_taken_back() -> list[str]:
    """I5: a network sends an operator's override a second time, hours late; it was taken back long ago."""
    with opened(prompt_rules()) as (world, _):
        _given(world, "override_set", component=SEARCH, status="major_outage", id="first")
        _given(world, "override_clear", component=SEARCH, id="second")
        world.run_for(3600.0)
        _given(world, "override_set", component=SEARCH, status="major_outage", id="first")
        world.run_for(LONG)
        return shows(world, SEARCH, "operational")


def a_person_after_an_override() -> list[str]:
    """I15: somebody changes a component on the page minutes after an operator's override was shown."""
    return _set_back(LONG)


def a_person_right_after_an_override() -> list[str]:
    """I15: somebody sets a component back seconds after an operator's override was shown, before the page is read again."""
    return _set_back(5.0)


def a_person_who_sets_what_we_told_long_ago_after_an_override() -> list[str]:
    """I15: an operator overrides what somebody had just set, and then somebody sets what a rule had written once."""
    with opened(prompt_rules()) as (world, network):
        fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        _set(world, SEARCH, "degraded_performance")
        _read_once(world, network)
        _given(world, "override_set", component=SEARCH, status="degraded_performance")
        _set(world, SEARCH, "partial_outage")
        world.run_for(NOT_OURS_ANY_MORE)
        return shows(world, SEARCH, "partial_outage", invariant="I15")


def an_override_after_a_restart_on_a_list_that_lags() -> list[str]:
    """I5: a component was set back a moment before a restart, the first list still shows it red, and an operator wants just that."""
    with opened(prompt_rules(), WorldSettings(options=Options(list_lag=20.0))) as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        resolve(world, "SearchErrors", since)
        world.run_for(5.0)
        assert not shows(world, SEARCH, "operational")
        restarted(world)
        _given(world, "override_set", component=SEARCH, status="partial_outage")
        world.run_for(NOT_OURS_ANY_MORE)
        return shows(world, SEARCH, "partial_outage")


def _read_once(world: World, network: Interference) -> None:
    """Run until the components have been read once more."""
    before = len(network.requests)
    while not any(path.endswith("/components") for _, _, path in network.requests[before:]):
        world.run_for(1.0)
    world.run_for(3.0)


def _set_back(after: float) -> list[str]:
    with opened(prompt_rules()) as (world, _):
        _set(world, SEARCH, "degraded_performance")
        world.run_for(LONG)
        _given(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(after)
        _set(world, SEARCH, "degraded_performance")
        world.run_for(NOT_OURS_ANY_MORE)
        return shows(world, SEARCH, "degraded_performance", invariant="I15")


def an_override_that_is_over() -> list[str]:
    """I5: an override's time is over while the daemon is down, and no rule names the component."""
    rules = prompt_rules()
    rules = replace(rules, components=tuple(one for one in rules.components if one.component != SEARCH))
    with opened(rules) as (world, _):
        _given(world, "override_set", component=SEARCH, status="major_outage", **{"for": "10m"})
        world.run_for(LONG)
        world.crash()
        world.run_for(1200.0)
        world.start()
        world.run_for(LONG)
        return shows(world, SEARCH, "operational")


def a_hand_back_over_a_persons_value() -> list[str]:
    """I5: an operator hands a component back that a person had set, while a rule claims another status."""
    with opened(prompt_rules()) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        _set(world, SEARCH, "degraded_performance")
        world.run_for(NOT_OURS_ANY_MORE)
        _given(world, "override_clear", component=SEARCH)
        world.run_for(LONG)
        return shows(world, SEARCH, "partial_outage")


def a_component_that_was_yielded() -> list[str]:
    """I15: a rule fires on a component that an operator told the bridge to stand back from."""
    with opened(prompt_rules()) as (world, _):
        _given(world, "yield_component", component=SEARCH)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        return shows(world, SEARCH, "operational", invariant="I15")


def an_incident_that_was_yielded() -> list[str]:
    """I6: an operator told the bridge to stand back from its incident; then its cause ends."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        ours = incident_id(world)
        _given(world, "yield_incident", incident=ours)
        given = world.now()
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        return [
            f"I6: an incident that was yielded was written to at {write.at}"
            for write in writes_to(world, ours)
            if write.at > given
        ]


def an_incident_that_was_adopted() -> list[str]:
    """I5: a person spoke in an incident, an operator has it adopted, its cause ends."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        spoken = {"incident": {"status": "identified", "body": "It is the database."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", spoken)
        world.run_for(NOT_OURS_ANY_MORE)
        _given(world, "adopt", incident=incident_id(world))
        world.run_for(NOT_OURS_ANY_MORE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        told = updates(world)
        wanted = [["investigating", "identified", "monitoring", "resolved"]]
        return [] if told == wanted else [f"I5: what was adopted says {told} instead of {wanted}"]


def an_incident_whose_rule_was_renamed() -> list[str]:
    """I2: a rule gets another name while its incident is open, and its cause goes on."""
    with opened(prompt_rules()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        _rename(world, "tills")
        world.run_for(LONG)
        live = updates(world)
        return [] if len(live) == 1 else [f"I2: one outage is told in {len(live)} incidents at once"]


def an_incident_that_goes_on_by_another_rule() -> list[str]:
    """I5: the same, and an operator has the new rule adopt the incident; its cause ends."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        _rename(world, "tills")
        world.run_for(LONG)
        _given(world, "adopt", incident=incident_id(world), rule="tills")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        told = updates(world)
        wanted = [["investigating", "monitoring", "resolved"]]
        return [] if told == wanted else [f"I5: what was adopted says {told} instead of {wanted}"]


def an_orphan_that_is_adopted_while_its_new_rule_opens(*, crash: bool = False) -> list[str]:
    """I2: an operator has a rule adopt an incident at the very moment at which that rule opens one of its own: at each of the steps of that."""
    found = []
    tills = IncidentRule(IncidentRuleId("tills"), (SEARCH,), "The tills are slow", automation=Automation.FULL)
    # Which task runs first in one of these moments differs from seed to seed.
    for seed, steps in product(range(6), range(1, 16)):
        with opened(prompt_rules(), seed=seed) as (world, _):
            fire(world, "CheckoutErrors")
            world.run_for(A_LITTLE)
            orphan = incident_id(world)
            _reload(world, replace(prompt_rules(), incidents=(tills,)))
            world.run_for(LONG)
            fire(world, "SearchErrors")
            answer = _told_after(world, steps, "adopt", incident=orphan, rule="tills")
            if crash:
                restart(world)
            world.run_for(LONG)
            assert world.engine is not None
            (page,) = world.engine.pages
            by_rule = {str(one.place[0]): one.incident_id for one in page.incidents_told.values()}
            adopted = by_rule == {"tills": orphan} and len(updates(world)) == 1
            left = by_rule.get("checkout") == orphan and len(by_rule) == len(updates(world)) == 2
            if not (adopted if answer.accepted else left):
                found.append(
                    f"I2: {steps} steps later it was answered {answer.status}, and told are {by_rule}"
                )
    return found


def _told_after(world: World, steps: int, command: str, **fields: object) -> Told:
    """Give a command so many steps from now, and wait for its answer."""
    at, told = world.loop.steps + steps, []

    def before(step: int) -> None:
        if step == at:
            told.append(world.command(command, **fields))

    world.loop.on_step = before
    while not told or told[0].status is None:
        world.run_for(0.001)
    world.loop.on_step = None
    return told[0]


def _rename(world: World, name: str) -> None:
    rules = prompt_rules()
    incidents = tuple(replace(rule, id=IncidentRuleId(name)) for rule in rules.incidents)
    _reload(world, replace(rules, incidents=incidents))


def _reload(world: World, rules: RuleSet) -> None:
    world.ruleset = rules
    assert world.engine is not None
    world.engine.replace_rules({rules.page: rules})


def an_incident_that_was_released() -> list[str]:
    """I6: an operator let an incident go for good; the store is lost afterwards but for what operators told, and its cause ends."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        ours = incident_id(world)
        _given(world, "release", incident=ours)
        given = world.now()
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        since = fire(world, "CheckoutErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        return [
            f"I6: an incident that was released was written to at {write.at}"
            for write in writes_to(world, ours)
            if write.at > given
        ]


def an_incident_that_was_released_while_it_escalated() -> list[str]:
    """I6: an escalation is under way, the outage flaps, an operator lets the incident go and a person resolves it while the outage goes on."""
    with opened(mails.rules()) as (world, network):
        warned = mails.checkout(world)
        world.run_for(LONG)
        ours = incident_id(world)
        held: list[float] = []

        async def slowly(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if request.method == "PATCH" and "/incidents/" in request.path and not held:
                held.append(world.now())
                await asyncio.sleep(10.0)
            return None

        network.hooks.append(slowly)
        grew = mails.checkout(world, "critical")
        world.run_for(3.0)
        assert held
        mails.checkout_recovers(world, warned)
        mails.checkout_recovers(world, grew, "critical")
        world.run_for(1.0)
        mails.checkout(world)
        world.run_for(1.0)
        _given(world, "release", incident=ours)
        world.run_for(8.0)
        done = {"incident": {"status": "resolved", "body": "Done."}}
        by_hand(world, "PATCH", f"/incidents/{ours}", done)
        world.run_for(NOT_OURS_ANY_MORE)
        more = updates(world)[1:]
        return [f"I6: after what an operator let go another was opened: {more}"] if more else []


def a_pause_and_a_restart() -> list[str]:
    """I1: the daemon is killed after an operator's pause was accepted, and something breaks."""
    with opened(prompt_rules()) as (world, _):
        _given(world, "pause")
        restart(world)
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        return shows(world, API, "operational", invariant="I1")


def a_pause_while_a_write_is_recorded() -> list[str]:
    """I1: a write is planned and its intent is being stored while a pause is accepted; it has not been sent yet."""
    found = []
    for moment in range(60):
        with opened(prompt_rules()) as (world, network):
            fire(world, "SearchErrors")
            world.run_for(moment / 1000)
            _given(world, "pause")
            given = world.now()
            world.run_for(LONG)
            found += [
                f"I1: {method} {path} was sent at {at}, after the pause was accepted"
                for at, method, path in network.requests
                if method == "PATCH" and at > given
            ]
    return found


def a_pause_that_ends() -> list[str]:
    """I5: what broke during a pause is shown when it is over."""
    with opened(prompt_rules()) as (world, _):
        _given(world, "pause", **{"for": "10m"})
        fire(world, "CheckoutErrors")
        world.run_for(600.0 + A_LITTLE)
        return shows(world, API, "major_outage")


def a_resumed_page() -> list[str]:
    """I5: an operator resumes a page that was paused without an end, and something broke meanwhile."""
    with opened(prompt_rules()) as (world, _):
        _given(world, "pause")
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        _given(world, "resume")
        restart(world)
        world.run_for(LONG)
        return shows(world, API, "major_outage")


def _given(world: World, command: str, **fields: object) -> None:
    told = world.command(command, **fields)
    while told.status is None:
        world.run_for(0.001)
    assert told.accepted, told.answer


def _set(world: World, name: str, status: str) -> None:
    by_hand(world, "PATCH", f"/components/{component_id(world, name)}", {"component": {"status": status}})
