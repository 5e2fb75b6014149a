"""The network on virtual time: every fault of the simulator's plans, and a server's half that no crash ends."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bridge.simulation.loop import SimulationLoop
from bridge.simulation.network import Network, NetworkConditions
from bridge.simulator.faults import Arm, FaultKind, FaultRule
from bridge.simulator.model import Options, Simulator
from tests.simulator.mishaps import MISHAPS, TIMEOUT, Mishap, applied, create

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "0" * 64
EPOCH = 1_790_000_000.0
LATENCY = (0.01, 0.02)


@dataclass
class Wire:
    """A network between one client and a page."""

    loop: SimulationLoop
    simulator: Simulator
    page_id: str
    network: Network

    def suffer(self, *rules: FaultRule) -> None:
        """Put rules in force from now on."""
        self.network.conditions = NetworkConditions(LATENCY, rules)

    def create(self) -> str:
        """Make an incident and say what came back."""
        return self.loop.run_until_complete(create(self.network.transport(TOKEN), self.page_id))

    def applied(self) -> bool:
        """Say whether the incident is there."""
        return applied(self.simulator, self.page_id)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with SimulationLoop(random.Random(1)) as loop:
        simulator = Simulator(1, Options(rate_limit=10_000))
        simulator.add_token(TOKEN)
        page_id = simulator.add_page("Acme", now=EPOCH)
        network = Network(
            loop,
            random.Random(2),
            simulator,
            wall_clock=lambda: EPOCH + loop.time(),
            conditions=NetworkConditions(LATENCY),
        )
        yield Wire(loop, simulator, page_id, network)


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: mishap.sentence)
def test_each_fault_is_seen_as_what_it_is(wire: Wire, mishap: Mishap) -> None:
    wire.suffer(mishap.rule)
    assert wire.create() == mishap.seen
    assert wire.applied() == mishap.applied
    assert wire.network.faults_met == {mishap.rule.kind: 1}


def test_a_refused_connection_never_reaches_the_server(wire: Wire) -> None:
    wire.suffer(FaultRule(kind=FaultKind.REFUSED))
    assert wire.create() == "refused"
    wire.loop.run_for(600)
    assert wire.simulator.arrivals == []
    assert wire.network.faults_met == {FaultKind.REFUSED: 1}


def test_without_faults_only_latency_is_felt(wire: Wire) -> None:
    assert wire.create() == "201 json"
    assert 2 * LATENCY[0] <= wire.loop.time() <= 2 * LATENCY[1] + 0.001
    assert wire.network.faults_met == {}


def test_a_late_request_takes_effect_when_its_time_comes_and_not_before(wire: Wire) -> None:
    wire.suffer(FaultRule(kind=FaultKind.LATE, seconds=(100.0, 100.0)))
    assert wire.create() == "timeout"
    wire.loop.run_for(99)
    assert not wire.applied()
    wire.loop.run_for(2)
    assert wire.applied()
    (arrival,) = wire.simulator.arrivals
    assert 100 <= arrival.at - EPOCH <= 100.1
    assert arrival.fault == "late"


@pytest.mark.parametrize("rule", [None, FaultRule(kind=FaultKind.LATE, seconds=(30.0, 30.0))])
def test_what_a_killed_client_sent_still_arrives(wire: Wire, rule: FaultRule | None) -> None:
    wire.suffer(*() if rule is None else (rule,))
    with wire.loop.incarnation("client"):
        wire.loop.create_task(create(wire.network.transport(TOKEN), wire.page_id))
    wire.loop.run_for(LATENCY[0] / 2)
    wire.loop.crash("client")
    wire.loop.run_for(60)
    assert wire.applied()


@pytest.mark.parametrize("kind", [FaultKind.ANSWER_LOST, FaultKind.CUT_BODY])
def test_a_broken_connection_to_a_killed_client_troubles_nobody(wire: Wire, kind: FaultKind) -> None:
    wire.suffer(FaultRule(kind=kind, ending=next(m.rule.ending for m in MISHAPS if m.seen == "lost")))
    with wire.loop.incarnation("client"):
        wire.loop.create_task(create(wire.network.transport(TOKEN), wire.page_id))
    wire.loop.run_for(LATENCY[0] / 2)
    wire.loop.crash("client")
    wire.loop.run_for(TIMEOUT * 10)
    assert wire.applied()


def test_unknown_outcomes_are_counted_by_what_became_of_the_write(wire: Wire) -> None:
    kinds = (FaultKind.ANSWER_LOST, FaultKind.STATUS_AFTER, FaultKind.DROPPED, FaultKind.LATE)
    wire.suffer(*(FaultRule(kind=kind, times=1) for kind in kinds))
    for _ in range(6):
        wire.create()
    assert wire.network.unknown_outcomes == {Arm.APPLIED: 2, Arm.DROPPED: 1}
    wire.loop.run_for(200)
    assert wire.network.unknown_outcomes == {Arm.APPLIED: 2, Arm.DROPPED: 1, Arm.LATE: 1}


def test_new_conditions_begin_anew_and_what_was_met_stays_counted(wire: Wire) -> None:
    rule = FaultRule(kind=FaultKind.STATUS_BEFORE, until=10.0)
    wire.suffer(rule)
    assert wire.create() == "500 json"
    wire.loop.run_for(10)
    assert wire.create() == "201 json"
    wire.suffer(rule)
    assert wire.create() == "500 json"
    assert wire.network.faults_met == {FaultKind.STATUS_BEFORE: 2}


def test_the_same_seed_meets_the_same_faults() -> None:
    def run() -> tuple[list[str], float]:
        with SimulationLoop(random.Random(5)) as loop:
            simulator = Simulator(1, Options(rate_limit=10_000))
            simulator.add_token(TOKEN)
            page_id = simulator.add_page("Acme", now=EPOCH)
            rules = tuple(FaultRule(kind=kind, share=0.08) for kind in FaultKind)
            network = Network(
                loop,
                random.Random(6),
                simulator,
                wall_clock=lambda: EPOCH + loop.time(),
                conditions=NetworkConditions(LATENCY, rules),
            )
            transport = network.transport(TOKEN)
            seen = [loop.run_until_complete(create(transport, page_id)) for _ in range(60)]
            return seen, loop.time()

    first = run()
    assert first == run()
    assert len(set(first[0])) > 4
