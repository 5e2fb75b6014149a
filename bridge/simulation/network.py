"""The network between the daemon and the simulated Statuspage: latency, and the faults that the simulator's plans know, on virtual time.

The server's half of a request belongs to the world: it goes on when the daemon that sent it is killed. Every fault is counted, so that a run can show what it met.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.intents import Failure
from bridge.simulator import model
from bridge.simulator.faults import Ending, FaultKind
from bridge.simulator.faulty_service import FaultyService
from bridge.simulator.timestamps import http_date
from bridge.statuspage.transport import Response, TransportError

if TYPE_CHECKING:
    import random  # noqa: TID251 - the type
    from collections import Counter
    from collections.abc import Callable

    from bridge.simulation.loop import SimulationLoop
    from bridge.simulator.faults import Arm, Fault, FaultRule
    from bridge.statuspage.transport import Request


@dataclass(frozen=True, slots=True)
class NetworkConditions:
    """How the network is.

    Attributes:
        latency: shortest and longest seconds for each direction.
        faults: what goes wrong; the rules' times count from when the conditions begin.
    """

    latency: tuple[float, float] = (0.02, 0.4)
    faults: tuple[FaultRule, ...] = ()


@dataclass(slots=True, eq=False)
class _Answering:
    """An answer under way, as its client sees it: what was asked, what arrives in the end, and the head if that came before."""

    request: model.Request
    arriving: asyncio.Future[Response | TransportError]
    head: Response | None = None

    def arrive(self, end: Response | TransportError) -> None:
        """Tell the client, if it still waits. Never as a future's exception: nobody would take that from a killed client."""
        if not self.arriving.done():
            self.arriving.set_result(end)

    def give_up(self) -> None:
        """The client waits no longer."""
        self.arrive(TransportError(Failure.TIMEOUT, head=self.head))


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
        self._wall_clock = wall_clock
        self._service = FaultyService(simulator)
        self._answering: list[_Answering] = []
        self.conditions = conditions

    @property
    def conditions(self) -> NetworkConditions:
        """How the network is now. New conditions count for requests that start later, and begin their faults' times anew."""
        return self._conditions

    @conditions.setter
    def conditions(self, conditions: NetworkConditions) -> None:
        self._conditions = conditions
        self._service.follow(conditions.faults, seed=self._random.getrandbits(32), now=self._wall_clock())

    @property
    def faults_met(self) -> Counter[FaultKind]:
        """How often each fault was met so far, whatever the conditions were."""
        return self._service.tally.met

    @property
    def unknown_outcomes(self) -> Counter[Arm]:
        """What became of notifying writes whose answer told the client nothing."""
        return self._service.tally.unknown

    @property
    def under_way(self) -> list[model.Request]:
        """Requests that were sent and of which no client has an end yet, whatever became of them at the server."""
        return [answering.request for answering in self._answering if not answering.arriving.done()]

    def transport(self, token: str) -> SimulatedTransport:
        """A client's transport."""
        return SimulatedTransport(self, token)

    async def exchange(self, request: model.Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport.send
        """Send one request through and wait for its answer.

        Raises:
            TransportError: there is no whole answer.
        """
        fault = self._service.meet(request, now=self._wall_clock())
        there, back = self._latencies()
        if fault is not None and fault.kind is FaultKind.REFUSED:
            await asyncio.sleep(there)
            raise TransportError(Failure.REFUSED)
        answering = _Answering(request, self._loop.create_future())
        self._answering = [other for other in self._answering if not other.arriving.done()]
        self._answering.append(answering)
        with self._loop.outside():
            if fault is None:
                self._loop.call_later(there, self._serve, request, back, answering)
            else:
                self._loop.call_later(there, self._mishandle, request, fault, back, answering)
        patience = self._loop.call_later(timeout, answering.give_up)
        try:
            arrived = await answering.arriving
        finally:
            patience.cancel()
        if isinstance(arrived, TransportError):
            raise arrived
        return arrived

    def _latencies(self) -> tuple[float, float]:
        latency = self._conditions.latency
        return self._random.uniform(*latency), self._random.uniform(*latency)

    # What follows is the world's: it runs in no incarnation, and no crash ends it.

    def _serve(self, request: model.Request, back: float, answering: _Answering) -> None:
        made = self._service.take(request, None, now=self._wall_clock())
        self._loop.call_later(back, answering.arrive, self._response(made))

    def _mishandle(self, request: model.Request, fault: Fault, back: float, answering: _Answering) -> None:
        if fault.applied_after:
            self._loop.call_later(fault.applied_after, self._take, request, fault)
        elif fault.answered or fault.applied_after is not None:
            response = self._take(request, fault)
            if fault.answered:
                self._loop.call_later(back + fault.answered_after, _arrive, response, fault, answering)
                return
        if fault.rule.ending is Ending.RESET:
            self._loop.call_later(back, answering.arrive, TransportError(Failure.LOST))

    def _take(self, request: model.Request, fault: Fault) -> Response:
        made = self._service.take(request, fault, now=self._wall_clock())
        return self._response(made)

    def _response(self, made: model.Response) -> Response:
        """The answer with the date that HTTP servers write beside it: by it a client reads a `Retry-After` that is a date."""
        return Response(made.status, {**made.headers, "Date": http_date(self._wall_clock())}, made.body)


def _arrive(response: Response, fault: Fault, answering: _Answering) -> None:
    if not fault.breaks_off:
        answering.arrive(response)
        return
    answering.head = Response(response.status, response.headers)
    if fault.rule.ending is Ending.RESET:
        answering.arrive(TransportError(Failure.LOST, head=answering.head))


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
