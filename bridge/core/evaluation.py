"""The full evaluation: everything from all signals, written to be read and not to be fast.

It is the oracle of the incremental step (`bridge.core.step`), which must give the same answers; only the transition tables are shared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from bridge.core.absorption import absorbed_in, absorbers, absorbing, goes_on_unclaimed, with_absorbed
from bridge.core.blast import UNLIMITED, advance_blast, capped
from bridge.core.claims import Claim, HoldKey, worst_claim
from bridge.core.conditions import (
    Combination,
    Combined,
    Condition,
    claimed_status,
    counted_state,
    reported_state,
)
from bridge.core.desired import Desired, Memory
from bridge.core.health import is_silent, seen_state
from bridge.core.holds import INACTIVE, HoldPhase, Truth, advance_hold
from bridge.core.incidents import Coverage, IncidentMemory, IncidentPhase, advance_incident
from bridge.core.lowering import just_ended, with_kept
from bridge.core.matching import match_all
from bridge.core.public_labels import joined
from bridge.core.regrouping import is_regrouped
from bridge.core.rules import CountLadder
from bridge.core.signals import NO_LABELS, SignalState
from bridge.core.silences import is_silenced
from bridge.core.sparing import is_judged
from bridge.core.statuses import Automation, ComponentStatus, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.blast import BlastTerms, Caps
    from bridge.core.conditions import Expression
    from bridge.core.desired import IncidentPlace
    from bridge.core.health import SourceHealth
    from bridge.core.public_labels import LabelValues
    from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, RuleSet
    from bridge.core.signals import Labels, Signal

    Seen = list[tuple[Signal, SignalState, bool]]
    """Signals with what they say, and whether they are silent."""
    Spared = list[tuple[ComponentRule, HoldKey, Truth]]
    """Holds that may not be claimed, because of a maintenance."""


def evaluate(
    ruleset: RuleSet,
    signals: Iterable[Signal],
    memory: Memory,
    now: float,
    *,
    sources: Iterable[SourceHealth] = (),
    terms: BlastTerms = UNLIMITED,
    said: Mapping[IncidentPlace, str] | None = None,
    maintained: Mapping[ComponentName, float] | None = None,
) -> tuple[Desired, Memory]:
    """What the page should be at `now`, from all signals and what is remembered.

    Cost: rules times signals. Returns the desired state and the memory that replaces the one given.
    """
    health = {source.source: source for source in sources}
    seen = [
        (signal, state, not silenced and is_silent(signal, health.get(signal.source), now))
        for signal in signals
        for silenced in (is_silenced(ruleset.silences, signal.labels, now),)
        if (state := seen_state(signal, health.get(signal.source), now, silenced=silenced)) is not None
    ]
    after = Memory(incidents=_left(ruleset, memory))
    claims: list[Claim] = []
    blind: list[tuple[ComponentName, Labels]] = []
    spared: Spared = []
    for rule in ruleset.components:
        for key, truth in _truths(rule, ruleset.group_labels(rule.component), seen, memory).items():
            before = memory.holds.get(key, INACTIVE)
            until = (maintained or {}).get(rule.component, 0.0)
            times = rule.times
            hold, _ = advance_hold(before, truth, times, now, maintained=now < until)
            if is_judged(hold, until, rule.for_, now):
                spared.append((rule, key, truth))
            if truth is Truth.UNKNOWN:
                blind.append((rule.component, key.group))
            if hold.phase is not HoldPhase.INACTIVE:
                after.holds[key] = hold
            if hold.claims:
                shadow = rule.automation is Automation.SHADOW
                claims.append(Claim(key, rule.component, key.status, key.group, shadow=shadow))
    earlier, claimed = _claimed(_claims_before(ruleset, memory)), _claimed(claims)
    worse = {
        name: earlier.get(name, ComponentStatus.OPERATIONAL)
        for name, status in claimed.items()
        if status.severity > earlier.get(name, ComponentStatus.OPERATIONAL).severity
    }
    after.blast, _ = advance_blast(
        memory.blast,
        worse,
        claimed,
        lambda caps: _sources_behind(ruleset, claims, seen, caps),
        terms=terms,
        now=now,
    )
    caps = after.blast.caps
    let_through = _let_through(claims, caps)
    # Whether what is held is true is not known either.
    blind += [
        (claim.component, claim.group)
        for claim in claims
        if not claim.shadow and capped(claim.status, caps.get(claim.component)) is not claim.status
    ]
    covering = _Covering(ruleset, let_through, blind, seen, said or {}, spared)
    doubtful, unclaimed = _advance(ruleset, memory, after, let_through, coverage=covering, now=now)
    _keep(
        ruleset,
        after,
        _claimed(let_through),
        just_ended(earlier, claimed, before=memory.blast.caps, caps=caps),
    )
    desired = _desired(let_through, after)
    desired.doubtful, desired.unclaimed = doubtful, unclaimed
    desired.spared = _spared(spared)
    desired.unmapped = sum(
        state is not SignalState.OK
        and any(match_all(each, signal.labels) for rule in ruleset.unmapped for each in rule.matchers)
        for signal, state, _ in seen
    )
    return desired, after


def _spared(holds: Spared) -> dict[ComponentName, Truth]:
    """What may not be claimed of each component: true where any hold is. Nothing of rules in shadow."""
    public = [(rule.component, truth) for rule, _, truth in holds if rule.automation is not Automation.SHADOW]
    unknown = {name: truth for name, truth in public if truth is Truth.UNKNOWN}
    return unknown | {name: truth for name, truth in public if truth is Truth.TRUE}


def _is_spared(incident: IncidentRule, group: Labels, holds: Spared) -> bool:
    """Whether something that counts for an incident is true and may not be claimed."""
    return any(
        truth is Truth.TRUE
        and rule.component in incident.components
        and (incident.automation is Automation.SHADOW or rule.automation is not Automation.SHADOW)
        and key.status.severity > incident.close_at.severity
        and key.group.only(incident.group_by) == group
        for rule, key, truth in holds
    )


def _claims_before(ruleset: RuleSet, memory: Memory) -> list[Claim]:
    """What was claimed when `memory` was left, by the rules of now."""
    return [
        Claim(key, rule.component, key.status, key.group, shadow=rule.automation is Automation.SHADOW)
        for rule in ruleset.components
        for key, hold in memory.holds.items()
        if key.rule == rule.id and key.status in rule.statuses and hold.claims
    ]


def _claimed(claims: list[Claim]) -> dict[ComponentName, ComponentStatus]:
    """The worst claim on each component, without those in shadow."""
    public = [claim for claim in claims if not claim.shadow]
    return {
        name: worst(claim.status for claim in public if claim.component == name)
        for name in {claim.component: None for claim in public}
    }


def _sources_behind(ruleset: RuleSet, claims: list[Claim], seen: Seen, caps: Caps) -> set[str]:
    """The sources of failing signals that claim more than a held component may show."""
    rules = {rule.id: rule for rule in ruleset.components}
    found = set()
    for claim in claims:
        rule = rules[claim.key.rule]
        if claim.component not in caps or claim.shadow:
            continue
        cap = caps[claim.component]
        if isinstance(rule.status, CountLadder) and claim.status.severity <= cap.severity:
            continue
        for signal, state, _ in seen:
            status = claimed_status(rule, signal.labels)
            if (
                status is not None
                and status.severity > cap.severity
                and any(
                    _concerns(condition, signal.labels)
                    and reported_state(condition, state, signal.value) is SignalState.FAILING
                    for condition in rule.conditions
                )
                and signal.labels.only(ruleset.group_labels(rule.component)) == claim.group
            ):
                found.add(signal.source)
    return found


def _let_through(claims: list[Claim], caps: Caps) -> list[Claim]:
    """The claims as far as a hold lets them through; what is left of one at `operational` claims nothing."""
    made = [
        claim if claim.shadow else replace(claim, status=capped(claim.status, caps.get(claim.component)))
        for claim in claims
    ]
    return [claim for claim in made if claim.status is not ComponentStatus.OPERATIONAL]


@dataclass(frozen=True, slots=True)
class _Covering:
    """What an incident of a group covers at one instant."""

    ruleset: RuleSet
    claims: list[Claim]
    blind: list[tuple[ComponentName, Labels]]
    seen: Seen
    said: Mapping[IncidentPlace, str]
    spared: Spared

    def __call__(self, incident: IncidentRule, group: Labels) -> Coverage:
        raising = _raising(incident, group, self.claims)
        return replace(
            _coverage(incident, group, self.claims, self.blind),
            labels=_labels(self.ruleset, incident, raising, self.seen),
            causes=_causes(self.ruleset, raising),
            said=self.said.get((incident.id, group), ""),
            spared=_is_spared(incident, group, self.spared),
        )


def _advance(
    ruleset: RuleSet, memory: Memory, after: Memory, claims: list[Claim], *, coverage: _Covering, now: float
) -> tuple[set[IncidentPlace], set[IncidentPlace]]:
    """Every incident: those that nobody absorbs, then the others, and at last those once more that may have absorbed something just now.

    Returns those that are not over and of which not everything is known, and those that are not over though nothing of their own is claimed.
    """
    doubtful, unclaimed = set(), set()
    absorbable = absorbers(ruleset)
    first = [incident for incident in ruleset.incidents if incident.id not in absorbable]
    then = [incident for incident in ruleset.incidents if incident.id in absorbable]
    for incident in (*first, *then, *(one for one in first if one.absorbs)):
        for group in _groups(incident, claims, memory):
            known = memory.incidents | after.incidents
            place = (incident.id, group)
            before = known.get(place, IncidentMemory(incident.id, group))
            own = covered = coverage(incident, group)
            absorber = None
            if before.phase is IncidentPhase.CLOSED:
                absorber = absorbing(absorbable.get(incident.id, ()), group, known)
            else:
                others = absorbed_in(ruleset, known, place)
                covered = with_absorbed(
                    own, incident, others, coverage=coverage, rules=ruleset.incident_rules
                )
            advanced, _ = advance_incident(before, incident, covered, now, absorber=absorber)
            if advanced.episode:
                after.incidents[place] = advanced
            doubtful.discard(place)
            if covered.blind and advanced.phase is not IncidentPhase.CLOSED:
                doubtful.add(place)
            unclaimed.discard(place)
            if goes_on_unclaimed(own, covered, incident, advanced):
                unclaimed.add(place)
    return doubtful, unclaimed


def _keep(
    ruleset: RuleSet,
    memory: Memory,
    claimed: dict[ComponentName, ComponentStatus],
    ended: Mapping[ComponentName, ComponentStatus],
) -> None:
    for incident in ruleset.incidents:
        for place, one in memory.incidents.items():
            if place[0] == incident.id:
                memory.incidents[place] = with_kept(one, incident, claimed=claimed, ended=ended)


def _desired(claims: list[Claim], memory: Memory) -> Desired:
    desired = Desired(incidents=dict(memory.incidents), held=frozenset(memory.blast.caps))
    for name in {claim.component: None for claim in claims}:
        for shadow, statuses in ((False, desired.components), (True, desired.would_have)):
            status = worst_claim(
                claim for claim in claims if claim.component == name and claim.shadow is shadow
            )
            if status is not None:
                statuses[name] = status
    kept = [pair for incident in memory.incidents.values() for pair in incident.kept]
    for name in {name for name, _ in kept} - desired.components.keys():
        desired.components[name] = worst(status for one, status in kept if one == name)
    return desired


def _groups(incident: IncidentRule, claims: list[Claim], memory: Memory) -> dict[Labels, None]:
    """The groups of an incident: those that have claims, and those that were opened before."""
    groups = {
        claim.group.only(incident.group_by): None
        for claim in claims
        if claim.component in incident.components
    }
    groups |= {group: None for rule_id, group in memory.incidents if rule_id == incident.id}
    left = (memory.incidents.get((incident.id, group)) for group in groups)
    return {
        group: None
        for group, one in zip(groups, left, strict=True)
        if not one or not is_regrouped(one, incident)
    }


def _left(ruleset: RuleSet, memory: Memory) -> dict[IncidentPlace, IncidentMemory]:
    """The incidents that were opened for other groups than their rules have now. They stay as they are."""
    return {
        place: replace(one, kept=())
        for incident in ruleset.incidents
        for place, one in memory.incidents.items()
        if place[0] == incident.id and is_regrouped(one, incident)
    }


def _truths(
    rule: ComponentRule, group_labels: tuple[str, ...], seen: Seen, memory: Memory
) -> dict[HoldKey, Truth]:
    by_group: dict[Labels, Seen] = {key.group: [] for key in memory.holds if key.rule == rule.id}
    if any(condition.reports_ok for condition in rule.conditions):
        by_group.setdefault(NO_LABELS, [])
    for one in seen:
        labels = one[0].labels
        if claimed_status(rule, labels) is not None and any(
            _counts(condition, one) for condition in rule.conditions
        ):
            by_group.setdefault(labels.only(group_labels), []).append(one)
    return {
        HoldKey(rule.id, status, group): _truth(rule, rule.asked, found, status)
        for group, found in by_group.items()
        for status in rule.statuses
    }


def _counts(condition: Condition, one: tuple[Signal, SignalState, bool]) -> bool:
    """Whether a signal can make the condition true or unknown, or known where it would be unknown."""
    signal, state, silent = one
    counted = counted_state(condition, state, signal.value, silent=silent)
    return _concerns(condition, signal.labels) and (counted is not SignalState.OK or condition.reports_ok)


def _concerns(condition: Condition, labels: Labels) -> bool:
    """Whether a signal with these labels is one of those that the condition counts."""
    if condition.of is not None and labels.get(condition.of.label) not in condition.of.values:
        return False
    return match_all(condition.matchers, labels)


def _truth(rule: ComponentRule, asked: Expression, seen: Seen, status: ComponentStatus) -> Truth:
    match asked:
        case Combined():
            # In the order of the truth values, `all` is the least of its parts and `any` the greatest.
            found = sorted((_truth(rule, part, seen, status) for part in asked.parts), key=_ORDER.index)
            return found[0] if asked.how is Combination.ALL else found[-1]
        case Condition():
            states = _states(rule, asked, seen, status)
            needed = rule.needed(asked, status)
            if states.count(SignalState.FAILING) >= needed:
                return Truth.TRUE
            if states.count(SignalState.FAILING) + states.count(SignalState.UNKNOWN) >= needed:
                return Truth.UNKNOWN
            return Truth.FALSE
        case _:
            assert_never(asked)


_ORDER = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)


def _states(
    rule: ComponentRule, condition: Condition, seen: Seen, status: ComponentStatus
) -> list[SignalState]:
    """What each thing that is counted is, for this status: of a signal that claims something milder, nothing is known to be wrong."""
    counted = []
    for signal, state, silent in seen:
        claimed = claimed_status(rule, signal.labels)
        if claimed is None or not _concerns(condition, signal.labels):
            continue
        worse = claimed.severity >= status.severity
        taken = counted_state(condition, state, signal.value, silent=silent) if worse else SignalState.OK
        counted.append((signal, taken))
    of = condition.of
    if of is None:
        return [state for _, state in counted]
    states = []
    for value in sorted(of.values):
        found = {state for signal, state in counted if signal.labels.get(of.label) == value}
        if not found and of.reports_ok:
            found = {SignalState.UNKNOWN}
        states.append(
            next((one for one in (SignalState.FAILING, SignalState.UNKNOWN) if one in found), SignalState.OK)
        )
    return states


def _raising(incident: IncidentRule, group: Labels, claims: list[Claim]) -> list[Claim]:
    """What is claimed above `close_at` and counts for the incident."""
    return [
        claim
        for claim in claims
        if claim.component in incident.components
        and claim.group.only(incident.group_by) == group
        and (incident.automation is Automation.SHADOW or not claim.shadow)
        and claim.status.severity > incident.close_at.severity
    ]


def _causes(ruleset: RuleSet, raising: list[Claim]) -> tuple[str, ...]:
    """What the rules that raise an incident know of the cause, in their order."""
    claiming = {claim.key.rule for claim in raising}
    return tuple(
        dict.fromkeys(rule.cause for rule in ruleset.components if rule.id in claiming and rule.cause)
    )


def _labels(ruleset: RuleSet, incident: IncidentRule, raising: list[Claim], seen: Seen) -> LabelValues:
    """The values of public labels of the failing signals behind the claims: of those that count in any condition of the rule."""
    rules = {rule.id: rule for rule in ruleset.components}
    found: LabelValues = ()
    for claim in raising if incident.public_labels else ():
        rule = rules[claim.key.rule]
        for signal, state, silent in seen:
            status = claimed_status(rule, signal.labels)
            if (
                status is not None
                and status.severity >= claim.key.status.severity
                and any(
                    _concerns(condition, signal.labels)
                    and counted_state(condition, state, signal.value, silent=silent) is SignalState.FAILING
                    for condition in rule.conditions
                )
                and signal.labels.only(ruleset.group_labels(rule.component)) == claim.group
            ):
                values: LabelValues = tuple(
                    (label.name, (value,))
                    for label in incident.public_labels
                    if (value := (signal.annotations if label.annotation else signal.labels).get(label.name))
                )
                found = joined(incident.public_labels, found, values)
    return found


def _coverage(
    incident: IncidentRule, group: Labels, claims: list[Claim], blind: list[tuple[ComponentName, Labels]]
) -> Coverage:
    counted = [
        claim
        for claim in claims
        if claim.component in incident.components
        and claim.group.only(incident.group_by) == group
        and (incident.automation is Automation.SHADOW or not claim.shadow)
    ]
    by_name = {
        name: worst(claim.status for claim in counted if claim.component == name)
        for name in incident.components
    }
    return Coverage(
        worst=worst(by_name.values()),
        raised=tuple(
            name for name, status in by_name.items() if status.severity > incident.close_at.severity
        ),
        blind=any(
            name in incident.components and labels.only(incident.group_by) == group for name, labels in blind
        ),
    )
