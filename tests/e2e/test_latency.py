"""How soon the page is called once an alert is acknowledged: nothing to hold, a free budget, a thousand rules on each page. The first words of an outage are waited for.

The 200 is what the sender knows, the call's arrival is what the page knows; both are read from one clock. What the machine needs for a commit and a request alone is measured in the same run.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bridge.simulation.world import alert, webhook
from tests.e2e.children import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.pages import Page
    from tests.e2e.servers import Bridge, Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300, method="signal")]

PAGES = 10
"""Each has a token of its own, and so a budget: one token has room for forty calls a minute and some reads."""
COMPONENTS = 25
RULES_OF_EACH = 40
SAMPLES = 22
"""Of each page; each alert is about a component that nothing was said of yet."""
OPENING = 2
"""Samples of each page that open an incident."""
EVERY = 0.15
"""Seconds between two alerts: 1.5 for each page, slower than the slots of a free budget come."""
COLD = 61.0
"""Seconds after its start in which a daemon that remembers nothing of the window sends slowly."""
AT_MOST = 0.25
"""Seconds (issue "Pacing, people and guards", Done when: Latency)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One alert: what it is about, and when its sender read the 200."""

    page: int
    component: int
    acknowledged_at: float


def _rules(page: int) -> str:
    components = {
        f"Part {number}": [
            {"id": f"rule-{rule}", "matchers": matchers, "status": "partial_outage", "for": "0"}
            for rule in range(RULES_OF_EACH)
            for matchers in [[f'alertname="P{page}C{number}"', f'kind="{rule}"']]
        ]
        for number in range(COMPONENTS)
    }
    incidents = [
        {
            "id": f"i-{number}",
            "components": [f"Part {number}"],
            "title": f"Part {number}",
        }
        for number in range(OPENING)
    ]
    # YAML takes JSON as it is.
    return json.dumps(
        {
            "page": f"p{page}",
            "defaults": {"automation": "full"},
            "components": components,
            "incidents": incidents,
        }
    )


def _add_pages(servers: Servers) -> tuple[list[str], dict[str, str]]:
    """Pages with components and tokens. Returns their ids, and the settings that name them."""
    page, ids, settings = servers.page, [], {}
    for number in range(PAGES):
        now = page.clock.now()
        page.simulator.add_token(f"token-{number}")
        ids.append(page.simulator.add_page(f"Page {number}", now=now))
        for component in range(COMPONENTS):
            page.simulator.add_component(ids[-1], f"Part {component}", now=now)
        (servers.rules.parent / "rules" / f"{number}.yaml").write_text(_rules(number))
        settings[f"BRIDGE_PAGES__P{number}__ID"] = ids[-1]
        settings[f"BRIDGE_PAGES__P{number}__TOKEN_FILE"] = servers.secret(
            f"token-{number}", f"token-{number}"
        )
    return ids, settings


async def _sample(bridge: Bridge, page: Page, number: int, component: int) -> Sample:
    told = alert(
        f"P{number}C{component}", firing=True, since=page.clock.now(), kind=str(component % RULES_OF_EACH)
    )
    await bridge.deliver(json.dumps(webhook([told])).encode())
    return Sample(number, component, page.clock.now())


def _called_at(page: Page, ids: list[str]) -> dict[tuple[int, int], float]:
    """When the first write about each component arrived, by page and component."""
    found: dict[tuple[int, int], float] = {}
    numbers = {
        page.simulator.component(page_id, f"Part {component}").id: (number, component)
        for number, page_id in enumerate(ids)
        for component in range(COMPONENTS)
    }
    for write in page.writes():
        assert write.body is not None
        about = write.body.get("incident", {}).get("component_ids") or [write.targets.get("component_id")]
        for component_id in about:
            found.setdefault(numbers[component_id], write.at)
    return found


async def _floor(page: Page, servers: Servers, folder: Path) -> list[float]:
    """Seconds of one durable commit and one request on loopback, of each of some tries."""
    found = []
    with closing(sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)) as connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute("create table told (at real, words text)")
        for _ in range(50):
            await asyncio.sleep(0.02)
            began = page.clock.now()
            connection.execute("insert into told values (?, ?)", (began, "x" * 500))
            assert await servers.get(f"{page.url}/api/v2/status.json")
            found.append(page.clock.now() - began)
    return found


def _shares(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    at = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] for share in (50, 95, 99)}
    return ", ".join(f"p{share} {value * 1000:.1f} ms" for share, value in at.items())


async def test_an_alert_that_nothing_holds_is_on_its_way_within_a_quarter_of_a_second(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = servers.page
    (servers.rules.parent / "rules").mkdir()
    servers.rules.rename(servers.rules.parent / "rules" / "acme.yaml")
    ids, settings = _add_pages(servers)
    # Nearly everything gets worse within minutes, by the word of one sender.
    settings |= {"BRIDGE_BLAST_RADIUS": "1", "BRIDGE_NOTIFICATIONS_PER_HOUR": "1000"}
    bridge = await servers.start_bridge(BRIDGE_RULES=str(servers.rules.parent / "rules"), **settings)
    await asyncio.sleep(COLD)

    loop = asyncio.get_running_loop()
    began, samples = loop.time(), []
    for turn in range(SAMPLES):
        for number in range(PAGES):
            samples.append(await _sample(bridge, page, number, turn))
            await asyncio.sleep(max(0.0, began + EVERY * len(samples) - loop.time()))

    def all_told() -> bool:
        return len(_called_at(page, ids)) == PAGES * SAMPLES

    await eventually("every alert is told", all_told)
    called = _called_at(page, ids)
    waits = [called[one.page, one.component] - one.acknowledged_at for one in samples]
    opening = [wait for one, wait in zip(samples, waits, strict=True) if one.component < OPENING]
    floor = await _floor(page, servers, tmp_path)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(waits)} alerts, {COMPONENTS * RULES_OF_EACH} rules on each of {PAGES} pages, load {os.getloadavg()[0]:.1f}"
            f"\n  from the acknowledgement to the call     {_shares(waits)}, at most {max(waits) * 1000:.1f} ms"
            f"\n  of these, {len(opening)} that open an incident    {_shares(opening)}"
            f"\n  a commit and a request alone             {_shares(floor)}\n"
        )
    assert all(arrival.status < 300 for arrival in page.writes())
    assert sorted(waits)[int(len(waits) * 0.99)] <= AT_MOST
