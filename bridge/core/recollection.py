"""What was: where a component or an incident stood at an instant of the past, and why each change of it was told, from the journal alone.

The journal's lines are read in their order up to that instant; what evaluation and plan look at is long gone. So this tells what was decided, told, received and commanded, and by which reasons; what only
kept something from happening is known as far as it left a line. Decides nothing; knows no wording and no database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.holds import CLAIMING, HoldPhase
from bridge.core.journal import JournalKind
from bridge.core.past_obstacles import PastStanding, group_in, is_of_pause, number_in, text_in
from bridge.core.reasons import Reason
from bridge.core.signals import NO_LABELS, Labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.core.journal import JournalEntry
    from bridge.core.obstacles import Obstacle

LOST = frozenset(
    {
        Reason.TIMEOUT,
        Reason.CONNECTION_LOST,
        Reason.SERVER_ERROR,
        Reason.UNREADABLE_ANSWER,
        Reason.CONFLICT,
        Reason.CANCELLED,
    }
)
"""After which nobody knew what became of a write (`bridge.core.intents`)."""

APPLIED = frozenset({Reason.DONE, Reason.ADOPTED})

EPISODE_BEGINS = frozenset({Reason.OPENED, Reason.ABSORBED})

MOST_BECAUSE = 50
"""Lines that are told of one change; of more, the last."""

MOST_CHANGES = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about, by all names that lines of the journal have for it.

    Attributes:
        name: for people.
        components: its names in rule files and on the page; of an incident, those of all that it covers.
        component_id: of a component; empty for an incident.
        rules: the ids of an incident's rule, former ones among them; none for a component.
        group: of an incident.
        incident_ids: an incident's ids on the page, as far as they are known.
    """

    name: str
    components: frozenset[str]
    component_id: str = ""
    rules: frozenset[str] = frozenset()
    group: Labels = NO_LABELS
    incident_ids: frozenset[str] = frozenset()

    def is_incident(self, rule: str, group: Labels) -> bool:
        """Whether a rule and a group are this incident's."""
        return rule in self.rules and group == self.group


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a journal has about something, up to an instant.

    Attributes:
        begins_at: our clock; its first line. None where it has none.
        entries: of the page and of all pages, without signals and without holds of other components; in order.
        signals: what was received in the day before, the last twenty thousand lines; in order.
    """

    begins_at: float | None
    entries: tuple[JournalEntry, ...]
    signals: tuple[JournalEntry, ...] = ()


@dataclass(slots=True)
class PastChange:
    """One write that was begun.

    Attributes:
        request: its line: what it said, and the reason.
        status: what it set, of what is asked about; empty for a quiet change.
        rides: it is a component's, in the call of an incident.
        because: the lines behind it, in order: what was decided, commanded and seen since the change before, and the claims that stood.
        lost: the line by which nobody knew any more what became of it.
        outcome: the line by which it ended; None while that was open.
    """

    request: JournalEntry
    status: str
    rides: bool
    because: tuple[JournalEntry, ...]
    lost: JournalEntry | None = None
    outcome: JournalEntry | None = None

    @property
    def operation(self) -> str:
        """Its name."""
        return text_in(self.request, "operation")


@dataclass(frozen=True, slots=True)
class Recollection:
    """Where it stood.

    Attributes:
        subject: what.
        at: our clock.
        status: what we had told last; empty for nothing.
        told_at: when that was known to be told; None for never.
        holds: the last line of each hold that was not at rest.
        incidents: of an incident, the last line of its life; of a component, none.
        obstacles: what stood in the way.
        changes: the last ones, the newest last.
        since: the lines about it since the last change.
    """

    subject: Subject
    at: float
    status: str
    told_at: float | None
    holds: tuple[JournalEntry, ...]
    incidents: tuple[JournalEntry, ...]
    obstacles: tuple[Obstacle, ...]
    changes: tuple[PastChange, ...]
    since: tuple[JournalEntry, ...]


def recollect(subject: Subject, entries: Sequence[JournalEntry], at: float) -> Recollection:
    """Where something stood at an instant. Cost: the lines."""
    past = _Past(subject)
    for entry in entries:
        if entry.at <= at:
            past.read(entry)
    return Recollection(
        subject,
        at,
        past.status,
        past.told_at,
        tuple(one for one in past.holds.values() if one.detail["phase"] != HoldPhase.INACTIVE),
        tuple(lines[-1] for key, lines in past.episodes.items() if subject.is_incident(*key)),
        tuple(past.obstacles(at)),
        tuple(past.changes[-MOST_CHANGES:]),
        tuple(past.since[-MOST_BECAUSE:]),
    )


@dataclass(slots=True)
class _Past:
    """What the lines read so far say."""

    subject: Subject
    holds: dict[tuple[str, str, Labels], JournalEntry] = field(default_factory=dict)
    episodes: dict[tuple[str, Labels], list[JournalEntry]] = field(default_factory=dict)
    """The lines of the last episode of each incident of the page."""
    changes: list[PastChange] = field(default_factory=list)
    open: dict[str, PastChange] = field(default_factory=dict)
    since: list[JournalEntry] = field(default_factory=list)
    status: str = ""
    told_at: float | None = None
    targets: set[str] = field(default_factory=set)
    standing: PastStanding = field(init=False)

    def __post_init__(self) -> None:
        self.standing = PastStanding(
            self.subject.components, self.subject.component_id, self.subject.rules, self.subject.group
        )
        self.standing.incident_ids.update(self.subject.incident_ids)
        if self.subject.component_id:
            self.targets.add(f"component:{self.subject.component_id}")

    def read(self, entry: JournalEntry) -> None:
        """Go on by one line."""
        match entry.kind:
            case JournalKind.HOLD:
                self._hold(entry)
            case JournalKind.INCIDENT:
                self._incident(entry)
            case JournalKind.REQUEST:
                self._request(entry)
            case JournalKind.OUTCOME:
                self._outcome(entry)
            case JournalKind.PROCESS:
                self._restart(entry)
            case JournalKind.SIGNAL:
                return
            case _:
                pass
        if self.standing.read(entry, self.targets):
            if is_of_pause(entry):
                # Of pauses only the last says anything.
                self.since = [one for one in self.since if not is_of_pause(one)]
            self.since.append(entry)

    def obstacles(self, at: float) -> Iterator[Obstacle]:
        """What stood in the way."""
        yield from self.standing.obstacles(at)
        for change in self.open.values():
            yield self.standing.under_way(change.request, change.lost)

    def _hold(self, entry: JournalEntry) -> None:
        key = text_in(entry, "rule"), text_in(entry, "status"), group_in(entry)
        if "trial" in entry.detail or (
            entry.subject not in self.subject.components and key not in self.holds
        ):
            return
        self.holds[key] = entry
        self.since.append(entry)

    def _incident(self, entry: JournalEntry) -> None:
        if "trial" in entry.detail or "draft" in entry.detail:
            return
        key = entry.subject, group_in(entry)
        if entry.reason in EPISODE_BEGINS:
            self.episodes[key] = []
        self.episodes.setdefault(key, []).append(entry)
        if self.subject.is_incident(*key):
            self.since.append(entry)

    def _request(self, entry: JournalEntry) -> None:
        status = self._set_by(entry)
        if status is None:
            return
        change = PastChange(entry, status, entry.subject not in self.targets, self._because(entry))
        self.changes.append(change)
        self.open[change.operation] = change
        self.since.clear()

    def _set_by(self, entry: JournalEntry) -> str | None:
        """What a request sets of the subject; None where it says nothing of it."""
        own = self.subject.component_id
        if own:
            if entry.subject in self.targets:
                return text_in(entry, "status")
            parts = (part.partition("=") for part in text_in(entry, "components").split(", "))
            return next((status for component_id, _, status in parts if component_id == own), None)
        rule = text_in(entry, "rule")
        if entry.subject in self.targets or self.subject.is_incident(rule, group_in(entry)):
            self.targets.add(entry.subject)
            return text_in(entry, "status")
        return None

    def _because(self, request: JournalEntry) -> tuple[JournalEntry, ...]:
        """The lines since the change before, and those by which the claims and the life stood that it tells of."""
        standing = [one for one in self.holds.values() if one.detail["phase"] in CLAIMING]
        # Of what nobody knows whether it was told, the reasons hold on.
        untold = [line for one in self.open.values() for line in (*one.because, one.lost) if line is not None]
        lines = [*standing, *self._told_of(request), *untold, *self.since[-MOST_BECAUSE:]]
        once: list[JournalEntry] = []
        for line in lines:
            if not any(one is line for one in once):
                once.append(line)
        return tuple(sorted(once, key=lambda line: line.at))

    def _told_of(self, request: JournalEntry) -> list[JournalEntry]:
        """The transition of an incident's life that a request tells, and what came after it."""
        episode = self.episodes.get((text_in(request, "rule"), group_in(request)), [])
        number = number_in(request, "sequence") or 0.0
        return [line for line in episode if (number_in(line, "sequence") or 0.0) >= number] or episode[-1:]

    def _outcome(self, entry: JournalEntry) -> None:
        change = self.open.get(text_in(entry, "operation"))
        if change is None:
            return
        if entry.reason in LOST:
            change.lost = entry
            return
        if entry.reason is Reason.PARKED:
            return
        change.outcome = entry
        del self.open[change.operation]
        if entry.reason in APPLIED:
            self.status = change.status or self.status
            self.told_at = entry.at
            self.standing.incident_ids.update({text_in(change.request, "incident_id")} - {""})
        elif self.changes[-1] is change:
            # What it would have told is to be told still.
            self.since[:0] = [*change.because, entry]

    def _restart(self, entry: JournalEntry) -> None:
        if entry.reason is Reason.STARTED:
            for change in self.open.values():
                change.lost = change.lost or entry
