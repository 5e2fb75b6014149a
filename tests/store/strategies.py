"""Random values of everything that is stored, and whole units of them."""

from __future__ import annotations

from hypothesis import strategies as st

from bridge.core.changes import Changes
from bridge.core.claims import HoldKey
from bridge.core.commands import CommandId, Issued, Standing, StandingKind
from bridge.core.drafts import Draft, DraftState, Proposal
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import Hold, HoldPhase
from bridge.core.incidents import IncidentKey, IncidentMemory, IncidentPhase
from bridge.core.intents import Intent, IntentKind, IntentState, OperationId, Target
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.leaks import Leak
from bridge.core.ledger import ComponentTold, IncidentTold
from bridge.core.pacing import Lane, Slot
from bridge.core.people import Taken
from bridge.core.points import PointHour
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, IncidentRuleId, RuleId, Series
from bridge.core.signals import AtExpiry, Labels, Signal, SignalState
from bridge.core.statuses import ComponentStatus, Impact, IncidentStatus

texts = st.text(max_size=12)
names = st.sampled_from(("acme", "Shop / API", "ünï", "", "a'b\"; --", "\0"))
# SQLite keeps whole numbers as integers, and gives -0.0 back as 0.0, which is equal to it.
times = st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.0)
maybe_times = st.none() | times
counts = st.integers(0, 2**63 - 1)
labels = st.dictionaries(texts, texts, max_size=3).map(Labels)
maybe_reasons = st.none() | st.sampled_from(Reason)
statuses = st.sampled_from(ComponentStatus)


signals = st.builds(
    Signal,
    names,
    labels,
    st.sampled_from(SignalState),
    since=times,
    received_at=times,
    expires_at=times,
    counts_from=times,
    at_expiry=st.sampled_from(AtExpiry),
    detail=texts,
    value=maybe_times,
    annotations=labels,
)
hold_keys = st.builds(HoldKey, names.map(RuleId), statuses, labels)
holds = st.builds(Hold, st.sampled_from(HoldPhase), times, maybe_times)
memories = st.builds(
    IncidentMemory,
    names.map(IncidentRuleId),
    labels,
    st.sampled_from(IncidentPhase),
    episode=counts,
    sequence=counts,
    reason=maybe_reasons,
    high_water=statuses,
    components=st.lists(texts.map(ComponentName), max_size=3).map(tuple),
    soaking_since=maybe_times,
    unproven_until=maybe_times,
    fired_at=counts,
    frozen_at=maybe_times,
    labels=st.dictionaries(texts, st.lists(texts, min_size=1, max_size=3).map(tuple), max_size=2).map(
        lambda labels: tuple(labels.items())
    ),
    absorbed_by=st.none() | names.map(IncidentRuleId),
    kept=st.dictionaries(texts.map(ComponentName), statuses, max_size=2).map(
        lambda kept: tuple(kept.items())
    ),
    causes=st.lists(texts, max_size=3).map(tuple),
    identified_at=counts,
    moved_at=times,
    stills=counts,
    turns=st.lists(times, max_size=3).map(tuple),
    closed_at=times,
    grouped_by=st.none() | st.lists(texts, max_size=3).map(tuple),
)
intents = st.builds(
    Intent,
    texts.map(OperationId),
    st.sampled_from(IntentKind),
    texts.map(Target),
    names,
    began_at=times,
    deadline=times,
    payload=texts,
    state=st.sampled_from(IntentState),
    reason=maybe_reasons,
    incident_id=texts,
    touches=st.lists(texts.map(Target), max_size=3).map(tuple),
)
slots = st.builds(Slot, texts.map(OperationId), st.sampled_from(Lane), times, times)
components_told = st.builds(
    ComponentTold,
    names,
    texts,
    statuses,
    texts.map(OperationId),
    told_at=times,
    possible=st.lists(statuses, max_size=3).map(tuple),
    unsettled_until=maybe_times,
)
incidents_told = st.builds(
    IncidentTold,
    names,
    st.tuples(names.map(IncidentRuleId), labels),
    texts.map(IncidentKey),
    texts,
    episode=counts,
    sequence=counts,
    status=st.sampled_from(IncidentStatus),
    high_water=statuses,
    component_ids=st.lists(texts, max_size=3).map(tuple),
    operation=texts.map(OperationId),
    told_at=times,
    update_id=texts,
    yielded=st.booleans(),
    announced=st.booleans(),
    identified_at=counts,
)
standing = st.builds(
    Standing,
    names,
    st.sampled_from(StandingKind),
    texts,
    texts,
    maybe_times,
    st.builds(Issued, texts.map(CommandId), times, texts, texts),
)
taken = st.builds(Taken, names, texts, statuses, times, maybe_times)
guards = st.builds(GuardRecord, names, st.sampled_from(GuardKind), texts, times, texts)
proposals = st.builds(
    Proposal,
    texts,
    texts,
    st.sampled_from(IncidentStatus),
    st.lists(texts, max_size=3).map(tuple),
    st.booleans(),
    st.sampled_from(Impact),
    statuses,
    st.lists(st.sampled_from(Leak), max_size=2).map(tuple),
    counts,
)
drafts = st.builds(
    Draft,
    names,
    texts,
    st.tuples(names.map(IncidentRuleId), labels),
    episode=counts,
    proposal=proposals,
    first_at=times,
    made_at=times,
    state=st.sampled_from(DraftState),
    by=texts,
)
point_hours = st.builds(
    PointHour,
    names.map(Series),
    st.integers(0, 10**6).map(lambda number: number * 3600),
    st.dictionaries(st.integers(0, 119), times, max_size=5).map(
        lambda known: tuple(known.get(position, float("nan")) for position in range(120))
    ),
    st.integers(0, 2**120 - 1),
)
entries = st.builds(
    JournalEntry,
    times,
    st.sampled_from(JournalKind),
    names,
    texts,
    st.sampled_from(Reason),
    st.dictionaries(texts, texts | st.integers() | times | st.none() | labels, max_size=2),
)


changes = st.builds(
    Changes,
    signals=st.lists(signals, max_size=2),
    holds=st.lists(st.tuples(names, hold_keys, holds), max_size=2),
    incidents=st.lists(st.tuples(names, memories), max_size=2),
    intents=st.lists(intents, max_size=2),
    slots=st.lists(st.tuples(names, slots), max_size=2),
    components_told=st.lists(components_told, max_size=2),
    incidents_told=st.lists(incidents_told, max_size=2),
    bindings=st.lists(st.tuples(names, texts.map(ComponentName), texts), max_size=2),
    standing=st.lists(standing, max_size=2),
    taken=st.lists(taken, max_size=2),
    guards=st.lists(guards, max_size=2),
    drafts=st.lists(drafts, max_size=2),
    points=st.lists(st.tuples(names, point_hours), max_size=2),
    journal=st.lists(entries, max_size=2),
)
