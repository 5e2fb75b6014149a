"""`kill -9`, SIGTERM and SIGHUP at the worst moments, judged from the page's own ledgers."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.children import eventually
from tests.e2e.servers import RULES

if TYPE_CHECKING:
    from tests.e2e.servers import Bridge, Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90, method="signal")]

WHOLE_LIFE = [["investigating", "monitoring", "resolved"]]
SEARCH = "GET /pages/{page_id}/incidents"
"""What is read to find out what became of a creation."""


async def _until_recorded(bridge: Bridge) -> None:
    sample = 'bridge_statuspage_requests_total{operation="write_incident",outcome="done",page="acme"}'

    async def recorded() -> bool:
        return await bridge.metric(sample) > 0

    await eventually("the answer is recorded", recorded)


async def _live_to_the_end(servers: Servers, bridge: Bridge) -> None:
    """Mend what broke, and see one incident through its life, told twice."""
    page = servers.page
    await bridge.deliver(servers.delivery("resolved"))
    await eventually("the incident is resolved", lambda: page.updates() == WHOLE_LIFE, within=30)
    assert page.notified() == ["investigating", "resolved"]
    assert page.component("Checkout / API") == "operational"


async def test_an_incident_outlives_kills_before_and_after_its_recovery(servers: Servers) -> None:
    page, first = servers.page, await servers.start_bridge()
    await first.deliver(servers.delivery("firing"))
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]])
    await _until_recorded(first)
    await first.child.kill()
    assert await first.child.ended() == -signal.SIGKILL

    second = await servers.start_bridge()
    await second.deliver(servers.delivery("resolved"))
    await eventually("it recovers", lambda: page.updates() == [["investigating", "monitoring"]])
    await second.child.kill()

    third = await servers.start_bridge()
    await _live_to_the_end(servers, third)


async def test_an_alert_that_was_acknowledged_before_a_kill_is_told_after_it_though_nobody_repeats_it(
    servers: Servers,
) -> None:
    page, first = servers.page, await servers.start_bridge()
    await first.deliver(servers.delivery("firing"))
    await first.child.kill()
    assert page.writes() == []

    second = await servers.start_bridge()
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]])
    await _live_to_the_end(servers, second)


@pytest.mark.parametrize(
    "applied", [pytest.param(True, id="it took effect"), pytest.param(False, id="it was lost")]
)
async def test_a_creation_under_way_at_a_kill_is_settled_before_anything_is_said_again(
    servers: Servers, *, applied: bool
) -> None:
    page, first = servers.page, await servers.start_bridge()
    hold = page.hold_creation(applied=applied)
    await first.deliver(servers.delivery("firing"))
    await eventually("a creation arrives", hold.arrived.is_set)
    await first.child.kill()
    assert len(page.incidents) == applied

    second = await servers.start_bridge()
    if not applied:
        await eventually("the creation is looked for", lambda: SEARCH in page.templates())
    await _live_to_the_end(servers, second)
    creations = [write for write in page.writes() if write.method == "POST"]
    assert len(creations) == 1


async def test_a_write_under_way_at_sigterm_is_awaited_and_recorded(servers: Servers) -> None:
    page = servers.page
    first = await servers.start_bridge(BRIDGE_REQUEST_TIMEOUT="10s")
    hold = page.hold_creation(applied=True)
    await first.deliver(servers.delivery("firing"))
    await eventually("a creation arrives", hold.arrived.is_set)
    first.child.signal(signal.SIGTERM)
    await eventually("the bridge stops", lambda: first.child.events("daemon_stopping"))
    assert await servers.get(f"{first.url}/-/ready") is None
    assert first.child.running

    hold.released.set()
    assert await first.child.ended() == 0
    assert first.child.events("page_written")
    assert not first.child.events("requests_abandoned")

    second = await servers.start_bridge()
    await _live_to_the_end(servers, second)
    assert SEARCH not in page.templates(), "what was recorded need not be looked for"


BROKEN = RULES.replace("open_at: partial_outage", "open_at: quite_bad")
WIDER = RULES.replace("warning: degraded_performance", "warning: partial_outage")


async def test_a_reload_with_a_mistake_keeps_the_rules_and_says_where_and_a_mended_one_is_taken(
    servers: Servers,
) -> None:
    # Behind a link from another directory the file is not watched, so that nothing but the signal and the request can reload it.
    elsewhere = servers.folder / "elsewhere"
    elsewhere.mkdir()
    rules = servers.rules.rename(elsewhere / "rules.yaml")
    servers.rules.symlink_to(rules)
    page, bridge = servers.page, await servers.start_bridge()
    place = re.compile(r"rules\.yaml:12:14: .*quite_bad")
    successful = "bridge_config_last_reload_successful"

    rules.write_text(BROKEN)
    status, answer = await bridge.reload()
    assert status == 500
    assert [bool(place.search(problem)) for problem in answer["problems"]] == [True]
    assert await bridge.metric(successful) == 0

    bridge.child.signal(signal.SIGHUP)
    await eventually("SIGHUP reloads too", lambda: len(bridge.child.events("reload_refused")) == 2)
    assert all(place.search(event["first"]) for event in bridge.child.events("reload_refused"))
    await bridge.deliver(servers.delivery("firing", severity="warning"))
    await eventually(
        "the rules before are in force", lambda: page.component("Checkout / API") == "degraded_performance"
    )
    assert not page.incidents

    rules.write_text(WIDER)
    bridge.child.signal(signal.SIGHUP)
    await eventually("the new rules are in force", lambda: page.updates() == [["investigating"]])
    assert page.component("Checkout / API") == "partial_outage"
    assert await bridge.metric(successful) == 1
    assert await bridge.reload() == (200, {"reloaded": True})


async def test_a_changed_file_is_noticed_without_being_told(servers: Servers) -> None:
    page, bridge = servers.page, await servers.start_bridge()
    servers.rules.write_text(BROKEN)
    await eventually("the mistake is noticed", lambda: bridge.child.events("reload_refused"))
    servers.rules.write_text(WIDER)
    await eventually("the mended file is taken", lambda: bridge.child.events("rules_reloaded"))
    await bridge.deliver(servers.delivery("firing", severity="warning"))
    await eventually("the new rules are in force", lambda: page.updates() == [["investigating"]])
    # The store and this log lie beside the rules and change all the time: that is no change of the rules.
    assert len(bridge.child.events("rules_reloaded")) == 1
    assert len(bridge.child.events("library_message")) <= 4
