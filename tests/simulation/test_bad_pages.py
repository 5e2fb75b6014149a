"""Pages that refuse: a revoked token, pages of HTML instead of answers, a component that is not there, and what is not accepted as it is."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, RuleId
from bridge.engine.engine import PageSetup
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import PAGE, TOKEN, World, WorldSettings
from bridge.simulator.faults import FaultBody, FaultKind, FaultRule
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from tests.simulation.adversity.interference import S, answered, prompt_rules, rehearsed
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    EVERYTHING_AT_ONCE,
    SEARCH,
    component_id,
    fire,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.journal import JournalEntry
    from bridge.core.rules import RuleSet
    from bridge.simulator.model import Request as ToPage
    from bridge.statuspage.transport import Request, Response

A_LITTLE = 10.0
HOUR = 3600.0
MINUTES = 300.0
COMPONENT = "/pages/{page_id}/components/{component_id}"


# --- a token that is not accepted


class TokenFile:
    """The daemon's end of the network, with the token that stands in its file at each request. Implements `Transport`."""

    def __init__(self, world: SharedToken) -> None:
        self._world = world

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport.send
        """Send with the token of now."""
        return await self._world.network.transport(self._world.token).send(request, timeout=timeout)


class SharedToken(World):
    """A world of several pages, which are written with one token."""

    def __init__(self, *pages: str) -> None:
        super().__init__(7, prompt_rules())
        self.token = TOKEN
        made = [self.simulator.add_page(name, now=self.now()) for name in pages]
        for page_id in made:
            for name in self.settings.components:
                group, _, component = name.rpartition(" / ")
                self.simulator.add_component(page_id, component, group=group or None, now=self.now())
        self.page_ids = {PAGE: self.page_id, **dict(zip(pages, made, strict=True))}

    def setups(self) -> list[PageSetup]:
        """All pages have the same rules and the same budget."""
        return [
            PageSetup(
                name,
                page_id,
                TOKEN[:8],
                StatuspageDoor(StatuspageClient(TokenFile(self), page_id), name),
                replace(self.ruleset, page=name),
            )
            for name, page_id in self.page_ids.items()
        ]

    def rotate(self, token: str) -> None:
        """Another token is accepted from now on, and the one before is not. The file still holds that one."""
        for former in self.simulator.tokens:
            self.simulator.remove_token(former)
        self.simulator.add_token(token)

    def shown(self, component: str) -> set[str]:
        """What the pages show for a component."""
        pages = self.page_ids.values()
        return {str(self.simulator.component(page_id, component).status) for page_id in pages}

    def told(self) -> list[list[list[str]]]:
        """For each page, the statuses told in each incident."""
        return [
            [
                [str(update.status) for update in incident.updates]
                for incident in self.simulator.incidents(page_id)
            ]
            for page_id in self.page_ids.values()
        ]


@pytest.mark.parametrize("others", [(), ("second", "third")], ids=["one page", "three pages"])
def test_a_token_refused_for_an_hour_is_tried_once_a_minute_and_a_new_one_is_right_within_two(
    others: tuple[str, ...],
) -> None:
    with SharedToken(*others) as world:
        world.start()
        world.run_for(100)
        world.rotate("a new token")
        searching = fire(world, "SearchErrors")
        world.run_for(MINUTES)
        fire(world, "CheckoutErrors")
        began = world.now() - MINUTES + 60  # in the first minute some are under way
        world.run_for(HOUR / 2)
        resolve(world, "SearchErrors", searching)
        world.run_for(HOUR / 2 - MINUTES)
        at = [arrival.at for arrival in world.simulator.arrivals if arrival.at >= began]
        assert len(at) > 50
        assert min(later - earlier for earlier, later in pairwise(at)) >= 60
        assert {arrival.status for arrival in world.simulator.arrivals if arrival.at >= began} == {401}

        world.token = "a new token"
        world.run_for(120)
        pages = len(world.page_ids)
        assert (world.shown(API), world.shown(SEARCH)) == ({"major_outage"}, {"operational"})
        assert world.told() == [[["investigating"]]] * pages
        assert violations(world) == []


def test_a_page_that_alone_refuses_the_token_keeps_no_other_from_being_written() -> None:
    with SharedToken("second") as world:
        world.start()
        world.run_for(100)
        refusing = FaultRule(
            kind=FaultKind.STATUS_BEFORE, status=403, path=f"/pages/{world.page_ids['second']}/components"
        )
        world.network.conditions = NetworkConditions(faults=(refusing,))
        world.run_for(MINUTES)
        for _ in range(5):
            since = fire(world, "SearchErrors")
            world.run_for(A_LITTLE)
            assert status(world, SEARCH) == "partial_outage"
            resolve(world, "SearchErrors", since)
            world.run_for(A_LITTLE)
            assert status(world, SEARCH) == "operational"


