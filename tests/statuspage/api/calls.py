"""Every operation of the whole client, called once at least, with what it has to send."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api import (
    NO_GROUP,
    OFFICIAL_STATUS,
    Branding,
    ComponentChange,
    EmailSubscriber,
    GroupWrite,
    HistoricalIncident,
    Impact,
    IncidentChange,
    MaintenanceStatus,
    MetricChange,
    MetricsProviderChange,
    NewComponent,
    NewMetric,
    NewMetricsProvider,
    NewTemplate,
    PageChange,
    Point,
    ProviderType,
    RealtimeIncident,
    RealtimeStatus,
    ScheduledMaintenance,
    SmsSubscriber,
    SortField,
    SubscriberState,
    SubscriberType,
    Transform,
    UpdateCorrection,
    WebhookSubscriber,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bridge.statuspage.api import StatuspageApi

PAGE, INCIDENT, UPDATE, COMPONENT, OTHER = "page0page", "inci0inci", "upda0upda", "comp0comp", "othr0othr"
GROUP, SUBSCRIBER, METRIC, PROVIDER = "grup0grup", "subs0subs", "metr0metr", "prov0prov"
PLACES = {
    "page_id": PAGE,
    "incident_id": INCIDENT,
    "incident_update_id": UPDATE,
    "component_id": COMPONENT,
    "id": GROUP,
    "subscriber_id": SUBSCRIBER,
    "metric_id": METRIC,
    "metrics_provider_id": PROVIDER,
}
FOUR, SIX = 1_771_128_000, 1_771_135_200.5
"""Four o'clock on 15 February 2026, and half a second after six, in UTC."""


@dataclass(frozen=True, slots=True)
class OneCall:
    """One call: a sentence, the operation, how it is made, and what it has to send."""

    sentence: str
    method: str
    template: str
    make: Callable[[StatuspageApi], Awaitable[Any]]
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def operation(self) -> tuple[str, str]:
        """Method and template."""
        return self.method, self.template

    @property
    def path(self) -> str:
        """The path with the ids in it."""
        return self.template.format_map(PLACES)


async def all_of(rows: AsyncIterator[Any]) -> list[Any]:
    """All rows of a list."""
    return [row async for row in rows]


_PAGE = "/pages/{page_id}"
_INCIDENT = f"{_PAGE}/incidents/{{incident_id}}"
_SUBSCRIBER = f"{_PAGE}/subscribers/{{subscriber_id}}"
_METRIC = f"{_PAGE}/metrics/{{metric_id}}"
_PROVIDER = f"{_PAGE}/metrics_providers/{{metrics_provider_id}}"
PAGES_FROM_ONE = {"page": "1", "per_page": "100"}

