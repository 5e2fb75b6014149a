"""What one instance of the service holds: pages, tokens, identifiers, and the ledgers.

Must not know requests; it offers what several resources and the setup calls need alike.
"""

from dataclasses import dataclass, field

from bridge.simulator.identifiers import Identifiers
from bridge.simulator.ledgers import Arrival, Notification, NotificationKind
from bridge.simulator.options import Options
from bridge.simulator.rate_window import RateWindow
from bridge.simulator.records.components import Component, ComponentGroup, StatusChange
from bridge.simulator.records.incidents import Incident, IncidentUpdate
from bridge.simulator.records.metrics_providers import MetricsProvider, ProviderType
from bridge.simulator.records.pages import Page
from bridge.simulator.statuses import ComponentStatus
from bridge.simulator.timeline import Timeline
from bridge.simulator.versions import Versions


@dataclass(frozen=True, slots=True)
class Token:
    """An API token: the pages it may touch (None: all of them), its rate window, and that of its unpaginated lists."""

    text: str = field(repr=False)
    page_ids: frozenset[str] | None
    window: RateWindow
    unpaginated: RateWindow = field(default_factory=lambda: RateWindow(limit=1, seconds=60.0))

    def may_touch(self, page_id: str) -> bool:
        """Say whether the token reaches a page."""
        return self.page_ids is None or page_id in self.page_ids


@dataclass(slots=True)
class Account:
    """Everything that the model remembers between two requests."""

    options: Options
    identifiers: Identifiers
    pages: dict[str, Page] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    versions: Versions = field(default_factory=Versions)
    timeline: Timeline = field(default_factory=Timeline)

    def new_component(self, page: Page, name: str, *, status: ComponentStatus, now: float) -> Component:
        """Put a new component at the end of a page."""
        component = Component(
            id=self.identifiers.draw(),
            page_id=page.id,
            name=name,
            status=status,
            position=next_position(page),
            created_at=now,
            updated_at=now,
            automation_email=self.identifiers.automation_email(),
            changes=[StatusChange(now, status)],
        )
        page.components[component.id] = component
        return component

    def new_group(self, page: Page, name: str, *, now: float) -> ComponentGroup:
        """Put a new group, still without components, at the end of a page."""
        group = ComponentGroup(
            id=self.identifiers.draw(),
            page_id=page.id,
            name=name,
            position=next_position(page),
            created_at=now,
            updated_at=now,
        )
        page.groups[group.id] = group
        return group

    def own_provider(self, page: Page, *, now: float) -> MetricsProvider:
        """Return the page's first provider of metrics whose points come by the API; make it where there is none."""
        for provider in page.providers.values():
            if provider.type is ProviderType.SELF:
                return provider
        provider = MetricsProvider(
            id=self.identifiers.draw(),
            page_id=page.id,
            type=ProviderType.SELF,
            created_at=now,
            updated_at=now,
        )
        page.providers[provider.id] = provider
        return provider

    def notify(
        self,
        incident: Incident,
        told: IncidentUpdate | str,
        *,
        at: float,
        kind: NotificationKind = NotificationKind.UPDATE,
        automatic: bool = False,
    ) -> None:
        """Write down that subscribers would be told of an update now, or of a text that is none; `automatic` if time does it."""
        if isinstance(told, IncidentUpdate):
            update_id, status, body = told.id, told.status, told.body
        else:
            update_id, status, body = "", incident.status, told
        self.notifications.append(
            Notification(
                at=at,
                page_id=incident.page_id,
                incident_id=incident.id,
                update_id=update_id,
                status=status,
                body=body,
                # The request that is being answered will be the next in the list.
                arrival=len(self.arrivals),
                kind=kind,
                recipients=self.pages[incident.page_id].recipients_of(incident),
                automatic=automatic,
            )
        )


def next_position(page: Page) -> int:
    """Return the position behind everything at the page's top level."""
    groups = (group.position for group in page.groups.values())
    lone = (component.position for component in page.components.values() if component.group_id is None)
    return max(max(groups, default=0), max(lone, default=0)) + 1


def move(page: Page, component: Component, group: ComponentGroup | None, *, now: float) -> None:
    """Put a component into a group, or to the page's top level; a group that this empties is gone with it."""
    if component.group_id == (None if group is None else group.id):
        return
    former = None if component.group_id is None else page.groups.get(component.group_id)
    if former is not None:
        former.component_ids.remove(component.id)
        former.updated_at = now
        if not former.component_ids:
            del page.groups[former.id]
    if group is None:
        component.group_id = None
        # Out of the way of its own old position, which counts for the top level from here on.
        component.position = 0
        component.position = next_position(page)
    else:
        siblings = (page.components[child].position for child in group.component_ids)
        component.position = max(siblings, default=0) + 1
        component.group_id = group.id
        group.component_ids.append(component.id)
        group.updated_at = now
    component.touch(now)
