"""Accounts of components and incidents as JSON, for tools, with their lines for people. Must not know how an account is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.core.explanation_lines import MOST_SIGNALS, component_lines
from bridge.core.holds import NEVER
from bridge.core.incident_explanation import said_place
from bridge.core.incident_lines import incident_lines
from bridge.core.operations import WriteIncident
from bridge.web.instants import instant

if TYPE_CHECKING:
    from bridge.core.explanation import ComponentAccount, Counted, HoldAccount
    from bridge.core.incident_explanation import IncidentAccount
    from bridge.core.obstacles import Obstacle
    from bridge.core.under_way import UnderWay


@dataclass(frozen=True, slots=True)
class Documents:
    """Accounts of one instant, as documents.

    Attributes:
        now: our clock.
        offset: seconds by which the time of day is ahead of it.
    """

    now: float
    offset: float

    def component(self, account: ComponentAccount) -> dict[str, Any]:
        """A component."""
        write = account.write
        return {
            "kind": "component",
            "name": account.name,
            "component_id": account.component_id,
            "shown": account.shown,
            "wanted": account.wanted,
            "claimed": account.claimed,
            "would_have": account.would_have,
            "kept": [{"incident": said_place(place), "status": status} for place, status in account.kept],
            "holds": [self._hold(one) for one in account.holds],
            "at_rest": account.at_rest,
            "obstacles": [self._obstacle(one) for one in account.obstacles],
            "under_way": [self._under_way(one) for one in account.under_way],
            "next": None
            if write is None
            else {"status": write, "reason": account.because, "rides_on": account.rides or None},
            "lines": list(component_lines(account, self.now, outlook=True)),
        }

    def incident(self, account: IncidentAccount) -> dict[str, Any]:
        """An incident."""
        memory, told, following = account.memory, account.told, account.next
        write = following if isinstance(following, WriteIncident) else None
        return {
            "kind": "incident",
            "name": said_place(account.place),
            "rule": account.place[0],
            "group": dict(account.place[1]),
            "automation": account.rule.automation if account.rule is not None else None,
            "phase": memory.phase,
            "reason": memory.reason,
            "episode": memory.episode or None,
            "transition": memory.sequence,
            "worst": memory.high_water,
            "components": list(memory.components),
            "raised": list(account.raising),
            "level": account.level,
            "unknown": account.unknown,
            "left": self._left(account.due_at),
            "cause": memory.cause or None,
            "absorbed_by": memory.absorbed_by,
            "told": None
            if told is None
            else {
                "incident": told.incident_id or None,
                "status": told.status,
                "episode": told.episode,
                "transition": told.sequence,
                "at": self._at(told.told_at),
                "left_to_a_person": told.yielded,
                "announced": told.announced,
            },
            "to_tell": account.to_tell,
            "draft": account.draft.id if account.draft is not None else None,
            "obstacles": [self._obstacle(one) for one in account.obstacles],
            "under_way": [self._under_way(one) for one in account.under_way],
            "next": None
            if write is None
            else {"status": write.status, "reason": write.reason, "notify": write.notify},
            "lines": list(incident_lines(account, self.now)),
        }

    def _hold(self, account: HoldAccount) -> dict[str, Any]:
        hold = account.hold
        return {
            "rule": account.rule.id,
            "status": account.status,
            "group": dict(account.group),
            "shadow": account.shadow,
            "phase": hold.phase,
            "condition": account.truth,
            "since": self._at(hold.since or None),
            "stands_still": hold.frozen_at is not None,
            "left": self._left(account.due_at),
            "for": account.rule.for_,
            "keep_firing_for": account.rule.keep_firing_for,
            "counts": [
                {"failing": one.failing, "unknown": one.possible - one.failing, "needed": one.needed}
                for one in account.counts
            ],
            "signals": [self._signal(one) for one in account.counted[:MOST_SIGNALS]],
            "more_signals": max(0, len(account.counted) - MOST_SIGNALS),
        }

    def _signal(self, counted: Counted) -> dict[str, Any]:
        signal, threshold = counted.signal, counted.threshold
        return {
            "source": signal.source,
            "labels": dict(signal.labels),
            "state": counted.state,
            "reported": signal.state,
            "why": counted.why,
            "received_at": self._at(signal.received_at),
            "value": signal.value,
            "threshold": None if threshold is None else f"{threshold.comparison} {threshold.bound:g}",
            "detail": signal.detail,
        }

    def _obstacle(self, one: Obstacle) -> dict[str, Any]:
        return {
            "reason": one.reason,
            "about": one.about,
            "by": one.by,
            "since": self._at(one.since),
            "until": self._at(one.until),
            "remedy": one.remedy or None,
        }

    def _under_way(self, one: UnderWay) -> dict[str, Any]:
        return {
            "operation": one.operation,
            "status": one.status or None,
            "reason": one.reason,
            "began_at": self._at(one.began_at),
            "failure": one.failure,
            "settled_at": self._at(one.settled_at),
        }

    def _at(self, at: float | None) -> str | None:
        return instant(at, self.offset)

    def _left(self, at: float) -> float | None:
        """Seconds to an instant; None for never."""
        return max(0.0, at - self.now) if at < NEVER else None
