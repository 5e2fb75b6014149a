"""`bridge run` as a process: one life after the other on the same store. A life is ended by its process id; must not know why."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.kills.shop import RULES
from tests.kills.statuspage import SETTLE_FOR, TIMEOUT, TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.children import Child, Children
    from tests.kills.statuspage import Statuspage

LOOK_EVERY = 0.02
STARTS_WITHIN = 90.0
"""Seconds: a loaded machine starts a process slowly."""
STOPS_WITHIN = 30.0
WRITE_LOCK = 120
"""The byte of a write-ahead log's `-shm` file whose lock whoever writes holds (SQLite's description of the WAL-index, "WAL Locks")."""


class DaemonError(Exception):
    """It ended by itself, or did not start."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One alert as the store has it."""

    state: str
    since: float


class Daemon:
    """The bridge of a run, at any time one process at most."""

    def __init__(self, children: Children, folder: Path, statuspage: Statuspage, *, product: Path) -> None:
        """Write its rules and secrets. Nothing runs yet.

        Args:
            children: where its processes are kept.
            folder: for its store, rules and secrets.
            statuspage: whose page it keeps.
            product: the folder with the package `bridge`.
        """
        self.store = folder / "bridge.sqlite3"
        self._children = children
        self._folder = folder
        self._statuspage = statuspage
        self._product = product
        self._child: Child | None = None
        self._lock: int | None = None
        (folder / "rules.yaml").write_text(RULES)

    async def start(self) -> None:
        """Begin a life; it is not ready when this returns."""
        self._child = await self._children.start(
            "bridge", sys.executable, "-m", "bridge", "run", cwd=self._product, environment=self._settings()
        )

    async def url(self) -> str:
        """Wait until it listens. Returns where.

        Raises:
            DaemonError: it ended, or took too long.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + STARTS_WITHIN
        while True:
            started = self._running().events("daemon_started")
            if started:
                return str(started[0]["url"])
            self.check()
            if loop.time() > ends_at:
                raise DaemonError(f"it did not start within {STARTS_WITHIN:g} s")
            await asyncio.sleep(LOOK_EVERY)

    def check(self) -> None:
        """See that it lives.

        Raises:
            DaemonError: it ended by itself.
        """
        if not self._running().running:
            raise DaemonError(f"it ended by itself: {self._running().output()[-400:]}")

    def shoot(self) -> None:
        """Send SIGKILL now.

        Raises:
            DaemonError: it had ended by itself.
        """
        self.check()
        self._running().signal(signal.SIGKILL)

    async def buried(self) -> None:
        """Wait until the process that was shot is gone."""
        assert await self._running().ended(within=STOPS_WITHIN) == -signal.SIGKILL

    async def stop(self) -> int:
        """End it in order. Returns its exit code."""
        self._running().signal(signal.SIGTERM)
        return await self._running().ended(within=STOPS_WITHIN)

    def tracebacks(self) -> list[str]:
        """The ends of logs that show an error of the program."""
        return [words[-600:] for words in self._children.outputs("bridge") if "Traceback" in words]

    # --- somebody else at the store

    async def lock_store(self) -> None:
        """Take the lock that every commit needs, as a backup that hangs would: the daemon waits for it.

        By the lock alone: a connection of SQLite's would tidy up at its end what the killed process left.
        """
        self._lock = os.open(f"{self.store}-shm", os.O_RDWR)
        while True:
            try:
                fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, WRITE_LOCK)
            except OSError:  # a commit is under way, in another process
                await asyncio.sleep(0.001)
            else:
                return

    def unlock_store(self) -> None:
        """Let go of the lock, if it is held."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- what is on the disk, read by nobody's code but SQLite's

    def signals(self) -> dict[frozenset[tuple[str, str]], Kept]:
        """Every alert in the store."""
        rows = self._rows("select labels, state, since from signals")
        return {frozenset(json.loads(labels).items()): Kept(state, since) for labels, state, since in rows}

    def begun(self) -> dict[str, str]:
        """The kinds of the writes that were begun and have no outcome in the store, by their operation."""
        return dict(self._rows("select operation, kind from intents where state = 'open'"))

    def _rows(self, statement: str) -> list[Any]:
        if not self.store.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=10.0)) as connection:
            return connection.execute(statement).fetchall()

    def _running(self) -> Child:
        assert self._child is not None
        return self._child

    def _settings(self) -> dict[str, str]:
        return {
            "BRIDGE_LISTEN": "127.0.0.1:0",
            "BRIDGE_RULES": str(self._folder / "rules.yaml"),
            "BRIDGE_DATABASE_URL": f"sqlite:///{self.store}",
            "BRIDGE_INSTALLATION_SECRET_FILE": self._secret("installation", "0123456789abcdef" * 4),
            "BRIDGE_API_URL": f"{self._statuspage.url}/v1",
            "BRIDGE_PAGES__ACME__ID": self._statuspage.page_id,
            "BRIDGE_PAGES__ACME__TOKEN_FILE": self._secret("api-token", TOKEN),
            "BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED": "true",
            # Everything may be broken in the end, by the word of one sender.
            "BRIDGE_BLAST_RADIUS": "1",
            "BRIDGE_NOTIFICATIONS_PER_HOUR": "1000",
            "BRIDGE_SETTLE_FOR": f"{SETTLE_FOR * 1000:.0f}ms",
            "BRIDGE_REQUEST_TIMEOUT": f"{TIMEOUT * 1000:.0f}ms",
        }

    def _secret(self, name: str, text: str) -> str:
        path = self._folder / f"{name}.secret"
        path.touch(mode=0o600)
        path.write_text(f"{text}\n")
        return str(path)
