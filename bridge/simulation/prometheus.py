"""A Prometheus for the daemon on virtual time: it answers instant queries by what a world says that expressions give. Speaks HTTP's bodies; must not know who asks, nor why."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from bridge.sources.exchange import Answer, Failure, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.sources.exchange import Request

LATENCY = (0.002, 0.05)
"""Seconds to an answer."""


class SimulatedPrometheus:
    """Implements `Exchange`."""

    def __init__(self, draw: Callable[[float, float], float]) -> None:
        """Take what draws latencies, between two bounds."""
        self._draw = draw
        self.values: dict[str, float | None] = {}
        """What an expression gives; None, and what is not there, is no data."""
        self.faults: dict[str, Answer | Failure] = {}
        """What an expression is answered instead."""
        self.down = False
        """Whether it refuses connections."""
        self.slowness = 0.0
        """Seconds by which each answer is late."""
        self.asked: list[str] = []
        """Every expression that was asked for, in order."""

    async def exchange(self, request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in the protocol
        """Answer one instant query."""
        expression = parse_qs(request.body.decode())["query"][0]
        self.asked.append(expression)
        takes = self._draw(*LATENCY) + self.slowness
        await asyncio.sleep(min(takes, timeout))
        if takes > timeout:
            return Failure(Fault.TIMEOUT)
        if self.down:
            return Failure(Fault.REFUSED)
        if expression in self.faults:
            return self.faults[expression]
        return answer_of(self.values.get(expression))


def answer_of(value: float | None) -> Answer:
    """An answer with this one value, or without data."""
    result = [] if value is None else [{"metric": {}, "value": [0, _written(value)]}]
    document = {"status": "success", "data": {"resultType": "vector", "result": result}}
    return Answer(200, json.dumps(document).encode())


def _written(value: float) -> str:
    return repr(value) if math.isfinite(value) else {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN")
