"""The public page in a real browser while the bridge keeps it: on a desktop and a phone, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.children import eventually
from tests.e2e.visits import DESKTOP, PHONE, Visit, browsing, picture, visiting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.servers import Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90, method="signal")]

RULES = """\
page: acme
defaults: {automation: full}
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
    monitor_for: 10m
    texts:
      investigating: Some customers cannot complete their orders. We are investigating. Affected are {components}.
      monitoring: Orders go through again. We keep watching.
"""


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
    assert await charts.locator("svg[role=img]:visible").count() == 3
    assert await charts.locator("svg[role=img]:visible path.line").count() == 3


async def test_visitors_on_every_screen_read_what_is_broken(servers: Servers, tmp_path: Path) -> None:
    servers.rules.write_text(RULES)
    page, bridge = servers.page, await servers.start_bridge()
    await bridge.deliver(servers.delivery("firing"))
    await eventually(
        "the incident is public",
        lambda: page.updates() == [["investigating"]] and page.component("Search") != "operational",
    )
    async with browsing() as browser:
        for width, device in ((DESKTOP, "desktop"), (PHONE, "phone")):
            for scheme in ("light", "dark"):
                async with visiting(browser, f"{page.url}/", width=width, scheme=scheme) as visit:
                    await picture(visit, tmp_path, f"incident-{device}-{scheme}.png")
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
    async with browsing() as browser, visiting(browser, f"{page.url}/", width=PHONE, scheme="light") as visit:
        assert "All Systems Operational" in await visit.page.get_by_role("status").inner_text()
        card = visit.page.get_by_role("article", name="Checkout is having problems")
        updates = await card.get_by_role("listitem").all_inner_texts()
        assert [update.split(maxsplit=1)[0] for update in updates] == ["Monitoring", "Investigating"]
        await card.get_by_role("link", name="Checkout is having problems").click()
        await visit.page.wait_for_url("**/incidents/*")
        assert await visit.page.get_by_role("heading", level=1).inner_text() == "Checkout is having problems"
        await picture(visit, tmp_path, "recovery-phone-light.png")
        content, window = await visit.widths()
        assert content <= window
        assert await visit.unnamed() == []
        assert visit.complaints == []
