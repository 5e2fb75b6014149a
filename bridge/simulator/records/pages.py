"""A page: the tables of everything on it, and the walks over them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bridge.simulator.records.components import Component, ComponentGroup
from bridge.simulator.records.encoding import encode
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.metrics import Metric
from bridge.simulator.records.metrics_providers import MetricsProvider
from bridge.simulator.records.subscribers import SubscriberTable
from bridge.simulator.records.templates import Template
from bridge.simulator.statuses import ComponentStatus, worst_component_status
from bridge.simulator.timestamps import in_seconds

Setting = str | int | bool | None

COLOURS = (
    "css_body_background_color",
    "css_font_color",
    "css_light_font_color",
    "css_greens",
    "css_yellows",
    "css_oranges",
    "css_blues",
    "css_reds",
    "css_border_color",
    "css_graph_color",
    "css_link_color",
    "css_no_data",
)
_LOGOS = ("favicon_logo", "transactional_logo", "hero_cover", "email_logo", "twitter_logo")

_PLAIN_SETTINGS: Mapping[str, Setting] = {
    "headline": None,
    "branding": "basic",
    "support_url": None,
    "hidden_from_search": False,
    "allow_page_subscribers": True,
    "allow_incident_subscribers": True,
    "allow_email_subscribers": True,
    "allow_sms_subscribers": True,
    "allow_rss_atom_feeds": True,
    "allow_webhook_subscribers": True,
    "notifications_from_email": None,
    "notifications_email_footer": None,
    "activity_score": 0,
    "twitter_username": None,
    "viewers_must_be_team_members": False,
    "ip_restrictions": None,
    "city": None,
    "state": None,
    "country": None,
}
_BEFORE_THE_ZONE = tuple(name for name in _PLAIN_SETTINGS if name not in {"headline", "branding"})
PAGE_SETTINGS: Mapping[str, Setting] = {**_PLAIN_SETTINGS, **dict.fromkeys(COLOURS)}
"""What the API only stores and shows of a page, with what it shows when it was never set."""


@dataclass(slots=True, kw_only=True)
class Page:
    """A status page with all that is on it, each table by identifier in order of creation."""

    id: str
    name: str
    created_at: float
    updated_at: float
    subdomain: str
    domain: str | None = None
    url: str | None = None
    description: str | None = None
    time_zone: str = "UTC"
    settings: dict[str, Setting] = field(default_factory=lambda: {**PAGE_SETTINGS})
    components: dict[str, Component] = field(default_factory=dict)
    groups: dict[str, ComponentGroup] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    providers: dict[str, MetricsProvider] = field(default_factory=dict)
    subscribers: SubscriberTable = field(default_factory=SubscriberTable)
    templates: dict[str, Template] = field(default_factory=dict)

    def component(self, name: str) -> Component:
        """Find a component by "Group / Component" or by its own name.

        Raises:
            KeyError: No component has that name, or more than one.
        """
        found = [
            component
            for component in self.components.values()
            if name in {component.name, self.full_name(component, " / ")}
        ]
        if len(found) != 1:
            raise KeyError(f"{len(found)} components are named {name!r}")
        return found[0]

    def full_name(self, component: Component, separator: str) -> str:
        """Return a component's name behind that of its group, if it has one."""
        group = None if component.group_id is None else self.groups.get(component.group_id)
        return component.name if group is None else f"{group.name}{separator}{component.name}"

    def components_of(self, incident: Incident) -> list[Component]:
        """Return the components that an incident lists."""
        components = self.components
        return [components[identifier] for identifier in incident.component_ids if identifier in components]

    def recipients_of(self, incident: Incident) -> tuple[str, ...]:
        """Return the ids of who is told of an incident now: its own subscribers, and the page's whose components it lists.

        A subscriber to some components is told of an incident that lists none of the page's.
        """
        listed = frozenset(incident.component_ids)
        return tuple(
            subscriber.id
            for subscriber in (*self.subscribers.values(), *incident.subscribers.values())
            if subscriber.told
            and (
                not subscriber.component_ids or not listed or not listed.isdisjoint(subscriber.component_ids)
            )
        )

    def group_status(self, group: ComponentGroup) -> ComponentStatus:
        """Return the worst status of a group's children."""
        return worst_component_status(self.components[child].status for child in group.component_ids)

    def in_order(self) -> Iterator[tuple[ComponentGroup | None, list[Component]]]:
        """Walk the page as it is shown: each group with its children, each lone component without a group."""
        top: list[ComponentGroup | Component] = [
            *self.groups.values(),
            *(component for component in self.components.values() if component.group_id is None),
        ]
        for item in sorted(top, key=lambda shown: shown.position):
            if isinstance(item, ComponentGroup):
                children = [self.components[child] for child in item.component_ids]
                yield item, sorted(children, key=lambda child: child.position)
            else:
                yield None, [item]

    def last_changed(self) -> float:
        """Return when anything on the page last changed."""
        return max(
            self.updated_at,
            *(component.updated_at for component in self.components.values()),
            *(group.updated_at for group in self.groups.values()),
            *(incident.updated_at for incident in self.incidents.values()),
            0.0,
        )

    def written(self) -> str:
        """Return the page as JSON; the logos, which the API cannot set, are null."""
        return encode(
            {
                "id": self.id,
                "created_at": in_seconds(self.created_at),
                "updated_at": in_seconds(self.updated_at),
                "name": self.name,
                "page_description": self.description,
                **{name: self.settings[name] for name in ("headline", "branding")},
                "subdomain": self.subdomain,
                "domain": self.domain,
                "url": self.url,
                **{name: self.settings[name] for name in _BEFORE_THE_ZONE},
                "time_zone": self.time_zone,
                **{name: self.settings[name] for name in COLOURS},
                **dict.fromkeys(_LOGOS),
            }
        )
