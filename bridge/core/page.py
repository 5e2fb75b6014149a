"""Everything that the plan looks at for one page, in one place. The engine owns and changes it; the plan only reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.bindings import bound_component, bound_metric
from bridge.core.commands import StandingKind
from bridge.core.desired import Desired
from bridge.core.guards import GuardKind
from bridge.core.incidents import IncidentKey, incident_key
from bridge.core.intents import Intent, IntentState, Target
from bridge.core.observed import LISTS_LAG, Observed
from bridge.core.operations import incident_target
from bridge.core.points import Points
from bridge.core.signals import NO_LABELS
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.commands import Standing
    from bridge.core.desired import IncidentPlace
    from bridge.core.drafts import Draft
    from bridge.core.guards import GuardRecord
    from bridge.core.identity import PageSeen
    from bridge.core.intents import OperationId
    from bridge.core.ledger import ComponentTold, IncidentTold
    from bridge.core.maintenance_ledger import MaintenanceTold
    from bridge.core.operations import Operation
    from bridge.core.people import Taken
    from bridge.core.reasons import Reason
    from bridge.core.rule_changes import HeldRules
    from bridge.core.rules import ComponentName, RuleSet


ATTEMPTS = 2
"""How often a payload that the page refuses as invalid is sent."""


FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 60.0
"""Seconds before a target is tried again whose request failed, doubled from the first to the longest."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The page refused a payload as invalid.

    Attributes:
        operation: what was refused.
        times: how often, in this decision.
        reason: why.
        told: whether operators were told that it is parked.
    """

    operation: Operation
    times: int
    reason: Reason
    told: bool = False

    @property
    def parked(self) -> bool:
        """Whether it was refused often enough."""
        return self.times >= ATTEMPTS


@dataclass(frozen=True, slots=True)
class Backoff:
    """A target's request failed: it waits `seconds`, until `until` by our clock."""

    until: float
    seconds: float


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """The durations by which the plan decides, in seconds.

    Attributes:
        settle_for: S: how long after its deadline a lost write may still be applied.
        verify_for: how old the reading of an incident may be before a notifying write to it.
        read_every: how often each list of Observed is read.
        metrics_every: how often the lists of metrics and of incident templates are read.
        maintenances_every: how often the lists of maintenances are read; also where one begins or ends.
        push_every: how old the oldest unsent point may become.
        prove_within: how long an incident that an empty store found on the page waits for its cause to be reported: Alertmanager repeats itself every 4 hours by default.
        automation_max: the cap on everything.
        create_silently: an incident is created without a mail, and announced once it is seen to be alone.
        blast_radius: the share of the page's components that may get worse within five minutes; one for no limit.
        blast_hold: how long more than that is held, before two independent sources suffice.
        notifications_per_hour: over so many, the page's incidents are told silently.
        internal_suffixes: endings of names that are never said in public, besides the known ones.
        lists_lag: seconds by which a list may lag behind a write that was answered.
    """

    settle_for: float = 150.0
    verify_for: float = 5.0
    read_every: float = 60.0
    metrics_every: float = 3600.0
    maintenances_every: float = 300.0
    push_every: float = 60.0
    prove_within: float = 5 * 3600.0
    automation_max: Automation = Automation.FULL
    create_silently: bool = False
    blast_radius: float = 0.5
    blast_hold: float = 300.0
    notifications_per_hour: int = 20
    lists_lag: float = LISTS_LAG
    internal_suffixes: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """One page: its rules, what it should be, what it is, what was told, and what is under way.

    Attributes:
        name: in the settings and rule files.
        page_id: Statuspage's id.
        secret: the installation's, for the identity of incidents.
        ruleset: the rules in force.
        settings: durations and caps.
        desired: the output of evaluation.
        evaluated: whether there was one in this life; before, that nobody claims a component says nothing.
        observed: what was last read.
        component_ids: names in rule files that are bound to ids.
        components_told: by component id.
        incidents_told: by key.
        maintenances_told: our own, by key.
        maintenances_verified: when each of them was last read by itself, and showed what we told. Our clock.
        intents: every intent that is not final.
        in_flight: targets of requests that were started and not yet recorded.
        searches: for a create that is being looked for, the next page of the list of incidents.
        clock_offset: seconds by which the clocks of others are ahead of ours, since the machine's clock was set.
        refused: the last operation that the page refused for each target; twice, and it is not sent again as it is.
        backoffs: for each target whose last request failed, when it may be tried again.
        missing: for one of our incidents, how many complete lists in a row lacked it.
        suspect: for one of our incidents, how many reads in a row showed what we did not tell.
        left_at: for one of our incidents that is missing or suspect, the episode and the transition that were reached when this was first seen: what fires after it is not what a person acted on.
        waiting_since: by target, when a component's change was first planned that still waits for its slot.
        twins: ids of live incidents with the key of one that the ledger has under another id, and how many lists showed each, up to `FOREIGN_AFTER`.
        one_way: ids of incidents that the page does not let go back to investigating, from monitoring or from their end.
        points: metric points.
        standing: what operators told and still holds, by kind and subject.
        taken: components whose value is a person's, by id.
        guards: what guards remember, by kind and subject.
        reached_by: tells one address and token from another, by which the page is reached; empty where nobody tells.
        rules_digest: of the rule files in force; empty where nobody keeps them.
        held_rules: the rules with which the page was taken up, while they wait for a confirmation: nothing is written.
        held_reload: rules that a reload was refused for, while they wait for a confirmation: those before stay in force.
        seen: the page itself, as it was read in this life, or None before.
        drafts: incidents that wait for a person before they are opened, by id.
        postmortems_read: by incident id, when the reading began that showed no postmortem.
        commanded: how many commands came into force: what was planned before the last of them is planned anew.
        read_anew_from: our clock; the lists whose last reading began earlier are read now, because somebody asks how the page is.
    """

    name: str
    page_id: str
    secret: bytes = field(repr=False)
    ruleset: RuleSet
    settings: PlanSettings = field(default_factory=PlanSettings)
    desired: Desired = field(default_factory=Desired)
    evaluated: bool = False
    observed: Observed = field(default_factory=Observed)
    component_ids: dict[ComponentName, str] = field(default_factory=dict)
    components_told: dict[str, ComponentTold] = field(default_factory=dict)
    incidents_told: dict[IncidentKey, IncidentTold] = field(default_factory=dict)
    maintenances_told: dict[IncidentKey, MaintenanceTold] = field(default_factory=dict)
    maintenances_verified: dict[IncidentKey, float] = field(default_factory=dict)
    intents: dict[OperationId, Intent] = field(default_factory=dict)
    in_flight: dict[Target, OperationId] = field(default_factory=dict)
    searches: dict[OperationId, int] = field(default_factory=dict)
    clock_offset: float = 0.0
    refused: dict[Target, Refusal] = field(default_factory=dict)
    backoffs: dict[Target, Backoff] = field(default_factory=dict)
    missing: dict[IncidentKey, int] = field(default_factory=dict)
    suspect: dict[IncidentKey, int] = field(default_factory=dict)
    left_at: dict[IncidentKey, tuple[int, int]] = field(default_factory=dict)
    waiting_since: dict[Target, float] = field(default_factory=dict)
    twins: dict[str, int] = field(default_factory=dict)
    one_way: set[str] = field(default_factory=set)
    points: Points = field(default_factory=Points)
    standing: dict[tuple[StandingKind, str], Standing] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    guards: dict[tuple[GuardKind, str], GuardRecord] = field(default_factory=dict)
    reached_by: str = ""
    rules_digest: str = ""
    held_rules: HeldRules | None = None
    held_reload: HeldRules | None = None
    seen: PageSeen | None = None
    drafts: dict[str, Draft] = field(default_factory=dict)
    postmortems_read: dict[str, float] = field(default_factory=dict)
    commanded: int = 0
    read_anew_from: float = 0.0
    _keys: dict[IncidentPlace, IncidentKey] = field(default_factory=dict, repr=False)

    @property
    def paused(self) -> bool:
        """Whether an operator said that nothing is to be written."""
        return (StandingKind.PAUSE, "") in self.standing

    @property
    def automation_max(self) -> Automation:
        """The most that may be done now, whatever rules say."""
        held = self.paused or self.held_rules is not None
        return Automation.SHADOW if held else self.settings.automation_max

    @property
    def pinned(self) -> str | None:
        """The identity of the page that may be written to, or None before any was read."""
        record = self.guards.get((GuardKind.PAGE_IDENTITY, ""))
        return record.value if record is not None else None

    @property
    def identified(self) -> bool:
        """Whether the page was read in this life, and is the one that is pinned."""
        return self.seen is not None and self.seen.identity == self.pinned

    def key(self, place: IncidentPlace) -> IncidentKey:
        """The identity of an incident rule and group on this page.

        Of a rule that had another id before, the one under which it was told last: that stands in the page's metadata, and in writes that are under way. A new one would open a second
        incident beside the first, and after the first was ended by a person once more.
        """
        if place[0] not in self.ruleset.incident_names:
            return self.own_key(place)
        keys = self._keys_of(place)
        told = [self.incidents_told[key] for key in keys if key in self.incidents_told]
        if told:
            return max(told, key=lambda one: (one.open, one.episode)).key
        busy = self.busy_targets() | {intent.target for intent in self.intents.values()}
        shown = {one.key for one in self.observed.incidents.values() if one.live}
        begun = (key for key in keys if incident_target(key) in busy or key in shown)
        return next(begun, keys[0])

    def own_key(self, place: IncidentPlace) -> IncidentKey:
        """The identity that the id of a rule makes, whatever other ids it had."""
        key = self._keys.get(place)
        if key is None:
            key = self._keys[place] = incident_key(self.secret, self.page_id, *place)
        return key

    def _keys_of(self, place: IncidentPlace) -> tuple[IncidentKey, ...]:
        """Every identity by which an incident of the place may be known, its own first."""
        names = (place[0], *self.ruleset.incident_names.get(place[0], ()))
        return tuple(self.own_key((name, place[1])) for name in names)

    def place_now(self, place: IncidentPlace) -> IncidentPlace:
        """The place under the rules of now, of what was told by a rule that had another id then."""
        now = self.ruleset.former_incidents.get(place[0])
        return place if now is None else (now, place[1])

    def places(self) -> dict[IncidentKey, IncidentPlace]:
        """Which rule and group each key stands for, as far as groups are known; of a rule that had another id before, all of its keys."""
        ungrouped = [(rule.id, NO_LABELS) for rule in self.ruleset.incidents if not rule.group_by]
        rules = {rule.id for rule in self.ruleset.incidents}
        # An incident whose rule is gone is still remembered, and left alone.
        remembered = [place for place in self.desired.incidents if place[0] in rules]
        return {key: place for place in [*ungrouped, *remembered] for key in self._keys_of(place)}

    def component_id(self, name: ComponentName) -> str | None:
        """The id that a name is bound to, if the page has it; see `bound_component`."""
        return bound_component(self, name)

    def metric_id(self, name: str) -> str | None:
        """The id of a metric, if it is certain which one is meant; see `bound_metric`."""
        return bound_metric(self, name)

    def back_off(self, target: Target, now: float) -> None:
        """A request about this target failed, or showed what has to be looked at once more."""
        before = self.backoffs.get(target)
        seconds = min(before.seconds * 2, LONGEST_BACKOFF) if before is not None else FIRST_BACKOFF
        self.backoffs[target] = Backoff(now + seconds, seconds)

    def wait(self, targets: Iterable[Target], now: float) -> None:
        """Exactly these wait for a slot now; those that did before go on waiting."""
        before = self.waiting_since
        self.waiting_since = {target: before.get(target, now) for target in targets}

    def backed_off_until(self, target: Target) -> float:
        """When the target may be tried again; zero where nothing keeps it."""
        backoff = self.backoffs.get(target)
        return backoff.until if backoff is not None else 0.0

    def is_parked(self, operation: Operation) -> bool:
        """Whether the page has refused exactly this often enough."""
        refused = self.refused.get(operation.target)
        return refused is not None and refused.parked and refused.operation == operation

    def busy(self, target: Target) -> bool:
        """Whether a request about the target is under way, alone or riding on another."""
        return target in self.busy_targets()

    def busy_targets(self) -> set[Target]:
        """Everything that a request is under way about, alone or riding on another. Cost: the requests under way."""
        busy = set(self.in_flight)
        for intent in self.intents.values():
            if intent.state is IntentState.OPEN:
                busy.add(intent.target)
                busy.update(intent.touches)
        return busy
