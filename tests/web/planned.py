"""A plan as the daemon would make it, for tests of how it is asked for and told."""

from __future__ import annotations

from dataclasses import replace

from bridge.core.claims import HoldKey
from bridge.core.holds import HoldPhase
from bridge.core.incidents import IncidentKey
from bridge.core.intents import OperationId
from bridge.core.operations import SetComponent, WriteIncident
from bridge.core.planned import Cause, PagePlan, PlannedCall, Wait
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, IncidentRuleId, RuleId
from bridge.core.signals import Labels, Signal, SignalState
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.web.plans import PlannedPage, PlannedRequest

AT = 1_700_000_000.0

_SIGNAL = Signal(
    "alertmanager",
    Labels({"alertname": "CheckoutErrors", "region": "eu"}),
    SignalState.FAILING,
    AT - 90.0,
    AT - 89.0,
    AT + 3600.0,
)
_CAUSE = Cause(
    ComponentName("Checkout / API"),
    HoldKey(RuleId("api"), ComponentStatus.MAJOR_OUTAGE, Labels({"region": "eu"})),
    HoldPhase.FIRING,
    AT - 30.0,
    (_SIGNAL,),
    failing=3,
)
_OPENING = WriteIncident(
    page="acme",
    place=(IncidentRuleId("checkout"), Labels({"region": "eu"})),
    key=IncidentKey("0123"),
    incident_id="",
    episode=7,
    sequence=1,
    name="Checkout is down",
    status=IncidentStatus.INVESTIGATING,
    body="We are looking.",
    component_ids=("api-id",),
    components=(("api-id", ComponentStatus.MAJOR_OUTAGE),),
    high_water=ComponentStatus.MAJOR_OUTAGE,
    notify=True,
    reason=Reason.OPENED,
)
_SETTING = SetComponent("acme", "mail-id", ComponentStatus.OPERATIONAL, Reason.CLAIM_ENDED)

NOTHING = PlannedPage(PagePlan("acme", AT, AT - 1.0, (), ()), (), {}, 0.0)
"""A page that is as it should be."""


def two_calls() -> PlannedPage:
    """An incident that opens with its component, and a component that recovers; one thing waits."""
    opening = PlannedCall(_OPENING, OperationId("planned-1"), (_CAUSE,))
    setting = PlannedCall(_SETTING, OperationId("planned-2"))
    waits = (Wait(Reason.SETTLE_UNKNOWN, "an answer was lost", AT + 150.0),)
    requests = (
        PlannedRequest(
            opening, "POST", "/pages/p/incidents", b'{"incident":{"name":"Checkout is down\\u0007"}}'
        ),
        PlannedRequest(
            setting, "PATCH", "/pages/p/components/mail-id", b'{"component":{"status":"operational"}}'
        ),
    )
    plan = PagePlan("acme", AT, AT - 1.0, (opening, setting), waits, AT + 60.0)
    return PlannedPage(plan, requests, {"api-id": "Checkout / API", "mail-id": "Mail"}, 0.0)


def silenced() -> PlannedPage:
    """The same, where the notifications of the hour are used up."""
    there = two_calls()
    first = there.requests[0]
    quiet = replace(first.call, operation=replace(_OPENING, notify=False, silenced=True))
    return replace(there, requests=(replace(first, call=quiet), *there.requests[1:]))
