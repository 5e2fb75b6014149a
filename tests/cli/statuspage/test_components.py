"""Components and groups by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.statuspage.stand import Stand


def members(shop: Stand, group: str) -> list[str]:
    """What stands in a group, by name."""
    page = shop.simulator.page(shop.page_id)
    (found,) = [one for one in page.groups.values() if one.name == group]
    return [page.components[one].name for one in found.component_ids]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Checkout / API", id="with its group"),
        pytest.param("API", id="by its own name, where only one has it"),
        pytest.param("  Checkout  /  API ", id="with other spaces"),
    ],
)
def test_a_status_is_set_and_no_incident_tells_of_it(shop: Stand, name: str) -> None:
    said = shop.output("components", "set", name, "partial_outage", "--yes")
    assert "Checkout / API" in said
    assert shop.component("Checkout / API") == "partial_outage"
    assert (shop.incidents, shop.told) == ([], [])


@pytest.mark.parametrize("prefix", ["", "id:"])
def test_a_component_is_named_by_its_id(shop: Stand, prefix: str) -> None:
    identity = shop.component_id("Search")
    shop.output("components", "set", f"{prefix}{identity}", "major_outage", "--yes")
    assert shop.component("Search") == "major_outage"


def test_something_else_than_the_status_is_set(shop: Stand) -> None:
    more = ("--name", "Find", "--description", "Finds things", "--group", "Checkout", "--only-if-degraded")
    shop.output("components", "set", "Search", *more, "--start-date", "2026-01-31", "--yes")
    document = shop.json("components", "show", "Checkout / Find")
    assert (document["description"], document["only_show_if_degraded"]) == ("Finds things", True)
    assert document["start_date"] == "2026-01-31"
    shop.output("components", "set", "Find", "--group", "", "--yes")
    assert shop.json("components", "show", "Find")["group_id"] is None


def test_nothing_to_set_is_wrong_use(shop: Stand) -> None:
    ended = shop.run("components", "set", "Search", "--yes")
    assert (ended.code, shop.writes) == (2, [])
    assert ended.errors == "nothing to change is given; nothing is done\n"


def test_a_component_is_made_in_a_group(shop: Stand) -> None:
    shop.output("components", "create", "Mobile", "--group", "Checkout", "--status", "degraded_performance")
    assert members(shop, "Checkout") == ["API", "Web", "Mobile"]
    assert shop.component("Checkout / Mobile") == "degraded_performance"


def test_a_second_one_of_a_name_is_made_only_where_that_is_said(shop: Stand) -> None:
    ended = shop.run("components", "create", "Search")
    assert (ended.code, shop.writes) == (2, [])
    assert shop.component_id("Search") in ended.errors
    shop.output("components", "create", "Search", "--twin")
    assert [one["name"] for one in shop.json("components", "list")].count("Search") == 2


def test_of_two_of_a_name_both_are_listed_and_neither_is_touched(shop: Stand) -> None:
    first = shop.component_id("Search")
    second = shop.simulator.add_component(shop.page_id, "Search", group="Checkout")
    third = shop.simulator.add_component(shop.page_id, "Search", group="Checkout")
    ended = shop.run("components", "set", "Checkout / Search", "major_outage", "--yes")
    assert (ended.code, shop.writes) == (1, [])
    assert (second in ended.errors, third in ended.errors, first in ended.errors) == (True, True, False)


def test_a_name_that_only_one_has_in_full_means_that_one(shop: Stand) -> None:
    """As in rule files: what is called exactly that comes before what has it for its own name."""
    shop.simulator.add_component(shop.page_id, "Search", group="Checkout")
    shop.output("components", "set", "Checkout / Search", "major_outage", "--yes")
    assert shop.component("Checkout / Search") == "major_outage"
    shop.output("components", "set", "Search", "partial_outage", "--yes")
    page = shop.simulator.page(shop.page_id)
    assert {str(one.status) for one in page.components.values() if one.name == "Search"} == {
        "major_outage",
        "partial_outage",
    }
    assert shop.component("Checkout / Search") == "major_outage"


def test_a_typo_is_told_with_what_comes_close(shop: Stand) -> None:
    ended = shop.run("components", "set", "chekout / api", "major_outage", "--yes")
    assert (ended.code, shop.writes) == (1, [])
    assert 'did you mean "Checkout / API"' in ended.errors


def test_a_name_like_nothing_is_told_with_how_to_see_them(shop: Stand) -> None:
    ended = shop.run("components", "set", "zzz", "major_outage", "--yes")
    assert "bridge statuspage components list" in ended.errors


def test_a_group_is_no_component(shop: Stand) -> None:
    ended = shop.run("components", "set", "Checkout", "major_outage", "--yes")
    assert (ended.code, shop.writes) == (1, [])
    assert "is a group" in ended.errors


def test_a_deleted_component_is_gone(shop: Stand) -> None:
    shop.output("components", "delete", "Search", "--yes")
    assert "Search" not in {one["name"] for one in shop.json("components", "list")}


def test_components_are_listed_by_status(shop: Stand) -> None:
    shop.output("components", "set", "Search", "major_outage", "--yes")

    def names(status: str) -> set[str]:
        return {one["name"] for one in shop.json("components", "list", "--status", status)}

    assert names("major_outage") == {"Search"}
    assert names("!operational") == {"Search"}
    assert names("operational") == {"API", "Web", "Payments"}
    assert shop.run("components", "list", "--status", "broken").code == 2


# --- groups


def test_a_group_is_made_changed_and_deleted(shop: Stand) -> None:
    shop.output("groups", "create", "Shop", "--component", "Search", "--component", "Payments")
    assert members(shop, "Shop") == ["Search", "Payments"]
    more = ("--name", "Store", "--add", "Checkout / Web", "--remove", "Search")
    shop.output("groups", "change", "Shop", *more, "--description", "All that sells", "--yes")
    assert members(shop, "Store") == ["Payments", "Web"]
    assert members(shop, "Checkout") == ["API"]
    shop.output("groups", "delete", "Store", "--yes")
    assert [one["name"] for one in shop.json("groups", "list")] == ["Checkout"]
    assert shop.json("components", "show", "Web")["group_id"] is None


def test_a_group_takes_nothing_out_of_another_without_a_question(shop: Stand) -> None:
    wanted = ("groups", "create", "Shop", "--component", "API", "--component", "Web", "--component", "Search")
    told = shop.converse(*wanted, answers=["n"])
    assert (told.code, shop.writes) == (1, [])
    for line in ("API: Checkout → Shop", "Web: Checkout → Shop", "nothing is left in Checkout"):
        assert line in told.errors
    assert "Search:" not in told.errors
    nobody = shop.run(*wanted)
    assert (nobody.code, shop.writes) == (2, [])
    assert "API: Checkout → Shop" in nobody.errors
    assert "--yes" in nobody.errors
    shop.output(*wanted, "--yes")
    assert members(shop, "Shop") == ["API", "Web", "Search"]


def test_a_change_of_a_group_takes_nothing_out_of_another_without_a_question(shop: Stand) -> None:
    shop.output("groups", "create", "Shop", "--component", "Search")
    before = shop.writes
    nobody = shop.run("groups", "change", "Shop", "--add", "Web", "--add", "Payments")
    assert (nobody.code, shop.writes) == (2, before)
    assert "Web: Checkout → Shop" in nobody.errors
    shop.output("groups", "change", "Shop", "--add", "Web", "--add", "Payments", "--yes")
    assert members(shop, "Shop") == ["Search", "Web", "Payments"]
    assert members(shop, "Checkout") == ["API"]


def test_a_second_group_of_one_name_is_made_only_where_that_is_said(shop: Stand) -> None:
    refused = shop.run("groups", "create", "Checkout", "--component", "Search")
    assert (refused.code, shop.writes) == (2, [])
    assert "there is a group Checkout" in refused.errors
    assert "--twin" in refused.errors
    shop.output("groups", "create", "Checkout", "--component", "Search", "--twin")
    assert [one["name"] for one in shop.json("groups", "list")] == ["Checkout", "Checkout"]


def test_a_group_that_is_renamed_keeps_what_it_is_else(shop: Stand) -> None:
    shop.output("groups", "create", "Shop", "--component", "Search", "--description", "All that sells")
    shop.output("groups", "change", "Shop", "--name", "Store")
    (group,) = [one for one in shop.json("groups", "list") if one["name"] == "Store"]
    assert group["description"] == "All that sells"
    assert members(shop, "Store") == ["Search"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param((), id="nothing"),
        pytest.param(("--remove", "API", "--remove", "Web"), id="all of it out"),
        pytest.param(("--remove", "Search"), id="out what is not in"),
    ],
)
def test_a_change_that_cannot_be_is_wrong_use(shop: Stand, more: tuple[str, ...]) -> None:
    assert (shop.run("groups", "change", "Checkout", *more).code, shop.writes) == (2, [])
    assert members(shop, "Checkout") == ["API", "Web"]