def test_a_refused_token_is_not_tried_more_often_because_some_requests_fail_in_another_way() -> None:
    with SharedToken() as world:
        world.start()
        world.run_for(100)
        world.rotate("a new token")
        failing = FaultRule(kind=FaultKind.STATUS_BEFORE, status=500, share=0.5)
        world.network.conditions = NetworkConditions(faults=(failing,))
        fire(world, "CheckoutErrors")
        world.run_for(120)
        began = world.now()
        world.run_for(HOUR)
        at = [arrival.at for arrival in world.simulator.arrivals if arrival.at >= began]
        assert len(at) > 50
        assert min(later - earlier for earlier, later in pairwise(at)) >= 60
        assert (
            sum(arrival.at >= began and arrival.fault is not None for arrival in world.simulator.arrivals)
            > 10
        )


# --- pages of HTML


@pytest.mark.parametrize("kind", [FaultKind.STATUS_BEFORE, FaultKind.STATUS_AFTER])
@pytest.mark.parametrize("code", [200, 404, 500, 502, 503])
def test_pages_of_html_for_some_minutes_leave_a_page_that_is_right(kind: FaultKind, code: int) -> None:
    """Of a gateway, of a login, of a maintenance: whether the request took effect behind it or not."""
    settings = WorldSettings(conditions=NetworkConditions())
    with World(7, prompt_rules(), settings) as world:
        world.start()
        world.run_for(100)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        page = FaultRule(kind=kind, status=code, body=FaultBody.HTML)
        world.network.conditions = NetworkConditions(faults=(page,))
        fire(world, "SearchErrors")
        world.run_for(2 * MINUTES)
        assert world.network.faults_met[kind] >= 5
        world.network.conditions = NetworkConditions()
        world.run_for(S + 120)
        assert (status(world, API), status(world, SEARCH)) == ("major_outage", "partial_outage")
        assert updates(world) == [["investigating"]]
        assert violations(world) == []


@pytest.mark.parametrize("kind", [FaultKind.STATUS_BEFORE, FaultKind.STATUS_AFTER])
@pytest.mark.parametrize("code", [200, 404, 503])
def test_what_is_said_during_pages_of_html_is_said_once(kind: FaultKind, code: int) -> None:
    with World(7, prompt_rules()) as world:
        world.start()
        world.run_for(100)
        page = FaultRule(kind=kind, status=code, body=FaultBody.HTML)
        world.network.conditions = NetworkConditions(faults=(page,))
        since = fire(world, "CheckoutErrors")
        world.run_for(MINUTES)
        world.network.conditions = NetworkConditions()
        world.run_for(S + 120)
        assert updates(world) == [["investigating"]]
        world.network.conditions = NetworkConditions(faults=(page,))
        resolve(world, "CheckoutErrors", since)
        world.run_for(MINUTES)
        world.network.conditions = NetworkConditions()
        world.run_for(2 * (S + 120))
        # What recovered during the fault may be over before it could be said.
        assert updates(world) in (
            [["investigating", "monitoring", "resolved"]],
            [["investigating", "resolved"]],
        )
        assert status(world, API) == "operational"
        assert violations(world) == []


# --- a component that is not there


def many(count: int) -> tuple[RuleSet, tuple[str, ...]]:
    """The shop, and so many components that SearchErrors breaks with it."""
    rules = prompt_rules()
    pattern = next(rule for rule in rules.components if rule.component == SEARCH)
    names = tuple(f"Service {number}" for number in range(count))
    made = tuple(replace(pattern, id=RuleId(name), component=ComponentName(name)) for name in names)
    return replace(rules, components=(*rules.components, *made)), names


def test_a_component_that_is_not_found_holds_up_no_other_and_is_written_when_it_is_found() -> None:
    rules, names = many(20)
    with World(
        7, rules, WorldSettings(components=(*WorldSettings().components, *names), plan=EVERYTHING_AT_ONCE)
    ) as world:
        world.start()
        world.run_for(100)
        gone = FaultRule(
            kind=FaultKind.STATUS_BEFORE,
            status=404,
            method="PATCH",
            path=f"/pages/{{page_id}}/components/{component_id(world, SEARCH)}",
        )
        world.network.conditions = NetworkConditions(faults=(gone,))
        with capture_logs() as logs:
            fire(world, "SearchErrors")
            fire(world, "CheckoutErrors")
            world.run_for(120)
            assert {status(world, name) for name in names} == {"partial_outage"}
            assert (status(world, API), updates(world)) == ("major_outage", [["investigating"]])
            world.run_for(2 * MINUTES)
        # It is asked for now and then, and told once.
        assert 3 <= world.network.faults_met[FaultKind.STATUS_BEFORE] <= 16
        assert [log["target"] for log in logs if log["event"] == "operation_parked"] == [
            f"component:{component_id(world, SEARCH)}"
        ]
        world.network.conditions = NetworkConditions()
        world.run_for(120)
        assert status(world, SEARCH) == "partial_outage"
        assert parked(world) == 0


