"""What a daemon that watched can know of what was broken: the least and the most that may be claimed at an instant, by the scenario's own truth.

Between the two lies what depends on when exactly an alert was delivered or a check was due. The product's tables are never asked.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus
from tests.simulation.causes import CANARY, Cause, causes_of
from tests.simulation.evidence import CHECKED, NEVER, Evidence, Interval

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from tests.simulation.course import Course

PAUSE = 35.0
"""Seconds by which a hold may last longer for each pause of the daemon: it goes on from what was last committed, twice a minute."""

SEVERITY = {status: status.severity for status in ComponentStatus}


class Truth:
    """The truth of one run, after its end.

    Attributes:
        slack: seconds from a decision to its request.
    """

    def __init__(self, course: Course, world: World, evidence: Evidence) -> None:
        self._course = course
        self._world = world
        self._evidence = evidence
        self._acknowledged: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
        for told in world.acknowledged:
            self._acknowledged[told.signal.labels].append((told.at, told.signal.since))
        # What is decided is committed before it is sent; a slow disk makes that late.
        self.slack = 15.0 if evidence.slow else 5.0

    def may_claim(self, cause: Cause, at: float) -> bool:
        """Whether the cause can be claimed then: it had lasted for `for`, and has not ended longer ago than it is kept."""
        holds, evidence = self._course.holds, self._evidence
        by_probe = cause.alert is None
        kept = holds.keep_firing_for + self.slack + PAUSE
        for span in self._spans(cause, at, gap=kept):
            lasted = evidence.watched(span.begin, min(span.seen_end, at), by_probe=by_probe, noticed=True)
            since_end = evidence.watched(span.seen_end, at, by_probe=by_probe)
            late = self.slack + evidence.pauses(span.seen_end, at) * PAUSE
            if lasted >= holds.for_ - 1.0 and since_end <= holds.keep_firing_for + late:
                return True
        return False

    def must_claim(self, cause: Cause, at: float, *, after: float = 0.0) -> bool:
        """Whether the cause must be claimed then: it was seen for longer than `for`, and has not ended as long ago as it is kept.

        With `after`, so many seconds longer.
        """
        holds, evidence = self._course.holds, self._evidence
        by_probe = cause.alert is None
        for span in self._spans(cause, at):
            if any(span.begin <= lost <= at for lost in evidence.disk_lost_at):
                continue  # nobody remembers it
            lasted = evidence.watched(span.seen_begin, min(span.end, at), by_probe=by_probe)
            ended = evidence.watched(span.end, at, by_probe=by_probe, noticed=True)
            late = self.slack + evidence.pauses(span.seen_begin, min(span.end, at)) * PAUSE
            if lasted >= holds.for_ + late + 1.0 and ended < holds.keep_firing_for + after - 1.0:
                return True
        return False

    def _spans(self, cause: Cause, at: float, *, gap: float = 0.0) -> list[_Span]:
        """When it was at least as bad as the cause says, begun before `at`. One alert may take over from another, within `gap` seconds."""
        stronger = [
            other
            for other in causes_of(cause.components[0])
            if other is cause or (_name(other) == _name(cause) and _above(other, cause))
        ]
        spans = sorted(
            (
                _Span(
                    interval.begin,
                    self._seen_begin(one, interval),
                    interval.end,
                    self._seen_end(one, interval),
                )
                for one in stronger
                for interval in self._evidence.broken.get(one.name, ())
                if interval.begin <= at
            ),
            key=lambda span: span.begin,
        )
        merged = spans[:1]
        for span in spans[1:]:
            before = merged[-1]
            if span.begin <= before.seen_end + gap and (gap or span.seen_begin <= before.seen_end):
                merged[-1] = _Span(
                    before.begin,
                    before.seen_begin,
                    max(before.end, span.end),
                    max(before.seen_end, span.seen_end),
                )
            else:
                merged.append(span)
        return merged

    def _seen_begin(self, cause: Cause, interval: Interval) -> float:
        """When the daemon certainly knew: an acknowledged firing, or a check's turn."""
        if cause.alert is None:
            # Every 30 s it looks; watched seconds are counted by the caller, so this is in time that was watched.
            return self._after_watching(interval.begin, CHECKED)
        return self._acknowledged_at(cause, interval.begin)

    def _seen_end(self, cause: Cause, interval: Interval) -> float:
        if interval.end == NEVER:
            return NEVER
        if cause.alert is None:
            return self._after_watching(interval.end, CHECKED)
        return self._acknowledged_at(cause, interval.end)

    def _acknowledged_at(self, cause: Cause, since: float) -> float:
        assert cause.alert is not None
        labels = Labels({"alertname": cause.alert[0], "team": CANARY, **cause.labels})
        return min(
            (at for at, told_since in self._acknowledged.get(labels, ()) if _same(told_since, since)),
            default=NEVER,
        )

    def _after_watching(self, begin: float, seconds: float) -> float:
        """The instant until which a probe could see for so many seconds."""
        at = begin
        while (missing := seconds - self._evidence.watched(begin, at, by_probe=True)) > 0.01:
            at += missing
            if at > self._world.now():
                return NEVER
        return at


@dataclass(frozen=True, slots=True)
class _Span:
    """Something was broken from `begin` to `end`, as the daemon knew from `seen_begin` to `seen_end`."""

    begin: float
    seen_begin: float
    end: float
    seen_end: float


def _name(cause: Cause) -> str:
    return cause.alert[0] if cause.alert is not None else ""


def _above(cause: Cause, other: Cause) -> bool:
    return SEVERITY[cause.status] > SEVERITY[other.status]


def _same(told: float, happened: float) -> bool:
    """Whether two instants are one; Alertmanager's timestamps carry microseconds."""
    return abs(told - happened) < 1e-3
