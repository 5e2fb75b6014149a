"""A course: everything that happens in one run of a campaign, drawn from its seed before the run begins.

Being a value, it can be printed, shortened happening by happening (`shrinker`), and played by other bridges than ours. Nothing here runs.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.simulation.network import NetworkConditions
from bridge.simulator.fault_rules import FaultBody, FaultKind, FaultRule
from bridge.simulator.options import Options, RetryAfterForm, draw_options
from tests.simulation.causes import CAUSES, COMPONENTS, COVERED, EXTRA_COVERED, EXTRAS, Cause, Holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import ComponentName
    from tests.simulation.causes import Extra
    from tests.simulation.regime import Regime

LENGTH = 40 * 60.0
"""Virtual seconds of one run: things happen, then the faults stop, and the page has to become right."""

S = 150.0
AFTER_FAULTS = S + 120.0
"""Virtual seconds after the faults' end in which the page must be right (I5)."""


class Deed(StrEnum):
    """What can happen."""

    BREAK = "break"
    MEND = "mend"
    REPEAT = "repeat"
    """Alertmanager sends again what is firing."""
    LATE_DUPLICATES = "late_duplicates"
    """The other Alertmanager of a pair delivers an old firing and its resolve once more."""

    CRASH = "crash"
    CRASH_AT_DELIVERY = "crash_at_delivery"
    """An alert is delivered, and the daemon is killed within milliseconds."""
    CRASH_LOOP = "crash_loop"
    FREEZE = "freeze"
    SLOW_STORE = "slow_store"
    SET_CLOCK = "set_clock"
    BLIND = "blind"
    """Our own network is down: probes see nothing."""
    LOSE_DISK = "lose_disk"

    SET_COMPONENT = "person_sets_component"
    UPDATE_OURS = "person_updates_ours"
    RESOLVE_OURS = "person_resolves_ours"
    DELETE_OURS = "person_deletes_ours"
    OPEN_OWN = "person_opens_own"
    CLOSE_OWN = "person_closes_own"
    MAINTENANCE = "person_announces_maintenance"

    OTHER_TOOL = "other_tool"
    """Another tool uses the daemon's token."""

    OVERRIDE = "operator_overrides"
    HAND_BACK = "operator_hands_back"
    YIELD_COMPONENT = "operator_yields_component"
    YIELD_INCIDENT = "operator_yields_incident"
    ADOPT = "operator_adopts"
    RELEASE = "operator_releases"
    PAUSE = "operator_pauses"
    RESUME = "operator_resumes"

    APPROVE = "reviewer_approves"
    """Somebody reads the drafts that wait, and approves what they read."""
    DISCARD = "reviewer_discards"
    CHANGE_RULES = "planner_changes_rules"
    """A maintenance of the rules is moved, or called off."""
    IDENTIFY = "operator_identifies"
    """Somebody says the cause of an incident."""


