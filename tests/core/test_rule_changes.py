"""A trial of other rules says what they would change, and the texts say it to people."""

from __future__ import annotations

import copy
from dataclasses import replace

from hypothesis import given

from bridge.core.page import Page
from bridge.core.rule_changes import NAMED, RuleChange, StatusChange, trial_of
from bridge.core.rules import ComponentName, IncidentRuleId, RuleSet
from bridge.core.state import State
from bridge.core.statuses import ComponentStatus
from bridge.core.step import step
from tests.core.pages import API, IDS, MAJOR, NOW, PARTIAL, RULES, SHOP, page_of, tell_incident
from tests.core.strategies import Moment, rule_sets, timelines

Timeline = list[Moment]


def under_way(ruleset: RuleSet, timeline: Timeline) -> tuple[Page, State]:
    """A page whose evaluation has come to the end of a timeline."""
    state = State(ruleset)
    for moment in timeline:
        step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
    return Page("page", "page-id", b"secret", ruleset), state


@given(ruleset=rule_sets(), timeline=timelines())
def test_the_same_rules_change_nothing(ruleset: RuleSet, timeline: Timeline) -> None:
    page, state = under_way(ruleset, timeline)
    assert trial_of(page, state, ruleset, timeline[-1].now if timeline else NOW).run() == RuleChange()


@given(ruleset=rule_sets(), other=rule_sets(), timeline=timelines())
def test_whatever_a_reload_really_changes_at_once_the_trial_has_told(
    ruleset: RuleSet, other: RuleSet, timeline: Timeline
) -> None:
    page, state = under_way(ruleset, timeline)
    now = timeline[-1].now if timeline else NOW
    before = copy.deepcopy((state.memory, state.claimed, state.signals))
    told = trial_of(page, state, other, now).run()
    assert (state.memory, state.claimed, state.signals) == before
    reloaded = State(other, state.memory)
    step(reloaded, state.signals.values(), now, sources=state.sources.values())
    wanted, was = reloaded.claimed, before[1]
    changed = {name for name in (wanted | was) if wanted.get(name) is not was.get(name)}
    assert changed <= {change.component for change in told.components}


def test_a_component_under_another_name_is_the_same_component() -> None:
    page = page_of({API: MAJOR})
    page.component_ids[API] = IDS[API]
    state = State(page.ruleset)
    state.claimed[API] = MAJOR
    by_id = ComponentName(f"id:{IDS[API]}")
    renamed = replace(page.ruleset, components=(replace(RULES[0], component=by_id), *RULES[1:]))
    trial = trial_of(page, state, renamed, NOW)
    assert trial.ids[by_id] == trial.ids[API] == IDS[API]


def test_the_rule_of_an_open_incident_is_missed_and_of_one_that_is_over_it_is_not() -> None:
    page = page_of()
    told = tell_incident(page)
    without = replace(page.ruleset, incidents=())
    assert trial_of(page, State(page.ruleset), without, NOW).run().orphans == ((SHOP.id, "inc-1"),)
    page.incidents_told[told.key] = replace(told, status=told.status.RESOLVED)
    assert trial_of(page, State(page.ruleset), without, NOW).run() == RuleChange()


def test_many_changes_are_named_in_part_and_counted() -> None:
    changes = tuple(StatusChange(f"C{n}", ComponentStatus.OPERATIONAL, PARTIAL) for n in range(NAMED + 3))
    texts = RuleChange(changes, ((IncidentRuleId("shop"), "i1"),)).texts()
    assert len(texts) == NAMED + 2
    assert texts[0] == "C0: operational to partial_outage"
    assert texts[-2:] == ("3 more components", "incident i1 is open, and its rule shop would be gone")


def test_more_than_so_many_components_or_one_orphan_is_too_much() -> None:
    changes = tuple(StatusChange(f"C{n}", ComponentStatus.OPERATIONAL, PARTIAL) for n in range(5))
    assert not RuleChange(changes).exceeds(5)
    assert RuleChange(changes).exceeds(4)
    assert RuleChange((), ((IncidentRuleId("shop"), "i1"),)).exceeds(1100)
