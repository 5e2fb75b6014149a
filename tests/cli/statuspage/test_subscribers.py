"""Subscribers by the command line: who is subscribed afterwards, and who got a mail about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.statuspage.stand import Stand


def addresses(shop: Stand, *options: str) -> set[str]:
    """Who is listed."""
    return {
        one["endpoint"] or one["email"] or one["phone_number"]
        for one in shop.json("subscribers", "list", *options)
    }


ACTIVE = {"ada@example.com", "grace@example.com", "https://hook.example/x"}


def test_lists_and_counts_tell_active_ones_alone(shop: Stand) -> None:
    shop.subscribe("late@example.com", "unconfirmed")
    assert addresses(shop) == ACTIVE
    assert addresses(shop, "--state", "all") == ACTIVE | {"late@example.com"}
    assert addresses(shop, "--type", "webhook") == {"https://hook.example/x"}
    assert addresses(shop, "-q", "grace") == {"grace@example.com"}
    assert (shop.json("subscribers", "count")["email"], shop.json("subscribers", "count")["webhook"]) == (
        2,
        1,
    )
    assert "total                3\n" in shop.output("subscribers", "count")
    histogram = shop.json("subscribers", "count", "--by-state")
    assert (histogram["email"]["active"], histogram["email"]["unconfirmed"]) == (2, 1)


def test_a_list_of_all_says_in_which_state_each_is(shop: Stand) -> None:
    shop.subscribe("late@example.com", "unconfirmed")
    shop.subscribe("full@example.com", "quarantined")
    rows = [line.split("\t") for line in shop.output("subscribers", "list", "--state", "all").splitlines()]
    assert {row[3]: row[2] for row in rows} == {
        **dict.fromkeys(ACTIVE, "active"),
        "late@example.com": "unconfirmed",
        "full@example.com": "quarantined",
    }


def test_a_piped_list_names_what_each_is_told_about(shop: Stand) -> None:
    more = ("--component", "Search", "--component", "Checkout / API", "--yes", "--no-notify")
    shop.output("subscribers", "add", "new@example.com", *more)
    rows = [line.split("\t") for line in shop.output("subscribers", "list").splitlines()]
    followed = {row[2]: row[3] for row in rows}
    assert set(followed["new@example.com"].split(", ")) == {"Search", "Checkout / API"}
    assert followed["ada@example.com"] == "all"
    heading, *lines = shop.see("subscribers", "list", NO_COLOR="1").splitlines()
    (line,) = [line for line in lines if "new@example.com" in line]
    assert line[heading.index("COMPONENTS") :].split()[0] == "2"


def test_an_address_is_subscribed_and_asked_to_confirm(shop: Stand) -> None:
    shop.output("subscribers", "add", "new@example.com", "--component", "Search", "--yes", "--notify")
    (made,) = shop.json("subscribers", "list", "--state", "unconfirmed")
    assert (made["email"], made["components"]) == ("new@example.com", [shop.component_id("Search")])
    assert [(str(told.kind), told.recipients) for told in shop.told] == [("confirmation", (made["id"],))]


def test_an_address_is_subscribed_silently(shop: Stand) -> None:
    shop.output("subscribers", "add", "new@example.com", "--yes", "--no-notify")
    assert "new@example.com" in addresses(shop)
    assert shop.told == []


def test_telephones_and_webhooks_are_subscribed(shop: Stand) -> None:
    shop.output("subscribers", "add", "202-555-0123", "--country", "US", "--yes", "--no-notify")
    hook = ("https://hook.example/y", "--email", "ops@example.com")
    shop.output("subscribers", "add", *hook, "--yes", "--no-notify")
    numbers = shop.json("subscribers", "count", "--state", "all")
    assert (numbers["sms"], numbers["webhook"]) == (1, 2)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param("nobody", "no email address", id="no address"),
        pytest.param("202-555-0123", "--country", id="a telephone without a country"),
        pytest.param("https://hook.example/y", "--email", id="a webhook that nobody looks after"),
    ],
)
def test_an_address_that_will_not_do_stops_all_of_them(shop: Stand, address: str, told: str) -> None:
    ended = shop.run("subscribers", "add", "good@example.com", address, "--yes", "--no-notify")
    assert (ended.code, shop.writes) == (2, [])
    assert told in ended.errors


def test_many_are_subscribed_from_a_file_and_those_refused_are_told(shop: Stand, tmp_path: Path) -> None:
    (tmp_path / "who").write_text("# the team\n\none@example.com\nada@example.com\ntwo@example.com\n")
    ended = shop.run("subscribers", "add", "--file", str(tmp_path / "who"), "--yes", "--no-notify")
    assert ended.code == 1
    assert "ada@example.com" in ended.errors
    assert "2 of 3 are subscribed" in ended.errors
    assert {"one@example.com", "two@example.com"} <= addresses(shop)


# --- remove


def test_one_is_removed_by_its_address_and_told_so(shop: Stand) -> None:
    shop.output("subscribers", "remove", "ada@example.com", "--yes", "--notify")
    assert addresses(shop) == ACTIVE - {"ada@example.com"}
    assert [str(told.kind) for told in shop.told] == ["unsubscription"]


def test_several_are_removed_silently_whatever_their_state(shop: Stand) -> None:
    shop.subscribe("late@example.com", "unconfirmed")
    shop.output("subscribers", "remove", "ada@example.com", "late@example.com", "--yes", "--no-notify")
    assert addresses(shop, "--state", "all") == ACTIVE - {"ada@example.com"}
    assert shop.told == []


def test_all_of_a_kind_are_removed_a_hundred_at_a_time(shop: Stand) -> None:
    for number in range(230):
        shop.subscribe(f"{number}@example.com")
    said = shop.output("subscribers", "remove", "--all", "--type", "email", "--yes", "--no-notify")
    assert addresses(shop) == {"https://hook.example/x"}
    assert len(said.splitlines()) == 232
    assert [path.rpartition("/")[2] for _, path in shop.writes] == ["unsubscribe"] * 3


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="nobody"),
        pytest.param(("ada@example.com", "--all"), id="somebody and all"),
        pytest.param(("ada@example.com", "--type", "email"), id="a type of one who is named"),
        pytest.param(("--all", "--type", "slack"), id="all of none"),
    ],
)
def test_whom_it_is_about_must_be_said(shop: Stand, words: tuple[str, ...]) -> None:
    ended = shop.run("subscribers", "remove", *words, "--yes", "--no-notify")
    assert (ended.code, shop.writes) == (2, []), ended


def test_one_that_is_not_there_is_told_with_what_comes_close(shop: Stand) -> None:
    names = ("a@example.com", "b@example.com", "c@example.com", "adda@example.com")
    ended = shop.run("subscribers", "remove", *names, "--yes", "--no-notify")
    assert (ended.code, shop.writes) == (1, [])
    assert '"a@example.com"' in ended.errors


# --- reactivate and resend


def test_quarantined_ones_are_reactivated(shop: Stand) -> None:
    ids = [shop.subscribe(f"{number}@example.com", "quarantined") for number in range(3)]
    shop.output("subscribers", "reactivate", ids[0], "--yes")
    assert addresses(shop, "--state", "quarantined") == {"1@example.com", "2@example.com"}
    shop.output("subscribers", "reactivate", "--all", "--type", "email", "--yes")
    assert addresses(shop, "--state", "quarantined") == set()
    assert shop.told == []


def test_those_who_did_not_confirm_are_asked_again(shop: Stand) -> None:
    ids = [shop.subscribe(f"{number}@example.com", "unconfirmed") for number in range(3)]
    shop.output("subscribers", "resend", "0@example.com", "--yes")
    assert [told.recipients for told in shop.told] == [(ids[0],)]
    shop.output("subscribers", "resend", ids[1], ids[2], "--yes")
    assert {one for told in shop.told for one in told.recipients} == set(ids)
    before = len(shop.told)
    shop.output("subscribers", "resend", "--all", "--yes")
    assert {one for told in shop.told[before:] for one in told.recipients} == set(ids)


def test_nothing_is_claimed_of_somebody_who_has_confirmed(shop: Stand) -> None:
    asked = shop.output("subscribers", "resend", "ada@example.com", "--yes")
    both = shop.output("subscribers", "resend", "ada@example.com", "grace@example.com", "--yes")
    again = shop.output("subscribers", "reactivate", "ada@example.com", "--yes")
    assert shop.told == []
    for line in [*asked.splitlines(), *both.splitlines()]:
        assert line.endswith(" is asked again, unless it has confirmed")
    assert again.endswith(" is reactivated, if it is quarantined\n")
