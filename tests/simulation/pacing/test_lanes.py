"""The scenarios by which mutants of pacing are caught: the product passes them."""

from __future__ import annotations

import pytest

from tests.mutants.scenarios import SCENARIOS, lanes, pacing

PASSED = {
    name: made for name, made in SCENARIOS.items() if made.__module__ in {lanes.__name__, pacing.__name__}
}


@pytest.mark.parametrize("scenario", PASSED)
def test_the_product_passes(scenario: str) -> None:
    assert PASSED[scenario]() == []
