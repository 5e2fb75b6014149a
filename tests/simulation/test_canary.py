"""I10: what comes in with an alert goes nowhere that no rule names: not to the page, not into a log line, not into a metric."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from prometheus_client import generate_latest

from bridge.simulation import world as worlds
from bridge.simulation.world import World, WorldSettings, alert
from bridge.telemetry.logs import LogFormat, LogLevel, configure_logs
from tests.simulation.payloads import CANARY, payloads
from tests.simulation.public_texts import regional_rules
from tests.simulation.shop import (
    EVERYTHING_AT_ONCE,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    shop_rules,
    updates,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


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


PAYLOADS = 10_000
CELLS = 40
"""Incidents among which they are divided."""


@pytest.mark.usefixtures("logging_as_before")
def test_ten_thousand_payloads_in_every_label_and_annotation_reach_no_text_no_log_and_no_metric(
    log: io.StringIO,
) -> None:
    configure_logs(level=LogLevel.DEBUG, log_format=LogFormat.JSON, now=lambda: worlds.EPOCH, stream=log)
    hostile = sorted(payloads(PAYLOADS), key=lambda payload: payload.value)
    rules = regional_rules(group_by=("cell",), summary=True)
    with World(8, rules, WorldSettings(plan=EVERYTHING_AT_ONCE)) as world:
        world.start()
        world.run_for(20)
        since = world.now()
        alerts = []
        for number, payload in enumerate(hostile):
            hidden = f"{payload.value} {CANARY}"
            one = alert(
                "CheckoutErrors",
                firing=True,
                since=since,
                cell=str(number * CELLS // PAYLOADS),
                region=payload.value,
                number=f"{number} {CANARY}",
                team=hidden,
                pod=hidden,
                severity=hidden,
            )
            one["annotations"] = {
                "summary": payload.value,
                "description": hidden,
                "region": hidden,
                CANARY: "1",
            }
            alerts.append(one)
        for first in range(0, PAYLOADS, 1000):
            world.send_alerts(alerts[first : first + 1000])
        world.run_for(FOR + 300)
        sent = [dict(arrival.body or {}) for arrival in world.simulator.arrivals]
        assert len(told_by_name(world)) == CELLS
        assert world.engine is not None
        metrics = generate_latest(world.engine.gauges.metrics.registry).decode()
    texts = "\n".join(_texts(sent))
    # An incident shows five of its payloads if none of them leaks, and else none.
    withheld, shown = texts.count("We look into Checkout / API."), texts.count("for customers in")
    assert withheld + shown == CELLS
    assert min(withheld, shown) >= 5
    outside = texts + log.getvalue() + metrics
    assert CANARY not in outside
    assert [payload for payload in hostile if payload.value in outside] == []
    assert [payload for payload in hostile if payload.never in texts] == []


def _texts(value: object) -> Iterator[str]:
    """Every text in a body, its keys left out."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def told_by_name(world: World) -> list[str]:
    """The names of all incidents."""
    return [str(incident.name) for incident in world.simulator.incidents(world.page_id)]
