"""What is printed: for a person, for a program, and never what a terminal would obey."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bridge.cli.statuspage.output import harmless, labelled

if TYPE_CHECKING:
    from tests.cli.statuspage.stand import Stand

BOLD = "\x1b[1m"


def many(shop: Stand, number: int) -> None:
    """So many more components."""
    for count in range(number):
        shop.simulator.add_component(shop.page_id, f"Server {count}")


def test_a_pipe_gets_fields_with_tabs_between_and_no_heading(shop: Stand) -> None:
    first, *_ = shop.output("components", "list").splitlines()
    assert first.split("\t") == [shop.component_id("API"), "operational", "Checkout / API", ""]


def test_a_terminal_gets_a_table_with_a_heading(shop: Stand) -> None:
    heading, first, *_ = shop.see("components", "list").splitlines()
    assert heading.startswith(BOLD)
    plain = heading.replace(BOLD, "").replace("\x1b[0m", "")
    assert plain.split() == ["ID", "STATUS", "NAME", "DESCRIPTION"]
    assert first.index("operational") == plain.index("STATUS")
    assert first.index("Checkout") == plain.index("NAME")


def test_a_terminal_without_colour_gets_no_colour(shop: Stand) -> None:
    assert "\x1b" not in shop.see("components", "list", NO_COLOR="1")


def test_a_narrow_terminal_gets_one_line_for_each(shop: Stand) -> None:
    shop.simulator.add_component(shop.page_id, "A name that is much too long for it " * 5)
    lines = shop.see("components", "list", columns=60, NO_COLOR="1").splitlines()
    assert len(lines) == 6
    assert max(map(len, lines)) <= 60


def test_a_narrow_terminal_leaves_columns_out_from_the_right_and_keeps_the_name(shop: Stand) -> None:
    shop.output(
        *("incidents", "create", "Orders fail for everybody"),
        *("--component", "Search", "--component", "Payments", "--component", "API", "--yes", "--no-notify"),
    )
    headings = {}
    for columns in (200, 100, 70, 60, 30):
        heading, row = shop.see("incidents", "list", columns=columns, NO_COLOR="1").splitlines()
        headings[columns] = heading.split()
        assert len(row) <= columns
        assert ("Orders fail for everybody" in row) or (columns == 30 and "Orders fail" in row)
    assert headings[200] == ["ID", "STATUS", "IMPACT", "BEGAN", "NAME", "COMPONENTS"]
    assert headings[100] == ["ID", "STATUS", "IMPACT", "BEGAN", "NAME", "COMPONENTS"]
    assert headings[70] == ["ID", "STATUS", "IMPACT", "NAME"]
    assert headings[60] == ["ID", "STATUS", "NAME"]
    assert headings[30] == ["ID", "NAME"]


def test_a_narrow_terminal_keeps_a_name_that_is_too_long_for_it(shop: Stand) -> None:
    shop.simulator.add_component(shop.page_id, "A name that is much too long for it " * 5)
    *_, row = shop.see("components", "list", columns=60, NO_COLOR="1").splitlines()
    assert "A name that is much too" in row
    assert row.endswith("…")


def test_a_table_of_several_hundred_rows_has_one_heading(shop: Stand) -> None:
    many(shop, 250)
    lines = shop.see("components", "list", NO_COLOR="1").splitlines()
    assert len(lines) == 255
    assert [line for line in lines if "STATUS" in line] == [lines[0]]
    assert {line.index("operational") for line in lines[1:]} == {lines[0].index("STATUS")}


def test_a_table_without_rows_is_its_heading(shop: Stand) -> None:
    (heading,) = shop.see("templates", "list", NO_COLOR="1").splitlines()
    assert heading.split() == ["ID", "NAME", "STATUS", "TITLE", "TEXT"]


def test_json_is_one_document_with_every_member_under_the_apis_name(shop: Stand) -> None:
    shop.output("incidents", "create", "Orders fail", "--component", "Search", "--yes", "--no-notify")
    (listed,) = shop.json("incidents", "list")
    shown = shop.json("incidents", "show", "Orders fail")
    assert listed == shown
    assert {"created_at", "scheduled_for", "metadata", "impact_override", "incident_updates"} <= shown.keys()
    assert shown["components"][0]["name"] == "Search"
    assert not any(name.endswith("_text") for name in shown)


def test_json_of_nothing_is_an_empty_list(shop: Stand) -> None:
    assert shop.output("templates", "list", "-o", "json") == "[]\n"


def test_json_of_several_hundred_rows_holds_each_once(shop: Stand) -> None:
    many(shop, 250)
    names = [one["name"] for one in shop.json("components", "list")]
    assert len(names) == len(set(names)) == 254
    assert shop.reads == 3


def test_subscribers_are_read_from_their_page_zero(shop: Stand) -> None:
    for count in range(250):
        shop.subscribe(f"{count}@example.com")
    emails = [one["email"] for one in shop.json("subscribers", "list", "--type", "email")]
    assert len(emails) == len(set(emails)) == 252


def test_ids_alone_are_printed_for_other_commands(shop: Stand) -> None:
    ids = shop.output("components", "list", "-o", "id").splitlines()
    assert ids[2] == shop.component_id("Search")


def test_a_write_prints_what_the_page_has_now(shop: Stand) -> None:
    document = shop.json("components", "set", "Search", "major_outage", "--yes")
    assert (document["name"], document["status"]) == ("Search", "major_outage")


def test_a_limit_asks_for_no_more_than_it_shows(shop: Stand) -> None:
    for count in range(250):
        shop.subscribe(f"{count}@example.com")
    ended = shop.run("subscribers", "list", "--limit", "5", "-o", "json")
    assert len(json.loads(ended.output)) == 5
    assert shop.reads == 1


def test_what_a_terminal_would_obey_is_shown_instead(shop: Stand) -> None:
    shop.subscribe("evil\x1b[2J\u202e@example.com")
    said = shop.output("subscribers", "list")
    assert "\x1b" not in said
    assert "evil\\x1b[2J\\u202e@example.com" in said


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (3, "3"), ("a\tb\nc", "a b c"), ("\x07", "\\x07"), ("Zürich 東京", "Zürich 東京")],
)
def test_a_value_is_one_harmless_line(value: object, shown: str) -> None:
    assert harmless(value) == shown


def test_facts_stand_below_each_other_and_empty_ones_are_left_out() -> None:
    facts = [("name", "Orders"), ("text", "One.\n\nTwo."), ("none", None), ("zero", 0)]
    assert labelled(facts) == ["name  Orders", "text  One.", "", "      Two.", "zero  0"]
