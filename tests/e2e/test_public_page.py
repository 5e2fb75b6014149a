"""The public page in a real browser while an incident is open: on a desktop and a phone, light and dark.

`BRIDGE_SCREENSHOTS=FOLDER` keeps the pictures there as well.
"""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from tests.e2e.children import eventually, tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Literal

    from playwright.async_api import Browser, Page, Request

    from tests.e2e.servers import Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90, method="signal")]

FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HEIGHT = 900
DESKTOP, PHONE = 1100, 390

CONTROLS = frozenset(
    {"button", "checkbox", "combobox", "DisclosureTriangle", "link", "menuitem", "radio", "searchbox"}
    | {"slider", "spinbutton", "switch", "tab", "textbox"}
)
NAMED = CONTROLS | {"image", "img", "article", "navigation", "region"}
"""Roles that mean nothing to a person who cannot see, unless they have a name."""

RULES = """\
page: acme
components:
  Checkout / API:
    - {id: api, alert: CheckoutErrors, status: major_outage, for: 1s}
  Checkout / Web:
    - {id: web, alert: CheckoutErrors, status: partial_outage, for: 1s}
  Search:
    - {id: search, alert: CheckoutErrors, status: degraded_performance, for: 1s}
incidents:
  - id: checkout
    components: [Checkout / *]
    open_at: partial_outage
    title: Checkout is having problems
    automation: full
    monitor_for: 10m
    texts:
      investigating: Some customers cannot complete their orders. We are investigating. Affected are {components}.
      monitoring: Orders go through again. We keep watching.
"""


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


class Visit:
    """A visitor who notes what the browser complains about and what it asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    async def unnamed(self) -> list[str]:
        """What the accessibility tree holds without a name although its role needs one."""
        session = await self.page.context.new_cdp_session(self.page)
        tree = await session.send("Accessibility.getFullAXTree")
        shown = [node for node in tree["nodes"] if not node["ignored"]]
        assert any(node["role"]["value"] == "link" for node in shown)
        return [
            node["role"]["value"]
            for node in shown
            if node["role"]["value"] in NAMED and not node.get("name", {}).get("value", "").strip()
        ]

    async def widths(self) -> tuple[int, int]:
        """How wide the content is, and how wide the room that it has."""
        root = await self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        return root[0], root[1]


@asynccontextmanager
async def _visit(
    browser: Browser, url: str, *, width: int, scheme: Literal["light", "dark"]
) -> AsyncIterator[Visit]:
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, locale="en-GB"
    )
    try:
        visit = Visit(await context.new_page())
        answer = await visit.page.goto(url, wait_until="load")
        assert answer is not None
        assert answer.status == 200
        yield visit
    finally:
        await context.close()


def _keep(path: Path) -> None:
    if folder := os.environ.get("BRIDGE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)


async def _picture(visit: Visit, folder: Path, name: str) -> None:
    path = folder / name
    await visit.page.screenshot(path=path, full_page=True)
    _keep(path)


async def _see_the_incident(visit: Visit) -> None:
    """Everything that a visitor comes for is on the page, in words."""
    page = visit.page
    assert await page.title() == "Acme Shop status: Partial System Outage"
    assert "Partial System Outage" in await page.get_by_role("status").inner_text()
    card = page.get_by_role("article", name="Checkout is having problems")
    assert await card.count() == 1
    updates = await card.get_by_role("listitem").all_inner_texts()
    assert len(updates) == 1
    assert updates[0].startswith("Investigating")
    assert "Some customers cannot complete their orders." in updates[0]
    for name, words in (
        ("API", "Major outage"),
        ("Web", "Partial outage"),
        ("Search", "Degraded performance"),
        ("Payments", "Operational"),
    ):
        row = page.locator(".row", has=page.get_by_text(name, exact=True))
        assert words.lower() in (await row.inner_text()).lower(), name
    charts = page.locator(".chart")
    assert await charts.locator("h3").all_inner_texts() == [
        "Checkout latency",
        "Search availability",
        "Orders per minute",
    ]
    assert await charts.locator("svg[role=img]").count() == 3
    assert await charts.locator("svg[role=img] path").count() > 3


async def test_visitors_on_every_screen_read_what_is_broken(servers: Servers, tmp_path: Path) -> None:
    servers.rules.write_text(RULES)
    page, bridge = servers.page, await servers.start_bridge()
    await bridge.deliver(servers.delivery("firing"))
    await eventually(
        "the incident is public",
        lambda: page.updates() == [["investigating"]] and page.component("Search") != "operational",
    )
    async with _browser() as browser:
        for width, device in ((DESKTOP, "desktop"), (PHONE, "phone")):
            for scheme in ("light", "dark"):
                async with _visit(browser, f"{page.url}/", width=width, scheme=scheme) as visit:
                    await _picture(visit, tmp_path, f"incident-{device}-{scheme}.png")
                    await _see_the_incident(visit)
                    content, window = await visit.widths()
                    assert content <= window, f"{device}: {content} px in {window}"
                    assert await visit.unnamed() == []
                    assert visit.complaints == []
                    assert all(url.startswith((f"{page.url}/", "data:")) for url in visit.requests)


async def test_a_recovery_is_read_above_what_was_said_before_and_leads_to_its_own_page(
    servers: Servers, tmp_path: Path
) -> None:
    servers.rules.write_text(RULES.replace("for: 1s}", "for: 1s, keep_firing_for: 1s}"))
    page, bridge = servers.page, await servers.start_bridge()
    await bridge.deliver(servers.delivery("firing"))
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]])
    await bridge.deliver(servers.delivery("resolved"))
    await eventually("it recovers", lambda: page.updates() == [["investigating", "monitoring"]])
    await eventually("search recovers", lambda: page.component("Search") == "operational")
    async with _browser() as browser, _visit(browser, f"{page.url}/", width=PHONE, scheme="light") as visit:
        assert "All Systems Operational" in await visit.page.get_by_role("status").inner_text()
        card = visit.page.get_by_role("article", name="Checkout is having problems")
        updates = await card.get_by_role("listitem").all_inner_texts()
        assert [update.split(maxsplit=1)[0] for update in updates] == ["Monitoring", "Investigating"]
        await card.get_by_role("link", name="Checkout is having problems").click()
        await visit.page.wait_for_url("**/incidents/*")
        assert await visit.page.get_by_role("heading", level=1).inner_text() == "Checkout is having problems"
        await _picture(visit, tmp_path, "recovery-phone-light.png")
        content, window = await visit.widths()
        assert content <= window
        assert await visit.unnamed() == []
        assert visit.complaints == []
