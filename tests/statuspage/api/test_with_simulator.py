"""The whole client and the simulator, which share no code, agree on the life of an incident, a maintenance and a component."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api import (
    IncidentChange,
    NotFoundError,
    Point,
    RealtimeIncident,
    RealtimeStatus,
    ScheduledMaintenance,
)
from tests.statuspage.api.calls import all_of
from tests.statuspage.api.stage import EPOCH, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.statuspage.api.stage import Stage


@pytest.fixture
def scene() -> Iterator[Stage]:
    with stage() as scene:
        yield scene


def test_an_incident_from_beginning_to_deletion(scene: Stage) -> None:
    api, page = scene.api(), scene.page_id

    async def life() -> None:
        opened = await api.incidents.create(
            page,
            RealtimeIncident(
                name="Checkout is down",
                deliver_notifications=True,
                body="We are looking.",
                components={scene.component: ComponentStatus.MAJOR_OUTAGE},
                metadata={"jira": {"issue": "OPS-1"}},
            ),
        )
        assert (opened.status, opened.metadata) == ("investigating", {"jira": {"issue": "OPS-1"}})
        assert [row.id async for row in api.incidents.unresolved(page)] == [opened.id]
        told = await api.incident_updates.create(
            page,
            opened.id,
            status=RealtimeStatus.IDENTIFIED,
            body="It is the database.",
            deliver_notifications=False,
        )
        assert told.incident_updates[0].body == "It is the database."
        resolved = await api.incidents.update(
            page,
            opened.id,
            IncidentChange(
                deliver_notifications=False,
                status=RealtimeStatus.RESOLVED,
                body="Over.",
                component_ids=(scene.component,),
                components={scene.component: ComponentStatus.OPERATIONAL},
            ),
        )
        assert resolved.over
        updates = [update.status async for update in api.incident_updates.list(page, opened.id)]
        assert updates == ["resolved", "identified", "investigating"]
        assert await all_of(api.incidents.unresolved(page)) == []

    scene.run(life())
    (incident,) = scene.simulator.incidents(page)
    assert incident.status == "resolved"
    assert len(scene.simulator.notifications) == 1


def test_a_maintenance_stands_where_the_lists_have_it(scene: Stage) -> None:
    api, page = scene.api(), scene.page_id
    maintenance = ScheduledMaintenance(
        name="Upgrade",
        deliver_notifications=False,
        scheduled_for=EPOCH + 3600,
        scheduled_until=EPOCH + 7200,
        component_ids=(scene.component,),
    )
    made = scene.run(api.incidents.create(page, maintenance))
    assert made.maintenance
    assert (made.scheduled_for, made.scheduled_until) == (EPOCH + 3600, EPOCH + 7200)
    assert [row.id for row in scene.run(all_of(api.incidents.scheduled(page)))] == [made.id]
    assert scene.run(all_of(api.incidents.active_maintenance(page))) == []
    assert len(scene.simulator.notifications) == 0


def test_points_are_taken_and_cast(scene: Stage) -> None:
    metric = scene.simulator.add_metric(scene.page_id, "Latency", "ms", now=EPOCH)
    added = scene.run(
        scene.api().metrics.add_points(scene.page_id, {metric: [Point(timestamp=int(EPOCH) - 1, value=12.5)]})
    )
    assert [(point.timestamp % 30, point.value) for point in added[metric]] == [(0, 12.5)]
    assert scene.simulator.metric_points(scene.page_id, metric) == {added[metric][0].timestamp: 12.5}


def test_somebody_else_s_page_is_not_there(scene: Stage) -> None:
    scene.simulator.add_token("another-token-1", page_ids=[])
    with pytest.raises(NotFoundError):
        scene.run(scene.api(token="another-token-1").pages.get(scene.page_id))