CALLS = (
    # --- pages
    OneCall("all pages, without a page of them", "GET", "/pages", lambda api: all_of(api.pages.list())),
    OneCall("one page", "GET", _PAGE, lambda api: api.pages.get(PAGE)),
    OneCall(
        "a page's profile is changed",
        "PATCH",
        _PAGE,
        lambda api: api.pages.update(
            PAGE, PageChange(name="Acme", branding=Branding.PREMIUM, hidden_from_search=False)
        ),
        body={"page": {"name": "Acme", "branding": "premium", "hidden_from_search": False}},
    ),
    # --- incidents
    OneCall(
        "all incidents take limit, from page 1",
        "GET",
        f"{_PAGE}/incidents",
        lambda api: all_of(api.incidents.list(PAGE, q="Latenz & Öl")),
        query={"q": "Latenz & Öl", "page": "1", "limit": "100"},
    ),
    OneCall(
        "unresolved incidents take per_page",
        "GET",
        f"{_PAGE}/incidents/unresolved",
        lambda api: all_of(api.incidents.unresolved(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "scheduled maintenances take per_page",
        "GET",
        f"{_PAGE}/incidents/scheduled",
        lambda api: all_of(api.incidents.scheduled(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "maintenances that go on take per_page",
        "GET",
        f"{_PAGE}/incidents/active_maintenance",
        lambda api: all_of(api.incidents.active_maintenance(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "maintenances to come take per_page",
        "GET",
        f"{_PAGE}/incidents/upcoming",
        lambda api: all_of(api.incidents.upcoming(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall("one incident", "GET", _INCIDENT, lambda api: api.incidents.get(PAGE, INCIDENT)),
    OneCall(
        "a realtime incident lists the components whose status it sets",
        "POST",
        f"{_PAGE}/incidents",
        lambda api: api.incidents.create(
            PAGE,
            RealtimeIncident(
                name="Checkout is down",
                deliver_notifications=True,
                body="We are looking.",
                impact_override=Impact.MAJOR,
                components={COMPONENT: ComponentStatus.MAJOR_OUTAGE, OTHER: OFFICIAL_STATUS},
                metadata={"jira": {"issue": "OPS-1"}},
                reminder_intervals=(1, 5, 24),
            ),
        ),
        body={
            "incident": {
                "name": "Checkout is down",
                "status": "investigating",
                "body": "We are looking.",
                "deliver_notifications": True,
                "impact_override": "major",
                "component_ids": [COMPONENT, OTHER],
                "components": {COMPONENT: "major_outage", OTHER: ""},
                "metadata": {"jira": {"issue": "OPS-1"}},
                "reminder_intervals": "[1, 5, 24]",
            }
        },
    ),
    OneCall(
        "a maintenance says of everything that the page may do by itself whether it shall",
        "POST",
        f"{_PAGE}/incidents",
        lambda api: api.incidents.create(
            PAGE,
            ScheduledMaintenance(
                name="Database upgrade",
                deliver_notifications=False,
                scheduled_for=FOUR,
                scheduled_until=SIX,
                scheduled_remind_prior=True,
                component_ids=(COMPONENT,),
                auto_tweet_on_creation=False,
            ),
        ),
        body={
            "incident": {
                "name": "Database upgrade",
                "status": "scheduled",
                "deliver_notifications": False,
                "scheduled_for": "2026-02-15T04:00:00Z",
                "scheduled_until": "2026-02-15T06:00:00.500Z",
                "scheduled_remind_prior": True,
                "scheduled_auto_in_progress": False,
                "scheduled_auto_completed": False,
                "auto_transition_to_maintenance_state": False,
                "auto_transition_to_operational_state": False,
                "auto_transition_deliver_notifications_at_start": False,
                "auto_transition_deliver_notifications_at_end": False,
                "auto_tweet_on_creation": False,
                "component_ids": [COMPONENT],
            }
        },
    ),
    OneCall(
        "a historical incident names no component",
        "POST",
        f"{_PAGE}/incidents",
        lambda api: api.incidents.create(
            PAGE,
            HistoricalIncident(
                name="The flood", deliver_notifications=False, backfill_date=date(2025, 12, 31)
            ),
        ),
        body={
            "incident": {
                "name": "The flood",
                "status": "resolved",
                "deliver_notifications": False,
                "backfilled": True,
                "backfill_date": "2025-12-31",
            }
        },
    ),
    OneCall(
        "an incident is resolved with its components set back",
        "PATCH",
        _INCIDENT,
        lambda api: api.incidents.update(
            PAGE,
            INCIDENT,
            IncidentChange(
                deliver_notifications=True,
                status=RealtimeStatus.RESOLVED,
                body="It works again.",
                component_ids=(COMPONENT,),
                components={COMPONENT: ComponentStatus.OPERATIONAL},
                reminder_intervals=(),
            ),
        ),
        body={
            "incident": {
                "status": "resolved",
                "body": "It works again.",
                "deliver_notifications": True,
                "component_ids": [COMPONENT],
                "components": {COMPONENT: "operational"},
                "reminder_intervals": "[]",
            }
        },
    ),
    OneCall(
        "a maintenance is moved",
        "PATCH",
        _INCIDENT,
        lambda api: api.incidents.update(
            PAGE,
            INCIDENT,
            IncidentChange(
                deliver_notifications=False,
                scheduled_for=FOUR,
                scheduled_auto_completed=True,
                auto_transition_deliver_notifications_at_end=False,
                reminder_intervals=4,
            ),
        ),
        body={
            "incident": {
                "deliver_notifications": False,
                "scheduled_for": "2026-02-15T04:00:00Z",
                "scheduled_auto_completed": True,
                "auto_transition_deliver_notifications_at_end": False,
                "reminder_intervals": "4",
            }
        },
    ),
    OneCall("an incident is deleted", "DELETE", _INCIDENT, lambda api: api.incidents.delete(PAGE, INCIDENT)),
    # --- incident updates
    OneCall(
        "updates are read with their incident",
        "GET",
        _INCIDENT,
        lambda api: all_of(api.incident_updates.list(PAGE, INCIDENT)),
    ),
    OneCall(
        "an update is a change of its incident, with status and text",
        "PATCH",
        _INCIDENT,
        lambda api: api.incident_updates.create(
            PAGE,
            INCIDENT,
            status=MaintenanceStatus.VERIFYING,
            body="Almost done.",
            deliver_notifications=False,
            component_ids=(),
        ),
        body={
            "incident": {
                "status": "verifying",
                "body": "Almost done.",
                "deliver_notifications": False,
                "component_ids": [],
            }
        },
    ),
    OneCall(
        "an update is corrected",
        "PATCH",
        f"{_INCIDENT}/incident_updates/{{incident_update_id}}",
        lambda api: api.incident_updates.correct(
            PAGE,
            INCIDENT,
            UPDATE,
            UpdateCorrection(deliver_notifications=False, body="We are looking at it.", display_at=FOUR),
        ),
        body={
            "incident_update": {
                "body": "We are looking at it.",
                "display_at": "2026-02-15T04:00:00Z",
                "deliver_notifications": False,
            }
        },
    ),
    # --- subscribers of an incident
    OneCall(
        "subscribers of an incident take per_page",
        "GET",
        f"{_INCIDENT}/subscribers",
        lambda api: all_of(api.incident_subscribers.list(PAGE, INCIDENT)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "a subscriber of an incident",
        "GET",
        f"{_INCIDENT}/subscribers/{{subscriber_id}}",
        lambda api: api.incident_subscribers.get(PAGE, INCIDENT, SUBSCRIBER),
    ),
    OneCall(
        "an email address subscribes to an incident",
        "POST",
        f"{_INCIDENT}/subscribers",
        lambda api: api.incident_subscribers.create(
            PAGE, INCIDENT, EmailSubscriber(email="a@b.example", skip_confirmation_notification=True)
        ),
        body={"subscriber": {"email": "a@b.example", "skip_confirmation_notification": True}},
    ),
    OneCall(
        "a subscription to an incident ends",
        "DELETE",
        f"{_INCIDENT}/subscribers/{{subscriber_id}}",
        lambda api: api.incident_subscribers.unsubscribe(PAGE, INCIDENT, SUBSCRIBER),
    ),
    OneCall(
        "a subscriber of an incident is asked again to confirm",
        "POST",
        f"{_INCIDENT}/subscribers/{{subscriber_id}}/resend_confirmation",
        lambda api: api.incident_subscribers.resend_confirmation(PAGE, INCIDENT, SUBSCRIBER),
    ),
    # --- postmortems
    OneCall(
        "a postmortem", "GET", f"{_INCIDENT}/postmortem", lambda api: api.postmortems.get(PAGE, INCIDENT)
    ),
    OneCall(
        "a postmortem is drafted",
        "PUT",
        f"{_INCIDENT}/postmortem",
        lambda api: api.postmortems.draft(PAGE, INCIDENT, "## Root cause"),
        body={"postmortem": {"body_draft": "## Root cause"}},
    ),
    OneCall(
        "a postmortem is published, and says who is told",
        "PUT",
        f"{_INCIDENT}/postmortem/publish",
        lambda api: api.postmortems.publish(PAGE, INCIDENT, notify_subscribers=False),
        body={"postmortem": {"notify_subscribers": False, "notify_twitter": False}},
    ),
    OneCall(
        "a postmortem is taken back",
        "PUT",
        f"{_INCIDENT}/postmortem/revert",
        lambda api: api.postmortems.revert(PAGE, INCIDENT),
    ),
    OneCall(
        "a postmortem is deleted",
        "DELETE",
        f"{_INCIDENT}/postmortem",
        lambda api: api.postmortems.delete(PAGE, INCIDENT),
    ),
    # --- components and groups
    OneCall(
        "components are always paginated",
        "GET",
        f"{_PAGE}/components",
        lambda api: all_of(api.components.list(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "one component",
        "GET",
        f"{_PAGE}/components/{{component_id}}",
        lambda api: api.components.get(PAGE, COMPONENT),
    ),
    OneCall(
        "a component is made",
        "POST",
        f"{_PAGE}/components",
        lambda api: api.components.create(
            PAGE,
            NewComponent(
                name="API",
                description="",
                status=ComponentStatus.OPERATIONAL,
                group_id=GROUP,
                showcase=True,
                start_date=date(2026, 1, 2),
            ),
        ),
        body={
            "component": {
                "name": "API",
                "description": "",
                "status": "operational",
                "group_id": GROUP,
                "showcase": True,
                "start_date": "2026-01-02",
            }
        },
    ),
    OneCall(
        "a component leaves its group by a word that is no null",
        "PATCH",
        f"{_PAGE}/components/{{component_id}}",
        lambda api: api.components.update(
            PAGE, COMPONENT, ComponentChange(status=OFFICIAL_STATUS, group_id=NO_GROUP)
        ),
        body={"component": {"status": "", "group_id": "null"}},
    ),
    OneCall(
        "a component is deleted",
        "DELETE",
        f"{_PAGE}/components/{{component_id}}",
        lambda api: api.components.delete(PAGE, COMPONENT),
    ),
    OneCall(
        "groups are always paginated",
        "GET",
        f"{_PAGE}/component-groups",
        lambda api: all_of(api.component_groups.list(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "one group",
        "GET",
        f"{_PAGE}/component-groups/{{id}}",
        lambda api: api.component_groups.get(PAGE, GROUP),
    ),
    OneCall(
        "a group is made; its description stands where the document and where the service want it",
        "POST",
        f"{_PAGE}/component-groups",
        lambda api: api.component_groups.create(
            PAGE, GroupWrite(name="Checkout", components=(COMPONENT, OTHER), description="Paying.")
        ),
        body={
            "description": "Paying.",
            "component_group": {
                "name": "Checkout",
                "components": [COMPONENT, OTHER],
                "description": "Paying.",
            },
        },
    ),
    OneCall(
        "a group is changed",
        "PATCH",
        f"{_PAGE}/component-groups/{{id}}",
        lambda api: api.component_groups.update(
            PAGE, GROUP, GroupWrite(name="Checkout", components=(COMPONENT,))
        ),
        body={"component_group": {"name": "Checkout", "components": [COMPONENT]}},
    ),
    OneCall(
        "a group is deleted",
        "DELETE",
        f"{_PAGE}/component-groups/{{id}}",
        lambda api: api.component_groups.delete(PAGE, GROUP),
    ),
    # --- subscribers
    OneCall(
        "subscribers begin with page 0, and are active ones unless another state is named",
        "GET",
        f"{_PAGE}/subscribers",
        lambda api: all_of(api.subscribers.list(PAGE)),
        query={"state": "active", "page": "0", "limit": "100"},
    ),
    OneCall(
        "subscribers are searched and sorted",
        "GET",
        f"{_PAGE}/subscribers",
        lambda api: all_of(
            api.subscribers.list(
                PAGE,
                q="@b",
                type=SubscriberType.TEAMS,
                state=SubscriberState.ALL,
                sort_field=SortField.RELEVANCE,
                sort_direction="desc",
            )
        ),
        query={
            "q": "@b",
            "type": "teams",
            "state": "all",
            "sort_field": "relevance",
            "sort_direction": "desc",
            "page": "0",
            "limit": "100",
        },
    ),
    OneCall(
        "those who were subscribers begin with page 1",
        "GET",
        f"{_PAGE}/subscribers/unsubscribed",
        lambda api: all_of(api.subscribers.unsubscribed(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "subscribers are counted",
        "GET",
        f"{_PAGE}/subscribers/count",
        lambda api: api.subscribers.count(
            PAGE, type=SubscriberType.WEBHOOK, state=SubscriberState.QUARANTINED
        ),
        query={"type": "webhook", "state": "quarantined"},
    ),
    OneCall(
        "subscribers are counted by state",
        "GET",
        f"{_PAGE}/subscribers/histogram_by_state",
        lambda api: api.subscribers.histogram(PAGE),
    ),
    OneCall("one subscriber", "GET", _SUBSCRIBER, lambda api: api.subscribers.get(PAGE, SUBSCRIBER)),
    OneCall(
        "an email address subscribes to some components",
        "POST",
        f"{_PAGE}/subscribers",
        lambda api: api.subscribers.create(
            PAGE,
            EmailSubscriber(
                email="a@b.example",
                skip_confirmation_notification=False,
                component_ids=(COMPONENT,),
                page_access_user="user0user",
            ),
        ),
        body={
            "subscriber": {
                "email": "a@b.example",
                "skip_confirmation_notification": False,
                "component_ids": [COMPONENT],
                "page_access_user": "user0user",
            }
        },
    ),
    OneCall(
        "a telephone subscribes",
        "POST",
        f"{_PAGE}/subscribers",
        lambda api: api.subscribers.create(
            PAGE,
            SmsSubscriber(
                phone_number="+1234567890", phone_country="US", skip_confirmation_notification=True
            ),
        ),
        body={
            "subscriber": {
                "phone_number": "+1234567890",
                "phone_country": "US",
                "skip_confirmation_notification": True,
            }
        },
    ),
    OneCall(
        "a webhook subscribes",
        "POST",
        f"{_PAGE}/subscribers",
        lambda api: api.subscribers.create(
            PAGE,
            WebhookSubscriber(
                endpoint="https://hooks.example/status",
                email="a@b.example",
                skip_confirmation_notification=False,
            ),
        ),
        body={
            "subscriber": {
                "endpoint": "https://hooks.example/status",
                "email": "a@b.example",
                "skip_confirmation_notification": False,
            }
        },
    ),
    OneCall(
        "a subscriber is told about other components",
        "PATCH",
        _SUBSCRIBER,
        lambda api: api.subscribers.update(PAGE, SUBSCRIBER, component_ids=(COMPONENT,)),
        body={"component_ids": [COMPONENT]},
    ),
    OneCall(
        "a subscriber is told about everything",
        "PATCH",
        _SUBSCRIBER,
        lambda api: api.subscribers.update(PAGE, SUBSCRIBER, component_ids=None),
        body={},
    ),
    OneCall(
        "a subscription ends, and whether that is said is said",
        "DELETE",
        _SUBSCRIBER,
        lambda api: api.subscribers.unsubscribe(PAGE, SUBSCRIBER, skip_unsubscription_notification=False),
        query={"skip_unsubscription_notification": "false"},
    ),
    OneCall(
        "a subscriber is asked again to confirm",
        "POST",
        f"{_SUBSCRIBER}/resend_confirmation",
        lambda api: api.subscribers.resend_confirmation(PAGE, SUBSCRIBER),
    ),
    OneCall(
        "all are asked again to confirm",
        "POST",
        f"{_PAGE}/subscribers/resend_confirmation",
        lambda api: api.subscribers.resend_confirmations(PAGE, "all"),
        body={"subscribers": "all"},
    ),
    OneCall(
        "many subscriptions end",
        "POST",
        f"{_PAGE}/subscribers/unsubscribe",
        lambda api: api.subscribers.unsubscribe_many(
            PAGE,
            (SUBSCRIBER,),
            skip_unsubscription_notification=True,
            type=SubscriberType.EMAIL,
            state=SubscriberState.UNCONFIRMED,
        ),
        body={
            "subscribers": [SUBSCRIBER],
            "skip_unsubscription_notification": True,
            "type": "email",
            "state": "unconfirmed",
        },
    ),
    OneCall(
        "many are told again",
        "POST",
        f"{_PAGE}/subscribers/reactivate",
        lambda api: api.subscribers.reactivate_many(PAGE, (SUBSCRIBER,), type=SubscriberType.SLACK),
        body={"subscribers": [SUBSCRIBER], "type": "slack"},
    ),
    # --- metrics
    OneCall(
        "metrics are always paginated",
        "GET",
        f"{_PAGE}/metrics",
        lambda api: all_of(api.metrics.list(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall("one metric", "GET", _METRIC, lambda api: api.metrics.get(PAGE, METRIC)),
    OneCall(
        "a metric is changed",
        "PATCH",
        _METRIC,
        lambda api: api.metrics.update(PAGE, METRIC, MetricChange(name="Latency")),
        body={"metric": {"name": "Latency"}},
    ),
    OneCall("a metric is deleted", "DELETE", _METRIC, lambda api: api.metrics.delete(PAGE, METRIC)),
    OneCall("a metric is reset", "DELETE", f"{_METRIC}/data", lambda api: api.metrics.reset(PAGE, METRIC)),
    OneCall(
        "one point",
        "POST",
        f"{_METRIC}/data",
        lambda api: api.metrics.add_point(PAGE, METRIC, Point(timestamp=FOUR, value=142.5)),
        body={"data": {"timestamp": FOUR, "value": 142.5}},
    ),
    OneCall(
        "points of several metrics go in one call",
        "POST",
        f"{_PAGE}/metrics/data",
        lambda api: api.metrics.add_points(
            PAGE, {METRIC: [Point(timestamp=FOUR, value=1), Point(timestamp=FOUR + 30, value=2.5)], OTHER: ()}
        ),
        body={
            "data": {
                METRIC: [{"timestamp": FOUR, "value": 1}, {"timestamp": FOUR + 30, "value": 2.5}],
                OTHER: [],
            }
        },
    ),
    # --- metrics providers
    OneCall(
        "providers have no pages",
        "GET",
        f"{_PAGE}/metrics_providers",
        lambda api: all_of(api.metrics_providers.list(PAGE)),
    ),
    OneCall("one provider", "GET", _PROVIDER, lambda api: api.metrics_providers.get(PAGE, PROVIDER)),
    OneCall(
        "a provider is made",
        "POST",
        f"{_PAGE}/metrics_providers",
        lambda api: api.metrics_providers.create(
            PAGE,
            NewMetricsProvider(
                type=ProviderType.DATADOG,
                api_key="key",
                api_token="token",
                metric_base_uri="https://dog.example",
            ),
        ),
        body={
            "metrics_provider": {
                "type": "Datadog",
                "api_key": "key",
                "api_token": "token",
                "metric_base_uri": "https://dog.example",
            }
        },
    ),
    OneCall(
        "a provider is changed",
        "PATCH",
        _PROVIDER,
        lambda api: api.metrics_providers.update(
            PAGE, PROVIDER, MetricsProviderChange(metric_base_uri="https://dog.example")
        ),
        body={"metrics_provider": {"metric_base_uri": "https://dog.example"}},
    ),
    OneCall(
        "a provider is deleted", "DELETE", _PROVIDER, lambda api: api.metrics_providers.delete(PAGE, PROVIDER)
    ),
    OneCall(
        "a provider's metrics are always paginated",
        "GET",
        f"{_PROVIDER}/metrics",
        lambda api: all_of(api.metrics_providers.metrics(PAGE, PROVIDER)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "a metric is made",
        "POST",
        f"{_PROVIDER}/metrics",
        lambda api: api.metrics_providers.create_metric(
            PAGE,
            PROVIDER,
            NewMetric(
                name="Latency",
                metric_identifier="avg:latency",
                transform=Transform.AVERAGE,
                suffix="ms",
                y_axis_min=0,
                y_axis_max=500,
                decimal_places=0,
                display=True,
            ),
        ),
        body={
            "metric": {
                "name": "Latency",
                "metric_identifier": "avg:latency",
                "transform": "average",
                "suffix": "ms",
                "y_axis_min": 0,
                "y_axis_max": 500,
                "decimal_places": 0,
                "display": True,
            }
        },
    ),
    # --- templates
    OneCall(
        "templates take per_page",
        "GET",
        f"{_PAGE}/incident_templates",
        lambda api: all_of(api.templates.list(PAGE)),
        query=PAGES_FROM_ONE,
    ),
    OneCall(
        "a template is wrapped as the document wants it",
        "POST",
        f"{_PAGE}/incident_templates",
        lambda api: api.templates.create(
            PAGE,
            NewTemplate(
                name="Upgrade",
                title="Database upgrade",
                body="We upgrade.",
                update_status=MaintenanceStatus.SCHEDULED,
                should_tweet=False,
                should_send_notifications=True,
                component_ids=(COMPONENT,),
            ),
        ),
        body={
            "template": {
                "name": "Upgrade",
                "title": "Database upgrade",
                "body": "We upgrade.",
                "update_status": "scheduled",
                "should_tweet": False,
                "should_send_notifications": True,
                "component_ids": [COMPONENT],
            }
        },
    ),
)
