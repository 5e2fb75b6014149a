"""The life of an incident: investigating → identified → monitoring → resolved, by a transition table.

An incident covers components; what moves it is the worst live claim among them. Knows neither Statuspage's ids nor whether anything was sent: that is the plan's comparison.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from bridge.core.cadence import go_on, still_due_at
from bridge.core.causes import identify, new_cause, recognised
from bridge.core.holds import NEVER
from bridge.core.public_labels import joined
from bridge.core.reasons import Reason
from bridge.core.reopening import reopens, turned
from bridge.core.statuses import ComponentStatus, IncidentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.public_labels import LabelValues
    from bridge.core.rules import ComponentName, IncidentRule, IncidentRuleId
    from bridge.core.signals import Labels

IncidentKey = NewType("IncidentKey", str)
"""Identity of an incident on the page, the same in every episode: 32 hexadecimal digits."""


def incident_key(secret: bytes, page_id: str, rule: IncidentRuleId, group: Labels) -> IncidentKey:
    """The identity that marks an incident as ours (reliability.md, "Identity").

    Nothing of an episode goes into it, so that an empty store finds the incident again.
    """
    parts = [page_id, rule, *(part for pair in group.items() for part in pair)]
    encoded = [part.encode(errors="surrogatepass") for part in parts]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
    return IncidentKey(hmac.new(secret, message, hashlib.sha256).hexdigest()[:32])


class IncidentPhase(StrEnum):
    """Where an incident's life stands."""

    CLOSED = "closed"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"

    @property
    def status(self) -> IncidentStatus:
        """What the page should say in this phase."""
        return _STATUS[self]

    @property
    def fires(self) -> bool:
        """Whether what it covers is broken still, as far as is known."""
        return self in {IncidentPhase.INVESTIGATING, IncidentPhase.IDENTIFIED}


_STATUS = {
    IncidentPhase.CLOSED: IncidentStatus.RESOLVED,
    IncidentPhase.INVESTIGATING: IncidentStatus.INVESTIGATING,
    IncidentPhase.IDENTIFIED: IncidentStatus.IDENTIFIED,
    IncidentPhase.MONITORING: IncidentStatus.MONITORING,
}


class Level(StrEnum):
    """The worst live claim on what an incident covers, against the incident's two thresholds."""

    RAISED = "raised"
    """At or above `open_at`."""
    BETWEEN = "between"
    """Below `open_at` and above `close_at`: opens nothing and recovers nothing."""
    RECOVERED = "recovered"
    """At or below `close_at`."""


class IncidentEvent(StrEnum):
    """What moves an incident."""

    RAISED = "raised"
    BETWEEN = "between"
    RECOVERED = "recovered"
    ABSORBED = "absorbed"
    """Raised while an incident is open that absorbs it."""
    REOPENED = "reopened"
    """Raised within `reopen_within` of its close."""
    IDENTIFIED = "identified"
    """A cause is known that was not told in this episode."""
    MONITORED = "monitored"
    """`monitor_for` is over."""


@dataclass(frozen=True, slots=True)
class IncidentStep:
    """A row of the transition table: the phase that follows and why."""

    phase: IncidentPhase
    reason: Reason


INCIDENT_TRANSITIONS: Mapping[tuple[IncidentPhase, IncidentEvent], IncidentStep] = {
    (IncidentPhase.CLOSED, IncidentEvent.RAISED): IncidentStep(IncidentPhase.INVESTIGATING, Reason.OPENED),
    (IncidentPhase.CLOSED, IncidentEvent.ABSORBED): IncidentStep(
        IncidentPhase.INVESTIGATING, Reason.ABSORBED
    ),
    (IncidentPhase.CLOSED, IncidentEvent.REOPENED): IncidentStep(
        IncidentPhase.INVESTIGATING, Reason.REOPENED
    ),
    (IncidentPhase.INVESTIGATING, IncidentEvent.RECOVERED): IncidentStep(
        IncidentPhase.MONITORING, Reason.RECOVERED
    ),
    (IncidentPhase.INVESTIGATING, IncidentEvent.IDENTIFIED): IncidentStep(
        IncidentPhase.IDENTIFIED, Reason.IDENTIFIED
    ),
    (IncidentPhase.IDENTIFIED, IncidentEvent.IDENTIFIED): IncidentStep(
        IncidentPhase.IDENTIFIED, Reason.IDENTIFIED
    ),
    (IncidentPhase.IDENTIFIED, IncidentEvent.RECOVERED): IncidentStep(
        IncidentPhase.MONITORING, Reason.RECOVERED
    ),
    (IncidentPhase.MONITORING, IncidentEvent.RAISED): IncidentStep(
        IncidentPhase.INVESTIGATING, Reason.RETURNED
    ),
    (IncidentPhase.MONITORING, IncidentEvent.MONITORED): IncidentStep(
        IncidentPhase.CLOSED, Reason.MONITORED_FOR
    ),
}
"""A pair that is not listed keeps the phase."""


