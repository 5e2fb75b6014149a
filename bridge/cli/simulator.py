"""`bridge simulator`: a fake Statuspage for development and for tests of other tools."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

from bridge.app.example_page import add_example_page
from bridge.clock import Clock
from bridge.config.capabilities import read_report
from bridge.config.setting_values import Address, UnusableError, read_address
from bridge.errors import ConfigurationError
from bridge.simulator import front
from bridge.simulator.model import Options, Simulator
from bridge.simulator.webhooks import Courier

if TYPE_CHECKING:
    from pathlib import Path


def serve(
    token: str,
    *,
    listen: str,
    control_token: str | None = None,
    capabilities: Path | None = None,
    deliver_webhooks: bool = False,
) -> None:
    """Serve until interrupted.

    Raises:
        ConfigurationError: the address is none, or is in use; the capabilities cannot be read.
    """
    try:
        address: Address = read_address(listen)
    except UnusableError as error:
        raise ConfigurationError(f"--listen: {error} (hint: {error.hint})") from error
    options = Options() if capabilities is None else _found(capabilities)
    asyncio.run(_serve(token, address, control_token, options=options, deliver_webhooks=deliver_webhooks))


def _found(file: Path) -> Options:
    """As a page was found to be; what is unknown of it is as decided."""
    answers = {finding.question: finding.answer for finding in read_report(file).findings}
    return Options(**{name: answer for name, answer in answers.items() if answer is not None})  # type: ignore[arg-type]


async def _serve(
    token: str, address: Address, control_token: str | None, *, options: Options, deliver_webhooks: bool
) -> None:
    clock = Clock()
    simulator = Simulator(options=options)
    simulator.add_token(token)
    page = add_example_page(simulator, clock.now())
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
    courier = Courier(simulator, clock.now, _complain)
    delivering = asyncio.create_task(courier.deliver(), name="courier") if deliver_webhooks else None
    await stopped.wait()
    if delivering is not None:
        delivering.cancel()
    await listening.close()


def _complain(line: str) -> None:
    sys.stderr.write(f"webhooks: {line}\n")
    sys.stderr.flush()
