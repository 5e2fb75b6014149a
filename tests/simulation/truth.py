"""What a daemon that watched can know of what was broken: the least and the most that may be claimed at an instant, by the scenario's own truth.

Between the two lies what depends on when exactly an alert was delivered or a check was due. The product's tables are never asked.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import EPOCH
from tests.simulation.causes import CANARY, EXTRAS, Cause, causes_behind, causes_holding, causes_of
from tests.simulation.evidence import CHECKED, NEVER, Evidence, Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

    # --- what happened

    def of(self, component: str) -> tuple[Cause, ...]:
        """What makes a component worse, by the rules of the course."""
        return causes_of(component, self._course.causes)

    def behind(self, title: str) -> tuple[Cause, ...]:
        """What opens an incident."""
        return causes_behind(title, self._course.causes)

    def holding(self, title: str) -> tuple[Cause, ...]:
        """What keeps an incident from recovering."""
        return causes_holding(title, self._course.causes)

    def broken(self, cause: Cause) -> list[Interval]:
        """When the cause was there. What consists of several is, while enough of them are."""
        if not cause.members:
            return self._evidence.broken.get(cause.name, [])
        parts = [
            (one.begin, one.end) for name in cause.members for one in self._evidence.broken.get(name, ())
        ]
        return [Interval(begin, end) for begin, end in _enough(parts, cause.needed)]

    def outages(self, title: str) -> int:
        """How often something broke that may have opened an incident, each part of it counted."""
        names = {name for cause in self.behind(title) for name in cause.members or (cause.name,)}
        return sum(len(self._evidence.broken.get(name, ())) for name in names)

    # --- what could be known

    def may_claim(self, cause: Cause, at: float) -> bool:
        """Whether the cause can be claimed then: it had lasted for `for`, and has not ended longer ago than it is kept."""
        return any(
            self._lasted(cause, span, at) and self._is_kept(cause, span, at) for span in self._may(cause, at)
        )

    def _lasted(self, cause: Cause, span: _Span, at: float) -> bool:
        lasted = self._evidence.watched(
            span.begin,
            min(span.seen_end, at),
            by_probe=cause.alert is None,
            noticed=True,
            silent=self.silent(cause),
        )
        return lasted >= self._course.holds.for_ - 1.0

    def _is_kept(
        self, cause: Cause, span: _Span, at: float, *, after: float = 0.0, among: Iterable[Cause] = ()
    ) -> bool:
        """Whether what a span began may have gone on until then: kept, and for so many seconds after, which stand still while any of `among` is unknown."""
        evidence, unknown = self._evidence, (cause, *among)
        since_end = evidence.watched(
            span.seen_end,
            at,
            by_probe=any(one.alert is None for one in unknown),
            silent=[gap for one in unknown for gap in self.silent(one)],
        )
        late = self.slack + evidence.pauses(span.seen_end, at) * PAUSE
        return since_end <= self._course.holds.keep_firing_for + after + late

    def may_have_claimed(self, cause: Cause, at: float, *, among: Sequence[Cause]) -> bool:
        """Whether the cause can have been claimed since an incident began that may be going on then, kept open by any of these causes."""
        return any(
            self._lasted(cause, span, at) and self._reach(among, min(span.seen_end, at), at) >= at
            for span in self._may(cause, at)
        )

    def may_follow(
        self, title: str, resolved: float, at: float, *, within: float, among: Sequence[Cause]
    ) -> bool:
        """Whether what goes on at an instant may have begun within so many seconds of the incident's end, or of that of an outage between of which nobody was told."""
        limit = resolved + within + self.slack
        spans = [span for cause in self.behind(title) for span in self._may(cause, at)]
        for span in sorted(spans, key=lambda one: one.begin):
            if span.begin + self._course.holds.for_ - 1.0 > limit:
                return False
            reached = self._reach(among, span.begin, at)
            if reached >= at:
                return True
            limit = max(limit, reached + within + self.slack)
        return False

    def may_be_open(self, title: str, at: float) -> bool:
        """Whether the incident may be open then, by what opens it."""
        causes = self.holding(title)
        return any(
            self._reach(causes, span.begin, at) >= at
            for cause in self.behind(title)
            for span in self._may(cause, at)
        )

    def _reach(self, causes: Sequence[Cause], since: float, at: float) -> float:
        """How far an incident may go on from an instant, at most until `at`: each cause carries it for as long as it is monitored."""
        spans = [(cause, span) for cause in causes for span in self._may(cause, at)]
        reached = since
        while reached < at:
            further = reached
            for cause, span in spans:
                if span.begin <= reached:
                    further = max(further, self._carries(cause, span, at, among=causes))
            if further <= reached:
                break
            reached = further
        return reached

    def _carries(self, cause: Cause, span: _Span, at: float, *, among: Sequence[Cause]) -> float:
        """The last instant, at most `at`, at which a span can keep an incident open."""
        monitored = self._course.holds.monitor_for
        if self._is_kept(cause, span, at, after=monitored, among=among):
            return at
        low, high = span.seen_end, at
        while high - low > 1.0:
            middle = (low + high) / 2
            if self._is_kept(cause, span, middle, after=monitored, among=among):
                low = middle
            else:
                high = middle
        return high

    def must_claim(self, cause: Cause, at: float, *, after: float = 0.0) -> bool:
        """Whether the cause must be claimed then: it was seen for longer than `for`, and has not ended as long ago as it is kept.

        With `after`, so many seconds longer.
        """
        holds, evidence = self._course.holds, self._evidence
        by_probe, silent = cause.alert is None, self.silent(cause)
        for span in self._must(cause, at):
            if any(span.begin <= lost <= at for lost in evidence.disk_lost_at):
                continue  # nobody remembers it
            lasted = evidence.watched(span.seen_begin, min(span.end, at), by_probe=by_probe, silent=silent)
            ended = evidence.watched(span.end, at, by_probe=by_probe, noticed=True, silent=silent)
            late = self.slack + evidence.pauses(span.seen_begin, min(span.end, at)) * PAUSE
            if lasted >= holds.for_ + late + 1.0 and ended < holds.keep_firing_for + after - 1.0:
                return True
        return False

    def silent(self, cause: Cause) -> list[Interval]:
        """When a silence covered what reports the cause."""
        regime = self._course.regime
        name = cause.alert[0] if cause.alert is not None else ""
        return [
            Interval(EPOCH + one.begin, EPOCH + one.end)
            for one in (regime.silences if regime is not None else ())
            if one.alert == name
        ]

    # --- spans

    def _may(self, cause: Cause, at: float) -> list[_Span]:
        """The longest spans that can have been taken for one, begun before `at`. One alert may take over from another while the first is kept."""
        gap = self._course.holds.keep_firing_for + self.slack + PAUSE
        if not cause.members:
            return self._merged(cause, self._spans(cause, at), gap)
        parts = [(span.begin, span.seen_end) for span in self._of_members(cause, at)]
        spans = [_Span(begin, begin, end, end) for begin, end in _enough(parts, cause.needed)]
        return self._merged(cause, spans, gap)

    def _must(self, cause: Cause, at: float) -> list[_Span]:
        """The shortest spans that must have been known, begun before `at`."""
        if not cause.members:
            return self._merged(cause, self._spans(cause, at), 0.0)
        parts = [(span.seen_begin, span.end) for span in self._of_members(cause, at)]
        return [_Span(begin, begin, end, end) for begin, end in _enough(parts, cause.needed)]

    def _of_members(self, cause: Cause, at: float) -> list[_Span]:
        return [span for name in cause.members for span in self._own_spans(EXTRAS[name], at)]

    def _own_spans(self, cause: Cause, at: float) -> list[_Span]:
        return [
            _Span(one.begin, self._seen_begin(cause, one), one.end, self._seen_end(cause, one))
            for one in self._evidence.broken.get(cause.name, ())
            if one.begin <= at
        ]

    def _spans(self, cause: Cause, at: float) -> list[_Span]:
        """When it was at least as bad as the cause says, begun before `at`."""
        stronger = [
            other
            for other in self.of(cause.components[0])
            if other is cause or (_name(other) == _name(cause) and _above(other, cause))
        ]
        return sorted(
            (span for one in stronger for span in self._own_spans(one, at)), key=lambda span: span.begin
        )

    def _merged(self, cause: Cause, spans: list[_Span], gap: float) -> list[_Span]:
        """Spans of which one follows the other within so many seconds, watched ones, are one."""
        merged = spans[:1]
        for span in spans[1:]:
            before = merged[-1]
            joins = (
                self._evidence.watched(
                    before.seen_end, span.begin, by_probe=cause.alert is None, silent=self.silent(cause)
                )
                <= gap
                if gap
                else span.seen_begin <= before.seen_end
            )
            if joins and (gap or span.begin <= before.seen_end):
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


def _enough(parts: Sequence[tuple[float, float]], needed: int) -> list[tuple[float, float]]:
    """When at least so many of these intervals were there at once."""
    edges = sorted(
        [
            *((begin, 1) for begin, end in parts if begin < end),
            *((end, -1) for begin, end in parts if begin < end),
        ]
    )
    found: list[tuple[float, float]] = []
    count, since = 0, 0.0
    for at, step in edges:
        before, count = count, count + step
        if before < needed <= count:
            since = at
        elif count < needed <= before and since < at:
            found.append((since, at))
    return found


def _name(cause: Cause) -> str:
    return cause.alert[0] if cause.alert is not None else ""


def _above(cause: Cause, other: Cause) -> bool:
    return SEVERITY[cause.status] > SEVERITY[other.status]


def _same(told: float, happened: float) -> bool:
    """Whether two instants are one; Alertmanager's timestamps carry microseconds."""
    return abs(told - happened) < 1e-3
