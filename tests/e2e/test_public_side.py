"""The public side of the simulator by itself, in a real browser: everything that can be on it at once, for everybody, on any screen."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bridge.app.example_history import add_example_history
from bridge.app.example_page import add_example_page
from bridge.clock import Clock
from bridge.simulator import front
from bridge.simulator.model import Request, Simulator
from tests.e2e.visits import DESKTOP, PHONE, Visit, browsing, picture, visiting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Literal

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90, method="signal")]

TOKEN = "api-token-of-the-visits"
HOUR = 3600.0
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 5
NASTY = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">"
LOOKS_EVERY = 0.2
"""Seconds between two looks of the page at itself, where it does."""
SCREENS = [(width, scheme) for width in (DESKTOP, PHONE) for scheme in ("light", "dark")]


@dataclass
class Shown:
    """A page that is served, and somebody who changes it."""

    simulator: Simulator
    clock: Clock
    page_id: str
    url: str = ""

    def ask(self, method: str, path: str, body: object) -> Any:
        """Ask the API."""
        request = Request(
            method,
            f"/v1/pages/{self.page_id}{path}",
            {},
            {"Authorization": f"OAuth {TOKEN}"},
            json.dumps(body).encode(),
        )
        answer = self.simulator.handle(request, now=self.clock.now())
        assert answer.status in {200, 201}, answer.body
        return json.loads(answer.body)

    def component(self, name: str) -> str:
        """A component's id."""
        return self.simulator.component(self.page_id, name).id

    def open(self, **fields: object) -> Any:
        """Make an incident."""
        return self.ask("POST", "/incidents", {"incident": fields})

    def go_wrong(self) -> None:
        """Everything that a page can show at once: an outage, texts that try something, a maintenance that runs and one that does not."""
        web, search, feed = (
            self.component(name) for name in ("Checkout / Web", "Search", "Delivery / Partner feed")
        )
        self.open(
            name="Checkout is down",
            body="Customers cannot pay. We are looking into it.",
            component_ids=[web],
            components={web: "major_outage"},
        )
        self.open(
            name=f"{LONG} {NASTY}"[:255],
            body=f"{NASTY}\n\n{LONG}",
            component_ids=[search],
            components={search: "degraded_performance"},
        )
        now = self.clock.now()
        running = self.open(
            name="Feed server upgrade",
            scheduled_for=_instant(now + HOUR),
            scheduled_until=_instant(now + 2 * HOUR),
            component_ids=[feed],
        )
        told = {"status": "in_progress", "components": {feed: "under_maintenance"}}
        self.ask("PATCH", f"/incidents/{running['id']}", {"incident": told})
        self.ask("PATCH", f"/components/{search}", {"component": {"description": f"{LONG} {NASTY}"}})


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


@asynccontextmanager
async def showing(*, refresh: float | None = None) -> AsyncIterator[Shown]:
    clock = Clock()
    simulator = Simulator()
    page = add_example_page(simulator, clock.now())
    add_example_history(simulator, page, clock.now())
    simulator.add_token(TOKEN)
    shown = Shown(simulator, clock, page.page_id)
    listening = await front.start(front.build_app(simulator, clock.now, refresh_seconds=refresh))
    try:
        shown.url = listening.url
        yield shown
    finally:
        await listening.close()


async def _is_good(visit: Visit, url: str) -> None:
    """Nothing about a page keeps anybody out, and it asks nobody else for anything."""
    content, window = await visit.widths()
    assert content <= window, f"{content} px in {window}"
    assert await visit.unnamed() == []
    assert await visit.violations() == []
    assert visit.complaints == []
    assert all(request.startswith((f"{url}/", "data:")) for request in visit.requests)
    assert await visit.page.locator("h1").count() == 1


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
async def test_everything_at_once_is_for_everybody(
    width: int, scheme: Literal["light", "dark"], tmp_path: Path
) -> None:
    async with showing() as shown, browsing() as browser:
        shown.go_wrong()
        async with visiting(browser, f"{shown.url}/", width=width, scheme=scheme) as visit:
            page = visit.page
            await picture(visit, tmp_path, f"everything-{width}-{scheme}.png")
            assert await page.title() == "Acme Shop status: Partial System Outage"
            assert await page.get_by_role("region").count() >= 6
            for heading in ("Open incidents", "Maintenance in progress", "Scheduled maintenance", "Metrics"):
                assert await page.get_by_role("heading", name=heading, exact=True).count() == 1
            assert await page.locator("svg.bars").count() == 6
            for word in ("week", "month", "day"):
                await page.locator(f"label[for=range-{word}]").click()
                drawn = page.locator(f".plot.{word}:visible svg[role=img]")
                assert await drawn.count() == 3
                assert await page.locator(".plot:visible").count() == 3
                assert await drawn.first.locator("path.line").count() == 1
                name = await drawn.first.get_attribute("aria-label")
                assert name is not None
                assert name.startswith("Checkout latency, last ")
                await _is_good(visit, shown.url)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
