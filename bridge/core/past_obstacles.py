"""What stood between rules and page at an instant of the past, as far as it left lines in the journal: what was commanded, what people did, what guards held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.commands import ConfirmedGuard, StandingKind
from bridge.core.journal import JournalKind
from bridge.core.obstacles import Obstacle
from bridge.core.reasons import Reason
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bridge.core.journal import JournalEntry

_BLAST_GOES_ON = frozenset({Reason.BLAST_HELD, Reason.BLAST_OVERDUE})
_DRAFT_OVER = frozenset({Reason.WITHDRAWN, Reason.PUBLISHED})
_BEGINNINGS = frozenset({Reason.OPENED, Reason.ABSORBED, Reason.REOPENED})
_ABOUT = {
    "override": "status",
    "taken": "status",
    "blast": "hold",
    "rules": "digest",
    "cap": "level",
    "draft": "draft",
    "left": "incident_id",
    "absorbed": "by",
    "parked": "refused",
}
"""What of its line says what exactly stands, by kind."""
_BY_RULES = frozenset({"absorbed"})
_SAID = {Reason.CAPPED: Reason.SHADOW, Reason.MAINTENANCE_ENDED: Reason.MAINTAINED}
"""The word of an explanation, where the journal has another."""
_LEFT = frozenset({Reason.YIELDED, Reason.RELEASED})


def text_in(entry: JournalEntry, name: str) -> str:
    """A value of an entry's detail as text; empty where it is not there."""
    value = entry.detail.get(name)
    return "" if value is None else str(value)


def group_in(entry: JournalEntry) -> Labels:
    """The group labels of what an entry is about."""
    value = entry.detail.get("group")
    return value if isinstance(value, Labels) else NO_LABELS


def number_in(entry: JournalEntry, name: str) -> float | None:
    """A value of an entry's detail as a number; None where there is none."""
    value = entry.detail.get(name)
    return float(value) if isinstance(value, int | float) else None


def is_of_pause(entry: JournalEntry) -> bool:
    """Whether a line tells that the page was paused, or that this was over."""
    if entry.kind is not JournalKind.COMMAND:
        return False
    return entry.reason in {Reason.PAUSED, Reason.RESUMED} or entry.detail.get("kind") == StandingKind.PAUSE