@dataclass(frozen=True, slots=True)
class IncidentMemory:
    """What is remembered of one incident rule and group.

    Attributes:
        rule: the incident rule.
        group: the group labels.
        phase: where the life stands.
        episode: milliseconds since the epoch at which this episode opened; tells episodes of one key apart.
        sequence: number of the transition within the episode, from 1; each is told at most once.
        fired_at: the number of the transition by which it last began to fire: opened or returned.
        reason: of the last transition.
        high_water: the worst status of the episode; impact never lowers.
        components: every component that took part in the episode, in the order of the rule.
        soaking_since: our clock; since when everything is recovered, in monitoring. None while it is not.
        frozen_at: since when what it covers is not fully known, or None.
        unproven_until: our clock; it was found on the page by a store that knew nothing of it, and until then the absence of claims proves nothing. None once a claim was seen.
        labels: the values of the rule's public labels that took part in the episode.
        grouped_by: the labels by which its rule grouped when it opened; None where that was not kept.
        kept: what components without any claim go on showing until the end (`bridge.core.lowering`).
        absorbed_by: the rule of the incident that was open when this episode began, and in which it is told (`bridge.core.absorption`).
        causes: the causes that the episode has told or is to tell, as they were written, the newest last.
        identified_at: the number of the transition by which the newest was found; zero for none.
        moved_at: our clock; since when it is counted until it is told that the incident goes on. Zero where nothing is counted.
        stills: how often that was told in this episode.
        turns: our clock; when its periods began and ended, in turn (`bridge.core.reopening`). Empty where it does not reopen.
        closed_at: our clock; when it was over. Zero where it is not, or does not reopen.
    """

    rule: IncidentRuleId
    group: Labels
    phase: IncidentPhase = IncidentPhase.CLOSED
    episode: int = 0
    sequence: int = 0
    reason: Reason | None = None
    high_water: ComponentStatus = ComponentStatus.OPERATIONAL
    components: tuple[ComponentName, ...] = ()
    soaking_since: float | None = None
    frozen_at: float | None = None
    unproven_until: float | None = None
    fired_at: int = 1
    labels: LabelValues = ()
    grouped_by: tuple[str, ...] | None = None
    kept: tuple[tuple[ComponentName, ComponentStatus], ...] = ()
    absorbed_by: IncidentRuleId | None = None
    causes: tuple[str, ...] = ()
    identified_at: int = 0
    moved_at: float = 0.0
    stills: int = 0
    turns: tuple[float, ...] = ()
    closed_at: float = 0.0

    @property
    def cause(self) -> str:
        """What is known to be the cause, as it was written; empty for nothing."""
        return self.causes[-1] if self.causes else ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an incident's claims look like at one instant.

    Attributes:
        worst: the worst live claim on what it covers; `operational` for none.
        raised: the covered components with a claim above `close_at`, in the order of the rule.
        blind: whether any condition behind what it covers is unknown, or a guard holds what is claimed of it.
        labels: the values of the rule's public labels behind the claims above `close_at`.
        causes: what is known to be the cause, as it was written: those of rules that claim more than `close_at`, in their order.
        said: what an operator says is the cause; empty for nothing.
        level: where it stands with what it absorbed; None where `worst` tells.
        spared: something above `close_at` is true and may not be claimed, because of a maintenance.
    """

    worst: ComponentStatus
    raised: tuple[ComponentName, ...]
    blind: bool
    labels: LabelValues = ()
    causes: tuple[str, ...] = ()
    said: str = ""
    spared: bool = False
    level: Level | None = None


def level_of(worst: ComponentStatus, rule: IncidentRule) -> Level:
    """Where a status stands between the incident's thresholds."""
    if worst.severity >= rule.open_at.severity:
        return Level.RAISED
    if worst.severity > rule.close_at.severity:
        return Level.BETWEEN
    return Level.RECOVERED


def level_in(coverage: Coverage, rule: IncidentRule) -> Level:
    """Where what an incident covers stands. What may not be claimed opens nothing, and it is no recovery either."""
    level = coverage.level if coverage.level is not None else level_of(coverage.worst, rule)
    return Level.BETWEEN if coverage.spared and level is Level.RECOVERED else level