PERSONS = frozenset(
    {
        Deed.SET_COMPONENT,
        Deed.UPDATE_OURS,
        Deed.RESOLVE_OURS,
        Deed.DELETE_OURS,
        Deed.OPEN_OWN,
        Deed.CLOSE_OWN,
        Deed.MAINTENANCE,
    }
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens.

    Attributes:
        at: virtual seconds since the beginning.
        deed: what.
        subject: the cause, component or incident title that it is about.
        figure: seconds, or what the deed says; until a maintenance begins.
        value: a status that a person sets, or for how many seconds a maintenance lasts.
    """

    at: float
    deed: Deed
    subject: str = ""
    figure: float = 0.0
    value: str = ""

    def __str__(self) -> str:
        parts = [f"{self.at:9.3f}", str(self.deed), self.subject, self.value]
        return " ".join([*filter(None, parts), *([f"{self.figure:.3f}"] if self.figure else [])])


@dataclass(frozen=True, slots=True)
class Course:
    """One run, before it begins.

    Attributes:
        seed: what it was drawn from; the schedule of the run is drawn from it too.
        holds: of the page's rules.
        conditions: the network until the faults end.
        options: what the page answers to undecided questions.
        happenings: in the order of time, until the faults end.
        healthy: whether everything is mended in the end, or everything broken.
        crowd: whether the page has the crowd's components.
        metric: whether points are pushed.
        quiet: virtual seconds in which nothing happens any more.
        operated: whether operators command the bridge.
        regime: what the rules have besides, or None.
    """

    seed: int
    holds: Holds
    conditions: NetworkConditions
    options: Options
    happenings: tuple[Happening, ...]
    healthy: bool
    crowd: bool = False
    metric: bool = False
    quiet: float = field(default=0.0)
    operated: bool = False
    regime: Regime | None = None

    @property
    def busy(self) -> float:
        """When the faults end, in virtual seconds."""
        return LENGTH - self.quiet

    @property
    def extras(self) -> frozenset[Extra]:
        """What its rules tell of besides."""
        return self.regime.extras if self.regime is not None else frozenset()

    @property
    def causes(self) -> tuple[Cause, ...]:
        """All that its rules tell of."""
        return (*CAUSES.values(), *(cause for cause in EXTRAS.values() if cause.extra in self.extras))

    @property
    def covered(self) -> dict[str, tuple[ComponentName, ...]]:
        """The components that each incident of its rules covers."""
        return {**COVERED, **(EXTRA_COVERED if self.extras else {})}

    @property
    def has_clock_step(self) -> bool:
        """Whether the machine's clock is set."""
        return self.has(Deed.SET_CLOCK)

    def has(self, *deeds: Deed) -> bool:
        """Whether any of these happens."""
        return any(happening.deed in deeds for happening in self.happenings)

    def __str__(self) -> str:
        faults = [
            f"  fault {rule.kind} share={rule.share:.3f} {rule.method or ''} {rule.path or ''}".rstrip()
            for rule in self.conditions.faults
        ]
        ending = "healthy" if self.healthy else "broken"
        head = f"seed {self.seed}: {self.holds}, latency {self.conditions.latency}, ends {ending}"
        if self.regime is not None:
            head += f"\n  {self.regime}"
        return "\n".join([head, f"  {self.options}", *faults, *(f"  {one}" for one in self.happenings)])


def draw_course(seed: int) -> Course:
    """Draw a run. A function of its seed."""
    drawn = random.Random(f"course {seed}")
    holds = Holds(
        drawn.choice((0.0, 20.0, 60.0)), drawn.choice((0.0, 30.0, 60.0)), drawn.choice((0.0, 60.0, 120.0))
    )
    quiet = AFTER_FAULTS + holds.for_ + holds.keep_firing_for + holds.monitor_for + 120.0
    crowd = drawn.random() < 0.04
    actors = _draw_actors(drawn, crowd=crowd)
    happenings = sorted(
        [*_happenings(drawn, actors, LENGTH - quiet, crowd=crowd), *_maintenances(seed, LENGTH - quiet)],
        key=lambda happening: happening.at,
    )
    conditions = NetworkConditions(latency=(0.02, drawn.choice((0.2, 2.0))), faults=_draw_faults(drawn))
    return Course(
        seed,
        holds,
        conditions,
        draw_options(seed),
        tuple(happenings),
        healthy=drawn.random() < 0.6,
        crowd=crowd,
        metric=drawn.random() < 0.3,
        quiet=quiet,
    )


# --- who acts, and how often

_ACTORS: dict[Deed, tuple[float, float]] = {
    # deed: in which share of the seeds it happens, and every how many seconds there
    Deed.REPEAT: (0.5, 300.0),
    Deed.LATE_DUPLICATES: (0.3, 400.0),
    Deed.CRASH: (0.5, 400.0),
    Deed.CRASH_AT_DELIVERY: (0.3, 300.0),
    Deed.CRASH_LOOP: (0.15, 900.0),
    Deed.FREEZE: (0.25, 600.0),
    Deed.SLOW_STORE: (0.1, 700.0),
    Deed.SET_CLOCK: (0.1, 900.0),
    Deed.BLIND: (0.3, 500.0),
    Deed.SET_COMPONENT: (0.2, 400.0),
    Deed.UPDATE_OURS: (0.15, 300.0),
    Deed.RESOLVE_OURS: (0.12, 300.0),
    Deed.DELETE_OURS: (0.08, 500.0),
    Deed.OPEN_OWN: (0.12, 500.0),
    Deed.OTHER_TOOL: (0.15, 60.0),
}


def _draw_actors(drawn: random.Random, *, crowd: bool) -> dict[Deed, float]:
    actors = {deed: every for deed, (share, every) in _ACTORS.items() if drawn.random() < share}
    if drawn.random() < 0.03 and not actors.keys() & PERSONS:
        # What a person did before the disk was lost, nobody can know any more.
        actors[Deed.LOSE_DISK] = 900.0
    actors[Deed.BREAK] = 300.0 if crowd else drawn.choice((45.0, 90.0, 180.0))
    return actors


def _happenings(
    drawn: random.Random, actors: dict[Deed, float], until: float, *, crowd: bool
) -> Iterator[Happening]:
    for deed, every in actors.items():
        at = drawn.expovariate(1 / every)
        while at < until - 5.0:
            yield from happenings_of(drawn, deed, at, until, crowd=crowd)
            # The share kept for other tools is three calls a minute.
            at += max(drawn.expovariate(1 / every), 61.0 if deed is Deed.OTHER_TOOL else 0.0)


def _maintenances(seed: int, until: float) -> Iterator[Happening]:
    """Drawn apart, so that the courses of before are what they were."""
    drawn = random.Random(f"maintenances {seed}")
    if drawn.random() > 0.2:
        return
    for _ in range(drawn.choice((1, 2))):
        at, lead, lasts = (
            drawn.uniform(0.0, until / 2),
            drawn.choice((0.0, 90.0, 400.0)),
            drawn.uniform(120.0, 900.0),
        )
        if at + lead + lasts + 120.0 < until:
            yield Happening(at, Deed.MAINTENANCE, drawn.choice(COMPONENTS), lead, value=f"{lasts:.0f}")


def happenings_of(
    drawn: random.Random, deed: Deed, at: float, until: float, *, crowd: bool
) -> Iterator[Happening]:
    """One deed at an instant, with what it is about, and its end where it has one."""
    causes = [name for name in CAUSES if name != "crowd"]
    match deed:
        case Deed.BREAK:
            # Flaps, short outages and long ones.
            cause = "crowd" if crowd and drawn.random() < 0.5 else drawn.choice(causes)
            lasting = drawn.choice((10.0, 90.0, 200.0, 400.0)) * drawn.uniform(0.5, 1.5)
            yield from _until(Happening(at, Deed.BREAK, cause), Deed.MEND, at + lasting, until)
        case Deed.REPEAT | Deed.LATE_DUPLICATES:
            yield Happening(at, deed, drawn.choice(causes), drawn.uniform(1.0, 60.0))
        case Deed.CRASH_AT_DELIVERY:
            yield Happening(at, deed, drawn.choice(causes), drawn.uniform(0.0, 0.02))
        case Deed.SET_COMPONENT:
            yield Happening(at, deed, drawn.choice(COMPONENTS), value=drawn.choice(_PERSONS_VALUES))
        case Deed.OPEN_OWN:
            own = Happening(at, deed, drawn.choice(COMPONENTS))
            yield from _until(own, Deed.CLOSE_OWN, at + drawn.uniform(60.0, 600.0), until)
        case Deed.UPDATE_OURS | Deed.RESOLVE_OURS | Deed.DELETE_OURS:
            yield Happening(at, deed, drawn.choice(list(COVERED)))
        case _ if deed in _FIGURES:
            yield Happening(at, deed, figure=drawn.choice(_FIGURES[deed]))
        case _:
            yield Happening(at, deed)


_FIGURES = {
    Deed.CRASH: (0.0, 0.5, 5.0, 40.0, 200.0),
    Deed.CRASH_LOOP: (3.0, 6.0, 10.0),
    Deed.FREEZE: (3.0, 20.0, 90.0, 600.0),
    Deed.SLOW_STORE: (10.0, 30.0, 60.0),
    Deed.SET_CLOCK: (-3600.0, -30.0, 30.0, 3600.0),
    Deed.BLIND: (20.0, 120.0, 400.0),
}
"""Seconds that these last, or how many crashes a loop has."""

_PERSONS_VALUES = (
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
)


def _until(begin: Happening, ending: Deed, ends_at: float, until: float) -> Iterator[Happening]:
    yield begin
    if ends_at < until:
        yield Happening(ends_at, ending, begin.subject)


def until_mended(begin: Happening, ends_at: float, until: float) -> Iterator[Happening]:
    """Something that breaks, and is mended unless that comes too late."""
    return _until(begin, Deed.MEND, ends_at, until)


# --- what goes wrong on the way

_NOTIFYING = (("POST", "/pages/{page_id}/incidents"), ("PATCH", "/pages/{page_id}/incidents/{incident_id}"))
_ARMS = (
    FaultKind.ANSWER_LOST,
    FaultKind.DROPPED,
    FaultKind.LATE,
    FaultKind.STATUS_BEFORE,
    FaultKind.STATUS_AFTER,
)


def _draw_faults(drawn: random.Random) -> tuple[FaultRule, ...]:
    general = drawn.choice((0.0, 0.02, 0.1))
    unlucky = drawn.choice((0.0, 0.15, 0.35))
    rare = [
        make(drawn)
        for make in (_rate_limited, _token_refused, _down, _invalid, _gone)
        if drawn.random() < 0.1
    ]
    if {404, 422} <= {rule.status for rule in rare}:
        # One after the other they are two refusals, by which a write is parked.
        rare = [rule for rule in rare if rule.status != 404]
    return (
        *rare,
        *(
            FaultRule(kind=kind, share=unlucky * drawn.random(), method=method, path=path)
            for kind in _ARMS
            for method, path in _NOTIFYING
            if unlucky
        ),
        *(FaultRule(kind=kind, share=general * drawn.random()) for kind in FaultKind if general),
    )


def _token_refused(drawn: random.Random) -> FaultRule:
    begins = drawn.uniform(60.0, 900.0)
    return FaultRule(
        kind=FaultKind.STATUS_BEFORE,
        status=drawn.choice((401, 403)),
        from_=begins,
        until=begins + drawn.uniform(30.0, 240.0),
    )


def _down(drawn: random.Random) -> FaultRule:
    """The page is down behind its proxy."""
    begins = drawn.uniform(60.0, 900.0)
    return FaultRule(
        kind=FaultKind.STATUS_BEFORE,
        status=503,
        body=FaultBody.HTML,
        from_=begins,
        until=begins + drawn.uniform(30.0, 400.0),
    )


def _invalid(drawn: random.Random) -> FaultRule:
    """Once only: what is refused as invalid twice is parked, and the page stays wrong by design."""
    share = 0.1 + 0.4 * drawn.random()
    return FaultRule(kind=FaultKind.STATUS_BEFORE, status=422, method="PATCH", times=1, share=share)


def _gone(drawn: random.Random) -> FaultRule:
    return FaultRule(
        kind=FaultKind.STATUS_BEFORE,
        status=404,
        method="PATCH",
        path="/pages/{page_id}/components/{component_id}",
        times=drawn.randint(1, 3),
        share=0.3,
    )


def _rate_limited(drawn: random.Random) -> FaultRule:
    form = drawn.choice((None, RetryAfterForm.SECONDS, RetryAfterForm.DATE))
    return FaultRule(
        kind=FaultKind.STATUS_BEFORE,
        status=drawn.choice((420, 429)),
        share=0.05,
        retry_after=None if form is None else drawn.choice((1, 10, 60)),
        retry_after_form=form,
    )
