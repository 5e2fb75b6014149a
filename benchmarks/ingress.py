"""What a webhook costs before it is committed: from bytes to checked signals, against `json.loads` of the same bytes."""

from __future__ import annotations

import json
from functools import partial

from benchmarks.figures import Figure, Growth
from benchmarks.timing import costs_of
from bridge.simulation.world import alert, webhook
from bridge.sources.alertmanager import parse_webhook

NOW = 1_790_000_000.0
FEW, MANY = 100, 1000


def parse() -> Figure:
    """A grouped delivery of 100 alerts; labels are validated, interned and given their fingerprints."""
    few, many = _body(FEW), _body(MANY)
    parsed = partial(parse_webhook, source="alertmanager", now=NOW, expiry=3600.0)
    if len(parsed(few).signals) != FEW:
        raise AssertionError("alerts were lost")
    seconds, many_seconds, floor_seconds = costs_of(
        lambda: parsed(few), lambda: parsed(many), lambda: json.loads(few)
    )
    return Figure(
        operation="webhook: parse 100 alerts into signals",
        seconds=seconds,
        floor="json.loads",
        floor_seconds=floor_seconds,
        most=12.0,
        growth=Growth("100 to 1,000 alerts", many_seconds / seconds, most=16.0),
        note=f"{FEW / seconds:,.0f} alerts a second",
    )


def _body(count: int) -> bytes:
    alerts = [
        alert(
            f"Alert{number % 20}",
            firing=number % 3 != 0,
            since=NOW - 60,
            until=NOW,
            instance=f"host-{number}:9100",
            severity="critical",
            job="shop",
            region="eu",
            description_url=f"https://wiki.example/runbooks/alert-{number % 20}",
        )
        for number in range(count)
    ]
    return json.dumps(webhook(alerts)).encode()
