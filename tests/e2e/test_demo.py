"""`bridge demo` as a newcomer starts it, and the summary that it leaves."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.children import Children
from tests.e2e.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120, method="signal")]


async def test_a_minute_of_the_demo_shows_one_incident_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    summary, children = tmp_path / "out.json", Children(tmp_path)
    try:
        demo = await children.start(
            "demo", sys.executable, "-m", "bridge", "demo", "--for", "60s", "--summary", summary, cwd=ROOT
        )
        code = await demo.ended(within=90)
    finally:
        await children.close()
    told = demo.output()
    assert code == 0, told
    assert "the public page   http://127.0.0.1:" in told
    assert "the bridge        http://127.0.0.1:" in told
    assert "Traceback" not in told

    result = json.loads(summary.read_text())
    (incident,) = result["incidents"]
    assert incident == {
        "name": "Checkout is having problems",
        "status": "resolved",
        "updates": ["investigating", "monitoring", "resolved"],
        "notified": 2,
    }
    assert result["components"] == dict.fromkeys(
        ("Checkout / API", "Checkout / Web", "Search", "Payments"), "operational"
    )
    assert result["rejected"] == 0
    assert result["stale_writes"] == 0
    assert set(result["points"]) == {"Checkout latency", "Search availability", "Orders per minute"}
    assert all(count > 0 for count in result["points"].values()), result["points"]
    assert result["requests"]["POST /pages/{page_id}/incidents"] == 1
