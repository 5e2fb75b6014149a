"""The readable account of a run: one line for each thing that happened, in the order of time. The same format for a simulation, `explain` and `replay`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.journal import JournalEntry
    from bridge.simulator.ledgers import Arrival, Notification


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One thing that happened.

    Attributes:
        at: Unix seconds.
        where: `world`, `bridge` or `page`.
        text: what, on one line.
    """

    at: float
    where: str
    text: str

    def render(self, origin: float) -> str:
        """The line, with seconds since `origin`."""
        return f"{self.at - origin:12.6f}  {self.where:<6}  {self.text}"


def journal_lines(entries: Iterable[JournalEntry]) -> list[TraceLine]:
    """What the bridge decided and did, from its journal."""
    return [
        TraceLine(
            entry.at,
            "bridge",
            " ".join(
                [
                    f"{entry.kind:<8} {entry.subject}  {entry.reason}",
                    *(
                        f"{name}={value}"
                        for name, value in sorted(entry.detail.items())
                        if value not in {None, ""}
                    ),
                ]
            ),
        )
        for entry in entries
    ]


def arrival_lines(arrivals: Iterable[Arrival]) -> list[TraceLine]:
    """What arrived at the page, from the simulator's ledger. Reads that were answered are left out."""
    return [
        TraceLine(
            arrival.at, "page", f"{arrival.method} {arrival.path} -> {arrival.status}{_written(arrival)}"
        )
        for arrival in arrivals
        if arrival.method != "GET" or arrival.status >= 400  # noqa: PLR2004
    ]


def notification_lines(notifications: Iterable[Notification]) -> list[TraceLine]:
    """Whom the page told."""
    return [
        TraceLine(notification.at, "page", f"subscribers are notified: {notification.status}")
        for notification in notifications
    ]


def render(lines: Iterable[TraceLine], origin: float) -> str:
    """All lines in the order of time; lines of one instant keep the order given."""
    return "\n".join(line.render(origin) for line in sorted(lines, key=lambda line: line.at))


def _written(arrival: Arrival) -> str:
    body = arrival.body or {}
    for name in ("incident", "component"):
        if isinstance(part := body.get(name), dict):
            shown = {
                key: part[key] for key in ("status", "components", "deliver_notifications") if key in part
            }
            return "".join(f" {key}={value}" for key, value in shown.items())
    return ""