def advance_incident(
    memory: IncidentMemory,
    rule: IncidentRule,
    coverage: Coverage,
    now: float,
    *,
    absorber: IncidentRuleId | None = None,
) -> tuple[IncidentMemory, tuple[Reason, ...]]:
    """The incident at `now`, given what it covers, and the reasons of what changed, in order.

    With an `absorber`, that one is open and absorbs what begins.

    While anything that it covers is unknown, the clock of `monitor_for` stands still: an incident is never resolved because nobody could look.
    """
    reasons: list[Reason] = []
    before = memory
    level = level_in(coverage, rule)
    if memory.unproven_until is not None:
        if level is not Level.RECOVERED or now >= memory.unproven_until:
            memory = replace(memory, unproven_until=None)
        else:
            level = Level.BETWEEN  # whoever knew of its cause may not have spoken yet
    event = _event(memory, level, absorber, again=reopens(memory, rule, now))
    step = INCIDENT_TRANSITIONS.get((memory.phase, event))
    if step is not None:
        memory = turned(_enter(memory, step, coverage, now), rule, now)
        memory = replace(memory, absorbed_by=absorber) if step.reason is Reason.ABSORBED else memory
        reasons.append(step.reason)
        if step.reason in {Reason.OPENED, Reason.REOPENED}:
            memory = replace(memory, grouped_by=rule.group_by)
    if memory.phase is IncidentPhase.MONITORING:
        memory = _soak(memory, level, blind=coverage.blind, now=now)
        if now >= incident_due_at(memory, rule):
            step = INCIDENT_TRANSITIONS[memory.phase, IncidentEvent.MONITORED]
            memory = turned(_enter(memory, step, coverage, now), rule, now)
            reasons.append(step.reason)
    elif memory.phase.fires:
        memory, more = _grow(memory, rule, coverage)
        reasons.extend(more)
        memory = recognised(memory, coverage.causes)
        cause = new_cause(memory, coverage.causes, coverage.said)
        if cause is not None:
            step = INCIDENT_TRANSITIONS[memory.phase, IncidentEvent.IDENTIFIED]
            memory = identify(memory, step, cause)
            reasons.append(step.reason)
        memory, more = go_on(before, memory, rule, blind=coverage.blind, now=now)
        reasons.extend(more)
    return memory, tuple(reasons)


def _event(
    memory: IncidentMemory, level: Level, absorber: IncidentRuleId | None, *, again: bool
) -> IncidentEvent:
    if memory.phase is IncidentPhase.CLOSED and level is Level.RAISED:
        if absorber is not None:
            return IncidentEvent.ABSORBED
        if again:
            return IncidentEvent.REOPENED
    return IncidentEvent(level.value)


def incident_due_at(memory: IncidentMemory, rule: IncidentRule) -> float:
    """When the incident moves by itself, if what it covers stays as it is; infinity for never."""
    if memory.unproven_until is not None and memory.phase is not IncidentPhase.CLOSED:
        return memory.unproven_until
    if memory.phase.fires:
        return still_due_at(memory, rule)
    if (
        memory.phase is not IncidentPhase.MONITORING
        or memory.soaking_since is None
        or memory.frozen_at is not None
    ):
        return NEVER
    return memory.soaking_since + rule.monitor_for


def _enter(memory: IncidentMemory, step: IncidentStep, coverage: Coverage, now: float) -> IncidentMemory:
    if step.reason is Reason.REOPENED:
        # Its components and how bad it was begin anew: where a person ended it, what fires now is told as an incident of its own.
        return IncidentMemory(
            memory.rule,
            memory.group,
            step.phase,
            episode=memory.episode,
            sequence=memory.sequence + 1,
            fired_at=memory.sequence + 1,
            reason=step.reason,
            high_water=coverage.worst,
            components=coverage.raised,
            stills=memory.stills,
            turns=memory.turns,
        )
    if step.reason in {Reason.OPENED, Reason.ABSORBED}:
        return IncidentMemory(
            memory.rule,
            memory.group,
            step.phase,
            # A second episode within the same millisecond would be taken for the first.
            episode=max(int(now * 1000), memory.episode + 1),
            sequence=1,
            reason=step.reason,
            high_water=coverage.worst,
            components=coverage.raised,
        )
    return replace(
        memory,
        phase=step.phase,
        sequence=memory.sequence + 1,
        fired_at=memory.sequence + 1 if step.reason is Reason.RETURNED else memory.fired_at,
        reason=step.reason,
        soaking_since=None,
        frozen_at=None,
    )


def _soak(memory: IncidentMemory, level: Level, *, blind: bool, now: float) -> IncidentMemory:
    if level is not Level.RECOVERED:
        # Not bad enough to return, not good enough to resolve: the time counts anew from the next recovery.
        return (
            replace(memory, soaking_since=None, frozen_at=None)
            if memory.soaking_since is not None
            else memory
        )
    if memory.soaking_since is None:
        memory = replace(memory, soaking_since=now)
    if blind:
        return replace(memory, frozen_at=now) if memory.frozen_at is None else memory
    if memory.frozen_at is not None and memory.soaking_since is not None:
        return replace(memory, soaking_since=memory.soaking_since + (now - memory.frozen_at), frozen_at=None)
    return memory


def _grow(
    memory: IncidentMemory, rule: IncidentRule, coverage: Coverage
) -> tuple[IncidentMemory, tuple[Reason, ...]]:
    reasons: list[Reason] = []
    labels = joined(rule.public_labels, memory.labels, coverage.labels)
    if labels != memory.labels:
        memory = replace(memory, labels=labels)
    taking_part = {*memory.components, *coverage.raised}
    if len(taking_part) > len(memory.components):
        own = (name for name in rule.components if name in taking_part)
        memory = replace(
            memory, components=tuple(dict.fromkeys((*own, *memory.components, *coverage.raised)))
        )
        reasons.append(Reason.JOINED)
    if coverage.worst.severity > memory.high_water.severity:
        memory = replace(
            memory, high_water=coverage.worst, sequence=memory.sequence + 1, reason=Reason.ESCALATED
        )
        reasons.append(Reason.ESCALATED)
    return memory, tuple(reasons)
