"""Three ways to deal with lost answers, on the same seeds: the others fail somewhere, ours nowhere. The whole comparison is `make answers`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.docs.pages import page
from tests.simulation.rivals.outages import Act, Trouble, draw
from tests.simulation.rivals.play import Strategy, Verdict, play
from tests.simulation.rivals.table import COLUMNS, PROMISED, Cell, Count, put_into, render, verdicts

SEEDS = range(10)
BLIND = (Strategy.BLIND_RETRY, COLUMNS[0])
SEARCHING_AT_ONCE, SEARCHING_LATE = (
    (Strategy.SEARCH_THEN_CREATE, COLUMNS[0]),
    (Strategy.SEARCH_THEN_CREATE, COLUMNS[1]),
)


@cache
def count(cell: Cell) -> Count:
    """What the seeds show in one cell."""
    return Count.of(verdict for seed in SEEDS for verdict in verdicts(seed, [cell]))


@pytest.mark.parametrize("cell", PROMISED, ids=lambda cell: cell[1].title)
def test_ours_tells_everything_once_and_is_right_in_the_end(cell: Cell) -> None:
    found = count(cell)
    assert found.clean, found
    assert found.lost > 0
    assert found.kills > 0


def test_blind_retry_opens_a_second_incident_and_leaves_it_open() -> None:
    found = count(BLIND)
    assert found.duplicate > 0
    assert found.wrong > 0


def test_searching_first_opens_no_second_incident_but_tells_an_update_twice() -> None:
    found = count(SEARCHING_AT_ONCE)
    assert found.duplicate == 0
    assert found.doubled > 0


def test_searching_first_opens_a_second_incident_where_the_first_is_applied_late() -> None:
    assert count(SEARCHING_LATE).duplicate > 0


@pytest.mark.parametrize("strategy", Strategy)
def test_without_lost_answers_and_kills_every_strategy_is_right(strategy: Strategy) -> None:
    """The others are no straw men: what they do wrong, they do because of lost answers."""
    for seed in SEEDS[:4]:
        course = draw(seed)
        happenings = tuple(one for one in course.happenings if one.act in {Act.FIRE, Act.RESOLVE})
        quiet = replace(course, share=0.0, happenings=happenings)
        verdict = play(quiet, strategy, Trouble.AT_ONCE)
        assert verdict == Verdict(duplicate=False, doubled=False, wrong=False, lost=0, kills=0), seed


def test_the_table_of_the_document_has_the_strategies_and_the_promise() -> None:
    document = page("docs/lost-answers.md")
    rows = {row[0]: row[1:] for row in document.rows("The comparison")}
    assert list(rows) == [strategy.value for strategy in Strategy]
    ours = rows[Strategy.OURS.value]
    assert (ours[0], ours[2]) == ("**0 / 0 / 0**", "**0 / 0 / 0**")
    some = Count(duplicate=1, doubled=2, wrong=3, lost=4, kills=5)
    written = put_into(document.text, render(dict.fromkeys(PROMISED, some), 7))
    assert "**1 / 2 / 3**" in written
    assert written.partition("<!-- end")[2] == document.text.partition("<!-- end")[2]
