"""Every field of everything that is stored comes back: a field that the strategies always leave at its default would be lost without a test that fails."""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings

from tests.store import strategies

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

STORED: dict[str, SearchStrategy[Any]] = {
    "signal": strategies.signals,
    "intent": strategies.intents,
    "slot": strategies.slots,
    "component told": strategies.components_told,
    "incident told": strategies.incidents_told,
    "standing": strategies.standing,
    "taken": strategies.taken,
    "guard record": strategies.guards,
    "draft": strategies.drafts,
    "what a draft would tell": strategies.proposals,
    "hold": strategies.holds,
    "incident memory": strategies.memories,
}


@pytest.mark.parametrize("drawn", STORED.values(), ids=STORED)
def test_the_round_trip_is_tried_with_every_field_set(drawn: SearchStrategy[Any]) -> None:
    searched = settings(
        max_examples=500, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    example = find(drawn, lambda _: True, settings=searched)
    for field in fields(example):
        default = field.default if field.default is not MISSING else None
        find(drawn, partial(_differs, field.name, default), settings=searched)


def _differs(name: str, default: object, value: object) -> bool:
    return bool(getattr(value, name) != default)
