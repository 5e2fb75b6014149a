"""Carries requests from sockets to the model, and carries faults out in real time.

Must not know what a fault means for the model. An answer that is to be lost is lost on the connection itself: it falls
silent or breaks. What is applied late is applied even when its client, or its connection, is long gone.
"""

import asyncio
from collections.abc import Callable

from aiohttp import web

from bridge.simulator.faults import Ending, Fault
from bridge.simulator.faulty_service import FaultyService
from bridge.simulator.messages import Request, Response

Clock = Callable[[], float]

LOOK_AGAIN = 0.5
"""Seconds after which a silent connection is looked at, for clients that hung up."""


class Carrier:
    """One front's requests. `close` ends what is silent, and forgets what was still to be applied."""

    def __init__(self, service: FaultyService, clock: Clock) -> None:
        self._service = service
        self._clock = clock
        self._closing = asyncio.Event()
        self._late: set[asyncio.TimerHandle] = set()

    async def carry(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of the API, or do what its fault says."""
        arrived = Request(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=request.headers,
            body=await request.read(),
        )
        now = self._clock()
        fault = self._service.meet(arrived, now=now)
        if fault is None:
            return _whole(self._service.take(arrived, None, now=now))
        return await self._mishandle(request, arrived, fault)

    async def close(self, _app: web.Application) -> None:
        """Let go of every connection and every effect that is still to come."""
        self._closing.set()
        for handle in self._late:
            handle.cancel()
        self._late.clear()

    async def _mishandle(self, request: web.Request, arrived: Request, fault: Fault) -> web.StreamResponse:
        if fault.applied_after:
            self._take_later(arrived, fault, fault.applied_after)
        elif fault.answered or fault.applied_after is not None:
            response = self._service.take(arrived, fault, now=self._clock())
            if fault.answered:
                await self._pause(fault.answered_after)
                if not fault.breaks_off:
                    return _whole(response)
                return await self._break_off(request, response, fault)
        return await self._end(request, fault, web.Response(status=500))

    def _take_later(self, arrived: Request, fault: Fault, seconds: float) -> None:
        def take() -> None:
            self._late.discard(handle)
            self._service.take(arrived, fault, now=self._clock())

        handle = asyncio.get_running_loop().call_later(seconds, take)
        self._late.add(handle)

    async def _break_off(self, request: web.Request, response: Response, fault: Fault) -> web.StreamResponse:
        begun = web.StreamResponse(status=response.status, headers=response.headers)
        begun.content_length = len(response.body) + 1  # one byte more than will ever come
        await begun.prepare(request)
        await begun.write(response.body)
        return await self._end(request, fault, begun)

    async def _end(
        self, request: web.Request, fault: Fault, unsent: web.StreamResponse
    ) -> web.StreamResponse:
        """Leave the client without the rest. What is returned is for aiohttp, which finds the connection gone."""
        if fault.rule.ending is not Ending.RESET:
            await self._fall_silent(request)
        if request.transport is not None:
            # Closed, not aborted: what was written of a cut body still goes out before the end.
            request.transport.close()
        return unsent

    async def _fall_silent(self, request: web.Request) -> None:
        while request.transport is not None and not self._closing.is_set():
            await self._pause(LOOK_AGAIN)

    async def _pause(self, seconds: float) -> None:
        if seconds:
            try:
                async with asyncio.timeout(seconds):
                    await self._closing.wait()
            except TimeoutError:
                pass


def _whole(response: Response) -> web.Response:
    return web.Response(status=response.status, headers=response.headers, body=response.body)
