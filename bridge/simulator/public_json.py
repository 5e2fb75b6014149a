"""The public page's JSON: `status.json` and `summary.json`, in the shapes recorded of live pages.

Unlike the API it writes milliseconds and shows `started_at`, and it never shows an automation address.
"""

from collections.abc import Iterable
from typing import Any

from bridge.simulator.records.components import Component, ComponentGroup
from bridge.simulator.records.encoding import encode
from bridge.simulator.records.incidents import Incident, IncidentUpdate
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incidents import newest_first
from bridge.simulator.statuses import UNRESOLVED_STATUSES, ComponentStatus, roll_up
from bridge.simulator.timestamps import in_milliseconds


def status(page: Page) -> str:
    """Write `status.json`."""
    return encode({"page": _page(page), "status": _status(page)})


def summary(page: Page) -> str:
    """Write `summary.json`: components, unresolved incidents, upcoming and running maintenances."""
    incidents = newest_first(page)
    return encode(
        {
            "page": _page(page),
            "components": list(_components(page)),
            "incidents": [_incident(page, one) for one in incidents if one.status in UNRESOLVED_STATUSES],
            "scheduled_maintenances": [
                _incident(page, one) for one in incidents if one.scheduled and not one.closed
            ],
            "status": _status(page),
        }
    )


def _page(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "name": page.name,
        "url": page.url or f"https://{page.subdomain}.statuspage.io",
        "time_zone": "Etc/UTC",
        "updated_at": in_milliseconds(page.last_changed()),
    }


def _status(page: Page) -> dict[str, str]:
    rolled = roll_up([component.status for component in page.components.values()])
    return {"indicator": rolled.indicator, "description": rolled.description}


def _components(page: Page) -> Iterable[dict[str, Any]]:
    for group, components in page.in_order():
        if group is not None:
            yield {
                **_component(group, page.group_status(group)),
                "group": True,
                "components": group.component_ids,
            }
        for component in components:
            yield _component(component, component.status)


def _component(row: Component | ComponentGroup, shown: ComponentStatus) -> dict[str, Any]:
    leaf = row if isinstance(row, Component) else None
    return {
        "id": row.id,
        "name": row.name,
        "status": shown,
        "created_at": in_milliseconds(row.created_at),
        "updated_at": in_milliseconds(row.updated_at),
        "position": row.position,
        "description": row.description,
        "showcase": leaf is not None and leaf.showcase,
        "start_date": None if leaf is None else leaf.start_date,
        "group_id": None if leaf is None else leaf.group_id,
        "page_id": row.page_id,
        "group": False,
        "only_show_if_degraded": leaf is not None and leaf.only_show_if_degraded,
    }


def _incident(page: Page, incident: Incident) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": incident.id,
        "name": incident.name,
        "status": incident.status,
        "created_at": in_milliseconds(incident.created_at),
        "updated_at": in_milliseconds(incident.updated_at),
        "monitoring_at": _or_null(incident.monitoring_at),
        "resolved_at": _or_null(incident.resolved_at),
        "impact": incident.impact,
        "shortlink": incident.shortlink,
        "started_at": in_milliseconds(incident.created_at),
        "page_id": incident.page_id,
        "incident_updates": [_update(update) for update in reversed(incident.updates)],
        "components": [_component(component, component.status) for component in page.components_of(incident)],
    }
    if incident.scheduled:
        written["scheduled_for"] = _or_null(incident.scheduled_for)
        written["scheduled_until"] = _or_null(incident.scheduled_until)
    return written


def _update(update: IncidentUpdate) -> dict[str, Any]:
    instant = in_milliseconds(update.created_at)
    return {
        "id": update.id,
        "status": update.status,
        "body": update.body,
        "incident_id": update.incident_id,
        "created_at": instant,
        "updated_at": instant,
        "display_at": instant,
        "affected_components": update.affected_as_shown(),
        "deliver_notifications": update.deliver_notifications,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _or_null(instant: float | None) -> str | None:
    return None if instant is None else in_milliseconds(instant)
