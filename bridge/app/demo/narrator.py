"""The narrator of the demo: tells on the terminal what happens on the stage and on the page, while it happens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TextIO

from bridge.app.demo.summary import component_names, component_writes

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.app.example_page import ExamplePage
    from bridge.simulator.ledgers import Arrival
    from bridge.simulator.model import Simulator

LOOK_EVERY = 0.1
"""Seconds between looks at the page's ledgers."""

_COLOURS = {"stage": "33", "page": "36", "mail": "35"}


class Narrator:
    """Prints lines."""

    def __init__(
        self, simulator: Simulator, page: ExamplePage, *, now: Callable[[], float], stream: TextIO
    ) -> None:
        self._simulator = simulator
        self._names = component_names(simulator, page)
        self._now = now
        self._stream = stream
        self._began_at = now()
        self._arrivals = 0
        self._notifications = 0

    def say(self, text: str) -> None:
        """Print a line without a time."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def begin(self) -> float:
        """The script begins now. Returns when that is, Unix seconds."""
        self._began_at = self._now()
        return self._began_at

    def tell(self, where: str, text: str) -> None:
        """Print a line with its time."""
        place = f"{where:<5}"
        if self._stream.isatty():
            place = f"\x1b[{_COLOURS[where]}m{place}\x1b[0m"
        self.say(f"{self._now() - self._began_at:6.1f}s  {place}  {text}")

    async def watch(self) -> None:
        """Tell of everything that arrives at the page, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Tell of what arrived since the last look."""
        arrivals = self._simulator.arrivals
        for arrival in arrivals[self._arrivals :]:
            text = self._told(arrival)
            if text:
                self.tell("page", text)
        self._arrivals = len(arrivals)
        notifications = self._simulator.notifications
        for notification in notifications[self._notifications :]:
            self.tell("mail", f"subscribers are told: {notification.status}")
        self._notifications = len(notifications)

    def _told(self, arrival: Arrival) -> str:
        if arrival.method == "GET":
            return ""
        if arrival.status >= 400:  # noqa: PLR2004
            return f"{arrival.method} {arrival.template} was answered {arrival.status}"
        written = ", ".join(
            f"{self._names[name]} is {status}" for name, status in component_writes(arrival).items()
        )
        body = arrival.body or {}
        incident = body.get("incident")
        if isinstance(incident, dict):
            status = incident.get("status", "unchanged")
            verb = "a new incident" if arrival.method == "POST" else "the incident"
            return f"{verb}: {status}" + (f"; {written}" if written else "")
        if "data" in body:
            points = sum(len(values) for values in body["data"].values())
            return f"{points} metric point{'s' if points != 1 else ''}"
        return written
