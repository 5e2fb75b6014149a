"""The blast radius: when more of a page gets worse within five minutes than is likely to be true, the worsening is held (design.md, "Guards").

What is held is shown as it was before, and opens and escalates no incident; recoveries pass. It is let through when it is confirmed by a person, when its time is over and two
independent sources agree, or when what is left of it is no more than the limit. Knows neither rules nor signals: worsenings and the sources behind them are given.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import NEVER, Truth
from bridge.core.independence import independent
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bridge.core.claims import Claim

    Caps = Mapping[ComponentName, ComponentStatus]
    SourcesBehind = Callable[[Caps], Collection[str]]
    """The sources that report what is worse than each of these components may show."""

WINDOW = 300.0
"""Seconds in which worsenings are counted together (design.md, "Guards")."""

FEW = 3
"""So many components of a page may always get worse, or a small page could not tell of a real outage."""

AGREEING = 2
"""Independent sources that must report it."""


@dataclass(frozen=True, slots=True)
class BlastTerms:
    """By what worsenings are judged at one instant.

    Attributes:
        limit: components that may get worse within the window; infinity for no limit.
        hold: seconds after which two sources suffice.
        connectivity: whether our own network is seen to work.
        confirmed: the ids of holds that a person has confirmed.
    """

    limit: float = NEVER
    hold: float = 300.0
    connectivity: Truth = Truth.TRUE
    confirmed: frozenset[str] = frozenset()


UNLIMITED = BlastTerms()


def blast_limit(share: float, components: int) -> float:
    """How many of a page's components may get worse within the window; a share of one sets no limit."""
    return max(float(FEW), share * components) if share < 1.0 else NEVER


@dataclass(frozen=True, slots=True)
class BlastHold:
    """Worsenings that are held.

    Attributes:
        id: what a person confirms; another one as soon as a component joins that was not in it.
        since: our clock; when the first was held.
        members: the components that are or were held: what each may show, or None for one that recovered.
        overdue: its time is over, and nothing has let it through.
    """

    id: str
    since: float
    members: Mapping[ComponentName, ComponentStatus | None]
    overdue: bool = False

    @property
    def caps(self) -> dict[ComponentName, ComponentStatus]:
        """What each held component may show at most."""
        return {name: cap for name, cap in self.members.items() if cap is not None}


@dataclass(frozen=True, slots=True)
class Blast:
    """What is remembered of a page's worsenings.

    Attributes:
        worsened: when each component last got worse; kept for the window, and while anything is held.
        hold: what is held, or None.
    """

    worsened: Mapping[ComponentName, float] = field(default_factory=dict)
    hold: BlastHold | None = None

    @property
    def caps(self) -> dict[ComponentName, ComponentStatus]:
        """What each held component may show at most; the others are not held."""
        return self.hold.caps if self.hold is not None else {}


def capped(status: ComponentStatus, cap: ComponentStatus | None) -> ComponentStatus:
    """What of a status is let through."""
    return status if cap is None or status.severity <= cap.severity else cap


def is_held(claim: Claim, cap: ComponentStatus | None) -> bool:
    """Whether a claim is kept from being told: whether it is true is not known."""
    return not claim.shadow and capped(claim.status, cap) is not claim.status


def advance_blast(
    blast: Blast, worse: Caps, claimed: Caps, sources: SourcesBehind, *, terms: BlastTerms, now: float
) -> tuple[Blast, tuple[Reason, ...]]:
    """What is held at `now`.

    What gets worse in the very step that goes over the limit is held as a whole; what was let through before stays.

    Args:
        blast: what is remembered.
        worse: components whose claims got worse just now, each with what it was before.
        claimed: the worst claim on each component that has any.
        sources: asked only when a hold's time is over.
        terms: by what to judge.
        now: our clock.

    Returns:
        What to remember, and the reasons of what changed, in order.
    """
    hold = blast.hold
    begin = (now if hold is None else min(now, hold.since)) - WINDOW
    worsened = {name: at for name, at in blast.worsened.items() if at > begin}
    worsened.update(dict.fromkeys(worse, now))
    reasons: list[Reason] = []
    if worse and sum(at > now - WINDOW for at in worsened.values()) > terms.limit:
        joined = _joined(hold, worse, now)
        if hold is None or joined.id != hold.id:
            reasons.append(Reason.BLAST_HELD)
        hold = joined
    if hold is not None:
        hold = _without_recovered(hold, claimed)
        # One that was let through in this window counts though it recovered: the next would be one more within five minutes.
        broken = sum(name in claimed or at > now - WINDOW for name, at in worsened.items())
        hold, reason = _judged(hold, sources, broken=broken, terms=terms, now=now)
        if reason is not None:
            reasons.append(reason)
    return Blast(worsened, hold), tuple(reasons)


