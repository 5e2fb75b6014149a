"""Child processes of a test: started, waited for, and ended by their own process id. Must not know what they serve."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import shutil
from typing import TYPE_CHECKING, Any, TypeVar, overload

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

LOOK_EVERY = 0.05
SHOWN = 4_000
"""Characters of a log's end that a failed test shows."""

T = TypeVar("T")


def tool(name: str) -> str:
    """The path of a system's tool. One that is missing is a gap that a laptop may have and CI may not."""
    path = shutil.which(name)
    if path is not None:
        return path
    reason = f"{name} is missing: .ci/run tells the Debian package"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@overload
async def eventually(
    told: str, condition: Callable[[], Awaitable[T | None]], *, within: float = 15.0
) -> T: ...
@overload
async def eventually(told: str, condition: Callable[[], T | None], *, within: float = 15.0) -> T: ...
async def eventually(told: str, condition: Callable[[], Any], *, within: float = 15.0) -> Any:
    """Ask until the answer is true, and return it. Fails with `told` after `within` seconds."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + within
    while True:
        answer = condition()
        value = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if loop.time() > ends_at:
            pytest.fail(f"not within {within:g} s: {told}")
        await asyncio.sleep(LOOK_EVERY)


class Child:
    """One process; both of its outputs go to a file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    def output(self) -> str:
        """What it wrote so far."""
        return self._log.read_text(errors="replace")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log lines of one event, of a process that logs JSON."""
        # The last line may not be whole yet.
        lines = [line for line in self.output().splitlines(keepends=True) if line.startswith("{")]
        entries = [json.loads(line) for line in lines if line.endswith("}\n")]
        return [entry for entry in entries if entry["event"] == name]

    def signal(self, number: int) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def ended(self, *, within: float = 15.0) -> int:
        """Wait for its end. Returns the exit code, negative for a signal."""
        try:
            return await asyncio.wait_for(self._process.wait(), within)
        except TimeoutError:
            pytest.fail(f"{self.name} did not end within {within:g} s")

    async def kill(self) -> None:
        """End it as `kill -9` does."""
        if self.running:
            self._process.kill()
        await self._process.wait()


class Children:
    """All processes of one test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Child] = []

    async def start(
        self, name: str, *command: str | Path, cwd: Path, environment: Mapping[str, str] | None = None
    ) -> Child:
        """Start a process with this environment and `PATH`, nothing else of ours."""
        path = self._folder / f"{len(self._started)}-{name}.log"
        with path.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=cwd,
                env={"PATH": os.environ["PATH"], **(environment or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
        child = Child(name, process, path)
        self._started.append(child)
        return child

    async def close(self) -> None:
        """End those that still run."""
        for child in reversed(self._started):
            await child.kill()

    async def kill(self, name: str) -> None:
        """Kill those of this name."""
        for child in self._started:
            if child.name == name:
                await child.kill()

    def outputs(self, name: str) -> list[str]:
        """What each process of this name wrote so far."""
        return [child.output() for child in self._started if child.name == name]

    def last_words(self) -> str:
        """The ends of all logs, for a person who looks into a failure."""
        return "\n".join(f"--- {child.name}\n{child.output()[-SHOWN:]}" for child in self._started)
