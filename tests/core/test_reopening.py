"""When an incident that was over goes on, what is remembered of its periods, and how they are told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from bridge.core.desired import IncidentDecision
from bridge.core.incidents import Coverage, IncidentMemory, IncidentPhase, advance_incident
from bridge.core.reasons import Reason
from bridge.core.reopening import MOST_PERIODS, periods_text, resumed
from bridge.core.rules import ComponentName, IncidentRule, IncidentRuleId, Updates
from bridge.core.signals import NO_LABELS
from bridge.core.state import State
from bridge.core.statuses import ComponentStatus
from bridge.core.step import step
from tests.core.strategies import Moment, rule_sets, timelines

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet

API, WEB = ComponentName("API"), ComponentName("Web")
RULE = IncidentRule(IncidentRuleId("shop"), (API, WEB), "The shop", monitor_for=60.0, reopen_within=600.0)
BROKEN = Coverage(ComponentStatus.MAJOR_OUTAGE, (API,), blind=False)
MILD = Coverage(ComponentStatus.PARTIAL_OUTAGE, (WEB,), blind=False)
WELL = Coverage(ComponentStatus.OPERATIONAL, (), blind=False)
NOON = 1_790_078_400.0
"""12:00 UTC on 22 September 2026."""


def lived(*turns: tuple[float, Coverage], rule: IncidentRule = RULE) -> IncidentMemory:
    """An incident after what it covered at these seconds after noon."""
    memory = IncidentMemory(rule.id, NO_LABELS)
    for after, coverage in turns:
        memory, _ = advance_incident(memory, rule, coverage, NOON + after)
    return memory


OVER = ((0.0, BROKEN), (600.0, WELL), (660.0, WELL))


@pytest.mark.parametrize(
    ("after", "reason"), [(661.0, Reason.REOPENED), (1260.0, Reason.REOPENED), (1260.5, Reason.OPENED)]
)
def test_it_goes_on_until_that_long_after_its_end(after: float, reason: Reason) -> None:
    over, again = lived(*OVER), lived(*OVER, (after, MILD))
    assert (over.phase, again.reason) == (IncidentPhase.CLOSED, reason)
    assert (again.episode == over.episode) is (reason is Reason.REOPENED)
    if reason is Reason.REOPENED:
        assert again.sequence == again.fired_at == over.sequence + 1
        # What it tells elsewhere, where a person ended it, is of now alone.
        assert (again.components, again.high_water) == ((WEB,), ComponentStatus.PARTIAL_OUTAGE)


def test_a_rule_that_says_nothing_opens_another_and_remembers_nothing() -> None:
    rule = replace(RULE, reopen_within=0.0)
    again = lived(*OVER, (660.0, MILD), rule=rule)
    assert (again.reason, again.turns, again.closed_at) == (Reason.OPENED, (), 0.0)


def test_the_updates_of_an_episode_go_on_counting() -> None:
    rule = replace(RULE, updates=Updates(300.0, 1))
    again = lived((0.0, BROKEN), (300.0, BROKEN), *OVER[1:], (700.0, BROKEN), (1000.0, BROKEN), rule=rule)
    assert (again.stills, again.reason) == (1, Reason.REOPENED)


def test_what_an_absorber_told_is_not_opened_again_by_itself() -> None:
    absorbed, _ = advance_incident(
        IncidentMemory(RULE.id, NO_LABELS), RULE, BROKEN, NOON, absorber=IncidentRuleId("all")
    )
    for after in (600.0, 660.0):
        absorbed, _ = advance_incident(absorbed, RULE, WELL, NOON + after)
    again, reasons = advance_incident(absorbed, RULE, BROKEN, NOON + 700.0)
    assert (again.absorbed_by, reasons) == (None, (Reason.OPENED,))


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ((0.0, 600.0, 1500.0), "from 12:00 to 12:10 UTC, and again since 12:25 UTC"),
        (
            (0.0, 600.0, 1500.0, 1800.0, 3600.0),
            "from 12:00 to 12:10 UTC, from 12:25 to 12:30 UTC, and again since 13:00 UTC",
        ),
        (
            (43_000.0, 43_260.0, 44_000.0),
            "from 22 September 23:56 to 23 September 00:01 UTC, and again since 23 September 00:13 UTC",
        ),
    ],
)
def test_periods_are_told_by_the_time_of_day_and_with_dates_where_they_differ(
    turns: tuple[float, ...], said: str
) -> None:
    memory = replace(lived(*OVER), turns=tuple(NOON + turn for turn in turns))
    assert periods_text(memory, 0.0) == said


def test_periods_are_told_by_the_clock_of_the_page() -> None:
    memory = lived(*OVER, (700.0, BROKEN))
    assert periods_text(memory, 3600.0) == "from 13:00 to 13:10 UTC, and again since 13:11 UTC"


def test_a_return_goes_on_in_its_period() -> None:
    memory = lived((0.0, BROKEN), (300.0, WELL), (330.0, BROKEN), *OVER[1:], (900.0, BROKEN))
    assert periods_text(memory, 0.0) == "from 12:00 to 12:10 UTC, and again since 12:15 UTC"


def test_of_many_periods_the_newest_are_told() -> None:
    again = [(1000.0 * one + after, shown) for one in range(9) for after, shown in OVER]
    memory = lived(*again, (9000.0, BROKEN), rule=replace(RULE, reopen_within=86_400.0))
    assert memory.turns[-1] == NOON + 9000.0
    assert periods_text(memory, 0.0).count("from") == MOST_PERIODS - 1


def test_a_clock_that_was_set_back_leaves_no_instant_in_the_future() -> None:
    memory = resumed(lived(*OVER), NOON + 30.0)
    assert (memory.turns, memory.closed_at) == ((NOON, NOON + 30.0), NOON + 30.0)
    assert resumed(lived(*OVER), NOON + 700.0) == lived(*OVER)


@given(ruleset=rule_sets(), timeline=timelines())
def test_an_episode_goes_on_within_its_time_alone(ruleset: RuleSet, timeline: list[Moment]) -> None:
    state = State(ruleset)
    for moment in timeline:
        before = dict(state.memory.incidents)
        taken = step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
        for memory in state.memory.incidents.values():
            assert list(memory.turns) == sorted(memory.turns)
        for decision in taken.decisions:
            if not isinstance(decision, IncidentDecision):
                continue
            known = before.get((decision.memory.rule, decision.memory.group))
            within = ruleset.incident_rules[decision.memory.rule].reopen_within
            soon = known is not None and known.turns and moment.now <= known.closed_at + within
            if known is None or known.phase is not IncidentPhase.CLOSED:
                continue
            if decision.reason is Reason.REOPENED:
                assert soon
                assert (decision.memory.episode, decision.memory.fired_at) == (
                    known.episode,
                    known.sequence + 1,
                )
            elif decision.reason is Reason.OPENED and within:
                assert not soon
