"""A month whose truth is known: twenty outages, two hundred flaps, three times in which nobody saw, and a crowd of alerts that no rule is about. Used by tests and by the end-to-end test."""

from __future__ import annotations

import json
import random  # noqa: TID251 - a seeded instance alone
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.signals import Labels, SignalState
from bridge.simulation.replay.history import SightChange, SignalChange

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.simulation.replay.history import Change

BEGIN = 1_790_000_000.0
DAY = 86_400.0
LENGTH = 30 * DAY

RULES = """
page: acme
defaults: {automation: full}
components:
  Search:
    - alert: SearchErrors
      status: {severity: {critical: major_outage}}
    - {id: flaps, alert: SearchFlaps, status: partial_outage}
  Payments:
    - {alert: PaymentErrors, status: partial_outage}
incidents:
  - {id: search, components: [Search], title: Search is down}
"""


@dataclass(slots=True)
class Month:
    """What happened.

    Attributes:
        changes: of all alerts, and of what could be seen.
        outages: when Search was broken, Unix seconds.
        blind: when nobody saw; Payments broke and was mended in each of them.
    """

    changes: list[Change] = field(default_factory=list)
    outages: list[tuple[float, float]] = field(default_factory=list)
    blind: list[tuple[float, float]] = field(default_factory=list)

    def fires(self, name: str, begin: float, end: float, **labels: str) -> None:
        """An alert from one instant to another."""
        about = Labels({"alertname": name, **labels})
        self.changes.append(SignalChange(begin, "alertmanager", about, SignalState.FAILING))
        self.changes.append(SignalChange(end, "alertmanager", about, SignalState.OK))

    def write(self, path: Path) -> None:
        """As JSON lines."""
        with path.open("w") as file:
            for change in self.changes:
                file.write(json.dumps(_line(change)) + "\n")


def _line(change: Change) -> dict[str, object]:
    match change:
        case SignalChange():
            state = "firing" if change.state is SignalState.FAILING else "resolved"
            return {"at": change.at, "labels": dict(change.labels), "state": state}
        case SightChange():
            return {"at": change.at, "source": change.source, "blind": change.blind}


def month(changes: int = 50_000) -> Month:
    """The month, with so many changes of alerts."""
    drawn, made = random.Random(4711), Month()
    for number in range(20):
        begin = BEGIN + (number + 0.5) * LENGTH / 20
        made.outages.append((begin, begin + drawn.uniform(600.0, 7200.0)))
        made.fires("SearchErrors", *made.outages[-1], severity="critical")
    for number in range(3):
        begin = BEGIN + (number + 0.5) * LENGTH / 3 + 5 * 3600.0
        made.blind.append((begin, begin + 3600.0))
        made.changes.append(SightChange(begin, "alertmanager", blind=True))
        made.changes.append(SightChange(begin + 3600.0, "alertmanager", blind=False))
        made.fires("PaymentErrors", begin + 300.0, begin + 3000.0)
    for number in range(200):
        begin = BEGIN + (number + drawn.uniform(0.1, 0.9)) * LENGTH / 200
        made.fires("SearchFlaps", begin, begin + drawn.uniform(5.0, 115.0))
    while len(made.changes) < changes:
        begin = BEGIN + drawn.uniform(0.0, LENGTH - 4 * 3600.0)
        labels = {"pod": f"pod-{len(made.changes)}", "namespace": f"team-{drawn.randrange(40)}"}
        made.fires(f"Crowd{drawn.randrange(200)}", begin, begin + drawn.uniform(5.0, 3 * 3600.0), **labels)
    return made
