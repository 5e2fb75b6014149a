"""What is out of bounds is told when a write is made, before anything could be sent: which member, and what would be right."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api import (
    NO_GROUP,
    Branding,
    ComponentChange,
    EmailSubscriber,
    GroupWrite,
    HistoricalIncident,
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
    StatuspageApi,
    SubscriberType,
    Unpaced,
    UpdateCorrection,
    WebhookSubscriber,
)
from tests.statuspage.api.calls import COMPONENT, INCIDENT, METRIC, PAGE, SUBSCRIBER, all_of
from tests.statuspage.peers import ScriptedTransport, json_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

WRONG: Any = "on_holiday"
"""A word that no set holds, given by a program that is not typed."""


def realtime(**members: Any) -> RealtimeIncident:
    return RealtimeIncident(**{"name": "x", "deliver_notifications": False, **members})


def maintenance(**members: Any) -> ScheduledMaintenance:
    return ScheduledMaintenance(
        **{
            "name": "x",
            "deliver_notifications": False,
            "scheduled_for": 100,
            "scheduled_until": 200,
            **members,
        }
    )


def change(**members: Any) -> IncidentChange:
    return IncidentChange(deliver_notifications=False, **members)


def email(**members: Any) -> EmailSubscriber:
    return EmailSubscriber(**{"email": "a@b.example", "skip_confirmation_notification": False, **members})


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a name of 256 characters": (
        lambda: realtime(name="x" * 256),
        "name has 256 characters; at most 255 are allowed",
    ),
    "a body of 25,001 characters": (
        lambda: realtime(body="x" * 25_001),
        "body has 25001 characters; at most 25000",
    ),
    "an empty name": (lambda: realtime(name=" "), "name is empty"),
    "an empty body": (lambda: change(status=RealtimeStatus.RESOLVED, body=""), "body is empty"),
    "an unknown status": (lambda: realtime(status=WRONG), "status is 'on_holiday'; expected one of 'investi"),
    "a maintenance's status for a realtime incident": (
        lambda: realtime(status=MaintenanceStatus.SCHEDULED),
        "status is 'scheduled'",
    ),
    "a realtime status for a maintenance": (
        lambda: maintenance(status=RealtimeStatus.RESOLVED),
        "status is 'resolved'; expected one of 'scheduled'",
    ),
    "an unknown impact": (lambda: realtime(impact_override=WRONG), "impact_override is 'on_holiday'"),
    "an unknown status of a component": (
        lambda: realtime(components={COMPONENT: WRONG}),
        f"components.{COMPONENT} is 'on_holiday'",
    ),
    "an id with a slash": (lambda: realtime(component_ids=("a/b",)), "component_ids: 'a/b' is not an id"),
    "an id as a key": (
        lambda: realtime(components={"..": ComponentStatus.OPERATIONAL}),
        "components: '..' is not an id",
    ),
    "a text in place of ids": (lambda: realtime(component_ids="abc"), "component_ids is a text"),
    "metadata that is flat": (
        lambda: realtime(metadata={"issue": "OPS-1"}),
        "metadata.issue is str; every value at the top has to be an object",
    ),
    "a reminder after 25 hours": (lambda: realtime(reminder_intervals=(1, 25)), "from 1 to 24"),
    "a reminder every 0 hours": (lambda: realtime(reminder_intervals=0), "from 1 to 24"),
    "reminders that fall": (lambda: realtime(reminder_intervals=(3, 3)), "hours that rise"),
    "a maintenance that ends before it begins": (
        lambda: maintenance(scheduled_until=100),
        "scheduled_until is not after scheduled_for",
    ),
    "a begin in milliseconds": (
        lambda: maintenance(scheduled_for=1_771_128_000_000, scheduled_until=1_771_128_100_000),
        "expected seconds, not milliseconds",
    ),
    "a begin that is no number": (
        lambda: maintenance(scheduled_for=math.nan),
        "scheduled_for is nan; expected Unix epoch seconds",
    ),
    "an end before 1970": (lambda: change(scheduled_until=-1.0), "expected Unix epoch seconds"),
    "a body without its status": (lambda: change(body="News."), "a body goes with its status"),
    "components without the list of all": (
        lambda: change(components={COMPONENT: ComponentStatus.OPERATIONAL}),
        "components needs component_ids beside it",
    ),
    "a change of nothing": (change, "nothing to change"),
    "a correction of nothing": (lambda: UpdateCorrection(deliver_notifications=True), "nothing to change"),
    "a historical incident in an unknown status": (
        lambda: HistoricalIncident(
            name="x", deliver_notifications=False, backfill_date=date(2025, 1, 1), status=WRONG
        ),
        "status is 'on_holiday'",
    ),
    "a page's change of nothing": (PageChange, "nothing to change"),
    "a page without a name": (lambda: PageChange(name=""), "name is empty"),
    "an unknown branding": (
        lambda: PageChange(branding=WRONG),
        "branding is 'on_holiday'; expected one of 'basic'",
    ),
    "a component without a name": (lambda: NewComponent(name=""), "name is empty"),
    "a component's unknown status": (lambda: ComponentChange(status=WRONG), "status is 'on_holiday'"),
    "a group that is none": (lambda: NewComponent(name="x", group_id="a b"), "group_id: 'a b' is not an id"),
    "a component's change of nothing": (ComponentChange, "nothing to change"),
    "a group of nothing": (lambda: GroupWrite(name="x", components=()), "components is empty"),
    "an email address without a host": (lambda: email(email="a"), "email is 'a'; expected NAME@HOST"),
    "no component, where some were to be named": (lambda: email(component_ids=()), "or None"),
    "a telephone of letters": (
        lambda: SmsSubscriber(
            phone_number="call me", phone_country="US", skip_confirmation_notification=True
        ),
        "phone_number is 'call me'",
    ),
    "a country of three letters": (
        lambda: SmsSubscriber(phone_number="123", phone_country="USA", skip_confirmation_notification=True),
        "expected two letters",
    ),
    "a webhook by ftp": (
        lambda: WebhookSubscriber(
            endpoint="ftp://x", email="a@b.example", skip_confirmation_notification=True
        ),
        "endpoint is not an address",
    ),
    "a point in milliseconds": (lambda: Point(timestamp=1_771_128_000_000, value=1), "not milliseconds"),
    "a point in half a second": (lambda: Point(timestamp=1.5, value=1), "whole Unix epoch seconds"),  # type: ignore[arg-type]
    "a point that is no number": (lambda: Point(timestamp=1, value=math.inf), "expected a finite number"),
    "a metric's change of nothing": (MetricChange, "nothing to change"),
    "fewer than no decimal places": (lambda: NewMetric(name="x", decimal_places=-1), "expected 0 or more"),
    "an axis upside down": (lambda: NewMetric(name="x", y_axis_min=5, y_axis_max=5), "not above"),
    "an unknown transform": (lambda: NewMetric(name="x", transform=WRONG), "transform is 'on_holiday'"),
    "a provider without its credentials": (
        lambda: NewMetricsProvider(type=ProviderType.DATADOG, api_key="k"),
        "a provider of type Datadog needs api_token and metric_base_uri",
    ),
    "an unknown provider": (lambda: NewMetricsProvider(type=WRONG), "type is 'on_holiday'"),
    "a provider's change of nothing": (MetricsProviderChange, "nothing to change"),
    "a template without a title": (lambda: NewTemplate(name="x", title="", body="y"), "title is empty"),
    "a template's unknown status": (
        lambda: NewTemplate(name="x", title="y", body="z", update_status=WRONG),
        "update_status is 'on_holiday'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_write_out_of_bounds_is_told(name: str) -> None:
    make, told = REFUSED[name]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
        make()
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: realtime(name="x" * 255, body="y" * 25_000),
        lambda: realtime(reminder_intervals=tuple(range(1, 25))),
        lambda: realtime(metadata={}),
        lambda: maintenance(scheduled_for=0, scheduled_until=253_402_300_799),
        lambda: change(status=MaintenanceStatus.COMPLETED),
        lambda: change(component_ids=()),
        lambda: PageChange(branding=Branding.BASIC),
        lambda: ComponentChange(group_id=NO_GROUP),
        lambda: Point(timestamp=2**31 - 1, value=-1.5),
        lambda: NewMetricsProvider(type=ProviderType.SELF),
    ],
)
def test_what_is_just_within_bounds_is_made(make: Callable[[], Any]) -> None:
    assert make().document()


CALLS: dict[str, tuple[Callable[[StatuspageApi], Awaitable[Any]], str]] = {
    "a page's id with a slash": (lambda api: api.pages.get("a/b"), "'a/b' is not a page_id"),
    "an id with dots": (lambda api: api.incidents.get(PAGE, ".."), "'..' is not a incident_id"),
    "half a character": (
        lambda api: api.postmortems.draft(PAGE, INCIDENT, "\ud800"),
        "half of a surrogate pair",
    ),
    "half a character to search for": (
        lambda api: all_of(api.incidents.list(PAGE, q="\ud800")),
        "half of a surrogate pair",
    ),
    "an empty draft": (lambda api: api.postmortems.draft(PAGE, INCIDENT, ""), "body_draft is empty"),
    "an update without a text": (
        lambda api: api.incident_updates.create(
            PAGE, INCIDENT, status=RealtimeStatus.MONITORING, body="", deliver_notifications=False
        ),
        "body is empty",
    ),
    "a search by relevance for nothing": (
        lambda api: all_of(api.subscribers.list(PAGE, sort_field=SortField.RELEVANCE)),
        "needs q",
    ),
    "an unknown type to list": (
        lambda api: all_of(api.subscribers.list(PAGE, type=WRONG)),
        "type is 'on_holiday'",
    ),
    "an unknown state to count": (
        lambda api: api.subscribers.count(PAGE, state=WRONG),
        "state is 'on_holiday'",
    ),
    "101 to unsubscribe": (
        lambda api: api.subscribers.unsubscribe_many(
            PAGE, tuple(f"s{number}" for number in range(101)), skip_unsubscription_notification=True
        ),
        "101 subscribers; at most 100",
    ),
    "nobody to unsubscribe": (
        lambda api: api.subscribers.unsubscribe_many(PAGE, (), skip_unsubscription_notification=True),
        "subscribers is empty",
    ),
    "a text that is not all": (
        lambda api: api.subscribers.resend_confirmations(PAGE, WRONG),
        "subscribers is a text",
    ),
    "Teams to reactivate": (
        lambda api: api.subscribers.reactivate_many(PAGE, "all", type=SubscriberType.TEAMS),
        "type is 'teams'",
    ),
    "no component to subscribe to": (
        lambda api: api.subscribers.update(PAGE, SUBSCRIBER, component_ids=()),
        "component_ids is empty",
    ),
    "an incident's subscriber by webhook": (
        lambda api: api.incident_subscribers.create(
            PAGE,
            INCIDENT,
            WebhookSubscriber(  # type: ignore[arg-type]
                endpoint="https://x.example", email="a@b.example", skip_confirmation_notification=True
            ),
        ),
        "by email and SMS alone",
    ),
    "an incident's subscriber of components": (
        lambda api: api.incident_subscribers.create(PAGE, INCIDENT, email(component_ids=(COMPONENT,))),
        "has no component_ids",
    ),
    "an incident's subscriber of an access user": (
        lambda api: api.incident_subscribers.create(PAGE, INCIDENT, email(page_access_user="u")),
        "has no page_access_user",
    ),
    "points of nothing": (lambda api: api.metrics.add_points(PAGE, {}), "points is empty"),
    "points of what is no metric": (
        lambda api: api.metrics.add_points(PAGE, {"a/b": [Point(timestamp=1, value=1)]}),
        "points: 'a/b' is not an id",
    ),
    "a metric that is none": (lambda api: api.metrics.reset(PAGE, f"{METRIC}?x"), "is not a metric_id"),
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_out_of_bounds_sends_nothing(name: str) -> None:
    make, told = CALLS[name]
    transport = ScriptedTransport(json_answer(200, {"id": "x"}))
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
        await make(StatuspageApi(transport, pace=Unpaced()))
    assert told in str(caught.value)
    assert transport.requests == []


def test_a_search_that_cannot_be_is_told_before_the_first_row_is_asked_for() -> None:
    with pytest.raises(ValueError, match="needs q"):
        StatuspageApi(ScriptedTransport(json_answer(200, []))).subscribers.list(
            PAGE, sort_field=SortField.RELEVANCE
        )


@pytest.mark.parametrize(
    "make",
    [
        lambda: RealtimeIncident(name="x"),  # type: ignore[call-arg]
        lambda: ScheduledMaintenance(name="x", scheduled_for=1, scheduled_until=2),  # type: ignore[call-arg]
        lambda: HistoricalIncident(name="x", backfill_date=date(2025, 1, 1)),  # type: ignore[call-arg]
        lambda: IncidentChange(status=RealtimeStatus.RESOLVED),  # type: ignore[call-arg]
        lambda: UpdateCorrection(body="x"),  # type: ignore[call-arg]
        lambda: EmailSubscriber(email="a@b.example"),  # type: ignore[call-arg]
    ],
)
def test_whether_somebody_is_told_is_never_left_to_a_default(make: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"deliver_notifications|skip_confirmation_notification"):
        make()


def test_a_write_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        change(status=RealtimeStatus.RESOLVED).body = "x"  # type: ignore[misc]
