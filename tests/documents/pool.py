"""Enough of everything on a page that a storm of random requests meets things which exist, deletes some, and still finds others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.documents.openapi import Operation
    from tests.documents.stage import Stage

_CREDENTIALS = {
    "type": "Datadog",
    "api_key": "a",
    "api_token": "a",
    "application_key": "b",
    "metric_base_uri": "https://metrics.example.com",
}


def fill(stage: Stage, count: int) -> None:
    """Make `count` of each kind of thing, through the API."""
    page = f"/pages/{stage.page_id}"
    provider = stage.make("/metrics_providers", {"metrics_provider": {"type": "Self"}})
    for number in range(count):
        component = stage.make("/components", {"component": {"name": f"component {number}"}})
        grouped = {"name": f"group {number}", "components": [component]}
        stage.make("/component-groups", {"component_group": grouped})
        stage.make("/subscribers", {"subscriber": {"email": f"reader-{number}@example.com"}})
        stage.make("/metrics_providers", {"metrics_provider": _CREDENTIALS})
        metric = {"name": f"metric {number}", "suffix": "ms"}
        stage.make(f"/metrics_providers/{provider}/metrics", {"metric": metric})
        incident = stage.make(
            "/incidents", {"incident": {"name": f"trouble {number}", "component_ids": [component]}}
        )
        told = {"subscriber": {"email": f"reader-{number}@example.org"}}
        stage.make(f"/incidents/{incident}/subscribers", told)
        if number % 2:
            stage.ask(
                "PATCH", f"{page}/incidents/{incident}", {"incident": {"status": "resolved", "body": "Over."}}
            )
            draft = {"postmortem": {"body_draft": "It broke."}}
            stage.ask("PUT", f"{page}/incidents/{incident}/postmortem", draft)
        if number % 4 == 1:
            sent = {"postmortem": {"notify_subscribers": False}}
            stage.ask("PUT", f"{page}/incidents/{incident}/postmortem/publish", sent)


def live_identifiers(stage: Stage, operation: Operation) -> dict[str, list[str]]:
    """For each placeholder of an operation's path, what exists now; where one lies below an incident, that one is the first."""
    page = stage.simulator.page(stage.page_id)
    incidents = [*page.incidents.values()]
    found = {
        "page_id": [stage.page_id],
        "component_id": [*page.components],
        "id": [*page.groups],
        "metric_id": [*page.metrics],
        "metrics_provider_id": [*page.providers],
        "subscriber_id": [*page.subscribers],
        "incident_id": [incident.id for incident in incidents],
    }
    if "{incident_update_id}" in operation.template:
        incidents = [incident for incident in incidents if incident.updates]
        found["incident_id"] = [incident.id for incident in incidents]
        found["incident_update_id"] = [incident.updates[0].id for incident in incidents]
    if "/incidents/{incident_id}/subscribers/{subscriber_id}" in operation.template:
        incidents = [incident for incident in incidents if incident.subscribers]
        found["incident_id"] = [incident.id for incident in incidents]
        found["subscriber_id"] = [next(iter(incident.subscribers)) for incident in incidents]
    return found
