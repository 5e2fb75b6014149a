"""The public page's JSON under `/api/v2` and at `/incidents/<id>.json`, in the shapes recorded of live pages.

Unlike the API it writes milliseconds in the page's time zone and shows `started_at`, and it never shows an automation
address. What a list may hold is decided in `public_incidents`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bridge.simulator.page_times import PageTimes
from bridge.simulator.public_incidents import (
    active,
    began_at,
    maintenances,
    page_status,
    published_postmortem,
    realtime,
    shown_at,
    shown_status,
    unresolved,
    upcoming,
)
from bridge.simulator.records.components import Component, ComponentGroup
from bridge.simulator.records.encoding import encode
from bridge.simulator.records.incidents import Incident, IncidentUpdate
from bridge.simulator.records.pages import Page
from bridge.simulator.statuses import ComponentStatus

LONGEST_LIST = 50
"""The most recent incidents, or maintenances, that `incidents.json` and `scheduled-maintenances.json` hold."""


def status(page: Page) -> str:
    """Write `status.json`."""
    return encode({"page": _page(page, _times(page)), "status": _status(page)})


def summary(page: Page) -> str:
    """Write `summary.json`: components, unresolved incidents, upcoming and running maintenances."""
    times = _times(page)
    coming = [incident for incident in maintenances(page) if not incident.closed]
    return encode(
        {
            "page": _page(page, times),
            "components": list(_components(page, times)),
            "incidents": [_incident(page, incident, times) for incident in unresolved(page)],
            "scheduled_maintenances": [_incident(page, incident, times) for incident in coming],
            "status": _status(page),
        }
    )


def components(page: Page) -> str:
    """Write `components.json`."""
    times = _times(page)
    return encode({"page": _page(page, times), "components": list(_components(page, times))})


def incidents(page: Page) -> str:
    """Write `incidents.json`: the most recent ones, whatever became of them."""
    return _listed(page, "incidents", realtime(page)[:LONGEST_LIST])


def unresolved_incidents(page: Page) -> str:
    """Write `incidents/unresolved.json`."""
    return _listed(page, "incidents", unresolved(page))


def scheduled_maintenances(page: Page) -> str:
    """Write `scheduled-maintenances.json`: the most recent ones, whatever became of them."""
    return _listed(page, "scheduled_maintenances", maintenances(page)[:LONGEST_LIST])


def upcoming_maintenances(page: Page) -> str:
    """Write `scheduled-maintenances/upcoming.json`."""
    return _listed(page, "scheduled_maintenances", upcoming(page))


def active_maintenances(page: Page) -> str:
    """Write `scheduled-maintenances/active.json`: in progress, or being verified."""
    return _listed(page, "scheduled_maintenances", active(page))


DOCUMENTS: Mapping[str, Callable[[Page], str]] = {
    "status.json": status,
    "summary.json": summary,
    "components.json": components,
    "incidents.json": incidents,
    "incidents/unresolved.json": unresolved_incidents,
    "scheduled-maintenances.json": scheduled_maintenances,
    "scheduled-maintenances/upcoming.json": upcoming_maintenances,
    "scheduled-maintenances/active.json": active_maintenances,
}
"""What is served below `/api/v2/`."""


def one_incident(page: Page, incident: Incident) -> str:
    """Write `/incidents/<id>.json`: the incident alone, with what the service keeps of it beside the lists' fields."""
    times = _times(page)
    settings, postmortem = incident.settings, published_postmortem(incident)
    return encode(
        {
            **_incident(page, incident, times),
            "backfilled": incident.backfilled,
            "impact_override": incident.impact_override,
            "scheduled_for": times.milliseconds_or_null(incident.scheduled_for),
            "scheduled_until": times.milliseconds_or_null(incident.scheduled_until),
            "scheduled_remind_prior": settings["scheduled_remind_prior"],
            "scheduled_reminded_at": times.milliseconds_or_null(incident.scheduled_reminded_at),
            "scheduled_auto_in_progress": settings["scheduled_auto_in_progress"],
            "scheduled_auto_completed": settings["scheduled_auto_completed"],
            "postmortem_body": None if postmortem is None else postmortem.body,
            "postmortem_published_at": None
            if postmortem is None
            else times.in_milliseconds(postmortem.published_at),
        }
    )


def _listed(page: Page, name: str, listed: Iterable[Incident]) -> str:
    times = _times(page)
    return encode(
        {"page": _page(page, times), name: [_incident(page, incident, times) for incident in listed]}
    )


def _times(page: Page) -> PageTimes:
    return PageTimes.of(page.time_zone)


def _page(page: Page, times: PageTimes) -> dict[str, Any]:
    return {
        "id": page.id,
        "name": page.name,
        "url": page.url or f"https://{page.subdomain}.statuspage.io",
        "time_zone": times.name,
        "updated_at": times.in_milliseconds(page.last_changed()),
    }


def _status(page: Page) -> dict[str, str]:
    shown = page_status(page)
    return {"indicator": shown.indicator, "description": shown.description}


def _components(page: Page, times: PageTimes) -> Iterable[dict[str, Any]]:
    for group, children in page.in_order():
        if group is not None:
            yield {
                **_component(group, page.group_status(group), times),
                "group": True,
                "components": group.component_ids,
            }
        for component in children:
            yield _component(component, component.status, times)


def _component(row: Component | ComponentGroup, shown: ComponentStatus, times: PageTimes) -> dict[str, Any]:
    leaf = row if isinstance(row, Component) else None
    return {
        "id": row.id,
        "name": row.name,
        "status": shown,
        "created_at": times.in_milliseconds(row.created_at),
        "updated_at": times.in_milliseconds(row.updated_at),
        "position": row.position,
        "description": row.description,
        "showcase": leaf is not None and leaf.showcase,
        "start_date": None if leaf is None else leaf.start_date,
        "group_id": None if leaf is None else leaf.group_id,
        "page_id": row.page_id,
        "group": False,
        "only_show_if_degraded": leaf is not None and leaf.only_show_if_degraded,
    }


def _incident(page: Page, incident: Incident, times: PageTimes) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": incident.id,
        "name": incident.name,
        "status": shown_status(incident),
        "created_at": times.in_milliseconds(incident.created_at),
        "updated_at": times.in_milliseconds(incident.updated_at),
        "monitoring_at": times.milliseconds_or_null(incident.monitoring_at),
        "resolved_at": times.milliseconds_or_null(incident.resolved_at),
        "impact": incident.impact,
        "shortlink": incident.shortlink,
        "started_at": times.in_milliseconds(began_at(incident)),
        "page_id": incident.page_id,
        "incident_updates": [_update(update, times) for update in reversed(incident.updates)],
        "components": [
            _component(component, component.status, times) for component in page.components_of(incident)
        ],
    }
    if incident.scheduled:
        written["scheduled_for"] = times.milliseconds_or_null(incident.scheduled_for)
        written["scheduled_until"] = times.milliseconds_or_null(incident.scheduled_until)
    return written


def _update(update: IncidentUpdate, times: PageTimes) -> dict[str, Any]:
    created = times.in_milliseconds(update.created_at)
    return {
        "id": update.id,
        "status": update.status,
        "body": update.body,
        "incident_id": update.incident_id,
        "created_at": created,
        "updated_at": times.in_milliseconds(update.updated_at),
        "display_at": times.in_milliseconds(shown_at(update)),
        "affected_components": update.affected_as_shown(),
        "deliver_notifications": update.deliver_notifications,
        "custom_tweet": None,
        "tweet_id": None,
    }
