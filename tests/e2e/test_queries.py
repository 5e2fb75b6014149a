"""From a metric to the page by a query to the real Prometheus, and what is shown when that one dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.children import eventually
from tests.e2e.test_alertmanager import Shop

if TYPE_CHECKING:
    from tests.e2e.servers import Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, method="signal")]

RULES = """
page: acme
defaults: {automation: full, for: 1s, keep_firing_for: 1s}
components:
  Checkout / API:
    - {query: errors, value: "> 2", no_data: ignore, status: major_outage}
  Checkout / Web:
    - {query: absent, value: "> 0", status: major_outage}
  Search:
    - {query: wrong, value: "> 0", no_data: fail, status: major_outage}
queries:
  - {id: errors, query: sum(shop_errors), prometheus: main, every: 5s}
  - {id: absent, query: sum(nobody_has_this), prometheus: main, every: 5s}
  - {id: wrong, query: sum(shop_errors, prometheus: main, every: 5s}
"""
FAILING = 'bridge_queries_failing{reason="%s",source="prometheus/main"}'


async def test_a_figure_of_the_real_prometheus_breaks_and_mends_a_component_and_its_death_does_neither(
    servers: Servers,
) -> None:
    page, shop = servers.page, Shop()
    async with shop.open():
        servers.rules.write_text(RULES)
        prometheus = await servers.start_prometheus({"shop": shop.url})
        bridge = await servers.start_bridge(BRIDGE_PROMETHEUS__MAIN__URL=prometheus)

        async def rejected() -> bool:
            return await bridge.metric(FAILING % "rejected") == 1.0

        async def unreachable() -> bool:
            return await bridge.metric(FAILING % "unreachable") == 3.0

        async def blind() -> bool:
            return await bridge.metric('bridge_source_healthy{source="prometheus/main"}') == 0.0

        await eventually("Prometheus refuses what is no PromQL", rejected)
        shop.errors = 3
        await eventually(
            "it is broken", lambda: page.component("Checkout / API") == "major_outage", within=30
        )
        shop.errors = 2
        await eventually("it is mended", lambda: page.component("Checkout / API") == "operational", within=30)
        shop.errors = 5
        await eventually(
            "it is broken again", lambda: page.component("Checkout / API") == "major_outage", within=30
        )

        await servers.children.kill("prometheus")
        shop.errors = 0
        await eventually("nobody can be asked", unreachable, within=30)
        written = len(page.writes())
        # By then all that was said has expired.
        await eventually("Prometheus is blind", blind, within=90)

    assert page.component("Checkout / API") == "major_outage"
    assert (page.component("Checkout / Web"), page.component("Search")) == ("operational", "operational")
    assert len(page.writes()) == written
