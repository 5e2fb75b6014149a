"""A process that splits off copies of itself in the middle of a run, and gathers what each of them found.

A copy has the whole run so far for the price of a fork, where to play it again would cost as much as it took. It is safe because a run has one thread, no socket and no
file: its disk is in memory. A copy that ends without saying what it found, or does not end, is a finding and never a pass. Knows no world.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import threading
from dataclasses import dataclass, field
from time import perf_counter  # noqa: TID251 - a copy that hangs is ended by the machine's clock
from typing import Any, NoReturn

_CHUNK = 1 << 16


@dataclass(slots=True)
class _Copy:
    """One that is under way: its process, what it has said so far, and when it is ended."""

    process: int
    label: int
    ends_at: float
    said: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class Lost:
    """A copy that did not say what it found, and why."""

    why: str


class Forks:
    """The copies of this process."""

    def __init__(self, *, at_once: int = 2, within: float = 60.0) -> None:
        """Split nothing yet.

        Args:
            at_once: so many copies run at the same time at most; the original waits.
            within: seconds after which a copy is ended.
        """
        self._at_once = at_once
        self._within = within
        self._copies: dict[int, _Copy] = {}
        self._found: dict[int, Any] = {}
        self._said: int | None = None

    @property
    def is_copy(self) -> bool:
        """Whether this process is one: then it must end by `say`."""
        return self._said is not None

    def split(self, label: int) -> bool:
        """Split off a copy under this label, once there is room. Returns twice: True in the copy.

        Raises:
            RuntimeError: this process has several threads; a copy would have one, and the locks of all.
        """
        if threading.active_count() != 1:
            raise RuntimeError("a process with several threads cannot be split")
        while len(self._copies) >= self._at_once:
            self._gather()
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            gc.disable()  # it lives for milliseconds, and a collection would copy every page that is shared
            self._said = writing
            return True
        os.close(writing)
        self._copies[reading] = _Copy(process, label, perf_counter() + self._within)
        return False

    def say(self, found: object) -> NoReturn:
        """Say what this copy found, and end it here: nothing of the original's is tidied up."""
        status = 1
        try:
            if self._said is not None:
                with os.fdopen(self._said, "wb") as pipe:
                    pickle.dump(found, pipe)
                status = 0
        finally:
            os._exit(status)

    def gather(self) -> dict[int, Any]:
        """Wait for all copies. Returns what each found, or `Lost`, by its label."""
        while self._copies:
            self._gather()
        return self._found

    def end(self) -> None:
        """End the copies that are left."""
        for reading, copy in self._copies.items():
            os.close(reading)
            os.kill(copy.process, signal.SIGKILL)
            os.waitpid(copy.process, 0)
        self._copies.clear()

    def _gather(self) -> None:
        """Wait until a copy says something, or must be ended."""
        patience = min(copy.ends_at for copy in self._copies.values()) - perf_counter()
        ready, _, _ = select.select(list(self._copies), [], [], max(0.0, patience))
        for reading in ready:
            copy = self._copies[reading]
            chunk = os.read(reading, _CHUNK)
            copy.said += chunk
            if not chunk:
                self._close(reading, copy, "")
        for reading, copy in list(self._copies.items()):
            if copy.ends_at <= perf_counter():
                os.kill(copy.process, signal.SIGKILL)
                self._close(reading, copy, f"it did not end within {self._within:g} s")

    def _close(self, reading: int, copy: _Copy, why: str) -> None:
        del self._copies[reading]
        os.close(reading)
        _, status = os.waitpid(copy.process, 0)
        code = os.waitstatus_to_exitcode(status)
        if not why and code:
            why = f"it ended with {code}"
        self._found[copy.label] = Lost(why) if why else _unpacked(bytes(copy.said))


def _unpacked(said: bytes) -> Any:
    try:
        return pickle.loads(said)  # noqa: S301 - said by a copy of this process
    except (pickle.UnpicklingError, EOFError) as error:
        return Lost(f"what it said cannot be read: {error}")
