"""The rule of one unpaginated list of components a minute, where it still bites."""

import pytest

from bridge.simulator.model import Options
from tests.simulator.desk import NOW, Desk, furnish


@pytest.fixture
def desk() -> Desk:
    return furnish(Options(unpaginated_once_a_minute=True))


def statuses(desk: Desk, *instants: float, **query: str) -> list[int]:
    return [desk.ask("GET", "/components", now=NOW + at, query=query)[0] for at in instants]


def test_the_second_list_of_a_minute_is_refused_and_does_not_count(desk: Desk) -> None:
    assert statuses(desk, 0, 1, 59.9, 60, 61) == [200, 420, 420, 200, 420]


@pytest.mark.parametrize("parameter", ["page", "per_page"])
def test_a_list_with_pages_is_never_held_back(desk: Desk, parameter: str) -> None:
    assert statuses(desk, 0, 1) == [200, 420]
    assert statuses(desk, *range(5), **{parameter: "1"}) == [200] * 5


def test_each_token_has_its_own_list(desk: Desk) -> None:
    desk.simulator.add_token("other")
    assert statuses(desk, 0, 1) == [200, 420]
    desk.headers = {"Authorization": "OAuth other"}
    assert statuses(desk, 1, 2) == [200, 420]


def test_other_lists_and_other_components_are_free(desk: Desk) -> None:
    for path in ("/component-groups", "/incidents", "/metrics", f"/components/{desk.api}"):
        assert [desk.ask("GET", path)[0] for _ in range(3)] == [200] * 3


def test_by_default_a_list_without_pages_is_as_good_as_any() -> None:
    assert statuses(furnish(), *range(5)) == [200] * 5
