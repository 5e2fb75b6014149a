"""`bridge simulator`: a fake Statuspage for development and for tests of other tools."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

from bridge.app.example_history import add_example_history
from bridge.app.example_page import add_example_page
from bridge.clock import Clock
from bridge.config.setting_values import Address, UnusableError, read_address
from bridge.errors import ConfigurationError
from bridge.simulator import front
from bridge.simulator.account_state import read_state, write_state
from bridge.simulator.model import Simulator
from bridge.simulator.scaled_time import ScaledTime
from bridge.simulator.state_codec import UnreadableStateError
from bridge.simulator.state_file import StateFile, StateFileError
from bridge.simulator.state_keeper import StateKeeper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SLOWEST_REFRESH, FASTEST_REFRESH = 10.0, 1.0
"""Seconds after which a browser looks again; the more time passes in one, the sooner."""


def serve(
    tokens: Sequence[str],
    *,
    listen: str,
    control_token: str | None = None,
    state: Path | None = None,
    speed: float = 1.0,
) -> None:
    """Serve until interrupted.

    Raises:
        ConfigurationError: the address is none, or is in use; a token is blank; the state cannot be read or written; the
            speed is none.
    """
    try:
        address: Address = read_address(listen)
    except UnusableError as error:
        raise ConfigurationError(f"--listen: {error} (hint: {error.hint})") from error
    if not all(token.strip() for token in tokens):
        raise ConfigurationError("--token: a token must not be blank")
    try:
        asyncio.run(_serve(tokens, address, control_token, state=state, speed=speed))
    except StateFileError as error:
        raise ConfigurationError(f"--state: {error}") from error


async def _serve(
    tokens: Sequence[str], address: Address, control_token: str | None, *, state: Path | None, speed: float
) -> None:
    clock = Clock()
    file = None if state is None else StateFile(state)
    simulator, was = _kept(file)
    try:
        time = ScaledTime.starting(clock.now, speed=speed, not_before=was)
    except ValueError as error:
        raise ConfigurationError(f"--speed: {error}") from error
    if simulator is None:
        simulator = Simulator()
        add_example_history(simulator, add_example_page(simulator, time.now()), time.now())
        if file is not None:
            # Now, so that a place where nothing can be written is told before anybody relies on it.
            file.write(write_state(simulator.account, now=time.now()))
    for token in tokens:
        simulator.add_token(token)
    refresh = max(FASTEST_REFRESH, min(SLOWEST_REFRESH, 60 / speed))
    try:
        app = front.build_app(simulator, time.now, refresh_seconds=refresh, control_token=control_token)
        listening = await front.start(app, host=address.host, port=address.port)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a host"
        raise ConfigurationError(f"cannot listen on {address}: {reason}") from error
    sys.stdout.write(_told(simulator, listening.url, file, speed))
    sys.stdout.flush()
    keeper = None if file is None else StateKeeper(simulator, file, time.now, _complain)
    keeping = None if keeper is None else asyncio.create_task(keeper.keep(), name="state keeper")
    await _stopped()
    await listening.close()
    if keeper is not None and keeping is not None:
        keeper.stop()
        await keeping


async def _stopped() -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


def _kept(file: StateFile | None) -> tuple[Simulator | None, float]:
    """Read what an earlier run left, and how far its time had come; nothing where there was none."""
    text = None if file is None else file.read()
    if text is None or file is None:
        return None, 0.0
    try:
        account, now = read_state(text)
    except UnreadableStateError as error:
        raise ConfigurationError(
            f"--state: {file.path} {error} (hint: it was left as it is; name another file to begin anew)"
        ) from error
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
    sys.stderr.write(f"the state is not kept: {problem}\n")
