"""The script of the demo, and the judgement of stale writes that is made from it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bridge.app.demo.script import BROKEN, CUES, FLAP, OUTAGE, Act, is_stale
from bridge.app.example_page import COMPONENTS

API, SEARCH = "Checkout / API", "Search"


@pytest.mark.parametrize(
    ("component", "status", "at", "stale"),
    [
        pytest.param(API, "major_outage", 11.9, True, id="worse before anything broke"),
        pytest.param(API, "major_outage", 12.0, False, id="worse from the moment it broke"),
        pytest.param(API, "partial_outage", 20.0, False, id="any worse status while it is broken"),
        pytest.param(API, "major_outage", 35.0, False, id="worse while the rule keeps firing"),
        pytest.param(API, "major_outage", 35.1, True, id="worse when even a slow write would have arrived"),
        pytest.param(API, "operational", 5.0, False, id="operational before it broke"),
        pytest.param(API, "operational", 15.0, False, id="operational until it could be seen"),
        pytest.param(API, "operational", 15.1, True, id="operational while it is known to be broken"),
        pytest.param(API, "operational", 25.9, True, id="operational just before it is mended"),
        pytest.param(API, "operational", 26.0, False, id="operational from the moment it is mended"),
        pytest.param("Checkout / Web", "operational", 20.0, True, id="the other component of the outage"),
        pytest.param(SEARCH, "degraded_performance", 5.0, True, id="a flap is never worth a write"),
        pytest.param(SEARCH, "operational", 5.0, False, id="search is operational throughout"),
        pytest.param("Payments", "major_outage", 20.0, True, id="what never breaks is never worse"),
    ],
)
def test_a_write_is_stale_when_it_says_what_is_not_so(
    component: str, status: str, at: float, *, stale: bool
) -> None:
    assert is_stale(component, status, at) is stale


def test_every_component_of_the_example_page_is_judged() -> None:
    assert {f"{group} / {name}" if group else name for group, name, _ in COMPONENTS} == set(BROKEN)


def test_the_cues_come_in_order_and_what_begins_ends() -> None:
    assert all(before.at <= after.at for before, after in pairwise(CUES))
    at = {cue.act: cue.at for cue in CUES}
    assert (at[Act.FLAP_BEGINS], at[Act.FLAP_ENDS]) == FLAP
    assert (at[Act.OUTAGE_BEGINS], at[Act.OUTAGE_ENDS]) == OUTAGE
    repeats = [cue.at for cue in CUES if cue.act is Act.REPEAT]
    assert repeats
    assert all(OUTAGE[0] < repeat < OUTAGE[1] for repeat in repeats)