def test_an_incident_opens_though_one_of_its_components_was_deleted_a_moment_ago() -> None:
    with World(7, prompt_rules()) as world:
        world.start()
        world.run_for(100)
        page, gone = world.simulator.page(world.page_id), component_id(world, API)
        del page.components[gone]
        for group in page.groups.values():
            group.component_ids = [child for child in group.component_ids if child != gone]
        world.services["http://shop.example/healthz"] = 503
        fire(world, "CheckoutErrors")
        fire(world, "SearchErrors")
        world.run_for(120)
        assert status(world, SEARCH) == "partial_outage"
        world.simulator.add_component(world.page_id, "API", group="Checkout", now=world.now())
        world.run_for(130)
        assert status(world, API) == "major_outage"
        assert updates(world) == [["investigating"]]


# --- what is not accepted


def parked(world: World) -> float | None:
    """The gauge of what is parked."""
    assert world.engine is not None
    registry = world.engine.gauges.metrics.registry
    return registry.get_sample_value("bridge_parked_operations", {"page": PAGE})


def entries(world: World, reason: Reason) -> list[JournalEntry]:
    """What the journal says with this reason."""
    return [entry for _, entry in world.database.journal(limit=100_000) if entry.reason is reason]


def rejected(world: World) -> int:
    """How many requests arrived and were not accepted."""
    return sum(arrival.status == 422 for arrival in world.simulator.arrivals)


def payload(body: bytes) -> str:
    """What a write to an incident says, without the name of the attempt."""
    document = json.loads(body)
    document["incident"]["metadata"]["bridge"].pop("op")
    return json.dumps(document)


def test_an_incident_that_is_not_accepted_is_sent_twice_then_parked_and_told_and_the_next_is_sent() -> None:
    with rehearsed(prompt_rules()) as (world, network):
        sent: Counter[str] = Counter()

        async def refuse(request: ToPage, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if request.method == "POST" and request.path.endswith("/incidents"):
                sent[payload(request.body)] += 1
                return answered(422, {"error": {"name": ["is too long"]}})
            return None

        world.start()
        world.run_for(100)
        assert parked(world) == 0
        network.hooks.append(refuse)
        with capture_logs() as logs:
            since = fire(world, "CheckoutErrors")
            world.run_for(HOUR)
        # Once with its component, which was then set alone; what is left to say is another payload, and was sent twice.
        assert sorted(sent.values()) == [1, 2]
        assert status(world, API) == "major_outage"
        (told,) = [log for log in logs if log["event"] == "operation_parked"]
        assert (told["log_level"], told["operation"], told["reason"]) == (
            "warning",
            "write_incident",
            "rejected",
        )
        assert "is too long" in told["message"]
        (entry,) = entries(world, Reason.PARKED)
        assert (entry.subject, entry.detail["refused"]) == (told["target"], "rejected")
        assert parked(world) == 1

        resolve(world, "CheckoutErrors", since)
        world.run_for(MINUTES)
        assert parked(world) == 0  # there is nothing to say any more
        network.hooks.clear()
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating"]]


def test_a_status_that_is_not_accepted_is_sent_twice_in_each_decision() -> None:
    with World(7, prompt_rules()) as world:
        world.start()
        world.run_for(100)
        refusing = FaultRule(kind=FaultKind.STATUS_BEFORE, status=422, method="PATCH", path=COMPONENT)
        world.network.conditions = NetworkConditions(faults=(refusing,))
        since = fire(world, "SearchErrors")
        world.run_for(HOUR)
        assert rejected(world) == 2
        assert len(entries(world, Reason.PARKED)) == 1
        assert parked(world) == 1
        resolve(world, "SearchErrors", since)
        world.run_for(MINUTES)
        assert (rejected(world), parked(world)) == (2, 0)
        fire(world, "SearchErrors")
        world.run_for(HOUR)
        assert rejected(world) == 4
        assert len(entries(world, Reason.PARKED)) == 2


def test_a_status_that_was_not_accepted_once_is_told_when_it_is_wanted_the_next_time() -> None:
    with World(7, prompt_rules()) as world:
        world.start()
        world.run_for(100)
        refusing = FaultRule(kind=FaultKind.STATUS_BEFORE, status=422, method="PATCH", path=COMPONENT)
        world.network.conditions = NetworkConditions(faults=(refusing,))
        since = fire(world, "SearchErrors")
        world.run_for(MINUTES)
        resolve(world, "SearchErrors", since)
        world.network.conditions = NetworkConditions()
        world.run_for(MINUTES)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"
