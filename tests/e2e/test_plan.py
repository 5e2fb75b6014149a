"""`bridge plan` against a real daemon and a served page: what it prints is what is sent once the cap is raised, and by asking nothing is written."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.terminal import Ended, run
from tests.e2e.children import eventually
from tests.e2e.servers import RULES, WEBHOOK_TOKEN

if TYPE_CHECKING:
    from tests.e2e.servers import Bridge, Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120, method="signal")]

API = "Checkout / API"


async def plan(bridge: Bridge, *arguments: str) -> Ended:
    settings = {"BRIDGE_URL": bridge.url, "BRIDGE_WEBHOOK_BEARER_TOKEN": WEBHOOK_TOKEN}
    return await asyncio.to_thread(run, "plan", *arguments, settings=settings)


def nameless(call: dict[str, Any]) -> tuple[str, str, Any]:
    body = json.loads(json.dumps(call["body"]))
    body.get("incident", {}).get("metadata", {}).get("bridge", {}).pop("op", None)
    return call["method"], call["path"], body


async def test_a_plan_under_a_higher_cap_is_what_is_sent_when_it_is_raised(servers: Servers) -> None:
    page, cap = servers.page, servers.folder / "automation"
    cap.write_text("shadow")
    bridge = await servers.start_bridge(BRIDGE_AUTOMATION_MAX_FILE=str(cap))
    await bridge.deliver(servers.delivery("firing"))
    await eventually(
        "the rule fires", lambda: [one for one in bridge.child.events("decided") if one["reason"] == "opened"]
    )
    as_it_is = await plan(bridge)
    assert (as_it_is.code, as_it_is.errors) == (0, "")
    assert "not now, shadow: the page is capped at shadow" in as_it_is.output

    read = len(page.simulator.arrivals)
    raised = await plan(bridge, "--automation", "full", "-o", "json")
    assert (raised.code, raised.errors) == (3, "")
    calls = json.loads(raised.output)["pages"]["acme"]["calls"]
    assert [(one["reason"], one["incident"], one["notifies"]) for one in calls] == [
        ("opened", "checkout", "subscribers")
    ]
    assert calls[0]["causes"][0]["signals"][0]["labels"]["alertname"] == "CheckoutErrors"
    assert {arrival.method for arrival in page.simulator.arrivals[read:]} == {"GET"}
    assert [page.writes(), page.incidents, page.component(API)] == [[], [], "operational"]

    cap.write_text("full")
    await eventually("it is sent", lambda: page.component(API) == "major_outage")
    (sent,) = page.writes()
    arrived = {"method": sent.method, "path": sent.path.removeprefix("/v1"), "body": sent.body}
    assert nameless(arrived) == nameless(calls[0])
    again = await plan(bridge)
    assert (again.code, again.output.count("nothing to send")) == (0, 1)


async def test_a_plan_by_other_rules_tells_what_they_would_send_and_puts_nothing_in_force(
    servers: Servers,
) -> None:
    page, other = servers.page, servers.folder / "other"
    bridge = await servers.start_bridge()
    await bridge.deliver(servers.delivery("firing"))
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]])
    written = len(page.writes())
    other.mkdir()
    milder = RULES.replace("critical: major_outage", "critical: partial_outage").replace("for: 1s", "for: 0s")
    (other / "rules.yaml").write_text(milder)
    planned = await plan(bridge, str(other))
    assert (planned.code, planned.errors) == (3, "")
    assert f"why: claimed, {API}" in planned.output
    assert '{"component": {"status": "partial_outage"}}' in planned.output
    assert len(page.writes()) == written

    (other / "rules.yaml").write_text(milder.replace("page: acme", "page: shop"))
    wrong = await plan(bridge, str(other))
    assert wrong.code == 1
    assert f'{other / "rules.yaml"}:1:7: the settings have no page "shop"' in wrong.errors
    shutil.copy(other / "rules.yaml", servers.folder / "kept.yaml")
    assert (await bridge.reload())[0] == 200  # those in force are what they were
    assert page.component(API) == "major_outage"

    bridge.child.signal(15)
    assert await bridge.child.ended() == 0
    assert (await plan(bridge)).code == 1
