"""Guards of the daemon as a real process: the cap in a file, another page, and rules that would change much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bridge.core.changes import Changes
from bridge.core.commands import CommandId, ConfirmedGuard, Issued, Standing, StandingKind
from bridge.store.database import Database
from tests.e2e.children import eventually
from tests.e2e.servers import RULES, WEBHOOK_TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.servers import Bridge, Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120, method="signal")]

API = "Checkout / API"
OTHER = RULES.replace("CheckoutErrors", "CheckoutIsDown")
UNRESOLVED = "GET /pages/{page_id}/incidents/unresolved"
WAITS = 'bridge_waits_for_confirmation{{guard="{}",page="acme"}}'


async def stop(bridge: Bridge) -> None:
    """End it in order."""
    bridge.child.signal(15)
    assert await bridge.child.ended() == 0


async def missing(bridge: Bridge) -> list[str]:
    """What readiness says is missing."""
    answer = json.loads((await bridge.ask("/-/ready")).body)
    return list(answer["missing"])


def confirm(servers: Servers, guard: ConfirmedGuard, subject: str) -> None:
    """Leave in the store of a daemon that is down what a confirmation leaves there."""
    issued = Issued(CommandId("confirm"), servers.page.clock.now(), "Ann")
    standing = Standing("acme", StandingKind.CONFIRM, f"{guard}:{subject}", "", None, issued)
    database = Database.open(f"sqlite:///{servers.folder / 'bridge.sqlite3'}")
    try:
        database.apply([Changes(standing=[standing])])
    finally:
        database.close()


def mount(folder: Path, version: str, level: str) -> Path:
    """Put a version of a ConfigMap into its volume as the kubelet does. Returns the file's path."""
    made = folder / f"..{version}"
    made.mkdir(parents=True)
    (made / "automation-max").write_text(level)
    (folder / "..data_tmp").symlink_to(made.name)
    (folder / "..data_tmp").replace(folder / "..data")
    file = folder / "automation-max"
    if not file.is_symlink():
        file.symlink_to("..data/automation-max")
    return file


async def test_the_cap_in_a_mounted_file_is_raised_and_lowered_without_a_restart(servers: Servers) -> None:
    page, folder = servers.page, servers.folder / "automation"
    file = mount(folder, "1", "shadow\n")
    bridge = await servers.start_bridge(BRIDGE_AUTOMATION_MAX_FILE=str(file))
    await bridge.deliver(servers.delivery("firing"))
    level, unusable = (f'bridge_automation_max{end}{{page="acme"}}' for end in ("", "_unusable"))
    await eventually("the page is read", lambda: len(page.simulator.arrivals) >= 4)
    assert (page.writes(), await bridge.metric(level)) == ([], 0)

    mount(folder, "2", "statuses")
    await eventually("statuses are written", lambda: page.component(API) == "major_outage", within=6)
    assert page.incidents == []
    mount(folder, "3", "full")
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]], within=6)
    assert await bridge.metric(level) == 3

    mount(folder, "4", "fall")  # misspelt
    await eventually("it is told", lambda: bridge.child.events("automation_max_unusable"), within=6)
    assert (await bridge.metric(level), await bridge.metric(unusable)) == (0, 1)
    written = len(page.writes())
    await bridge.deliver(servers.delivery("resolved"))
    await eventually(
        "the alert is over",
        lambda: [one for one in bridge.child.events("decided") if one["reason"] == "cleared"],
    )
    assert len(page.writes()) == written
    mount(folder, "5", "full")
    await eventually(
        "the incident goes on", lambda: page.updates() == [["investigating", "monitoring", "resolved"]]
    )


async def test_another_page_under_the_same_name_is_not_written_to_before_it_is_confirmed(
    servers: Servers,
) -> None:
    page = servers.page
    first = await servers.start_bridge()
    await eventually("the page is pinned", lambda: first.child.events("page_pinned"))
    await stop(first)
    made = page.simulator.page(page.id)
    made.created_at -= 3600.0
    elsewhere = f"{page.url.replace('127.0.0.1', 'localhost')}/v1"  # another server, with a copy of the page

    second = await servers.launch_bridge(BRIDGE_API_URL=elsewhere)
    await second.deliver(servers.delivery("firing"))
    (told,) = await eventually("it is told", lambda: second.child.events("another_page"))
    assert told["shown"] != told["pinned"]
    (reason,) = await missing(second)
    assert reason.endswith(told["shown"])
    assert await second.metric(WAITS.format("page_identity")) == 1
    await eventually(
        "the alert counts",
        lambda: [one for one in second.child.events("decided") if one["reason"] == "opened"],
    )
    assert page.writes() == []
    await stop(second)

    confirm(servers, ConfirmedGuard.PAGE_IDENTITY, told["shown"])
    third = await servers.start_bridge(BRIDGE_API_URL=elsewhere)
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]])
    assert third.child.events("let_through")[0]["by"] == "Ann"


async def test_rules_that_would_change_much_wait_at_a_reload_and_at_a_start(servers: Servers) -> None:
    page = servers.page
    first = await servers.start_bridge(BRIDGE_RELOAD_MAX_CHANGES="0")
    await first.deliver(servers.delivery("firing"))
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]])
    assert page.component(API) == "major_outage"

    servers.rules.write_text(OTHER)
    await eventually("the watched file is held", lambda: first.child.events("reload_held"))
    status, answer = await first.reload()
    assert (status, answer["changes"]) == (409, ["acme: Checkout / API: major_outage to operational"])
    assert await first.metric(WAITS.format("reload")) == 1
    assert await missing(first) == []  # the old rules are in force
    assert page.component(API) == "major_outage"
    await stop(first)

    second = await servers.launch_bridge(BRIDGE_RELOAD_MAX_CHANGES="0")
    (reason,) = await missing(second)
    digest = answer["confirm"].split()[-1]
    assert reason.endswith(digest)
    (held,) = second.child.events("start_held")
    assert held["digest"] == digest
    status, told = await second.reload()
    assert (status, "nothing is written" in told["error"]) == (409, True)
    assert told["confirm"] == f"bridge confirm --page acme reload {digest}"
    listed = page.templates().count(UNRESOLVED)
    await eventually("the page is read", lambda: page.templates().count(UNRESOLVED) > listed)
    assert page.updates() == [["investigating"]]
    await stop(second)

    confirm(servers, ConfirmedGuard.RELOAD, digest)
    await servers.start_bridge(BRIDGE_RELOAD_MAX_CHANGES="0")
    await eventually("the new rules are in force", lambda: page.component(API) == "operational")


async def test_rules_that_wait_are_taken_as_soon_as_they_are_confirmed(servers: Servers) -> None:
    page = servers.page
    bridge = await servers.start_bridge(BRIDGE_RELOAD_MAX_CHANGES="0")
    await bridge.deliver(servers.delivery("firing"))
    await eventually("the component breaks", lambda: page.component(API) == "major_outage")
    servers.rules.write_text(OTHER)
    status, answer = await bridge.reload()
    assert status == 409
    *_, guard, digest = answer["confirm"].split()
    command = {"command": "confirm", "guard": guard, "subject": digest, "by": "Ann"}
    told = await bridge.ask(
        "/api/v1/commands", method="POST", token=WEBHOOK_TOKEN, body=json.dumps(command).encode()
    )
    assert told.status == 200, told
    await eventually("the new rules are in force", lambda: page.component(API) == "operational")
    assert await bridge.reload() == (200, {"reloaded": True})
    assert await bridge.metric(WAITS.format("reload")) == 0
