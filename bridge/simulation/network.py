"""The network between the daemon and the simulated Statuspage: latency, and the ways in which a request or its answer is lost.

The server's half of a request belongs to the world: it goes on when the daemon that sent it is killed. Every fault is counted, so that a run can show what it met.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.intents import Failure
from bridge.simulator import model
from bridge.statuspage.transport import Response, TransportError

if TYPE_CHECKING:
    import random  # noqa: TID251 - the type
    from collections.abc import Callable

    from bridge.simulation.loop import SimulationLoop
    from bridge.statuspage.transport import Request


class NetworkFault(StrEnum):
    """How one request goes wrong."""

    REFUSED = "refused"
    """No connection: nothing was sent."""
    DROPPED = "dropped"
    """It never arrives, and nobody says so."""
    ANSWER_LOST = "answer_lost"
    """It is applied; the answer never comes."""
    LATE = "late"
    """It is applied long after the sender gave up."""
    RESET = "reset"
    """It is applied; the connection breaks before the answer."""
    ERROR_BEFORE = "error_before"
    """500, and nothing was done."""
    ERROR_AFTER = "error_after"
    """502 with HTML, and everything was done."""
    CUT = "cut"
    """It is applied; half of the answer's body arrives."""


@dataclass(frozen=True, slots=True)
class NetworkConditions:
    """How the network is.

    Attributes:
        latency: shortest and longest seconds for each direction.
        faults: the share of requests that meet each fault.
        late: shortest and longest seconds by which a late request is late, from its start.
    """

    latency: tuple[float, float] = (0.02, 0.4)
    faults: dict[NetworkFault, float] = field(default_factory=dict)
    late: tuple[float, float] = (31.0, 150.0)


class Network:
    """What lies between. One for a world; `transport` gives a client its end of it."""

    def __init__(
        self,
        loop: SimulationLoop,
        random: random.Random,
        simulator: model.Simulator,
        *,
        wall_clock: Callable[[], float],
        conditions: NetworkConditions,
    ) -> None:
        self._loop = loop
        self._random = random
        self._simulator = simulator
        self._wall_clock = wall_clock
        self.conditions = conditions
        self.faults_met: Counter[NetworkFault] = Counter()

    def transport(self, token: str) -> SimulatedTransport:
        """A client's transport."""
        return SimulatedTransport(self, token)

    async def exchange(self, request: model.Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport.send
        """Send one request through and wait for its answer."""
        fault = self._draw_fault()
        if fault is not None:
            self.faults_met[fault] += 1
        there, back = self._latency(), self._latency()
        if fault is NetworkFault.REFUSED:
            await asyncio.sleep(there)
            raise TransportError(Failure.REFUSED)
        answer: asyncio.Future[Response] = self._loop.create_future()
        with self._loop.outside():
            if fault is NetworkFault.LATE:
                there = self._random.uniform(*self.conditions.late)
            self._loop.call_later(there, self._arrive, request, fault, back, answer)
        try:
            async with asyncio.timeout(timeout):
                return await answer
        except TimeoutError:
            raise TransportError(Failure.TIMEOUT) from None

    def _draw_fault(self) -> NetworkFault | None:
        drawn = self._random.random()
        for fault, share in self.conditions.faults.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    def _latency(self) -> float:
        return self._random.uniform(*self.conditions.latency)

    def _arrive(
        self,
        request: model.Request,
        fault: NetworkFault | None,
        back: float,
        answer: asyncio.Future[Response],
    ) -> None:
        if fault is NetworkFault.DROPPED:
            return
        if fault is NetworkFault.ERROR_BEFORE:
            self._loop.call_later(
                back,
                self._answer,
                answer,
                Response(500, {"Content-Type": "application/json"}, b'{"error":"oops"}'),
            )
            return
        made = self._simulator.handle(request, now=self._wall_clock())
        response = Response(made.status, made.headers, made.body)
        match fault:
            case NetworkFault.ANSWER_LOST | NetworkFault.LATE:
                return
            case NetworkFault.RESET:
                self._loop.call_later(back, self._reset, answer)
                return
            case NetworkFault.ERROR_AFTER:
                response = Response(
                    502, {"Content-Type": "text/html"}, b"<html><body>Bad Gateway</body></html>"
                )
            case NetworkFault.CUT:
                response = Response(made.status, made.headers, made.body[: len(made.body) // 2])
            case _:
                pass
        self._loop.call_later(back, self._answer, answer, response)

    def _answer(self, answer: asyncio.Future[Response], response: Response) -> None:
        if not answer.done():
            answer.set_result(response)

    def _reset(self, answer: asyncio.Future[Response]) -> None:
        if not answer.done():
            answer.set_exception(TransportError(Failure.LOST))


class SimulatedTransport:
    """A client's end of the network. Implements `bridge.statuspage.transport.Transport`."""

    def __init__(self, network: Network, token: str) -> None:
        self._network = network
        self._headers = {"Authorization": f"OAuth {token}", "Content-Type": "application/json"}

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport.send
        """Send one request and return its answer.

        Raises:
            TransportError: as the real transport.
        """
        carried = model.Request(
            request.method, request.path, dict(request.query), self._headers, request.body or b""
        )
        return await self._network.exchange(carried, timeout)
