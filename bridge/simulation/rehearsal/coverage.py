"""What of the rules the tests have shown: each status that a rule can claim, and the beginning and the end of each incident and maintenance. Counted by the journal of the daemon that was rehearsed, and by its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.journal import JournalKind
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bridge.core.journal import JournalEntry
    from bridge.core.rules import RuleSet
    from bridge.simulation.rehearsal.shown import ShownEntry

_MAINTENANCE = {"is announced": False, "is over": True}
_INCIDENT = {Reason.OPENED: "opens", Reason.MONITORED_FOR: "is resolved"}


@dataclass(slots=True)
class Covered:
    """What there is to show of the rules of one page, and what was shown. A line of text for each.

    Attributes:
        all: in the order of the rules.
        shown: those of them that a test has shown.
    """

    all: dict[str, None] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)

    def expect(self, ruleset: RuleSet) -> None:
        """These rules are to be shown."""
        for rule in ruleset.components:
            for status in rule.statuses:
                self.all[_claims(ruleset.page, rule.id, status)] = None
        for incident in ruleset.incidents:
            for what in _INCIDENT.values():
                self.all[_incident(ruleset.page, incident.id, what)] = None
        for maintenance in ruleset.maintenances:
            for what in _MAINTENANCE:
                self.all[_maintenance(ruleset.page, maintenance.id, what)] = None

    def see_maintenances(self, page: str, shown: Iterable[ShownEntry]) -> None:
        """The page with rules of this name has shown these maintenances."""
        for one in shown:
            for what, over in _MAINTENANCE.items():
                if not over or not one.live:
                    self.shown.add(_maintenance(page, one.rule, what))

    def see(self, page: str, journal: Iterable[JournalEntry]) -> None:
        """A daemon with rules of this page decided this."""
        for entry in journal:
            if entry.kind is JournalKind.HOLD and entry.reason is Reason.HELD_FOR:
                self.shown.add(_claims(page, str(entry.detail["rule"]), str(entry.detail["status"])))
            elif entry.kind is JournalKind.INCIDENT and entry.reason in _INCIDENT:
                self.shown.add(_incident(page, entry.subject, _INCIDENT[entry.reason]))

    @property
    def missing(self) -> tuple[str, ...]:
        """What no test has shown."""
        return tuple(one for one in self.all if one not in self.shown)


class Coverage:
    """The same of all rules that are tested. Those of other files are others, though they have the same names."""

    def __init__(self) -> None:
        self._parts: dict[tuple[tuple[Path, ...], str], Covered] = {}

    def of(self, files: Iterable[Path], ruleset: RuleSet) -> Covered:
        """What of these rules was shown; several files of tests may add to it."""
        covered = self._parts.setdefault((tuple(path.resolve() for path in files), ruleset.page), Covered())
        covered.expect(ruleset)
        return covered

    @property
    def count(self) -> int:
        """How much there is to show."""
        return sum(len(part.all) for part in self._parts.values())

    @property
    def missing(self) -> tuple[str, ...]:
        """What no test has shown."""
        return tuple(line for part in self._parts.values() for line in part.missing)

    @property
    def percent(self) -> float:
        """How much was shown; all, where there is nothing to show."""
        return 100.0 * (1 - len(self.missing) / self.count) if self.count else 100.0


def _claims(page: str, rule: str, status: str) -> str:
    return f"{page}: rule {rule} claims {status}"


def _incident(page: str, incident: str, what: str) -> str:
    return f"{page}: incident {incident} {what}"


def _maintenance(page: str, maintenance: str, what: str) -> str:
    return f"{page}: maintenance {maintenance} {what}"
