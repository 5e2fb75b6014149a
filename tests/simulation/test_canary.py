"""I10: what comes in with an alert goes nowhere: not to the page, not into a log line, not into a metric."""

from __future__ import annotations

import io
import json

import pytest
from prometheus_client import generate_latest

from bridge.simulation import world as worlds
from bridge.simulation.world import World, alert
from bridge.telemetry.logs import LogFormat, LogLevel, configure_logs
from tests.simulation.shop import FOR, KEEP_FIRING_FOR, MONITOR_FOR, shop_rules, updates

CANARY = "zanzibar-canary"


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.mark.usefixtures("logging_as_before")
def test_no_label_and_no_annotation_reaches_page_log_or_metric(log: io.StringIO) -> None:
    configure_logs(level=LogLevel.DEBUG, log_format=LogFormat.JSON, now=lambda: worlds.EPOCH, stream=log)
    with World(7, shop_rules()) as world:
        world.start()
        world.run_for(20)
        since = world.now()
        told = alert("CheckoutErrors", firing=True, since=since, team=CANARY)
        told["annotations"] = {"summary": f"secret {CANARY}"}
        world.send_alerts([told])
        world.run_for(FOR + 60)
        world.send_alerts(
            [alert("CheckoutErrors", firing=False, since=since, until=world.now(), team=CANARY)]
        )
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 60)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        page = json.dumps([dict(arrival.body or {}) for arrival in world.simulator.arrivals], default=str)
        assert world.engine is not None
        metrics = generate_latest(world.engine.gauges.metrics.registry).decode()
    assert "decided" in log.getvalue()
    assert "bridge_decisions_total" in metrics
    assert CANARY not in page
    assert CANARY not in log.getvalue()
    assert CANARY not in metrics
