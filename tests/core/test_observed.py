"""What names in rule files mean on a page, and when a page is known."""

from __future__ import annotations

import pytest

from bridge.core.observed import (
    MAINTENANCES,
    Listing,
    ListKind,
    Observed,
    ObservedComponent,
    resolve_component,
    resolve_metric,
)
from bridge.core.rules import ComponentName
from bridge.core.statuses import ComponentStatus
from tests.core.pages import API, IDS, page_of


def component(identifier: str, name: str, group: str = "") -> ObservedComponent:
    """A component as read."""
    return ObservedComponent(identifier, name, group, ComponentStatus.OPERATIONAL, 0.0)


COMPONENTS = {
    one.id: one
    for one in (
        component("1", "API", "Shop"),
        component("2", "Web", "Shop"),
        component("3", "API", "Blog"),
        component("4", "Search"),
        component("5", "Shop / Cart"),
        component("6", "Cart", "Shop"),
        component("7", "Mail"),
        component("8", "Mail", "Office"),
        component("9", "id:1"),
    )
}

NAMES = {
    "a group and a name": ("Shop / API", ("1",)),
    "another group": ("Blog / API", ("3",)),
    "a name that two groups have means neither": ("API", ("1", "3")),
    "a name that only one group has": ("Web", ("2",)),
    "a name without a group": ("Search", ("4",)),
    "a name that looks like a group and a name": ("Shop / Cart", ("5", "6")),
    "a name without a group comes before one in a group": ("Mail", ("7",)),
    "an id": ("id:2", ("2",)),
    "an id that the page does not have": ("id:99", ()),
    "an id is no name": ("id:1", ("1",)),
    "case counts": ("shop / api", ()),
    "a part of a name is no name": ("Sear", ()),
    "nothing": ("", ()),
}


@pytest.mark.parametrize(("name", "expected"), NAMES.values(), ids=NAMES)
def test_what_a_name_means(name: str, expected: tuple[str, ...]) -> None:
    assert resolve_component(ComponentName(name), COMPONENTS) == expected


def test_what_the_name_of_a_metric_means() -> None:
    metrics = {"a": "Latency", "b": "Orders", "c": "Orders"}
    assert resolve_metric("Latency", metrics) == ("a",)
    assert resolve_metric("Orders", metrics) == ("b", "c")
    assert resolve_metric("id:c", metrics) == ("c",)
    assert resolve_metric("id:d", metrics) == ()
    assert resolve_metric("Other", metrics) == ()


def test_a_display_name_is_what_readers_of_the_page_see() -> None:
    assert [COMPONENTS[one].display_name for one in ("1", "4")] == ["Shop / API", "Search"]


@pytest.mark.parametrize("missing", [None, *ListKind])
def test_a_page_is_known_when_every_list_was_read_once(missing: ListKind | None) -> None:
    observed = Observed(
        listings={kind: Listing(None if kind is missing else 5.0, began_at=7.0) for kind in ListKind}
    )
    # Metrics that cannot be listed keep back only their points, maintenances only what gets worse.
    assert observed.complete is (missing not in {ListKind.COMPONENTS, ListKind.UNRESOLVED})
    assert observed.maintained is (missing not in MAINTENANCES)


def test_a_new_page_is_not_known() -> None:
    assert not Observed().complete


def test_a_binding_holds_whatever_the_page_calls_it_and_ends_with_the_component() -> None:
    page = page_of()
    page.component_ids[API] = IDS[API]
    page.observed.components[IDS[API]] = component(IDS[API], "Renamed", "Elsewhere")
    page.observed.components["new"] = component("new", "API", "Shop")
    assert page.component_id(API) == IDS[API]
    del page.observed.components[IDS[API]]
    assert page.component_id(API) == "new"


def test_a_name_that_could_be_two_components_is_bound_to_none() -> None:
    page = page_of()
    page.observed.components["new"] = component("new", "API", "Shop")
    assert page.component_id(API) is None
