"""The engine's door to one page: an operation in, one call of the client, an outcome in the core's words out.

Here alone the identity of an incident is written into its metadata and read back. Decides nothing: what is asked is sent, once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, assert_never

from bridge.core.answers import (
    ComponentList,
    ComponentRow,
    IncidentList,
    IncidentRow,
    MaintenanceList,
    MetricList,
    PageRow,
    PointsAccepted,
    PostmortemRow,
    TemplateList,
)
from bridge.core.incidents import IncidentKey
from bridge.core.intents import Done, OperationId, Outcome
from bridge.core.observed import ListKind
from bridge.core.operations import (
    DraftPostmortem,
    FindIncident,
    IdentifyIncident,
    Operation,
    PushPoints,
    Read,
    ReadIncident,
    ReadList,
    ReadPage,
    ReadPostmortem,
    SetComponent,
    Write,
    WriteIncident,
    WriteMaintenance,
)
from bridge.core.statuses import ComponentStatus, Impact, MaintenanceStatus
from bridge.statuspage.calls import ForbiddenCallError
from bridge.statuspage.incidents import IncidentWrite
from bridge.statuspage.maintenance_rows import maintenance_row
from bridge.statuspage.maintenances import MaintenanceWrite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.core.answers import Answer
    from bridge.statuspage.client import StatuspageClient
    from bridge.statuspage.models import Component, Incident, IncidentTemplate, Metric, Page, Postmortem

METADATA_NAME = "bridge"
METADATA_VERSION = 1
"""The format of our metadata; a reader ignores versions that it does not know (reliability.md, "Identity").

A member may be added without a new version, if a reader that does not know it loses nothing, and one that misses it knows what that means.
"""

WORDLESS = frozenset(
    {
        "",
        "We are currently investigating this issue.",
        "We are continuing to investigate this issue.",
        "The issue has been identified and a fix is being implemented.",
        "We are continuing to work on a fix for this issue.",
        "A fix has been implemented and we are monitoring the results.",
        "We are continuing to monitor for any further issues.",
    }
)
"""What an update says for which nobody wrote a text: nothing, or the vendor's sentence for an incident that is open (statuspage-api.md, decision on a PATCH without a body)."""

PER_PAGE = 100
"""Rows of a list's page: the documented maximum (statuspage-api.md, 2.11). A shorter page is the last one."""


_STATUSES = frozenset(ComponentStatus)


