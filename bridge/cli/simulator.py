"""`bridge simulator`: a fake Statuspage for development and for tests of other tools."""

from __future__ import annotations

import asyncio
import signal
import sys

from bridge.app.example_history import add_example_history
from bridge.app.example_page import add_example_page
from bridge.clock import Clock
from bridge.config.setting_values import Address, UnusableError, read_address
from bridge.errors import ConfigurationError
from bridge.simulator import front
from bridge.simulator.model import Simulator


def serve(token: str, *, listen: str, control_token: str | None = None) -> None:
    """Serve until interrupted.

    Raises:
        ConfigurationError: the address is none, or is in use.
    """
    try:
        address: Address = read_address(listen)
    except UnusableError as error:
        raise ConfigurationError(f"--listen: {error} (hint: {error.hint})") from error
    asyncio.run(_serve(token, address, control_token))


async def _serve(token: str, address: Address, control_token: str | None) -> None:
    clock = Clock()
    simulator = Simulator()
    simulator.add_token(token)
    page = add_example_page(simulator, clock.now())
    add_example_history(simulator, page, clock.now())
    try:
        app = front.build_app(simulator, clock.now, control_token=control_token)
        listening = await front.start(app, host=address.host, port=address.port)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a host"
        raise ConfigurationError(f"cannot listen on {address}: {reason}") from error
    sys.stdout.write(
        f"the API           {listening.url}/v1\nthe public page   {listening.url}/\nthe page's id     {page.page_id}\n"
    )
    sys.stdout.flush()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await listening.close()
