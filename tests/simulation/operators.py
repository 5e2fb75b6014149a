"""Operators: people who command the bridge, as a campaign draws them, and what of their commands was in force when, by the scenario's own account.

A course with operators is the course of the same seed with their deeds, and more of people's, added; so that what a seed did without them stays as it was.
"""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - seeded instances alone
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tests.simulation.causes import COMPONENTS, COVERED
from tests.simulation.course import PERSONS, Course, Deed, Happening, draw_course, happenings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.simulation.world import Told, World
    from tests.simulation.evidence import Evidence

NEVER = float("inf")

OPERATORS = frozenset(
    {
        Deed.OVERRIDE,
        Deed.HAND_BACK,
        Deed.YIELD_COMPONENT,
        Deed.YIELD_INCIDENT,
        Deed.ADOPT,
        Deed.RELEASE,
        Deed.PAUSE,
        Deed.RESUME,
    }
)
"""What an operator tells the bridge."""

_EVERY: dict[Deed, tuple[float, float]] = {
    # deed: in which share of the seeds it happens, and every how many seconds there
    Deed.OVERRIDE: (0.7, 350.0),
    Deed.YIELD_COMPONENT: (0.5, 500.0),
    Deed.YIELD_INCIDENT: (0.4, 400.0),
    Deed.ADOPT: (0.4, 400.0),
    Deed.RELEASE: (0.2, 700.0),
    Deed.PAUSE: (0.4, 700.0),
    Deed.SET_COMPONENT: (0.5, 400.0),
    Deed.UPDATE_OURS: (0.4, 400.0),
    Deed.RESOLVE_OURS: (0.3, 500.0),
    Deed.OPEN_OWN: (0.3, 500.0),
}
_STATUSES = ("operational", "degraded_performance", "partial_outage", "major_outage")
_LASTING = (60.0, 200.0, 500.0)


def draw_operated(seed: int) -> Course:
    """The course of a seed with operators in it. A function of its seed."""
    course = draw_course(seed)
    drawn = random.Random(f"operators {seed}")
    more = [one for deed in _chosen(drawn) for one in _deeds(drawn, deed, course.busy)]
    # What people told the bridge, nobody remembers after the disk was lost.
    kept = [one for one in course.happenings if one.deed is not Deed.LOSE_DISK]
    return replace(
        course,
        happenings=tuple(sorted([*kept, *more], key=lambda happening: happening.at)),
        operated=True,
    )


def _chosen(drawn: random.Random) -> list[Deed]:
    chosen = [deed for deed, (share, _) in _EVERY.items() if drawn.random() < share]
    return chosen or [Deed.OVERRIDE]


def _deeds(drawn: random.Random, deed: Deed, until: float) -> Iterator[Happening]:
    at = drawn.expovariate(1 / _EVERY[deed][1])
    while at < until - 5.0:
        yield from _deed(drawn, deed, at, until)
        at += drawn.expovariate(1 / _EVERY[deed][1])


def _deed(drawn: random.Random, deed: Deed, at: float, until: float) -> Iterator[Happening]:
    if deed in PERSONS:
        yield from happenings_of(drawn, deed, at, until, crowd=False)
        return
    lasting = drawn.choice(_LASTING) * drawn.uniform(0.5, 1.5)
    ends_at = at + lasting
    match deed:
        case Deed.OVERRIDE | Deed.YIELD_COMPONENT:
            name = drawn.choice(COMPONENTS)
            value = drawn.choice(_STATUSES) if deed is Deed.OVERRIDE else ""
            # Until then, or until it is handed back.
            runs_out = drawn.random() < 0.5
            yield Happening(at, deed, name, lasting if runs_out else 0.0, value)
            if not runs_out and ends_at < until:
                yield Happening(ends_at, Deed.HAND_BACK, name)
        case Deed.PAUSE:
            runs_out = drawn.random() < 0.5
            yield Happening(at, deed, figure=lasting if runs_out else 0.0)
            if not runs_out and ends_at < until:
                yield Happening(ends_at, Deed.RESUME)
        case _:
            yield Happening(at, deed, drawn.choice(list(COVERED)))


