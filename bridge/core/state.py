"""The state of an evaluation under way: what `bridge.core.step` keeps between steps so that a change costs only what it concerns.

Nothing here decides; it is the index, the tallies, the live claims and the heap of instants. Only signals and `Memory` are worth saving: the rest is made from them.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from bridge.core.absorption import Absorption
from bridge.core.desired import Desired, Memory
from bridge.core.index import RuleIndex
from bridge.core.lowering import Lowering
from bridge.core.public_labels import PublishedValues
from bridge.core.signals import NO_LABELS
from bridge.core.silences import SilenceWatch

if TYPE_CHECKING:
    from bridge.core.claims import Claim, HoldKey
    from bridge.core.desired import IncidentPlace
    from bridge.core.health import SourceHealth
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
    from bridge.core.signals import Labels, Signal, SignalKey
    from bridge.core.statuses import ComponentStatus
    from bridge.core.tallies import Entry, Tally

    Instance = tuple[RuleId, Labels]
    Wake: TypeAlias = "SignalKey | HoldKey | IncidentPlace | str | Timer"
    """What is due: for a text, the source of that name."""


class Timer(Enum):
    """What is due once for a page."""

    BLAST = "blast"
    SILENCE = "silence"


class State:
    """All that evaluation knows of one page. It belongs to the caller and is changed in place by `step`; a copy of 100,000 signals for each change is what this avoids."""

    def __init__(self, ruleset: RuleSet, memory: Memory | None = None) -> None:
        self.ruleset = ruleset
        self.signals: dict[SignalKey, Signal] = {}
        self.memory = memory if memory is not None else Memory()
        self.desired = Desired()
        self.index = RuleIndex(ruleset.components)
        self.ok_index = RuleIndex(ruleset.components, reporting_ok=True)
        """The conditions for which signals that are ok count too."""
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
        self.group_labels = {name: ruleset.group_labels(name) for name in ruleset.component_names}
        self.public_labels = {name: ruleset.public_labels(name) for name in ruleset.component_names}
        self.published = PublishedValues()
        self.causes: dict[RuleId, tuple[int, str]] = {
            rule.id: (number, rule.cause) for number, rule in enumerate(ruleset.components) if rule.cause
        }
        """The causes that rules know, each with its rule's place among all."""
        self.covering: dict[ComponentName, list[IncidentRule]] = {}
        for incident in ruleset.incidents:
            for name in incident.components:
                self.covering.setdefault(name, []).append(incident)
        self.entries: dict[SignalKey, tuple[tuple[Instance, Entry], ...]] = {}
        """What each signal counts for, to be taken back when it changes."""
        self.tallies: dict[Instance, Tally] = {}
        self.claims: dict[ComponentName, dict[HoldKey, Claim]] = {}
        self.lowering = Lowering()
        self.absorption = Absorption(ruleset)
        self.blind: dict[ComponentName, dict[HoldKey, None]] = {}
        self.claimed: dict[ComponentName, ComponentStatus] = {}
        """The worst claim on each component, without those in shadow, before any guard."""
        self.sources: dict[str, SourceHealth] = {}
        self.blind_sources: set[str] = set()
        self.of_source: dict[str, dict[SignalKey, None]] = {}
        """The signals of each source whose health is known."""
        self.silences = SilenceWatch(ruleset.silences)
        self.maintained: dict[ComponentName, float] = {}
        """Until when nothing begins to be claimed, of components under maintenance or just after it. Our clock; infinity while its end is not known."""
        self.heap: list[tuple[float, int, Wake]] = []
        self.scheduled: dict[Wake, float] = {}
        self.pushed = 0
        self.restored = False
        self.adopted: list[IncidentMemory] = []

    def adopt(self, memory: IncidentMemory) -> None:
        """Remember an incident that was found on the page and not in the store; the next step takes it up."""
        self.adopted.append(memory)

    def refresh(self, signal: Signal) -> None:
        """Note that a signal was repeated unchanged. Costs one assignment; nothing is evaluated."""
        self.signals[signal.key] = signal

    def hear(self, health: SourceHealth) -> bool:
        """Note that a source succeeded again. Costs one assignment, where nothing else follows from it; where something does, returns False: then it is for `step`."""
        known = self.sources.get(health.source)
        if known is None or health.source in self.blind_sources or health.blind_from < known.blind_from:
            return False
        self.sources[health.source] = health
        return True
