"""Random runs: a course is drawn from a seed, played, and judged. `make simulate` plays hundreds of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.statuses import ComponentStatus, worst
from tests.simulation.causes import COMPONENTS, CROWD, GROUPED, causes_behind, causes_of
from tests.simulation.course import AFTER_FAULTS, LENGTH, Course, Deed, draw_course
from tests.simulation.invariants import Judge
from tests.simulation.operators import draw_operated
from tests.simulation.regime import DRAFTED, draw_ruled
from tests.simulation.stage import Stage, campaign_world
from tests.simulation.terms import ABSORBER
from tests.simulation.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulation.world import World
    from bridge.simulator.records.incidents import Incident
    from tests.simulation.evidence import Evidence


@dataclass(slots=True)
class Result:
    """What one seed did and what was found.

    Attributes:
        seed: of the course.
        violations: each begins with the invariant's name.
        faults: how often each class of fault was met.
        unknown: what became of notifying writes whose answer told nothing, by arm.
        steps: of the loop.
        seconds: virtual.
        incidents: that the bridge opened.
        notifications: that it caused.
        trace_hash: over every step.
        trace: readable, where something was found or it was asked for.
    """

    seed: int
    violations: list[str]
    faults: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    seconds: float = 0.0
    incidents: int = 0
    notifications: int = 0
    trace_hash: str = ""
    trace: str = ""


def run_seed(seed: int, *, keep_trace: bool = False) -> Result:
    """One run. A function of its seed."""
    return play(draw_course(seed), keep_trace=keep_trace)


def run_operated(seed: int) -> Result:
    """The run of a seed with operators in it."""
    return play(draw_operated(seed))


def run_ruled(seed: int) -> Result:
    """The run of a seed under a regime: drafts, and maintenances of the rules."""
    return play(draw_ruled(seed))


def play(course: Course, *, keep_trace: bool = False) -> Result:
    """Play a course and judge it."""
    with campaign_world(course) as world:
        stage = Stage(course, world)
        stage.play()
        stage.settle()
        holds = course.holds
        world.run_for(AFTER_FAULTS + holds.for_ + holds.keep_firing_for + 30.0)
        # Where components are lowered with the end of their incident, they are right when that is over.
        late = course.regime is not None and course.regime.life is not None and bool(course.regime.life.late)
        found = [] if late else [*_components_end(course, world, stage.evidence)]
        world.loop.run_until(max(LENGTH, world.loop.time()))
        found += [
            *_components_end(course, world, stage.evidence),
            *_incidents_end(course, world, stage.evidence),
            *Judge(course, world, stage.evidence).findings(),
        ]
        faults = Counter({str(kind): count for kind, count in world.network.faults_met.items()})
        faults.update({str(deed): count for deed, count in stage.done.items() if deed not in _ORDINARY})
        faults["stale_list"] = int(course.options.list_lag > 0)
        ours = {note.arrival for note in world.simulator.notifications}
        return Result(
            course.seed,
            list(dict.fromkeys(found)),
            faults,
            Counter({str(arm): count for arm, count in world.network.unknown_outcomes.items()}),
            world.loop.steps,
            world.loop.time(),
            len(world.simulator.incidents(world.page_id)) - len(stage.evidence.not_ours),
            len(ours),
            world.loop.trace_hash(),
            world.trace() if keep_trace or found else "",
        )


NOT_OURS_ANY_MORE = 480.0
"""Seconds after which what a person did is known for a person's: 2·S, and some readings."""

_ORDINARY = frozenset({Deed.BREAK, Deed.MEND, Deed.CLOSE_OWN})


