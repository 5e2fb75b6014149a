"""A page's identity in one word: nothing in it that a rename changes, nothing that depends on how an instant is written."""

from __future__ import annotations

import pytest

from bridge.core.identity import identity_of
from bridge.core.operations import ReadPage
from bridge.core.plan import plan
from tests.core.pages import IDENTITY, MAJOR, NOW, SEARCH, identify, memory, page_of


@pytest.mark.parametrize(
    ("created_at", "identity"),
    [
        ("2024-06-07T22:26:30Z", "kctbh9vrtdwd@2024-06-07T22:26:30Z"),
        ("", "kctbh9vrtdwd@unknown"),
    ],
)
def test_an_identity_is_the_id_and_the_second_of_creation(created_at: str, identity: str) -> None:
    assert identity_of("kctbh9vrtdwd", created_at) == identity


def test_before_the_page_was_read_nothing_else_is_planned() -> None:
    page = page_of({SEARCH: MAJOR}, memory())
    page.seen = None
    assert plan(page, NOW).operations == (ReadPage("acme"),)
    page.back_off(ReadPage("acme").target, NOW)
    assert (plan(page, NOW).operations, plan(page, NOW).wake_at) == ((), NOW + 5)


def test_another_page_is_read_once_a_minute_and_nothing_else_is_planned() -> None:
    page = page_of({SEARCH: MAJOR}, memory())
    identify(page, shown="other@2024-06-07T22:26:30Z")
    assert (plan(page, NOW).operations, plan(page, NOW).wake_at) == ((), NOW + 60)
    assert plan(page, NOW + 60).operations == (ReadPage("acme"),)
    identify(page, shown=IDENTITY)
    assert ReadPage("acme") not in plan(page, NOW + 60).operations
    assert len(plan(page, NOW + 60).operations) > 1