class StatuspageDoor:
    """One page. Implements the engine's `Statuspage`."""

    def __init__(self, client: StatuspageClient, page: str) -> None:
        """Open the door to a page.

        Args:
            client: bound to the page's id.
            page: its name in the settings; an operation that is about another one is not sent.
        """
        self._client = client
        self._page = page

    async def perform(self, operation: Operation, operation_id: OperationId, *, timeout: float) -> Outcome:  # noqa: ASYNC109 - as in Calls.call
        """Send one operation and say what became of it; `Done.body` is an `Answer`.

        Raises:
            ForbiddenCallError: a defect of ours: the operation is about another page.
        """
        if operation.page != self._page:
            raise ForbiddenCallError(
                f"an operation about {operation.page!r} came to the door of {self._page!r}"
            )
        match operation:
            case WriteIncident() | WriteMaintenance() | SetComponent() | PushPoints() | DraftPostmortem():
                return await self._write(operation, operation_id, timeout)
            case _:
                return await self._read(operation, timeout)

    async def _read(self, operation: Read, timeout: float) -> Outcome:  # noqa: ASYNC109 - as in Calls.call
        match operation:
            case ReadPage():
                return _answered(await self._client.get_page(timeout=timeout), _page_row)
            case ReadList():
                return await self._read_list(operation, timeout)
            case ReadIncident() | IdentifyIncident():
                outcome = await self._client.get_incident(operation.incident_id, timeout=timeout)
                return _answered(outcome, incident_row)
            case FindIncident():
                outcome = await self._client.list_incidents(operation.number, limit=PER_PAGE, timeout=timeout)
                return _answered(outcome, _incident_list)
            case ReadPostmortem():
                outcome = await self._client.get_postmortem(operation.incident_id, timeout=timeout)
                return _answered(outcome, _postmortem_row)
            case _:
                assert_never(operation)

    async def _write(
        self,
        operation: Write | PushPoints | DraftPostmortem,
        operation_id: OperationId,
        timeout: float,  # noqa: ASYNC109 - as in Calls.call
    ) -> Outcome:
        match operation:
            case WriteIncident():
                write = _incident_write(operation, operation_id)
                if operation.incident_id:
                    outcome = await self._client.update_incident(
                        operation.incident_id, write, timeout=timeout
                    )
                else:
                    outcome = await self._client.create_incident(write, timeout=timeout)
                return _answered(outcome, incident_row)
            case WriteMaintenance():
                written = _maintenance_write(operation, operation_id)
                if operation.incident_id:
                    outcome = await self._client.update_incident(
                        operation.incident_id, written, timeout=timeout
                    )
                else:
                    outcome = await self._client.create_incident(written, timeout=timeout)
                return _answered(outcome, incident_row)
            case SetComponent():
                outcome = await self._client.set_component(
                    operation.component_id, operation.status, timeout=timeout
                )
                return _answered(outcome, _component_row)
            case PushPoints():
                points = {metric_id: values for metric_id, _, values in operation.points}
                outcome = await self._client.push_points(points, timeout=timeout)
                return _answered(outcome, lambda _: PointsAccepted())
            case DraftPostmortem():
                outcome = await self._client.draft_postmortem(
                    operation.incident_id, operation.body, timeout=timeout
                )
                return _answered(outcome, _postmortem_row)
            case _:
                assert_never(operation)

    async def _read_list(self, operation: ReadList, timeout: float) -> Outcome:  # noqa: ASYNC109 - as in Calls.call
        number, client = operation.number, self._client
        match operation.kind:
            case ListKind.COMPONENTS:
                return _answered(
                    await client.list_components(number, per_page=PER_PAGE, timeout=timeout), _component_list
                )
            case ListKind.UNRESOLVED:
                return _answered(
                    await client.list_unresolved(number, per_page=PER_PAGE, timeout=timeout), _incident_list
                )
            case ListKind.SCHEDULED:
                return _answered(
                    await client.list_scheduled(number, per_page=PER_PAGE, timeout=timeout), _maintenance_list
                )
            case ListKind.ACTIVE:
                return _answered(
                    await client.list_active(number, per_page=PER_PAGE, timeout=timeout), _maintenance_list
                )
            case ListKind.TEMPLATES:
                return _answered(
                    await client.list_templates(number, per_page=PER_PAGE, timeout=timeout), _template_list
                )
            case ListKind.METRICS:
                return _answered(
                    await client.list_metrics(number, per_page=PER_PAGE, timeout=timeout), _metric_list
                )


def _answered(outcome: Outcome, read: Callable[[Any], Answer]) -> Outcome:
    return replace(outcome, body=read(outcome.body)) if isinstance(outcome, Done) else outcome


def incident_row(incident: Incident) -> IncidentRow:
    """An incident in the core's words; our identity only where the metadata is whole and of a version that we know."""
    row = IncidentRow(
        incident.id,
        incident.known_status,
        tuple(component.id for component in incident.components),
        incident.created_at or 0.0,
        tuple(update.id for update in incident.incident_updates),  # newest first (statuspage-api.md, 3.9)
        updated_at=incident.updated_at or 0.0,
        worded=frozenset(
            update.id
            for update in incident.incident_updates
            if update.deliver_notifications or update.body not in WORDLESS
        ),
    )
    ours = incident.metadata.get(METADATA_NAME)
    if incident.scheduled_for is not None and incident.known_status is None:
        row = replace(row, maintenance=maintenance_row(incident, ours))
    if ours is None:
        return row
    asked = any(update.deliver_notifications for update in incident.incident_updates)
    return _identified(row, ours, asked=asked)


def _listed_row(incident: Incident) -> IncidentRow:
    """The same from a list, which may not show metadata (statuspage-api.md, "What a real page must still tell"): then it says nothing of whose it is."""
    return replace(incident_row(incident), hidden=not incident.metadata)


def _identified(row: IncidentRow, ours: Mapping[str, object], *, asked: bool) -> IncidentRow:
    match ours:
        case {
            "v": 1,
            "key": str(key),
            "episode": int(episode),
            "sequence": int(sequence),
            "op": str(operation),
        }:
            return replace(
                row,
                key=IncidentKey(key),
                episode=episode,
                sequence=sequence,
                operation=OperationId(operation),
                shown=_shown(ours.get("components")),
                # Versions before this member announced all that they opened; and a person's update may have announced it.
                announced=asked or ours.get("announced") is not False,
                identified_at=_number(ours.get("identified")),
            )
        case _:
            return row


