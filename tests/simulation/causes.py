"""What can break in a campaign's world, and the rules by which the page is to tell of it. The truth that runs are judged by begins here, never in the product's tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.matching import parse_matchers
from bridge.core.observation import HttpCheck, Probe
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    IncidentRule,
    IncidentRuleId,
    MetricRule,
    RuleId,
    RuleSet,
    StatusLadder,
)
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

API = ComponentName("Checkout / API")
WEB = ComponentName("Checkout / Web")
SEARCH = ComponentName("Search")
PAYMENTS = ComponentName("Payments")
DELIVERY = ComponentName("Delivery")
OTHERS = ComponentName("Somebody else's")
"""A component that no rule names: another tool's."""

CROWD = tuple(ComponentName(f"Shops / {number:02}") for number in range(70))
"""More components than a minute's requests, all of which one alert breaks."""

PROBE = Probe("web", HttpCheck("http://shop.example/healthz"), every=30.0, timeout=10.0)
METRIC = "Latency"

CANARY = "zanzibar-canary"
"""Stands in labels and annotations, and must stand nowhere else (I10)."""


@dataclass(frozen=True, slots=True)
class Holds:
    """The durations of every rule, in seconds."""

    for_: float
    keep_firing_for: float
    monitor_for: float


class Extra(StrEnum):
    """What only the rules of some regimes tell of."""

    SHARES = "shares"
    """Nodes of which some, or most, must be down."""
    LABELLED = "labelled"
    """Hosts whose alerts name their component in a label."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that breaks and is mended.

    Attributes:
        name: for courses and reports.
        components: what it makes worse.
        status: how much worse.
        alert: name and labels of the alert that reports it; None for the probe.
        title: of the incident that it opens, or None.
        extra: without which no rule tells of it.
        members: the causes of which it consists, where several things must be broken; it breaks with them.
        needed: how many of them.
    """

    name: str
    components: tuple[ComponentName, ...]
    status: ComponentStatus
    alert: tuple[str, tuple[tuple[str, str], ...]] | None
    title: str | None = None
    extra: Extra | None = None
    members: tuple[str, ...] = ()
    needed: int = 0

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its alert beside the name."""
        return dict(self.alert[1]) if self.alert is not None else {}


CHECKOUT_TITLE = "Checkout is having problems"
PAYMENTS_TITLE = "Payments are delayed"
DELIVERY_TITLE = "Deliveries are late"
SEARCH_TITLE = "Search is having problems"

REGIONS = ("eu", "us", "ap")

_WARNING, _CRITICAL = (("severity", "warning"),), (("severity", "critical"),)
CAUSES = {
    cause.name: cause
    for cause in (
        Cause(
            "api-warning",
            (API,),
            ComponentStatus.PARTIAL_OUTAGE,
            ("CheckoutErrors", _WARNING),
            CHECKOUT_TITLE,
        ),
        Cause(
            "api-critical",
            (API,),
            ComponentStatus.MAJOR_OUTAGE,
            ("CheckoutErrors", _CRITICAL),
            CHECKOUT_TITLE,
        ),
        Cause("web", (WEB,), ComponentStatus.MAJOR_OUTAGE, None, CHECKOUT_TITLE),
        Cause("search", (SEARCH,), ComponentStatus.DEGRADED_PERFORMANCE, ("SearchErrors", ())),
        Cause("payments", (PAYMENTS,), ComponentStatus.MAJOR_OUTAGE, ("PaymentErrors", ()), PAYMENTS_TITLE),
        Cause(
            "delivery-eu",
            (DELIVERY,),
            ComponentStatus.PARTIAL_OUTAGE,
            ("DeliveryErrors", (("region", "eu"),)),
            DELIVERY_TITLE,
        ),
        Cause(
            "delivery-us",
            (DELIVERY,),
            ComponentStatus.PARTIAL_OUTAGE,
            ("DeliveryErrors", (("region", "us"),)),
            DELIVERY_TITLE,
        ),
        Cause("crowd", CROWD, ComponentStatus.DEGRADED_PERFORMANCE, ("CrowdErrors", ())),
    )
}

_NODES = tuple(
    Cause(
        f"node-{region}",
        (),
        ComponentStatus.DEGRADED_PERFORMANCE,
        ("SearchNodeDown", (("region", region),)),
        extra=Extra.SHARES,
    )
    for region in REGIONS
)
EXTRAS = {
    cause.name: cause
    for cause in (
        *_NODES,
        Cause(
            "nodes-some",
            (SEARCH,),
            ComponentStatus.DEGRADED_PERFORMANCE,
            ("SearchNodeDown", ()),
            extra=Extra.SHARES,
            members=tuple(node.name for node in _NODES),
            needed=1,
        ),
        Cause(
            "nodes-most",
            (SEARCH,),
            ComponentStatus.PARTIAL_OUTAGE,
            ("SearchNodeDown", ()),
            SEARCH_TITLE,
            extra=Extra.SHARES,
            members=tuple(node.name for node in _NODES),
            needed=2,
        ),
        Cause(
            "host-search",
            (SEARCH,),
            ComponentStatus.PARTIAL_OUTAGE,
            ("HostDown", (("service", "search"),)),
            SEARCH_TITLE,
            extra=Extra.LABELLED,
        ),
        Cause(
            "host-delivery",
            (DELIVERY,),
            ComponentStatus.PARTIAL_OUTAGE,
            ("HostDown", (("service", "delivery"), ("region", "ap"))),
            DELIVERY_TITLE,
            extra=Extra.LABELLED,
        ),
    )
}
"""What can break besides under a regime that has rules for it."""

COVERED = {CHECKOUT_TITLE: (API, WEB), PAYMENTS_TITLE: (PAYMENTS,), DELIVERY_TITLE: (DELIVERY,)}
"""The components that each incident covers."""

EXTRA_COVERED = {SEARCH_TITLE: (SEARCH,)}
"""The same of the incident that only extras open."""

GROUPED = frozenset({DELIVERY_TITLE})
"""Incidents of which several may live at once, one for each region."""

COMPONENTS = (API, WEB, SEARCH, PAYMENTS, DELIVERY)


def causes_of(component: str, among: Iterable[Cause]) -> tuple[Cause, ...]:
    """What makes a component worse."""
    return tuple(cause for cause in among if component in cause.components)


def causes_behind(title: str, among: Iterable[Cause]) -> tuple[Cause, ...]:
    """What opens an incident."""
    return tuple(cause for cause in among if cause.title == title)


def causes_holding(title: str, among: Iterable[Cause]) -> tuple[Cause, ...]:
    """What keeps an incident from recovering: whatever makes anything worse that it covers."""
    covered = {**COVERED, **EXTRA_COVERED}[title]
    return tuple(cause for cause in among if not set(covered).isdisjoint(cause.components))


def campaign_rules(holds: Holds, *, crowd: bool, metric: bool) -> RuleSet:
    """The rules of a campaign's page."""

    def rule(
        name: str,
        component: ComponentName,
        matchers: str,
        status: ComponentStatus | StatusLadder,
    ) -> ComponentRule:
        return ComponentRule(
            RuleId(name),
            component,
            parse_matchers(matchers),
            status,
            for_=holds.for_,
            keep_firing_for=holds.keep_firing_for,
            automation=Automation.FULL,
        )

    def incident(name: str, title: str, *, group_by: tuple[str, ...] = ()) -> IncidentRule:
        return IncidentRule(
            IncidentRuleId(name),
            COVERED[title],
            title,
            group_by=group_by,
            automation=Automation.FULL,
            monitor_for=holds.monitor_for,
        )

    ladder = StatusLadder(
        "severity", (("warning", ComponentStatus.PARTIAL_OUTAGE), ("critical", ComponentStatus.MAJOR_OUTAGE))
    )
    crowded = [
        rule(f"shop {number}", component, 'alertname="CrowdErrors"', ComponentStatus.DEGRADED_PERFORMANCE)
        for number, component in enumerate(CROWD)
    ]
    return RuleSet(
        PAGE,
        (
            rule("api", API, 'alertname="CheckoutErrors"', ladder),
            rule("web", WEB, 'probe="web"', ComponentStatus.MAJOR_OUTAGE),
            rule("search", SEARCH, 'alertname="SearchErrors"', ComponentStatus.DEGRADED_PERFORMANCE),
            rule("payments", PAYMENTS, 'alertname="PaymentErrors"', ComponentStatus.MAJOR_OUTAGE),
            rule("delivery", DELIVERY, 'alertname="DeliveryErrors"', ComponentStatus.PARTIAL_OUTAGE),
            *(crowded if crowd else ()),
        ),
        (
            incident("checkout", CHECKOUT_TITLE),
            incident("payments", PAYMENTS_TITLE),
            incident("delivery", DELIVERY_TITLE, group_by=("region",)),
        ),
        (MetricRule(METRIC, PROBE.latency),) if metric else (),
    )
