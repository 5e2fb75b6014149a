"""`bridge simulator`: a fake Statuspage for development and for tests of other tools."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.app.example_history import add_example_history
from bridge.app.example_page import add_example_page
from bridge.cli.exits import WrongUseError
from bridge.clock import Clock
from bridge.config.capabilities import CapabilitiesError, read_report
from bridge.config.setting_values import Address, UnusableError, read_address
from bridge.errors import ConfigurationError
from bridge.simulator import front
from bridge.simulator.account_state import read_state, write_state
from bridge.simulator.model import Options, Simulator
from bridge.simulator.scaled_time import ScaledTime
from bridge.simulator.state_codec import UnreadableStateError
from bridge.simulator.state_file import StateFile, StateFileError
from bridge.simulator.state_keeper import StateKeeper
from bridge.simulator.webhooks import Courier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

SLOWEST_REFRESH, FASTEST_REFRESH = 10.0, 1.0
"""Seconds after which a browser looks again; the more time passes in one, the sooner."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen of a simulator.

    Attributes:
        control_token: asked of whoever uses `/_simulator`.
        state: the file in which everything is kept.
        speed: how many times as fast its time passes.
        capabilities: what a page was found to be, in place of what was decided.
        deliver_webhooks: whether webhook subscribers on this machine are called.
    """

    control_token: str | None = None
    state: Path | None = None
    speed: float = 1.0
    capabilities: Path | None = None
    deliver_webhooks: bool = False


def serve(tokens: Sequence[str], *, listen: str, choices: Choices) -> None:
    """Serve until interrupted.

    Raises:
        WrongUseError: the address or the speed is none, or a token is blank.
        ConfigurationError: the address is in use; the state cannot be read or written; the capabilities cannot be read.
    """
    try:
        address: Address = read_address(listen)
    except UnusableError as error:
        raise WrongUseError(f"--listen: {error} (hint: {error.hint})") from error
    if not all(token.strip() for token in tokens):
        raise WrongUseError("--token: a token must not be blank")
    try:
        asyncio.run(_serve(tokens, address, choices))
    except StateFileError as error:
        raise ConfigurationError(f"--state: {error}") from error


async def _serve(tokens: Sequence[str], address: Address, choices: Choices) -> None:
    clock, speed = Clock(), choices.speed
    file = None if choices.state is None else StateFile(choices.state)
    options = None if choices.capabilities is None else _found(choices.capabilities)
    simulator, was = _kept(file, options)
    try:
        time = ScaledTime.starting(clock.now, speed=speed, not_before=was)
    except ValueError as error:
        raise WrongUseError(f"--speed: {error}") from error
    if simulator is None:
        simulator = Simulator(options=options)
        add_example_history(simulator, add_example_page(simulator, time.now()), time.now())
        if file is not None:
            # Now, so that a place where nothing can be written is told before anybody relies on it.
            file.write(write_state(simulator.account, now=time.now()))
    for token in tokens:
        simulator.add_token(token)
    refresh = max(FASTEST_REFRESH, min(SLOWEST_REFRESH, 60 / speed))
    try:
        app = front.build_app(
            simulator, time.now, refresh_seconds=refresh, control_token=choices.control_token
        )
        listening = await front.start(app, host=address.host, port=address.port)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a host"
        raise ConfigurationError(f"cannot listen on {address}: {reason}") from error
    sys.stdout.write(_told(simulator, listening.url, file, speed))
    sys.stdout.flush()
    async with AsyncExitStack() as beside:
        if file is not None:
            await beside.enter_async_context(_keeping(simulator, file, time.now))
        beside.push_async_callback(listening.close)  # first of all: what is kept is what was answered
        if choices.deliver_webhooks:
            await beside.enter_async_context(_delivering(simulator, time.now))
        await _stopped()


@asynccontextmanager
async def _keeping(simulator: Simulator, file: StateFile, now: Callable[[], float]) -> AsyncIterator[None]:
    """Save what changes, and at the end what is there."""
    keeper = StateKeeper(simulator, file, now, lambda problem: _complain(f"the state is not kept: {problem}"))
    keeping = asyncio.create_task(keeper.keep(), name="state keeper")
    try:
        yield
    finally:
        keeper.stop()
        await keeping


@asynccontextmanager
async def _delivering(simulator: Simulator, now: Callable[[], float]) -> AsyncIterator[None]:
    """Call the endpoints of webhook subscribers meanwhile."""
    courier = Courier(simulator, now, lambda problem: _complain(f"webhooks: {problem}"))
    delivering = asyncio.create_task(courier.deliver(), name="courier")
    try:
        yield
    finally:
        delivering.cancel()


async def _stopped() -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


def _found(file: Path) -> Options:
    """As a page was found to be; what is unknown of it is as decided."""
    try:
        report = read_report(file)
    except CapabilitiesError as error:
        raise ConfigurationError(
            "\n".join(f"--capabilities: {line}" for line in str(error).splitlines())
        ) from error
    answers = {finding.question: finding.answer for finding in report.findings}
    return Options(**{name: answer for name, answer in answers.items() if answer is not None})  # type: ignore[arg-type]


def _kept(file: StateFile | None, options: Options | None) -> tuple[Simulator | None, float]:
    """Read what an earlier run left, and how far its time had come; nothing where there was none. Options that are named now win over those that were kept."""
    text = None if file is None else file.read()
    if text is None or file is None:
        return None, 0.0
    try:
        account, now = read_state(text)
    except UnreadableStateError as error:
        raise ConfigurationError(
            f"--state: {file.path} {error} (hint: it was left as it is; name another file to begin anew)"
        ) from error
    if options is not None:
        account.options = options
    return Simulator(account=account), now


def _told(simulator: Simulator, url: str, file: StateFile | None, speed: float) -> str:
    lines = [f"the API           {url}/v1", f"the public page   {url}/"]
    lines += [f"the page's id     {page_id}" for page_id in simulator.pages]
    lines.append(f"ledger, faults    {url}/_simulator/ledger, {url}/_simulator/faults")
    if file is not None:
        lines.append(f"kept in           {file.path}")
    if speed != 1:
        lines.append(f"time              {speed:g} times as fast, and the rate limit with it")
    for page_id in [*simulator.pages][:1]:
        authorized = "curl -H 'Authorization: OAuth TOKEN'"
        lines += [
            "",
            "Try it, with your token in the place of TOKEN:",
            f"  {authorized} {url}/v1/pages/{page_id}/components.json",
            f"  {authorized} -d 'incident[name]=Trouble' {url}/v1/pages/{page_id}/incidents.json",
        ]
    return "\n".join(lines) + "\n"


def _complain(problem: str) -> None:
    sys.stderr.write(f"{problem}\n")
    sys.stderr.flush()
