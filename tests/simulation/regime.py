"""A regime: what the rules of a course have beside those of every course: an incident that waits for a person, maintenances that the rules plan themselves, and what `terms` says of the lives of incidents.

A course with a regime is the course of the same seed with more rules, and with the deeds of those who read drafts and who plan, drawn apart; so that what a seed did without stays as it was.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.maintenance_rules import Extend, MaintenanceId, MaintenanceRule, Tell
from bridge.core.rules import WhileDrafted
from bridge.core.statuses import Automation
from bridge.core.windows import Span
from tests.simulation.causes import DELIVERY, EXTRAS, PAYMENTS, PAYMENTS_TITLE, SEARCH, Extra, Holds
from tests.simulation.course import Course, Deed, Happening, draw_course, until_mended
from tests.simulation.terms import Life, Silenced, draw_life, draw_silences, with_extras

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.maintenance_rules import Overrun
    from bridge.core.rules import ComponentName, RuleSet

DRAFTED = frozenset({PAYMENTS_TITLE})
"""Incidents that wait for a person, where a regime has drafts."""

REVIEWERS = frozenset({Deed.APPROVE, Deed.DISCARD, Deed.CHANGE_RULES, Deed.IDENTIFY})
"""What happens under a regime alone."""

REVIEWED = (150.0, 400.0)
"""Every how many seconds somebody looks at the drafts."""

ANNOUNCED_AHEAD = 3600.0
"""Longer than a course: what is planned is announced at once."""

GRACE = 30.0


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """How the incident that waits is told.

    Attributes:
        publish_after: seconds after which it is told by itself, or None.
        while_drafted: what becomes of its components meanwhile.
    """

    publish_after: float | None
    while_drafted: WhileDrafted


@dataclass(frozen=True, slots=True)
class Planned:
    """A maintenance of the rules; instants are virtual seconds.

    Attributes:
        name: its id.
        component: what it is about.
        begin, end: when it is planned.
        overrun: what becomes of it where something is broken at its end.
        changed_at: when the rules change, or None.
        moved_by: by how many seconds it is moved then; None where it is called off.
    """

    name: str
    component: ComponentName
    begin: float
    end: float
    overrun: Overrun | None = None
    changed_at: float | None = None
    moved_by: float | None = None

    def rule(self, epoch: float, at: float) -> MaintenanceRule | None:
        """The rule as it is in force at an instant; None where it is called off."""
        changed = self.changed_at is not None and at >= self.changed_at
        if changed and self.moved_by is None:
            return None
        moved = (self.moved_by or 0.0) if changed else 0.0
        return MaintenanceRule(
            MaintenanceId(self.name),
            (self.component,),
            title_of(self.component),
            Span(epoch + self.begin + moved, epoch + self.end + moved),
            announce=ANNOUNCED_AHEAD,
            overrun=self.overrun,
            grace=GRACE,
            automation=Automation.FULL,
        )


@dataclass(frozen=True, slots=True)
class Regime:
    """What the rules of a course have besides.

    Attributes:
        drafts: how incidents that wait are told; None where none waits.
        planned: the maintenances.
        life: how incidents live; None where they do as in every course.
        silences: what is silent, and when.
        extras: what else can break.
    """

    drafts: DraftTerms | None = None
    planned: tuple[Planned, ...] = ()
    life: Life | None = None
    silences: tuple[Silenced, ...] = ()
    extras: frozenset[Extra] = frozenset()

    def rules(self, rules: RuleSet, epoch: float, at: float, *, holds: Holds) -> RuleSet:
        """The rules of a course under this regime, as they are in force at an instant, virtual seconds."""
        rules = with_extras(rules, self.extras, holds)
        if self.life is not None:
            rules = self.life.rules(rules)
        incidents = rules.incidents
        if self.drafts is not None:
            terms = self.drafts
            incidents = tuple(
                replace(
                    rule,
                    automation=Automation.DRAFT,
                    publish_after=terms.publish_after,
                    components_while_drafted=terms.while_drafted,
                )
                if rule.title in DRAFTED
                else rule
                for rule in incidents
            )
        maintenances = tuple(rule for one in self.planned if (rule := one.rule(epoch, at)) is not None)
        silences = tuple(one.silence(epoch) for one in self.silences)
        return replace(rules, incidents=incidents, maintenances=maintenances, silences=silences)


def title_of(component: str) -> str:
    """What the maintenance of a component is called on the page."""
    return f"We work on {component}"


def draw_ruled(seed: int) -> Course:
    """The course of a seed under a regime. A function of its seed."""
    course = draw_course(seed)
    drawn = random.Random(f"regime {seed}")
    drafts = _draw_drafts(drawn) if drawn.random() < 0.7 else None
    planned = tuple(_draw_planned(drawn, course.busy)) if drafts is None or drawn.random() < 0.5 else ()
    more = [*_reviews(drawn, course.busy)] if drafts is not None else []
    more += [
        Happening(one.changed_at, Deed.CHANGE_RULES, one.name)
        for one in planned
        if one.changed_at is not None
    ]
    # Drawn apart again: drafts and maintenances are what they were before there was more.
    drawn = random.Random(f"life {seed}")
    life = draw_life(drawn) if drawn.random() < 0.85 else None
    silences = draw_silences(drawn, course.busy) if drawn.random() < 0.35 else ()
    extras = frozenset(extra for extra in Extra if drawn.random() < 0.4)
    more += _outages(drawn, extras, course.busy)
    if life is not None and life.explained:
        more += _explanations(drawn, course.busy)
    # What people told the bridge, nobody remembers after the disk was lost; by a clock that is wrong, nobody can say when a maintenance or a silence is.
    unwanted = {Deed.LOSE_DISK, *((Deed.SET_CLOCK,) if planned or silences else ())}
    kept = [one for one in course.happenings if one.deed not in unwanted]
    return replace(
        course,
        happenings=tuple(sorted([*kept, *more], key=lambda happening: happening.at)),
        regime=Regime(drafts, planned, life, silences, extras),
    )


def _outages(drawn: random.Random, extras: frozenset[Extra], until: float) -> Iterator[Happening]:
    breakable = [cause.name for cause in EXTRAS.values() if cause.extra in extras and not cause.members]
    at = drawn.expovariate(1 / 60.0)
    while breakable and at < until - 5.0:
        lasting = drawn.choice((10.0, 90.0, 200.0, 400.0)) * drawn.uniform(0.5, 1.5)
        yield from until_mended(Happening(at, Deed.BREAK, drawn.choice(breakable)), at + lasting, until)
        at += drawn.expovariate(1 / 60.0)


def _explanations(drawn: random.Random, until: float) -> Iterator[Happening]:
    every = drawn.choice((60.0, 200.0))
    at = drawn.expovariate(1 / every)
    while at < until - 5.0:
        yield Happening(at, Deed.IDENTIFY)
        at += drawn.expovariate(1 / every)


def _draw_drafts(drawn: random.Random) -> DraftTerms:
    return DraftTerms(drawn.choice((None, None, 120.0, 400.0)), drawn.choice(tuple(WhileDrafted)))


def _reviews(drawn: random.Random, until: float) -> Iterator[Happening]:
    every = drawn.uniform(*REVIEWED)
    at = drawn.expovariate(1 / every)
    while at < until - 5.0:
        deed = Deed.APPROVE if drawn.random() < 0.75 else Deed.DISCARD
        yield Happening(at, deed, figure=drawn.choice((0.5, 5.0, 40.0)))
        at += drawn.expovariate(1 / every)


def _draw_planned(drawn: random.Random, until: float) -> Iterator[Planned]:
    for component in drawn.sample((SEARCH, PAYMENTS, DELIVERY), drawn.choice((1, 1, 2))):
        begin, lasts = drawn.uniform(20.0, until / 2), drawn.uniform(150.0, 500.0)
        overrun = drawn.choice((None, Extend(120.0, 2), Tell(300.0)))
        planned = Planned(f"work-{component.lower()}", component, begin, begin + lasts, overrun)
        change = drawn.random()
        if change < 0.3:
            moved_by = drawn.choice((-60.0, 90.0, 200.0))
            changed_at = drawn.uniform(0.0, begin + lasts / 2)
            planned = replace(planned, changed_at=changed_at, moved_by=moved_by)
        elif change < 0.5:
            planned = replace(planned, changed_at=drawn.uniform(0.0, begin + lasts))
        latest = planned.end + max(planned.moved_by or 0.0, 0.0) + 420.0
        if latest < until:
            yield planned
