"""The furnished page, as a fixture."""

import pytest

from tests.simulator.desk import Desk, furnish


@pytest.fixture
def desk() -> Desk:
    return furnish()
