"""The invariants of reliability.md, judged for one run of a campaign from the simulator's ledgers, from what left the daemon, and from the scenario's own truth.

Each finding is a sentence that begins with the invariant's name. I12 is judged by playing a seed twice (`tests/simulate.py`).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from bridge.core.maintained import GRACE
from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import TOKEN
from tests.simulation.causes import (
    CANARY,
    COMPONENTS,
    CROWD,
    GROUPED,
    METRIC,
)
from tests.simulation.evidence import CHECKED
from tests.simulation.judge import only_allowed_calls, within_the_rate_limit
from tests.simulation.leave import Leave, as_announced, planned_maintenances
from tests.simulation.lives import Lives
from tests.simulation.orders import Orders
from tests.simulation.terms import ABSORBER
from tests.simulation.truth import SEVERITY, Truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.simulation.world import World
    from bridge.simulator.ledgers import Arrival
    from tests.simulation.causes import Cause
    from tests.simulation.course import Course
    from tests.simulation.evidence import Evidence, PersonsAct, Sent

S = 150.0
TIMEOUT = 30.0
VERIFY_FOR = 5.0
GRID = 30
MAINTENANCE = frozenset({"scheduled", "in_progress", "verifying", "completed"})
"""Statuses of maintenances: what they say is judged by `Leave`."""
READ_LATE = 330.0
"""Seconds after which it is read that a maintenance is over."""
BY_NOW = 2.0
"""Seconds that nobody can have noticed yet."""


class Judge:
    """Judges one run, after its end."""

    def __init__(self, course: Course, world: World, evidence: Evidence) -> None:
        self._course = course
        self._world = world
        self._evidence = evidence
        self._names = {
            world.simulator.component(world.page_id, name).id: name
            for name in (*COMPONENTS, *(CROWD if course.crowd else ()))
        }
        self._truth = Truth(course, world, evidence)
        self._orders = Orders(evidence, clock_set=course.has_clock_step)
        self._leave = Leave(course, world, evidence, self._truth)
        self._lives = Lives(
            course, world, evidence, truth=self._truth, must_claim=self._must_claim, spared=self._spared
        )
        planned = [one for incident in planned_maintenances(world) for one in as_announced(incident)]
        self._maintenances = [*evidence.maintenances, *planned]
        lag = course.options.list_lag
        # Where the list cannot be read for long, nobody hears of an end.
        self._over_by = [
            (one, max(one.completed_at + READ_LATE, evidence.over_by(one, lag=lag)))
            for one in self._maintenances
        ]

    def findings(self) -> list[str]:
        """Everything that was broken but I5, which `ending` judges."""
        return [
            *(f"I1: lost after it was acknowledged: {lost}" for lost in self._evidence.lost_alerts),
            *self._one_live_incident(),
            *self._one_notification(),
            *within_the_rate_limit(self._world),
            *self._only_ours_and_verified(),
            *self._points(),
            *self._nothing_false(),
            *only_allowed_calls(self._world),
            *self._no_canary(),
            *self._bounded(),
            *self._intents_ended(),
            *self._persons_values_stand(),
            *self._nothing_worse_under_maintenance(),
            *self._orders.findings(self._names),
            *self._leave.findings(),
            *self._lives.findings(),
        ]

    # --- I2, I3: incidents and notifications

    def _one_live_incident(self) -> Iterator[str]:
        spans = defaultdict(list)
        for incident in self._lives.ours():
            # Which group an incident tells of stands nowhere in public, but in its metadata.
            group = str(incident.metadata.get("bridge", {}).get("key")) if incident.name in GROUPED else ""
            for period in self._lives.periods(incident):
                # One that an operator let go is a person's from then on.
                ends_at = min(period.end, self._orders.released_at(incident.id))
                spans[incident.name, group].append((period.begin, ends_at))
        for (title, _), lives in spans.items():
            for earlier, later in pairwise(sorted(lives)):
                if later[0] < earlier[1]:
                    yield f"I2: {title!r} was opened at {later[0]} while another lived until {earlier[1]}"

    def _one_notification(self) -> Iterator[str]:
        for title, count in self._lives.begun().items():
            causes = self._truth.outages(title)
            if count > causes:
                yield f"I3: {count} beginnings of {title!r} for {causes} outages"

    # --- I6: whose incidents are written to

    def _only_ours_and_verified(self) -> Iterator[str]:
        readings: dict[str, list[Sent]] = defaultdict(list)
        for sent in self._evidence.sent:
            incident_id = sent.path.rpartition("/")[2]
            if sent.method == "GET":
                readings[incident_id].append(sent)
            if sent.method != "PATCH" or sent.incident is None:
                continue
            if incident_id in self._evidence.not_ours:
                yield f"I6: {sent.path} is a person's, and was written to at {sent.at}"
            if sent.notifies:
                yield from self._verified(sent, incident_id, readings[incident_id])

    def _verified(self, sent: Sent, incident_id: str, readings: list[Sent]) -> Iterator[str]:
        allowed = VERIFY_FOR + (self._truth.slack if self._evidence.slow else 0.5)
        good = [
            reading
            for reading in readings
            if reading.good and sent.at - allowed <= reading.ended_at <= sent.at
        ]
        if not good:
            yield f"I6: {sent.path} was told at {sent.at} without having been read just before"
            return
        for act in self._evidence.on_ours:
            if self._orders.given_back(incident_id, act.at, sent.at):
                continue
            if act.what == incident_id and act.at < good[-1].at:
                yield f"I6: {sent.path} was told at {sent.at}, though a person acted on it at {act.at}"

    # --- I7: metric points

    def _points(self) -> Iterator[str]:
        if not self._course.metric:
            return
        world = self._world
        (metric,) = world.simulator.page(world.page_id).metrics.values()
        assert metric.name == METRIC
        told: dict[int, float] = {}
        for sent in self._evidence.sent:
            for bucket, value in _points_of(sent):
                if bucket % GRID:
                    yield f"I7: a point at {bucket} is off the grid"
                if told.setdefault(bucket, value) != value:
                    yield f"I7: the point at {bucket} was sent with two values"
            buckets = [bucket for bucket, _ in _points_of(sent)]
            if len(buckets) != len(set(buckets)):
                yield f"I7: two points of one bucket left at {sent.at}"
        if self._course.has_clock_step or self._evidence.disk_lost_at:
            return  # points are dated by a clock that was wrong, or were lost with the disk
        shown = world.simulator.metric_points(world.page_id, metric.id)
        start = int(world.now()) // 300 * 300 - 300
        while start > world.now() - world.loop.time() + 300:
            # A check each 30 s, each answered: so there was input.
            seen = self._evidence.watched(start, start + 300, by_probe=True)
            if seen >= 300 - 1e-6 and not any(start <= bucket < start + 300 for bucket in shown):
                yield f"I7: no point between {start} and {start + 300}"
            start -= 300

    # --- I8, I14, I15: nothing is said that is not so

    def _nothing_false(self) -> Iterator[str]:
        for sent in self._evidence.sent:
            for component_id, status in sent.components.items():
                name = self._names.get(component_id)
                if name is None:
                    yield f"I15: {component_id} was written, and no rule names it"
                elif status not in self._orders.overridden(component_id, sent.at):
                    yield from self._true_of(name, ComponentStatus(status), sent)
            incident = sent.incident
            if incident is None:
                continue
            if "scheduled_for" in incident or str(incident.get("status")) in MAINTENANCE:
                continue
            if sent.method == "POST":
                title = str(incident["name"])
                if not self._may_begin(title, sent.at):
                    yield f"I15: {title!r} was opened at {sent.at} without an outage"
            elif incident.get("status") == "resolved":
                yield from self._true_resolve(sent)

    def _may_begin(self, title: str, at: float) -> bool:
        """Whether something opens an incident, or opened it and has become milder since, before it could be told."""
        holding = self._truth.holding(title)
        opened = any(
            self._truth.may_have_claimed(cause, at, among=holding) for cause in self._truth.behind(title)
        )
        return opened and any(self._truth.may_claim(cause, at) for cause in holding)

    def _true_of(self, name: str, status: ComponentStatus, sent: Sent) -> Iterator[str]:
        least = max(
            (
                SEVERITY[cause.status]
                for cause in self._truth.of(name)
                if self._must_claim(cause, sent.at)
                # What may not be claimed for a maintenance is no reason to claim nothing else.
                if not (self._spared(cause, sent.at) and self._makes_no_better(name, status, sent.at))
            ),
            default=0,
        )
        most = max(
            (
                SEVERITY[cause.status]
                for cause in self._truth.of(name)
                if self._truth.may_claim(cause, sent.at)
            ),
            default=0,
        )
        for cause, among in self._kept_by(name):
            if self._truth.may_have_claimed(cause, sent.at, among=among):
                most = max(most, SEVERITY[cause.status])
            if self._lowers_late(cause) and self._must_claim(
                cause, sent.at, after=self._course.holds.monitor_for
            ):
                least = max(least, SEVERITY[ComponentStatus.DEGRADED_PERFORMANCE])
        if SEVERITY[status] < least:
            yield f"I14: {name} was set to {status} at {sent.at}, though it was broken"
        if SEVERITY[status] > most:
            yield f"I15: {name} was set to {status} at {sent.at}, which nothing claimed"

    def _lowers_late(self, cause: Cause) -> bool:
        """Whether the incident that it opens keeps its components as they are until its end."""
        life = self._course.regime.life if self._course.regime is not None else None
        return life is not None and cause.title in life.late

    def _kept_by(self, name: str) -> Iterator[tuple[Cause, list[Cause]]]:
        """What makes a component worse, each time with all that may keep an incident open which lowers it late."""
        life = self._course.regime.life if self._course.regime is not None else None
        for title in life.late if life is not None else ():
            absorbed = life.absorbed if life is not None and title == ABSORBER else ()
            told = [one for one in (title, *absorbed) if one in self._course.covered]
            among = [cause for one in told for cause in self._truth.holding(one)]
            if any(name in self._course.covered[one] for one in told):
                yield from ((cause, among) for cause in self._truth.of(name))

    def _must_claim(self, cause: Cause, at: float, *, after: float = 0.0) -> bool:
        """Whether it must be claimed then; of what a maintenance may have kept from being claimed, whether it is broken by now."""
        if not self._spared(cause, at):
            return self._truth.must_claim(cause, at, after=after)
        checked = CHECKED if cause.alert is None else 0.0
        lately = at - self._course.holds.for_ - self._truth.slack - checked
        by_probe, silent = cause.alert is None, self._truth.silent(cause)
        if self._evidence.watched(lately, at, by_probe=by_probe, silent=silent) < at - lately - 1.0:
            return False  # nobody could look, and what is seen again may be new
        after = min(after, BY_NOW - self._course.holds.keep_firing_for)
        broken = any(span.begin <= at < span.end for span in self._truth.broken(cause))
        return broken and self._truth.must_claim(cause, at, after=after)

    def _true_resolve(self, sent: Sent) -> Iterator[str]:
        incident_id = sent.path.rpartition("/")[2]
        incident = self._world.simulator.page(self._world.page_id).incidents.get(incident_id)
        if incident is None:
            return  # a person deleted it since
        after = self._course.holds.monitor_for
        broken = [
            self._must_claim(cause, sent.at, after=after) for cause in self._truth.behind(incident.name)
        ]
        if all(broken) if incident.name in GROUPED else any(broken):
            yield f"I14: {incident.name!r} was resolved at {sent.at}, though it was broken"

    def _spared(self, cause: Cause, at: float) -> bool:
        """Whether a maintenance may have kept it from being claimed within the time for which an incident is monitored: then only what is broken by now is no recovery."""
        holds = self._course.holds
        lately = at - holds.monitor_for - holds.for_ - holds.keep_firing_for - GRACE
        begun = any(
            one.begun_at < at and lately < over_by
            for one, over_by in self._over_by
            if self._names.get(one.component_id) in cause.components
        )
        # One of the rules spares while it is planned to last, announced in time or not.
        return begun or any(
            span.begin < at and lately < span.end + READ_LATE
            for span in self._leave.planned_for(cause.components)
        )

    # --- I10, I11, I13

    def _no_canary(self) -> Iterator[str]:
        for sent in self._evidence.sent:
            if CANARY in str(sent.body):
                yield f"I10: a label or annotation left in {sent.method} {sent.path}"

    def _bounded(self) -> Iterator[str]:
        stored = self._world.database.load()
        rules = self._world.ruleset
        slots = sum(map(len, stored.slots.values()))
        groups = sum(len(self._truth.behind(title)) - 1 for title in GROUPED)
        counted = {
            "holds": (sum(map(len, stored.holds.values())), 2 * len(rules.components) + 4),
            "incidents": (sum(map(len, stored.incidents.values())), len(rules.incidents) + groups),
            "incidents told": (len(stored.incidents_told), len(rules.incidents) + groups),
            "components told": (len(stored.components_told), len(self._names)),
            "signals": (len(stored.signals), 1 + len(self._course.causes)),
            "slots": (slots, 70),
            "standing": (
                len(stored.standing),
                2 * (len(self._evidence.commands) + len(self._evidence.said)) + len(self._evidence.reviews),
            ),
            "taken": (len(stored.taken), len(self._names)),
        }
        for name, (count, most) in counted.items():
            if count > most:
                yield f"I11: {count} {name} are stored"

    def _intents_ended(self) -> Iterator[str]:
        stored = self._world.database.load()
        for intent in stored.intents:
            if self._world.now() > intent.deadline + S + 120.0:
                yield f"I13: {intent.kind} of {intent.target} has not ended"

    # --- I15: what a person set

    def _persons_values_stand(self) -> Iterator[str]:
        readings = [
            sent
            for sent in self._evidence.sent
            if sent.method == "GET" and sent.path.endswith("/components") and sent.good
        ]
        writes: dict[str, list[tuple[Sent, str]]] = defaultdict(list)
        acts: dict[str, list[PersonsAct]] = defaultdict(list)
        for act in self._evidence.on_components:
            acts[act.what].append(act)
        for sent in self._evidence.sent:
            for component_id, status in sent.components.items():
                before = [act for act in acts[component_id] if act.at < sent.at]
                # Written over already, before it could be read: what shows since is ours.
                covered = bool(before) and self._written_between(component_id, before[-1].at, sent.at)
                # The end of a maintenance, by hand or by the page itself: from then on the component is as the rules say.
                maintained = (len(before) > 1 and before[-2].value == "under_maintenance") or any(
                    one.component_id == component_id and before and before[-1].at < one.completed_at < sent.at
                    for one in self._maintenances
                )
                handed_back = maintained or (
                    bool(before) and self._orders.taken_back(component_id, before[-1].at, sent.at)
                )
                if before and not covered and not handed_back:
                    explained = self._explained(writes[component_id], before[-1], readings)
                    if self._overwrites(sent, before[-1], readings, explained):
                        name, act = self._names.get(component_id, ""), before[-1]
                        yield f"I15: {name}, which a person set to {act.value} at {act.at}, was written at {sent.at}"
                writes[component_id].append((sent, status))

    def _nothing_worse_under_maintenance(self) -> Iterator[str]:
        lag = self._course.options.list_lag
        for one in self._maintenances:
            for sent in self._evidence.sent:
                if not one.begun_at < sent.at < one.completed_at:
                    continue
                opens = sent.method == "POST" and "scheduled_for" not in (
                    sent.incident or {"scheduled_for": 0}
                )
                listed = opens and one.component_id in (sent.incident or {}).get("component_ids", ())
                status = sent.components.get(one.component_id)
                ordered = status in self._evidence.overridden_to(one.component_id)
                worse = status is not None and not ordered and self._worse(one.component_id, status, sent.at)
                if (listed or worse) and self._evidence.read_of(one, sent.at - self._truth.slack, lag=lag):
                    name = self._names[one.component_id]
                    yield f"I15: {name} was made worse at {sent.at}, under a maintenance since {one.begun_at}"

    def _makes_no_better(self, name: str, status: ComponentStatus, at: float) -> bool:
        """Whether a status is as bad as what the component showed, or worse."""
        component_id = next(one for one, known in self._names.items() if known == name)
        set_at = [
            one.at
            for one in self._world.simulator.arrivals
            if one.at < at and one.status < 300 and component_id in _set_by(one)
        ]
        if any(
            max(set_at, default=0.0) < one.completed_at < at
            for one in self._maintenances
            if one.component_id == component_id
        ):
            return SEVERITY[status] > 0  # the page set it operational by itself
        if any(
            max(set_at, default=0.0) < one.begun_at < at < one.completed_at
            for one in self._maintenances
            if one.component_id == component_id
        ):
            return SEVERITY[status] >= SEVERITY[ComponentStatus.UNDER_MAINTENANCE]
        return SEVERITY[status] >= SEVERITY[ComponentStatus(self._shown(component_id, at)[0])]

    def _worse(self, component_id: str, status: str, at: float) -> bool:
        """Whether a status is worse than everything that the component showed in the minutes before."""
        worst = max(SEVERITY[ComponentStatus(one)] for one in self._shown(component_id, at))
        return SEVERITY[ComponentStatus(status)] > worst

    def _shown(self, component_id: str, at: float) -> list[str]:
        """What the component showed just before, and before that in the last minutes."""
        shown, lately = "operational", []
        for arrival in self._world.simulator.arrivals:
            if arrival.at >= at:
                break
            if arrival.status < 300 and component_id in _set_by(arrival):
                if arrival.at > at - 300.0:
                    lately.append(shown)
                body = arrival.body or {}
                shown = str(
                    body["component"]["status"]
                    if "component" in body
                    else body["incident"]["components"][component_id]
                )
        return [shown, *lately]

    def _written_between(self, component_id: str, begin: float, end: float) -> bool:
        """Whether a write of ours reached the page in between, a late one too."""
        return any(
            begin < arrival.at < end and component_id in _set_by(arrival)
            for arrival in self._world.simulator.arrivals
            if arrival.token == TOKEN and arrival.method in {"PATCH", "POST"}
        )

    def _explained(self, writes: list[tuple[Sent, str]], act: PersonsAct, readings: list[Sent]) -> list[str]:
        """Values that a person set and that may be our own doing all the same: written in the last 2·S, as far as anybody watched, or not looked at since they were written."""
        recent = 2 * S + 2 * TIMEOUT

        def may_explain(at: float) -> bool:
            # What became of a write is seen by a reading after its last chance: before one nobody can tell (seed 4649).
            looked = any(at + TIMEOUT + S < reading.at and reading.ended_at < act.at for reading in readings)
            return not looked or self._evidence.watched(at, act.at) < recent

        lately = [(sent, value) for sent, value in writes if may_explain(sent.at)]
        # And what the first of these was written over: each of them may have been lost.
        earlier = [value for sent, value in writes if not may_explain(sent.at)]
        # That may be a person's own value of before: set again, it looks like a write that never arrived (seed 174).
        before = self._shown(act.what, lately[0][0].at)[:1] if lately and not lately[0][0].good else []
        return [*earlier[-1:], *before, *(value for _, value in lately)] if lately else []

    def _overwrites(self, sent: Sent, act: PersonsAct, readings: list[Sent], explained: list[str]) -> bool:
        """Whether a write goes over a person's value that was read before, for a cause that was there already."""
        lag = self._course.options.list_lag
        causes = self._truth.of(self._names.get(act.what, ""))
        # A write of just this value may have been begun, and killed before it left: whose the value is, nobody can tell then.
        claimable = act.value in {str(cause.status) for cause in causes}
        if claimable and self._evidence.pauses(act.at, sent.at):
            return False
        read = any(act.at + lag < reading.at and reading.ended_at < sent.at for reading in readings)
        anew = any(interval.begin > act.at for cause in causes for interval in self._truth.broken(cause))
        # What we wrote lately, or wrote over, may be our own doing.
        ours = act.value in explained or (explained and act.value == "operational")
        # What is operational while nothing is claimed is nobody's, whoever set it; and so it is where nobody could read it otherwise since.
        claimed = [cause for cause in causes if self._truth.must_claim(cause, act.at)]
        begun = min(
            (
                max((one.begin for one in self._truth.broken(cause) if one.begin < act.at), default=act.at)
                for cause in claimed
            ),
            default=act.at,
        )
        # The first reading of a life may be older than a write of the life before, and proves nothing.
        seen = sum(begun < reading.at and reading.ended_at < act.at for reading in readings) > 1
        nobodys = act.value == "operational" and not seen
        return read and not anew and not ours and not nobodys


def _set_by(arrival: Arrival) -> Iterable[str]:
    """The ids of the components that an arrival sets."""
    body = arrival.body or {}
    if "component" in body:
        return (arrival.targets.get("component_id", ""),)
    return (body.get("incident") or {}).get("components") or ()


def _points_of(sent: Sent) -> Iterator[tuple[int, float]]:
    if sent.method == "POST" and sent.path.endswith("/metrics/data") and sent.body is not None:
        for points in sent.body["data"].values():
            for point in points:
                yield int(point["timestamp"]), float(point["value"])
