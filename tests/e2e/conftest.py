"""The servers of a test as a fixture. What the processes wrote is shown when the test failed, and stays in its temporary folder."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.servers import Servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator
    from pathlib import Path

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember failures for the fixture below."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture
async def servers(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Servers]:
    """A page, and nothing started yet."""
    async with Servers(tmp_path) as opened:
        yield opened
        if request.node.stash.get(_FAILED, False):
            sys.stdout.write(opened.children.last_words())
