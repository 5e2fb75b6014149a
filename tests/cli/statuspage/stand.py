"""A simulator that is served on this machine in a thread of its own, and commands that are given to it."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.clock import read_wall_clock
from bridge.simulator import front
from bridge.simulator.model import Options, Simulator
from tests.cli.terminal import Ended, begin, call, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bridge.simulator.ledgers import Notification
    from bridge.simulator.records.incidents import Incident

TOKEN = "canary-3f9c1d77e0b84a52"
INTERRUPT = "\x03"
"""Ctrl-C, as an answer in `Stand.converse`."""
END_OF_INPUT = "\x04"
"""Ctrl-D."""
LONGEST = 30.0
"""Seconds that a command may take."""


@dataclass
class Stand:
    """A page in a simulator, and the command line beside it."""

    simulator: Simulator
    url: str
    page_id: str
    settings: dict[str, str]

    def run(self, *arguments: str | Path) -> Ended:
        """Give a command in this process, where nobody sits at a terminal."""
        return call("statuspage", *arguments)

    def output(self, *arguments: str | Path) -> str:
        """What a command prints that goes well."""
        ended = self.run(*arguments)
        assert (ended.code, ended.errors) == (0, ""), ended
        return ended.output

    def json(self, *arguments: str | Path) -> Any:
        """The document that a command prints that goes well."""
        return json.loads(self.output(*arguments, "-o", "json"))

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Give a command to a process of its own."""
        return begin("statuspage", *arguments, settings=self.settings)

    def converse(self, *arguments: str, answers: Sequence[str] = ()) -> Ended:
        """Give a command at a terminal, and an answer to each of its questions; `INTERRUPT` and `END_OF_INPUT` are answers too.

        Standard output is a pipe; what is on the terminal counts as errors.
        """
        return _converse(arguments, self.settings, answers)

    def see(self, *arguments: str, columns: int = 200, **settings: str) -> str:
        """What a command prints on a terminal that goes well."""
        return _see(arguments, {**self.settings, **settings, "COLUMNS": str(columns), "TERM": "xterm"})

    def subscribe(self, email: str, state: str = "active") -> str:
        """Make a subscriber, in that state since now; its id."""
        return self.simulator.add_subscriber(self.page_id, email=email, state=state, now=read_wall_clock())

    def suffer(self, *rules: dict[str, Any]) -> None:
        """Put faults in force, the earlier first."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}/_simulator/faults",
            method="PUT",
            data=json.dumps({"rules": rules}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - the same
            pass

    def component(self, name: str) -> str:
        """A component's status."""
        return str(self.simulator.component(self.page_id, name).status)

    def component_id(self, name: str) -> str:
        """A component's id."""
        return self.simulator.component(self.page_id, name).id

    @property
    def incidents(self) -> list[Incident]:
        """All incidents, the oldest first."""
        return self.simulator.incidents(self.page_id)

    @property
    def told(self) -> list[Notification]:
        """What subscribers were told."""
        return self.simulator.notifications

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and path of everything that came and was no read."""
        return [
            (arrival.method, arrival.path) for arrival in self.simulator.arrivals if arrival.method != "GET"
        ]

    @property
    def reads(self) -> int:
        """How many reads came."""
        return len(self.simulator.arrivals) - len(self.writes)


@contextmanager
def served(simulator: Simulator) -> Iterator[str]:
    """Serve it; gives the address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def done(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    try:
        listening = done(front.start(front.build_app(simulator, read_wall_clock)))
        try:
            yield listening.url
        finally:
            done(listening.close())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def stand(options: Options | None = None) -> Iterator[Stand]:
    """A shop's page, with somebody who subscribes to it."""
    simulator = Simulator(options=options or Options(rate_limit=10_000))
    simulator.add_token(TOKEN)
    now = read_wall_clock() - 86_400.0
    page_id = simulator.add_page("Acme Shop", url="https://shop.example", now=now)
    for group, name in (("Checkout", "API"), ("Checkout", "Web"), (None, "Search"), (None, "Payments")):
        simulator.add_component(page_id, name, group=group, now=now)
    simulator.add_metric(page_id, "Latency", "ms", now=now)
    for address in ("ada@example.com", "grace@example.com"):
        simulator.add_subscriber(page_id, email=address, now=now)
    simulator.add_subscriber(page_id, endpoint="https://hook.example/x", email="ops@example.com", now=now)
    with served(simulator) as url:
        settings = {
            "BRIDGE_API_URL": f"{url}/v1",
            "BRIDGE_PAGES__ACME__ID": page_id,
            "BRIDGE_PAGES__ACME__TOKEN": TOKEN,
            "BRIDGE_OTHERS_SHARE": "60",
        }
        yield Stand(simulator, url, page_id, settings)


QUESTION = re.compile(r"\[y/N\]: $")


def _converse(arguments: Sequence[str], settings: dict[str, str], answers: Sequence[str]) -> Ended:
    master, slave = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - this interpreter, our own command
        [sys.executable, "-m", "bridge", "statuspage", *arguments],
        env=environment(**settings),
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=slave,
        text=True,
    ) as process:
        os.close(slave)
        left, seen, since = list(answers), "", 0
        deadline = time.monotonic() + LONGEST  # noqa: TID251 - a real process
        try:
            while True:
                if time.monotonic() > deadline:  # noqa: TID251 - a real process
                    process.kill()
                    raise AssertionError(f"no end: {seen!r}")
                if not select.select([master], [], [], 0.2)[0]:
                    if process.poll() is not None:
                        break
                    continue
                try:
                    part = os.read(master, 65_536)
                except OSError:  # the other side is closed
                    break
                seen += part.decode().replace("\r\n", "\n")
                if QUESTION.search(seen[since:]):
                    since = len(seen)
                    answer = left.pop(0)
                    if answer == INTERRUPT:
                        process.send_signal(signal.SIGINT)
                    else:
                        os.write(master, (answer if answer == END_OF_INPUT else f"{answer}\n").encode())
        finally:
            os.close(master)
        assert process.stdout is not None
        output = process.stdout.read()
    assert left == [], f"not asked: {seen}"
    return Ended(process.returncode, output, seen)


def _see(arguments: Sequence[str], settings: dict[str, str]) -> str:
    master, slave = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - this interpreter, our own command
        [sys.executable, "-m", "bridge", "statuspage", *arguments],
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(slave)
        seen = b""
        try:
            while select.select([master], [], [], LONGEST)[0]:
                try:
                    seen += os.read(master, 65_536)
                except OSError:  # the other side is closed
                    break
        finally:
            os.close(master)
        assert process.stderr is not None
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, "")
    return seen.decode().replace("\r\n", "\n")
