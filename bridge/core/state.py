"""The state of an evaluation under way: what `bridge.core.step` keeps between steps so that a change costs only what it concerns.

Nothing here decides; it is the index, the tallies, the live claims and the heap of instants. Only signals and `Memory` are worth saving: the rest is made from them.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from bridge.core.absorption import Absorption
from bridge.core.desired import Desired, Memory
from bridge.core.holds import NEVER
from bridge.core.index import RuleIndex
from bridge.core.known_causes import KnownCauses
from bridge.core.live_claims import LiveClaims
from bridge.core.lowering import Lowering
from bridge.core.public_labels import PublishedValues
from bridge.core.rules import group_labels, public_annotations, public_labels
from bridge.core.signals import NO_LABELS
from bridge.core.silences import SilenceWatch
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.claims import HoldKey
    from bridge.core.desired import Decision, IncidentPlace
    from bridge.core.health import SourceHealth
    from bridge.core.holds import Hold, Truth
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
    from bridge.core.signals import Labels, Signal, SignalKey
    from bridge.core.tallies import Entry, Tally

    Instance = tuple[RuleId, Labels]
    Wake: TypeAlias = "SignalKey | HoldKey | IncidentPlace | str | Timer"
    """What is due: for a text, the source of that name."""


class Timer(Enum):
    """What is due once for a page."""

    BLAST = "blast"
    SILENCE = "silence"


GROUPS_KEPT = 10_000
"""Sets of group labels that are kept to be shared; beyond, all are made anew."""


@dataclass(slots=True)
class Unsaved:
    """Where evaluation changed memory and has not told yet: a part of the work may be done in a slice of its own, and another state may follow before the rest is.

    Attributes:
        decisions: as in `bridge.core.desired.Step`.
        holds: the keys of holds that changed, or went.
        incidents: the same of incidents.
        forgotten: signals that are to be deleted.
        touched: components whose claims were looked at and not judged, each with its worst claim before.
    """

    decisions: list[Decision] = field(default_factory=list)
    holds: dict[HoldKey, None] = field(default_factory=dict)
    incidents: dict[IncidentPlace, None] = field(default_factory=dict)
    forgotten: list[SignalKey] = field(default_factory=list)
    touched: dict[ComponentName, ComponentStatus] = field(default_factory=dict)


class State:
    """All that evaluation knows of one page. It belongs to the caller and is changed in place by `step`; a copy of 100,000 signals for each change is what this avoids."""

    def __init__(  # noqa: PLR0915 - one for each thing that is kept
        self,
        ruleset: RuleSet,
        memory: Memory | None = None,
        *,
        unsaved: Unsaved | None = None,
        before: RuleSet | None = None,
    ) -> None:
        """Begin to evaluate.

        Args:
            ruleset: the rules.
            memory: what is remembered; it is changed in place.
            unsaved: what another state did to this memory and nobody was told of.
            before: the rules by which the memory was made, where that is known: after a restart it is not.
        """
        self.ruleset = ruleset
        self.before = before
        self.signals: dict[SignalKey, Signal] = {}
        self.memory = memory if memory is not None else Memory()
        self.desired = Desired()
        self.index = RuleIndex(ruleset.components)
        self.ok_index = RuleIndex(ruleset.components, only=lambda condition: condition.concerns_ok)
        """The conditions for which signals that are ok count too."""
        self.thresholds = RuleIndex(ruleset.components, only=lambda condition: condition.value is not None)
        self.unmapped_index = RuleIndex(ruleset.unmapped)
        self.unmapped: dict[SignalKey, None] = {}
        self.rules: dict[RuleId, ComponentRule] = {rule.id: rule for rule in ruleset.components}
        self.always_known: dict[Instance, None] = {
            (rule.id, NO_LABELS): None
            for rule in ruleset.components
            if any(condition.reports_ok for condition in rule.conditions)
        }
        """What has to be judged though no signal counts for it: nothing that was heard is unknown there."""
        self.incident_rules: dict[IncidentRuleId, IncidentRule] = {
            rule.id: rule for rule in ruleset.incidents
        }
        self.published = PublishedValues()
        self.causes = KnownCauses(ruleset.components)
        self.covering = _covering(ruleset)
        self.group_labels = {name: group_labels(found) for name, found in self.covering.items()}
        self.absorption, self.lowering = Absorption(ruleset), Lowering()
        telling = {name: (*found, *self.absorption.of_rules(found)) for name, found in self.covering.items()}
        self.shown = {
            name: (public_labels(found), public_annotations(found)) for name, found in telling.items()
        }
        """The labels and the annotations that incidents over each component may show, those that absorb others among them."""
        self.groups: dict[tuple[tuple[str, ...], tuple[str, ...]], Labels] = {}
        """Sets of group labels by names and values, so that signals share them."""
        self.entries: dict[SignalKey, tuple[tuple[Instance, Entry], ...]] = {}
        """What each signal counts for, to be taken back when it changes."""
        self.tallies: dict[Instance, Tally] = {}
        self.live = LiveClaims(self.covering)
        self.claimed: dict[ComponentName, ComponentStatus] = {}
        """The worst claim on each component, without those in shadow, before any guard."""
        self.sources: dict[str, SourceHealth] = {}
        self.blind_sources: set[str] = set()
        self.of_source: dict[str, dict[SignalKey, None]] = {}
        """The signals of each source whose health is known."""
        self.silences = SilenceWatch(ruleset.silences)
        self.spared: dict[ComponentName, dict[HoldKey, Truth]] = {}
        """What is true or unknown and not claimed, because its component is under maintenance, or was a moment ago."""
        self.maintained: dict[ComponentName, float] = {}
        """Until when nothing begins to be claimed, of components under maintenance or just after it. Our clock; infinity while its end is not known."""
        self.heap: list[tuple[float, int, Wake]] = []
        self.scheduled: dict[Wake, float] = {}
        self.pushed = 0
        self.unrestored: list[tuple[HoldKey, Hold]] | None = None
        """Holds of the last life that were not looked at yet; None before that began."""
        self.restored = self.regrouped = False
        """Whether holds of the last life were looked at, and are in the groups in which signals are counted now."""
        self.backlog: dict[SignalKey, None] = {}
        """Signals that may count for something else than they did, though nobody reported them."""
        self.dirty_instances: dict[Instance, None] = {}
        self.dirty_incidents: dict[IncidentPlace, None] = {}
        self.unsaved = unsaved if unsaved is not None else Unsaved()
        self.adopted: list[IncidentMemory] = []

    def group(self, labels: Labels, component: ComponentName) -> Labels:
        """The group labels of a signal under rules of this component."""
        names = self.group_labels[component]
        if not names:
            return NO_LABELS
        values = tuple(labels.get(name) for name in names)
        group = self.groups.get((names, values))
        if group is None:
            if len(self.groups) >= GROUPS_KEPT:
                self.groups.clear()
            group = self.groups[names, values] = labels.only(names)
        return group

    def dirty(self, component: ComponentName, group: Labels) -> None:
        """The incidents over a component have to be looked at."""
        for place in self.live.places(component, group):
            self.dirty_incidents[place] = None

    def touch(self, component: ComponentName, group: Labels) -> None:
        """A component's claims changed: its desired status will follow."""
        self.unsaved.touched.setdefault(component, self.claimed.get(component, ComponentStatus.OPERATIONAL))
        self.dirty(component, group)

    def schedule(self, wake: Wake, at: float) -> None:
        """Look again at `at`, and at no other instant; infinity for never. What was pushed before stays in the heap and is passed over."""
        if at == NEVER:
            self.scheduled.pop(wake, None)
        elif self.scheduled.get(wake) != at:
            self.scheduled[wake] = at
            self.pushed += 1
            heapq.heappush(self.heap, (at, self.pushed, wake))

    def hear_causes(self, said: Mapping[IncidentPlace, str]) -> None:
        """Enter all that operators say of causes; incidents of which they say something else are looked at."""
        changed = (place for place in self.causes.hear(said) if place[0] in self.incident_rules)
        self.dirty_incidents.update(dict.fromkeys(changed))

    def adopt(self, memory: IncidentMemory) -> None:
        """Remember an incident that was found on the page and not in the store; the next step takes it up."""
        self.adopted.append(memory)

    def turns(self, before: Signal, after: Signal) -> bool:
        """Whether a repeated signal's value has come to another side of a threshold, or it brings annotations that nobody listed before: then it is no repeat."""
        if before.annotations != after.annotations:
            return True
        return before.value != after.value and any(
            watch.condition.value.met(before.value) is not watch.condition.value.met(after.value)
            for watch in self.thresholds.matching(after.labels)
            if watch.condition.value is not None
        )

    def refresh(self, signal: Signal) -> None:
        """Note that a signal was repeated unchanged. Costs one assignment; nothing is evaluated."""
        self.signals[signal.key] = signal

    def dismantle(self, most: int) -> bool:
        """Let go of a part of what was made from signals, when another state has taken over: all at once it takes a while. Returns whether something is left."""
        for made in (self.entries, self.scheduled, self.signals, self.tallies, self.groups):
            for _ in range(min(most, len(made))):
                made.popitem()
        del self.heap[-most:]
        left = self.published.dismantle(most)
        return left or any((self.entries, self.scheduled, self.signals, self.tallies, self.heap))

    def hear(self, health: SourceHealth) -> bool:
        """Note that a source succeeded again. Costs one assignment, where nothing else follows from it; where something does, returns False: then it is for `step`."""
        known = self.sources.get(health.source)
        if known is None or health.source in self.blind_sources or health.blind_from < known.blind_from:
            return False
        self.sources[health.source] = health
        return True


def _covering(ruleset: RuleSet) -> dict[ComponentName, list[IncidentRule]]:
    """The incidents over each component."""
    covering: dict[ComponentName, list[IncidentRule]] = {name: [] for name in ruleset.component_names}
    for incident in ruleset.incidents:
        for name in incident.components:
            covering.setdefault(name, []).append(incident)
    return covering
