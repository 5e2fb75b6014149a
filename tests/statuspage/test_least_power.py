"""The daemon's client can do what its operations need and nothing else: no call more, no other page, nothing that deletes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

import pytest

from bridge.core.incidents import IncidentKey
from bridge.core.intents import Done, Intent, IntentKind, OperationId, Target
from bridge.core.maintenance_rules import MaintenanceId
from bridge.core.observed import ListKind
from bridge.core.operations import (
    DraftPostmortem,
    FindIncident,
    IdentifyIncident,
    Operation,
    PushPoints,
    ReadIncident,
    ReadList,
    ReadPage,
    ReadPostmortem,
    SetComponent,
    WriteIncident,
    WriteMaintenance,
)
from bridge.core.reasons import Reason
from bridge.core.rules import IncidentRuleId, Series
from bridge.core.signals import NO_LABELS
from bridge.core.statuses import ComponentStatus, IncidentStatus, MaintenanceStatus
from bridge.statuspage.calls import ALLOWED, ForbiddenCallError
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from tests.statuspage.peers import json_answer

if TYPE_CHECKING:
    from bridge.statuspage.transport import Request, Response

PAGE_ID, COMPONENT, INCIDENT, METRIC = "page0page0pa", "comp0comp0co", "inci0inci0in", "metr0metr0me"
PLACES = {PAGE_ID: "{page_id}", COMPONENT: "{component_id}", INCIDENT: "{incident_id}"}
KEY = IncidentKey("k" * 32)
NAME = OperationId("op")

CREATE = WriteIncident(
    "acme",
    (IncidentRuleId("shop"), NO_LABELS),
    KEY,
    "",
    1,
    1,
    "The shop is down",
    IncidentStatus.INVESTIGATING,
    "We are looking.",
    (COMPONENT,),
    ((COMPONENT, ComponentStatus.MAJOR_OUTAGE),),
    ComponentStatus.MAJOR_OUTAGE,
    notify=True,
    reason=Reason.OPENED,
)
LOST = Intent(NAME, IntentKind.CREATE_INCIDENT, Target("incident"), "acme", 0.0, 30.0, "{}")

ANNOUNCE = WriteMaintenance(
    "acme",
    MaintenanceId("move"),
    KEY,
    "",
    1,
    1,
    "We move",
    MaintenanceStatus.SCHEDULED,
    "It may be disturbed.",
    (COMPONENT,),
    1000.0,
    2000.0,
    2000.0,
    Reason.ANNOUNCED,
)
OPERATIONS: tuple[Operation, ...] = (
    ReadPage("acme"),
    *(ReadList("acme", kind, 1) for kind in ListKind),
    ReadIncident("acme", INCIDENT, KEY),
    IdentifyIncident("acme", INCIDENT),
    FindIncident("acme", KEY, LOST, 1),
    CREATE,
    replace(CREATE, incident_id=INCIDENT),
    ANNOUNCE,
    replace(ANNOUNCE, incident_id=INCIDENT, status=None, body=""),
    replace(ANNOUNCE, incident_id=INCIDENT, status=MaintenanceStatus.COMPLETED, sets_components=False),
    SetComponent("acme", COMPONENT, ComponentStatus.OPERATIONAL, Reason.CLAIM_ENDED),
    ReadPostmortem("acme", INCIDENT, KEY),
    DraftPostmortem("acme", INCIDENT, KEY, "It was so."),
    PushPoints("acme", ((METRIC, Series("probe:shop:latency"), ((30, 1.0),)),)),
)
"""Every operation that there is, in each of its forms."""


@dataclass
class Recorder:
    """Answers what each endpoint's decoder takes, and keeps what it was asked."""

    requests: list[Request] = field(default_factory=list)

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Record the request."""
        assert timeout > 0
        self.requests.append(request)
        ones = (INCIDENT, PAGE_ID, "postmortem")
        lists = request.method == "GET" and not any(request.path.endswith(one) for one in ones)
        return json_answer(200, [] if lists else {"id": "x"})

    def pairs(self) -> set[tuple[str, str]]:
        """What was asked, as the allow-list writes it."""
        found: set[tuple[str, str]] = set()
        for request in self.requests:
            path = request.path
            for identifier, place in PLACES.items():
                path = path.replace(identifier, place)
            found.add((request.method, path))
        return found


def door() -> tuple[StatuspageDoor, Recorder]:
    recorder = Recorder()
    return StatuspageDoor(StatuspageClient(recorder, PAGE_ID), "acme"), recorder


def test_no_kind_of_operation_is_left_out_here() -> None:
    assert {type(operation) for operation in OPERATIONS} == set(get_args(Operation))


async def test_every_operation_is_allowed_and_every_allowed_call_is_used_by_an_operation() -> None:
    opened, recorder = door()
    for operation in OPERATIONS:
        assert isinstance(await opened.perform(operation, NAME, timeout=1.0), Done), operation
    assert len(recorder.requests) == len(OPERATIONS)  # one request each
    assert recorder.pairs() == ALLOWED


def test_the_list_is_short_and_nothing_on_it_deletes_or_changes_the_page_itself() -> None:
    assert len(ALLOWED) <= 15
    assert {method for method, _ in ALLOWED} == {"GET", "POST", "PATCH", "PUT"}
    assert {path for method, path in ALLOWED if method != "GET"} == {
        "/pages/{page_id}/components/{component_id}",
        "/pages/{page_id}/incidents",
        "/pages/{page_id}/incidents/{incident_id}",
        "/pages/{page_id}/incidents/{incident_id}/postmortem",
        "/pages/{page_id}/metrics/data",
    }


async def test_every_request_of_every_operation_is_about_the_page_of_its_door() -> None:
    opened, recorder = door()
    for operation in OPERATIONS:
        await opened.perform(operation, NAME, timeout=1.0)
    assert all(f"{request.path}/".startswith(f"/pages/{PAGE_ID}/") for request in recorder.requests)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: type(operation).__name__)
async def test_an_operation_about_another_page_is_not_sent(operation: Operation) -> None:
    opened, recorder = door()
    with pytest.raises(ForbiddenCallError, match="came to the door of 'acme'"):
        await opened.perform(replace(operation, page="other"), NAME, timeout=1.0)
    assert recorder.requests == []


@pytest.mark.parametrize("identifier", ["../p2", "x/../../p2/incidents/y", "x?z", "x#z", "%2e%2e", ".."])
async def test_no_id_in_an_operation_leads_to_another_path(identifier: str) -> None:
    opened, recorder = door()
    for operation in (
        ReadIncident("acme", identifier, KEY),
        replace(CREATE, incident_id=identifier),
        SetComponent("acme", identifier, ComponentStatus.OPERATIONAL, Reason.CLAIM_ENDED),
    ):
        await opened.perform(operation, NAME, timeout=1.0)
    assert recorder.requests == []
