"""The probe finds how the simulator behaves, whichever way that is, and leaves the page as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bridge.core.capabilities import QUESTIONS
from bridge.simulator.model import Options
from bridge.simulator.options import StrayPoints, draw_options, questions
from bridge.statuspage.api.operations import OPERATIONS
from bridge.statuspage.conformance.endpoints import ALLOWED
from tests.statuspage.conformance.stage import Stage, stage

ONE_OTHER = [(question.name, answer) for question in questions() for answer in question.answers[1:]]


def options_found(set_up: Stage) -> dict[str, Any]:
    return {name: finding.answer for name, finding in set_up.probe().items()}


def options_set(options: Options) -> dict[str, Any]:
    return {question.name: getattr(options, question.name) for question in questions()}


def test_every_question_of_the_simulator_is_asked_with_the_answers_that_it_knows() -> None:
    assert set(QUESTIONS) == {question.name for question in questions()}
    for question in questions():
        known = QUESTIONS[question.name].answers
        if question.name == "list_lag":
            assert known == ()
        else:
            assert set(known) == set(question.answers)
            assert known[0] == question.default


def test_the_page_as_it_was_decided_is_found_so() -> None:
    with stage() as set_up:
        before = set_up.state
        assert options_found(set_up) == options_set(Options())
        assert set_up.state == before


def test_no_call_is_refused_for_the_limit_but_those_that_are_to_be() -> None:
    with stage() as set_up:
        set_up.probe()
        limited = [
            number for number, arrival in enumerate(set_up.simulator.arrivals) if arrival.status == 420
        ]
        last = len(set_up.simulator.arrivals) - 1
        assert limited == [last - 3, last - 2, last - 1]
        writes = [number for number, one in enumerate(set_up.simulator.arrivals) if one.method != "GET"]
        assert max(writes) < last - 60


def test_it_may_make_the_calls_that_a_visit_and_a_search_for_what_was_lost_need_and_no_other() -> None:
    assert ALLOWED < OPERATIONS
    with stage(Options(stray_points=StrayPoints.KEPT)) as set_up:
        set_up.probe()
        made = {(arrival.method, arrival.template or "") for arrival in set_up.simulator.arrivals}
    searches = {("GET", "/pages/{page_id}/incidents"), ("GET", "/pages/{page_id}/metrics")}
    assert {(method, _places(path)) for method, path in made} | {
        (method, _places(path)) for method, path in searches
    } == {(method, _places(path)) for method, path in ALLOWED}


def _places(path: str) -> str:
    """A template without the names of its ids, which the simulator may call otherwise."""
    return re.sub(r"{[a-z_]+}", "{}", path)


@pytest.mark.parametrize(("name", "answer"), ONE_OTHER)
def test_one_thing_that_is_otherwise_is_found_and_nothing_else(name: str, answer: Any) -> None:
    options = Options(**{name: answer})
    with stage(options) as set_up:
        before = set_up.state
        assert options_found(set_up) == options_set(options)
        assert set_up.state == before


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_drawn_is_found(seed: int) -> None:
    options = draw_options(seed)
    with stage(options) as set_up:
        before = set_up.state
        assert options_found(set_up) == options_set(options)
        assert set_up.state == before


@pytest.mark.parametrize("seed", range(30, 36))
def test_a_slow_network_changes_nothing_that_is_found(seed: int) -> None:
    options = draw_options(seed)
    with stage(options, latency=(0.05, 0.25)) as set_up:
        before = set_up.state
        assert options_found(set_up) == options_set(options)
        assert set_up.state == before