@dataclass(frozen=True, slots=True)
class Given:
    """A command that an operator gave.

    Attributes:
        kind: the command's name.
        subject: id of the component or incident; empty for the page.
        told: its document, and when it was sent first and answered.
    """

    kind: str
    subject: str
    told: Told

    @property
    def first_at(self) -> float:
        """Unix seconds; it may have been in force from then on."""
        return self.told.given_at

    @property
    def acknowledged_at(self) -> float:
        """Unix seconds; it was in force from then on. Infinity while it was not accepted."""
        return (self.told.answered_at or NEVER) if self.told.accepted else NEVER

    @property
    def refused(self) -> bool:
        """Whether it was told that it cannot be obeyed."""
        return self.told.status is not None and not self.told.accepted


LOOKS = 0.5
"""Seconds between an operator's looks for the answer."""


class Operators:
    """Whoever commands the bridge in one run. They try until they are answered, as the command line tells them to."""

    def __init__(self, world: World, evidence: Evidence, drawn: random.Random) -> None:
        self._world = world
        self._evidence = evidence
        self._drawn = drawn
        self._waiting: deque[Callable[[], None]] = deque()
        self._busy = False

    def perform(self, happening: Happening) -> None:
        """Give the command of a happening, if there is anything to command, once the one before it is answered."""
        self._waiting.append(partial(self._perform, happening))
        self._go_on()

    def end(self) -> None:
        """Take everything back: the page is the rules' again."""
        self._waiting.append(self._end)
        self._go_on()

    def _go_on(self) -> None:
        if not self._busy:
            self._busy = True
            with self._world.loop.outside():
                self._world.loop.create_task(self._work(), name="operators")

    async def _work(self) -> None:
        while self._waiting:
            self._waiting.popleft()()
            while any(given.told.status is None for given in self._evidence.commands):  # noqa: ASYNC110 - an answer comes to nobody in particular
                await asyncio.sleep(LOOKS)
        self._busy = False

    def _perform(self, happening: Happening) -> None:
        lasting: dict[str, object] = {"for": f"{happening.figure:.0f}s"} if happening.figure else {}
        match happening.deed:
            case Deed.PAUSE:
                self._give("pause", "", **lasting)
            case Deed.RESUME:
                self._give("resume", "")
            case Deed.OVERRIDE:
                self._about_component("override_set", happening, status=happening.value, **lasting)
            case Deed.YIELD_COMPONENT:
                self._about_component("yield_component", happening, **lasting)
            case Deed.HAND_BACK:
                self._about_component("override_clear", happening)
            case Deed.YIELD_INCIDENT:
                self._about_incident("yield_incident", happening)
            case Deed.ADOPT:
                self._about_incident("adopt", happening)
            case Deed.RELEASE:
                self._about_incident("release", happening)
            case _:
                raise AssertionError(f"{happening.deed} is no command")

    def _end(self) -> None:
        self._give("resume", "")
        kept = [one for one in self._evidence.commands if one.kind in {"override_set", "yield_component"}]
        for component_id in dict.fromkeys(one.subject for one in kept):
            self._give("override_clear", component_id, component=f"id:{component_id}")

    def _about_component(self, kind: str, happening: Happening, **fields: object) -> None:
        component = self._world.simulator.component(self._world.page_id, happening.subject)
        self._give(kind, component.id, component=happening.subject, **fields)

    def _about_incident(self, kind: str, happening: Happening) -> None:
        world = self._world
        live = [
            incident
            for incident in world.simulator.incidents(world.page_id)
            if incident.name == happening.subject and incident.resolved_at is None
        ]
        if live:
            incident_id = live[int(self._drawn.random() * len(live))].id
            self._give(kind, incident_id, incident=incident_id)

    def _give(self, kind: str, subject: str, **fields: object) -> None:
        self._evidence.commands.append(Given(kind, subject, self._world.command(kind, **fields)))