def _components_end(course: Course, world: World, evidence: Evidence) -> Iterator[str]:
    """I5: once the faults have stopped, the page is what it should be."""
    if evidence.disk_lost_at:
        return  # what it wrote itself, an empty store cannot know
    told_by_persons = [
        incident
        for incident in world.simulator.incidents(world.page_id)
        if incident.id in evidence.persons_incidents | evidence.released and incident.resolved_at is None
    ]
    for name in (*COMPONENTS, *(CROWD if course.crowd else ())):
        wanted = ComponentStatus.OPERATIONAL
        if not course.healthy:
            wanted = worst([cause.status for cause in causes_of(name, course.causes)])
        component = world.simulator.component(world.page_id, name)
        allowed = {str(wanted)}
        if any(act.what == component.id for act in evidence.on_components):
            # A person's value stands, until its cause clears and comes anew.
            allowed |= {act.value for act in evidence.on_components if act.what == component.id}
            allowed |= {str(ComponentStatus.OPERATIONAL)}
        if any(component.id in incident.component_ids for incident in told_by_persons):
            # What a person still tells of in an incident of their own is not lowered.
            allowed |= {
                str(cause.status) for cause in causes_of(name, course.causes)
            } | evidence.overridden_to(component.id)
        lag = course.options.list_lag
        if any(
            one.component_id == component.id
            and (course.has_clock_step or not evidence.read_of(one, one.completed_at, lag=lag))
            for one in evidence.maintenances
        ):
            # What a maintenance set back of which nobody read is as a person's; and by a clock that is wrong nobody knows when it ends.
            allowed.add(str(ComponentStatus.OPERATIONAL))
        if any(not review.approved for review in evidence.reviews) and any(
            cause.title in DRAFTED for cause in causes_of(name, course.causes)
        ):
            # Of what was discarded, nothing gets worse where its components wait for it.
            allowed.add(str(ComponentStatus.OPERATIONAL))
        if str(component.status) not in allowed:
            yield f"I5: {name} shows {component.status} instead of {wanted}, {world.loop.time() - course.busy:.0f} s after the faults"


def _incidents_end(course: Course, world: World, evidence: Evidence) -> Iterator[str]:
    incidents = world.simulator.incidents(world.page_id)
    truth = Truth(course, world, evidence)
    touched = {act.what for act in evidence.on_ours} | {given.subject for given in evidence.commands}
    deleted = any(act.value == "deleted" for act in evidence.on_ours)
    theirs = evidence.persons_incidents | evidence.released
    persons = [incident for incident in incidents if incident.id in theirs]
    covered_by_persons = {component for incident in persons for component in incident.component_ids}
    life = course.regime.life if course.regime is not None else None
    absorbed = life.absorbed if life is not None else ()
    for title, components in course.covered.items():
        ids = {world.simulator.component(world.page_id, name).id for name in components}
        mine = [
            incident
            for incident in incidents
            if incident.name == title and incident.id not in evidence.persons_incidents
        ]
        live = [incident for incident in mine if incident.resolved_at is None]
        left = [incident.id for incident in live if incident.id not in touched]
        if course.healthy and left:
            yield f"I5: {title!r} was not resolved: {left}"
        discarded = title in DRAFTED and any(not review.approved for review in evidence.reviews)
        persons_business = (
            deleted
            or discarded
            or bool(ids & covered_by_persons)
            or any(
                incident.id in touched and not _is_past(course, world, truth, incident) for incident in mine
            )
        )
        if course.healthy or persons_business or evidence.disk_lost_at:
            continue
        groups = len(causes_behind(title, course.causes)) if title in GROUPED else 1
        statuses = [str(incident.status) for incident in live]
        if not course.options.going_backwards:
            # The page lets nothing return from monitoring: then the text alone says it.
            statuses = ["investigating" if status == "monitoring" else status for status in statuses]
        statuses = ["investigating" if status == "identified" else status for status in statuses]
        if statuses == ["investigating"] * groups:
            continue
        if title in absorbed and set(statuses) <= {"investigating"} and len(statuses) < groups:
            telling = [one for one in incidents if one.name == ABSORBER and one.resolved_at is None]
            if any(one.id in touched or ids <= set(one.component_ids) for one in telling):
                continue
        yield f"I5: {title!r} should be open, and is {statuses}"


def _is_past(course: Course, world: World, truth: Truth, incident: Incident) -> bool:
    """Whether an incident in which a person had a hand was over, and everything well, for long enough before the end: what broke since is told in another one."""
    if incident.resolved_at is None or incident.name in GROUPED:
        return False
    at = incident.resolved_at + NOT_OURS_ANY_MORE
    settled = world.now() - world.loop.time() + course.busy
    while at < settled:
        if not truth.may_be_open(incident.name, at):
            return True
        at += 30.0
    return False