async def test_incident_pages_and_the_history_are_for_everybody(
    width: int, scheme: Literal["light", "dark"], tmp_path: Path
) -> None:
    async with showing() as shown, browsing() as browser:
        shown.go_wrong()
        incidents = {incident.name: incident.id for incident in shown.simulator.incidents(shown.page_id)}
        hostile = next(identifier for name, identifier in incidents.items() if name.startswith(LONG))
        chosen = (hostile, incidents["Feed server upgrade"], incidents["Payments are failing"])
        paths = ["/history", "/nowhere", *(f"/incidents/{identifier}" for identifier in chosen)]
        async with visiting(browser, f"{shown.url}/", width=width, scheme=scheme) as visit:
            for number, path in enumerate(paths):
                await visit.page.goto(f"{shown.url}{path}", wait_until="load")
                await picture(visit, tmp_path, f"other-{number}-{width}-{scheme}.png")
                visit.complaints[:] = [one for one in visit.complaints if "404 (Not Found)" not in one]
                await _is_good(visit, shown.url)
                assert await visit.page.title() != "taken"


async def test_the_keyboard_reaches_everything_and_shows_where_it_is() -> None:
    async with showing() as shown, browsing() as browser:
        shown.go_wrong()
        async with visiting(browser, f"{shown.url}/", width=DESKTOP, scheme="light") as visit:
            page = visit.page
            walked: list[dict[str, str]] = []
            for _ in range(60):
                await page.keyboard.press("Tab")
                focused = await visit.focused()
                if focused["tag"] == "BODY":
                    break
                assert focused["outline"] != "none", focused
                assert focused["width"] != "0px", focused
                walked.append(focused)
            ids = [focused["id"] for focused in walked]
            groups = [group.id for group in shown.simulator.page(shown.page_id).groups.values()]
            assert [one for one in ids if one.startswith("toggle-")] == [
                f"toggle-{group}" for group in groups
            ]
            assert [one for one in ids if one.startswith("range-")] == ["range-day"]
            assert len([one for one in ids if one.startswith("incident-")]) == 7


async def test_a_group_is_closed_and_opened_and_a_chart_switched_by_the_keyboard() -> None:
    async with (
        showing() as shown,
        browsing() as browser,
        visiting(browser, f"{shown.url}/", width=PHONE, scheme="dark") as visit,
    ):
        page = visit.page
        toggle = page.locator("summary").first
        row = page.locator("details").first.get_by_text("API", exact=True)
        assert await row.is_visible()
        await toggle.focus()
        await page.keyboard.press("Enter")
        assert not await row.is_visible()
        await page.keyboard.press("Space")
        assert await row.is_visible()
        await page.locator("#range-day").focus()
        await page.keyboard.press("ArrowRight")
        assert (await visit.focused())["id"] == "range-week"
        assert await page.locator(".plot.week:visible").count() == 3
        await page.keyboard.press("ArrowRight")
        assert await page.locator(".plot.month:visible").count() == 3


async def test_the_skip_link_leads_past_the_head_to_the_content() -> None:
    async with (
        showing() as shown,
        browsing() as browser,
        visiting(browser, f"{shown.url}/", width=DESKTOP, scheme="light") as visit,
    ):
        await visit.page.keyboard.press("Tab")
        assert await visit.page.get_by_role("link", name="Skip to content").is_visible()
        await visit.page.keyboard.press("Enter")
        assert (await visit.focused())["id"] == "main"


async def test_the_page_follows_by_itself_and_keeps_what_its_reader_chose() -> None:
    async with (
        showing(refresh=LOOKS_EVERY) as shown,
        browsing() as browser,
        visiting(browser, f"{shown.url}/", width=DESKTOP, scheme="light") as visit,
    ):
        page = visit.page
        await page.locator("label[for=range-week]").click()
        await page.locator("summary").first.focus()
        await page.keyboard.press("Enter")
        before = await visit.focused()
        web = shown.component("Checkout / Web")
        shown.ask("PATCH", f"/components/{web}", {"component": {"status": "major_outage"}})
        await page.get_by_role("heading", name="Partial System Outage").wait_for(timeout=10_000)
        assert await page.title() == "Acme Shop status: Partial System Outage"
        assert await visit.focused() == before
        assert await page.locator("#range-week").is_checked()
        assert not await page.locator("details").first.get_by_text("API", exact=True).is_visible()
        assert await page.locator("details").nth(1).get_by_text("Partner feed").is_visible()
        assert visit.complaints == []
        assert all(request.startswith((f"{shown.url}/", "data:")) for request in visit.requests)


async def test_without_a_script_the_page_is_whole() -> None:
    async with showing(refresh=LOOKS_EVERY) as shown, browsing() as browser:
        context = await browser.new_context(java_script_enabled=False)
        try:
            page = await context.new_page()
            await page.goto(f"{shown.url}/", wait_until="load")
            await page.locator("label[for=range-month]").click()
            assert await page.locator(".plot.month:visible").count() == 3
            await page.locator("summary").first.click()
            assert not await page.locator("details").first.get_by_text("API", exact=True).is_visible()
        finally:
            await context.close()
