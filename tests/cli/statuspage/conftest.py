"""The stand of these tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.cli.statuspage.stand import Stand, stand

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """A shop's page, and its settings in the environment."""
    for name in os.environ:
        if name.startswith("BRIDGE_"):
            monkeypatch.delenv(name)
    with stand() as there:
        for name, value in there.settings.items():
            monkeypatch.setenv(name, value)
        yield there
