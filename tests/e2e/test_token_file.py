"""The token's file is replaced while the bridge runs: the page is right within two minutes, without a restart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.children import eventually
from tests.e2e.pages import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.servers import Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, method="signal")]

OTHER_TOKEN = "other-token-of-the-tests"
RENEWED = {TOKEN: "new-api-token-of-the-tests", OTHER_TOKEN: "other-token-of-the-trial"}
REFUSALS = 'bridge_statuspage_request_failures_total{page="acme",reason="unauthorized"}'


def write_secret(folder: Path, version: str, token: str) -> None:
    """Put a version of a Secret into its volume as the kubelet does: a folder of its own, and one rename of a link that leads to it."""
    made = folder / f"..{version}"
    made.mkdir()
    (made / "token-acme").write_text(token)
    link = folder / "..data_tmp"
    link.symlink_to(made.name)
    link.replace(folder / "..data")
    if not (folder / "token-acme").is_symlink():
        (folder / "token-acme").symlink_to("..data/token-acme")


async def test_a_new_token_in_a_file_is_taken_up_by_the_running_bridge(servers: Servers) -> None:
    """Two pages: the token of one lies in a Secret's volume, the other's file is renamed over. The tests share one minute, which is the pause."""
    page, secrets, plain = servers.page, servers.folder / "secrets", servers.folder / "token"
    other = page.simulator.add_page("Other", now=page.clock.now())
    secrets.mkdir()
    write_secret(secrets, "first", TOKEN)
    plain.write_text(OTHER_TOKEN)
    page.simulator.add_token(OTHER_TOKEN)
    bridge = await servers.start_bridge(
        BRIDGE_PAGES__ACME__TOKEN_FILE=str(secrets / "token-acme"),
        BRIDGE_PAGES__OTHER__ID=other,
        BRIDGE_PAGES__OTHER__TOKEN_FILE=str(plain),
    )
    await eventually("the pages are read", lambda: len(page.simulator.arrivals) >= 6)
    for former, new in RENEWED.items():
        page.simulator.remove_token(former)
        page.simulator.add_token(new)

    await bridge.deliver(servers.delivery("firing"))

    async def refused() -> bool:
        return await bridge.metric(REFUSALS) > 0

    await eventually("the former token is refused", refused)
    assert page.incidents == []
    write_secret(secrets, "second", RENEWED[TOKEN])
    # Of the same length and the same instant, as on a coarse clock: another file all the same.
    successor = servers.folder / "token.new"
    successor.write_text(RENEWED[OTHER_TOKEN])
    os.utime(successor, ns=(plain.stat().st_atime_ns, plain.stat().st_mtime_ns))
    successor.replace(plain)

    arrived = len(page.simulator.arrivals)
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]], within=120)
    assert page.component("Checkout / API") == "major_outage"

    def tokens() -> set[str | None]:
        return {arrival.token for arrival in page.simulator.arrivals[arrived:]}

    # Both wait for a minute after a refusal: nothing that arrives from now on carries a former token.
    await eventually("the other page is read", lambda: RENEWED[OTHER_TOKEN] in tokens(), within=65)
    assert tokens() == set(RENEWED.values())
    assert not bridge.child.events("daemon_stopping")