def blast_due_at(blast: Blast, terms: BlastTerms) -> float:
    """When the hold is judged by time alone; infinity for never."""
    hold = blast.hold
    return hold.since + terms.hold if hold is not None and not hold.overdue else NEVER


def resumed_blast(blast: Blast, *, away: float, now: float) -> Blast:
    """The same after so many seconds in which nobody watched: they count for nothing, and no instant is left in the future."""
    hold = blast.hold
    return Blast(
        {name: min(at + away, now) for name, at in blast.worsened.items()},
        replace(hold, since=min(hold.since + away, now)) if hold is not None else None,
    )


def _joined(hold: BlastHold | None, worse: Caps, now: float) -> BlastHold:
    members = dict(hold.members) if hold is not None else {}
    # One that is held already stays at what it may show, however much worse it gets.
    added = {name: before for name, before in worse.items() if members.get(name) is None}
    new = sorted(added.keys() - members.keys())
    since, known = (hold.since, hold.id) if hold is not None else (now, "")
    identity = _identity(known, since, new) if new else known
    return BlastHold(identity, since, members | added, hold is not None and hold.overdue)


def _identity(known: str, since: float, new: list[ComponentName]) -> str:
    """Six digits for a person to type. What is confirmed is what they saw: whoever joins later changes it."""
    seen = "\0".join((known, repr(since), *new))
    return hashlib.blake2b(seen.encode(errors="surrogatepass"), digest_size=3).hexdigest()


def _without_recovered(hold: BlastHold, claimed: Caps) -> BlastHold:
    """Let go of members that claim no more than they may show."""
    left = [
        name
        for name, cap in hold.caps.items()
        if claimed.get(name, ComponentStatus.OPERATIONAL).severity <= cap.severity
    ]
    return replace(hold, members={**hold.members, **dict.fromkeys(left)}) if left else hold


def _judged(
    hold: BlastHold, sources: SourcesBehind, *, broken: int, terms: BlastTerms, now: float
) -> tuple[BlastHold | None, Reason | None]:
    caps = hold.caps
    if not caps:
        return None, Reason.BLAST_RECOVERED
    if hold.id in terms.confirmed:
        return None, Reason.BLAST_CONFIRMED
    if now < hold.since + terms.hold:
        return hold, None
    if terms.connectivity is Truth.TRUE and independent(sources(caps)) >= AGREEING:
        return None, Reason.BLAST_AGREED
    if broken <= terms.limit:
        return None, Reason.BLAST_RECOVERED
    return replace(hold, overdue=True), None if hold.overdue else Reason.BLAST_OVERDUE


_OVERDUE = "overdue"


def blast_records(page: str, blast: Blast) -> list[GuardRecord]:
    """What is remembered of it, as records."""
    records = [GuardRecord(page, GuardKind.WORSENED, name, at) for name, at in blast.worsened.items()]
    hold = blast.hold
    if hold is not None:
        value = f"{hold.id} {_OVERDUE}" if hold.overdue else hold.id
        records.append(GuardRecord(page, GuardKind.BLAST, "", hold.since, value))
        records += [
            GuardRecord(page, GuardKind.HELD, name, hold.since, cap.value if cap is not None else "")
            for name, cap in hold.members.items()
        ]
    return records


def blast_of(records: Iterable[GuardRecord]) -> Blast:
    """What `blast_records` told; records of other guards are passed over."""
    worsened: dict[ComponentName, float] = {}
    members: dict[ComponentName, ComponentStatus | None] = {}
    standing: GuardRecord | None = None
    for record in records:
        match record.kind:
            case GuardKind.WORSENED:
                worsened[ComponentName(record.subject)] = record.at
            case GuardKind.HELD:
                members[ComponentName(record.subject)] = (
                    ComponentStatus(record.value) if record.value else None
                )
            case GuardKind.BLAST:
                standing = record
            case _:
                pass
    if standing is None:
        return Blast(worsened)
    identity, _, overdue = standing.value.partition(" ")
    return Blast(worsened, BlastHold(identity, standing.at, members, overdue == _OVERDUE))
