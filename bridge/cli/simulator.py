"""`bridge simulator`: a fake Statuspage for development and for tests of other tools."""

from __future__ import annotations

import asyncio
import signal
import sys

from bridge.app.example_page import add_example_page
from bridge.clock import Clock
from bridge.errors import ConfigurationError
from bridge.simulator import front
from bridge.simulator.model import Simulator


def serve(token: str, *, listen: str) -> None:
    """Serve until interrupted.

    Raises:
        ConfigurationError: the address is none, or is in use.
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigurationError(f"--listen takes HOST:PORT, not {listen!r}")
    asyncio.run(_serve(token, host=host.strip("[]"), port=int(port)))


async def _serve(token: str, *, host: str, port: int) -> None:
    clock = Clock()
    simulator = Simulator()
    simulator.add_token(token)
    page = add_example_page(simulator, clock.now())
    try:
        listening = await front.start(front.build_app(simulator, clock.now), host=host, port=port)
    except OSError as error:
        raise ConfigurationError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    sys.stdout.write(
        f"the API           {listening.url}/v1\nthe public page   {listening.url}/\nthe page's id     {page.page_id}\n"
    )
    sys.stdout.flush()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await listening.close()
