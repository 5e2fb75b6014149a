"""The instant of a question about the past."""

from __future__ import annotations

import pytest

from bridge.web.explained_instants import InstantError, asked_instant
from bridge.web.instants import instant

NOW = 1_790_000_000.7


def test_the_instant_that_an_answer_told_may_be_asked_for_at_once() -> None:
    told = instant(NOW, 0.0)
    assert told is not None
    assert asked_instant(told, NOW, float) == NOW


def test_what_lies_ahead_is_refused() -> None:
    told = instant(NOW + 2.0, 0.0)
    assert told is not None
    with pytest.raises(InstantError, match="lies in the future"):
        asked_instant(told, NOW, float)