def _number(value: object) -> int:
    """The number of a transition; zero where there is none."""
    return value if isinstance(value, int) else 0


def _shown(components: object) -> tuple[tuple[str, ComponentStatus], ...]:
    """The component statuses that our metadata remembers; what we do not know is left out."""
    if not isinstance(components, dict):
        return ()
    return tuple(
        (component_id, ComponentStatus(status))
        for component_id, status in components.items()
        if isinstance(component_id, str) and status in _STATUSES
    )


def _incident_write(operation: WriteIncident, operation_id: OperationId) -> IncidentWrite:
    identity: dict[str, object] = {
        "v": METADATA_VERSION,
        "key": operation.key,
        "episode": operation.episode,
        "sequence": operation.sequence,
        "op": operation_id,
        "components": dict(operation.shown),
        "announced": operation.announced,
    }
    if operation.identified_at:
        identity["identified"] = operation.identified_at
    return IncidentWrite(
        deliver_notifications=operation.notify,
        name=None if operation.incident_id else operation.name,
        status=operation.status,
        body=operation.body if operation.status is not None else None,
        component_ids=operation.component_ids,
        components=dict(operation.components) or None,
        impact_override=_impact(operation),
        metadata={METADATA_NAME: identity},
    )


def _maintenance_write(operation: WriteMaintenance, operation_id: OperationId) -> MaintenanceWrite:
    over = operation.status is MaintenanceStatus.COMPLETED
    identity = {
        "v": METADATA_VERSION,
        "key": operation.key,
        "episode": operation.episode,
        "sequence": operation.sequence,
        "op": operation_id,
        "begins": operation.begins_at,
        "ends": operation.ends_at,
        "planned": operation.planned_end,
        "extended": operation.extended,
        "open": operation.open_ended,
    }
    return MaintenanceWrite(
        deliver_notifications=operation.notify,
        name=operation.name,
        status=operation.status,
        body=operation.body if operation.status is not None else None,
        component_ids=operation.component_ids,
        # One that is ended keeps the times that readers know.
        scheduled_for=None if over else operation.begins_at,
        scheduled_until=None if over else operation.ends_at,
        auto_completed=not operation.open_ended,
        sets_components=operation.sets_components,
        remind=operation.remind,
        notify_begin=operation.notify_begin,
        notify_end=operation.notify_end,
        metadata={METADATA_NAME: identity},
    )


def _impact(operation: WriteIncident) -> str | None:
    fixed = not operation.incident_id and operation.impact is not Impact.AUTO
    return operation.impact.value if fixed else None


def _postmortem_row(postmortem: Postmortem) -> PostmortemRow:
    return PostmortemRow(bool(postmortem.body or postmortem.body_draft))


def _page_row(page: Page) -> PageRow:
    return PageRow(page.id, page.created_at)


def _component_row(component: Component) -> ComponentRow:
    return ComponentRow(
        component.id, component.name, component.group_id, component.group, component.known_status
    )


def _component_list(components: tuple[Component, ...]) -> ComponentList:
    return ComponentList(
        tuple(_component_row(component) for component in components), len(components) < PER_PAGE
    )


def _incident_list(incidents: tuple[Incident, ...]) -> IncidentList:
    return IncidentList(tuple(_listed_row(incident) for incident in incidents), len(incidents) < PER_PAGE)


def _maintenance_list(incidents: tuple[Incident, ...]) -> MaintenanceList:
    rows = tuple(
        replace(maintenance_row(incident, incident.metadata.get(METADATA_NAME)), hidden=not incident.metadata)
        for incident in incidents
    )
    return MaintenanceList(rows, len(incidents) < PER_PAGE)


def _template_list(templates: tuple[IncidentTemplate, ...]) -> TemplateList:
    rows = tuple((template.id, template.name, template.title, template.body) for template in templates)
    return TemplateList(rows, len(templates) < PER_PAGE)


def _metric_list(metrics: tuple[Metric, ...]) -> MetricList:
    return MetricList(tuple((metric.id, metric.name) for metric in metrics), len(metrics) < PER_PAGE)
