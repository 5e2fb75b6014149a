"""The client and the simulator's model, which share no code, agree on the whole life of an incident."""

from __future__ import annotations

from bridge.core.intents import Done, NotSent
from bridge.core.reasons import Reason
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.simulator.model import Simulator
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.incidents import IncidentWrite
from bridge.statuspage.models import Component, Incident, Metric, Page
from tests.statuspage.peers import SimulatorTransport

START = 1_717_799_190.0
IDENTITY = {"bridge": {"v": 1, "key": "k", "op": "o1"}}


async def test_an_incident_is_opened_told_found_and_resolved() -> None:
    simulator = Simulator(seed=7)
    simulator.add_token("demo-token")
    page_id = simulator.add_page("Acme", now=START)
    api = simulator.add_component(page_id, "API", group="Checkout", now=START)
    web = simulator.add_component(page_id, "Web", now=START)
    transport = SimulatorTransport(simulator, "demo-token", START)
    client = StatuspageClient(transport, page_id)

    match await client.get_page(timeout=1):
        case Done(Page(id=found, name=name)):
            assert (found, name) == (page_id, "Acme")
        case other:
            raise AssertionError(other)

    opened = await client.create_incident(
        IncidentWrite(
            deliver_notifications=True,
            name="Checkout is down",
            status=IncidentStatus.INVESTIGATING,
            body="We are looking.",
            component_ids=(api,),
            components={api: ComponentStatus.MAJOR_OUTAGE},
            metadata=IDENTITY,
        ),
        timeout=1,
    )
    assert isinstance(opened, Done)
    assert isinstance(opened.body, Incident)
    incident_id = opened.body.id
    assert opened.body.metadata == IDENTITY
    assert opened.body.created_at == START
    assert [listed.known_status for listed in opened.body.components] == [ComponentStatus.MAJOR_OUTAGE]

    transport.now += 60
    match await client.list_unresolved(1, timeout=1):
        case Done((Incident(id=found),)):
            assert found == incident_id
        case other:
            raise AssertionError(other)
    match await client.set_component(web, ComponentStatus.DEGRADED_PERFORMANCE, timeout=1):
        case Done(Component() as component):
            assert component.known_status is ComponentStatus.DEGRADED_PERFORMANCE
        case other:
            raise AssertionError(other)

    resolved = await client.update_incident(
        incident_id,
        IncidentWrite(
            deliver_notifications=False,
            status=IncidentStatus.RESOLVED,
            body="It works again.",
            component_ids=(api,),
            components={api: ComponentStatus.OPERATIONAL},
        ),
        timeout=1,
    )
    assert isinstance(resolved, Done)
    assert isinstance(resolved.body, Incident)
    assert resolved.body.resolved_at == START + 60
    assert [update.status for update in resolved.body.incident_updates] == ["resolved", "investigating"]

    assert await client.list_unresolved(1, timeout=1) == Done(())
    assert await client.get_incident(incident_id, timeout=1) == resolved
    assert await client.list_incidents(1, timeout=1) == Done((resolved.body,))
    assert await client.list_incidents(2, timeout=1) == Done(())

    match await client.list_components(1, timeout=1):
        case Done(tuple() as rows):
            statuses = {row.name: row.status for row in rows if not row.group}
            assert statuses == {"API": "operational", "Web": "degraded_performance"}
            assert [row.name for row in rows if row.group] == ["Checkout"]
        case other:
            raise AssertionError(other)

    assert len(simulator.notifications) == 1


async def test_points_of_a_metric_arrive() -> None:
    simulator = Simulator(seed=7)
    simulator.add_token("demo-token")
    page_id = simulator.add_page("Acme", now=START)
    metric_id = simulator.add_metric(page_id, "Latency", "ms", now=START)
    client = StatuspageClient(SimulatorTransport(simulator, "demo-token", START), page_id)
    match await client.list_metrics(1, timeout=1):
        case Done((Metric(id=found, suffix=suffix),)):
            assert (found, suffix) == (metric_id, "ms")
        case other:
            raise AssertionError(other)
    assert isinstance(await client.push_points({metric_id: [(int(START), 12.5)]}, timeout=1), Done)
    assert simulator.metric_points(page_id, metric_id) == {int(START): 12.5}


async def test_refusals_of_the_simulator_are_told_with_their_reason() -> None:
    simulator = Simulator(seed=7)
    simulator.add_token("demo-token")
    page_id = simulator.add_page("Acme", now=START)
    stranger = StatuspageClient(SimulatorTransport(simulator, "wrong", START), page_id)
    assert await stranger.get_page(timeout=1) == NotSent(Reason.UNAUTHORIZED, "Could not authenticate")

    client = StatuspageClient(SimulatorTransport(simulator, "demo-token", START), page_id)
    missing = await client.get_incident("nothing00000", timeout=1)
    assert isinstance(missing, NotSent)
    assert missing.reason is Reason.NOT_FOUND
    long_name = IncidentWrite(deliver_notifications=True, name="x" * 256)
    rejected = await client.create_incident(long_name, timeout=1)
    assert isinstance(rejected, NotSent)
    assert rejected.reason is Reason.REJECTED
    assert rejected.message.startswith("name: ")

    outcomes = [await client.get_page(timeout=1) for _ in range(61)]
    limited = outcomes[-1]
    assert isinstance(limited, NotSent)
    assert limited.reason is Reason.RATE_LIMITED
    assert limited.retry_after is not None
    assert 0 < limited.retry_after <= 60