@dataclass(slots=True)
class PastStanding:
    """What stands by the lines read so far: for each kind of thing its line.

    Attributes:
        components: the names of what is asked about.
        component_id: of a component; empty for an incident.
        rules: of an incident.
        group: of an incident.
        incident_ids: the ids of an incident on the page, as they become known.
        stands: by kind and subject.
    """

    components: frozenset[str]
    component_id: str
    rules: frozenset[str]
    group: Labels
    incident_ids: set[str] = field(default_factory=set)
    stands: dict[tuple[str, str], JournalEntry] = field(default_factory=dict)

    def read(self, entry: JournalEntry, targets: Collection[str]) -> bool:
        """Go on by one line. Returns whether it is about what is asked, and may be why something was told."""
        about = False
        match entry.kind:
            case JournalKind.COMMAND:
                about = self._command(entry)
            case JournalKind.OBSERVED:
                about = self._observed(entry)
            case JournalKind.GUARD:
                about = self._guard(entry, targets)
            case JournalKind.INCIDENT:
                about = self._life(entry)
            case JournalKind.SOURCE:
                self._toggle("source", entry.subject, entry, on=entry.reason is Reason.SOURCE_BLIND)
            case JournalKind.OUTCOME if entry.subject in targets:
                self._toggle("parked", "", entry, on=entry.reason is Reason.PARKED)
            case JournalKind.PROCESS if entry.reason is Reason.STARTED:
                for kind in ("cap", "rules"):  # each life says anew what is in force
                    self.stands.pop((kind, ""), None)
            case _:
                pass
        return about

    def obstacles(self, at: float) -> Iterator[Obstacle]:
        """What stood in the way at an instant."""
        for (kind, subject), entry in self.stands.items():
            until = number_in(entry, "until")
            if until is not None and until <= at:
                continue
            reason = _SAID.get(entry.reason, entry.reason)
            about = (text_in(entry, _ABOUT[kind]) if kind in _ABOUT else "") or subject
            by = text_in(entry, "by") if kind not in _BY_RULES else ""
            yield Obstacle(reason, about, by, entry.at, until)

    def under_way(self, request: JournalEntry, lost: JournalEntry | None) -> Obstacle:
        """That a write had not ended."""
        reason = Reason.BUSY if lost is None else Reason.SETTLE_UNKNOWN
        return Obstacle(reason, text_in(request, "operation"), since=request.at)

    def _toggle(self, kind: str, subject: str, entry: JournalEntry, *, on: bool) -> None:
        if on:
            self.stands[kind, subject] = entry
        else:
            self.stands.pop((kind, subject), None)

    def _command(self, entry: JournalEntry) -> bool:
        reason, kind = entry.reason, text_in(entry, "kind")
        if is_of_pause(entry):
            self._toggle("pause", "", entry, on=reason is Reason.PAUSED)
            return True
        if reason is Reason.CONFIRMED:
            return True
        if entry.subject in {f"component:{self.component_id}", self.component_id} and self.component_id:
            return self._about_component(entry, kind)
        incident_id = entry.subject.removeprefix("incident:")
        if incident_id in self.incident_ids:
            self._toggle("left", "", entry, on=reason in _LEFT)
            return True
        draft = entry.subject.removeprefix("draft:")
        if ("draft", draft) in self.stands and reason is not Reason.REJECTED:
            self.stands["draft", draft] = entry
            return True
        return False

    def _about_component(self, entry: JournalEntry, kind: str) -> bool:
        reason = entry.reason
        if kind:  # what stood has ended
            self.stands.pop((kind, ""), None)
        elif reason is not Reason.REJECTED:
            for ended in (StandingKind.OVERRIDE, StandingKind.YIELD, "taken"):
                if ended != "taken" or reason is not Reason.YIELDED:
                    self.stands.pop((ended, ""), None)
            if reason is Reason.OVERRIDDEN:
                self.stands[StandingKind.OVERRIDE, ""] = entry
            elif reason is Reason.YIELDED:
                self.stands[StandingKind.YIELD, ""] = entry
        return True

    def _observed(self, entry: JournalEntry) -> bool:
        reason = entry.reason
        if reason in {Reason.RULES_HELD, Reason.RULES_CHANGED}:
            self._toggle("rules", "", entry, on=reason is Reason.RULES_HELD)
            return True
        if reason is Reason.LET_THROUGH:
            if entry.subject == ConfirmedGuard.RELOAD:
                self.stands.pop(("rules", ""), None)
            return True
        if reason in {Reason.ANOTHER_PAGE, Reason.PAGE_PINNED}:
            self._toggle("page", "", entry, on=reason is Reason.ANOTHER_PAGE)
            return False
        if self.component_id and entry.detail.get("component_id") == self.component_id:
            self._toggle("taken", "", entry, on=reason is Reason.TAKEN)
            return True
        if entry.subject in self.rules and group_in(entry) == self.group:
            self.incident_ids.update({text_in(entry, "incident_id")} - {""})
            self._toggle("left", "", entry, on=reason is Reason.YIELDED)
            return True
        return False

    def _guard(self, entry: JournalEntry, targets: Collection[str]) -> bool:
        reason = entry.reason
        if entry.subject == "blast_radius":
            held = set(text_in(entry, "components").split(", "))
            its = not held.isdisjoint(self.components)
            known = ("blast", "") in self.stands
            self._toggle("blast", "", entry, on=reason in _BLAST_GOES_ON and its)
            return its or known
        if reason is Reason.CAPPED:
            self._toggle("cap", "", entry, on=text_in(entry, "level") != Automation.FULL)
            return True
        if reason in {Reason.SILENCE_BEGAN, Reason.SILENCE_ENDED}:
            self._toggle("silence", entry.subject, entry, on=reason is Reason.SILENCE_BEGAN)
            return False
        if reason in {Reason.UNDER_MAINTENANCE, Reason.MAINTENANCE_ENDED}:
            its = bool(self.component_id) and entry.subject == f"component:{self.component_id}"
            if its:
                self.stands["maintenance", ""] = entry
            return its
        return entry.subject in targets

    def _life(self, entry: JournalEntry) -> bool:
        """A line of an incident's life, or of its draft."""
        if entry.subject not in self.rules or group_in(entry) != self.group:
            return False
        if "draft" in entry.detail:
            self._toggle("draft", text_in(entry, "draft"), entry, on=entry.reason not in _DRAFT_OVER)
            return True
        if entry.reason in _BEGINNINGS or entry.reason is Reason.MONITORED_FOR:
            self._toggle("absorbed", "", entry, on=entry.reason is Reason.ABSORBED)
        if entry.reason in _BEGINNINGS:
            self.stands.pop(("left", ""), None)
        return False  # that it is a line of its life is known already
