"""The signals behind a hold of the past: what was received until then, matched with the rules of now. Of rules that are gone nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.conditions import Threshold, claimed_status, reported_state
from bridge.core.matching import match_all
from bridge.core.past_obstacles import group_in, number_in, text_in
from bridge.core.reasons import Reason
from bridge.core.signals import Labels, SignalState
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.journal import JournalEntry
    from bridge.core.rules import ComponentRule


@dataclass(frozen=True, slots=True)
class PastSignal:
    """A signal that counted as failing, or of which nothing was known.

    Attributes:
        source: its name.
        labels: of it.
        state: what it counted for, by the rule of now.
        since: our clock; when that was received.
        value: what was measured; None for nothing.
        threshold: on that; None where its source's word counts.
        detail: what its source said beside.
    """

    source: str
    labels: Labels
    state: SignalState
    since: float
    value: float | None
    threshold: Threshold | None
    detail: str


@dataclass(frozen=True, slots=True)
class Received:
    """The last that was received of each signal.

    Attributes:
        lines: by subject, the last line with labels, and whether it expired since.
    """

    lines: dict[str, tuple[JournalEntry, bool]]

    @classmethod
    def of(cls, entries: Iterable[JournalEntry]) -> Received:
        """From the lines of signals, in order."""
        lines: dict[str, tuple[JournalEntry, bool]] = {}
        for entry in entries:
            if isinstance(entry.detail.get("labels"), Labels):
                lines[entry.subject] = entry, False
            elif entry.reason is Reason.SIGNAL_EXPIRED and entry.subject in lines:
                lines[entry.subject] = lines[entry.subject][0], True
        return cls(lines)

    def behind(self, hold: JournalEntry, rule: ComponentRule) -> Iterator[PastSignal]:
        """Those that counted for a hold, by its line."""
        group, status = group_in(hold), ComponentStatus(text_in(hold, "status"))
        for subject, (entry, expired) in self.lines.items():
            labels = entry.detail["labels"]
            if not isinstance(labels, Labels) or any(labels.get(one) != group[one] for one in group):
                continue
            claimed = claimed_status(rule, labels)
            if claimed is None or claimed.severity < status.severity:
                continue
            said = SignalState.UNKNOWN if expired else SignalState(text_in(entry, "state"))
            value = number_in(entry, "value")
            for condition in rule.conditions:
                state = reported_state(condition, said, value)
                if state is not SignalState.OK and match_all(condition.matchers, labels):
                    source = subject.rpartition(":")[0]
                    detail = text_in(entry, "detail")
                    yield PastSignal(source, labels, state, entry.at, value, condition.value, detail)
                    break
