"""What is counted of texts that were withheld is there from the start."""

from __future__ import annotations

from bridge.core.leaks import Leak
from bridge.telemetry.metrics import Metrics


def test_every_kind_of_leak_is_there_at_zero_before_anything_was_withheld() -> None:
    exposed = Metrics(["acme"]).exposition().decode()
    for leak in Leak:
        assert f'bridge_texts_withheld_total{{leak="{leak}",page="acme"}} 0.0' in exposed
