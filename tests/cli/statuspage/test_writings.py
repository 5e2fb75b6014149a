"""Pages, templates and postmortems by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.statuspage.stand import Stand

QUIET = ("--yes", "--no-notify")


@pytest.fixture
def over(shop: Stand) -> str:
    """An incident that is over; its id."""
    identity = shop.output("incidents", "create", "Orders failed", *QUIET, "-o", "id").strip()
    shop.output("incidents", "resolve", identity, *QUIET)
    return identity


# --- pages


def test_a_page_is_listed_shown_and_changed(shop: Stand) -> None:
    assert shop.output("pages", "list").startswith(f"{shop.page_id}\tAcme Shop\t")
    shop.output("pages", "update", "--set", "name=Acme = Shop", "--set", "hidden_from_search=true")
    document = shop.json("pages", "show")
    assert (document["name"], document["hidden_from_search"]) == ("Acme = Shop", True)


@pytest.mark.parametrize("field", ["nam=x", "name", "hidden_from_search=perhaps", "branding=loud", "name= "])
def test_a_field_that_will_not_do_is_wrong_use(shop: Stand, field: str) -> None:
    assert (shop.run("pages", "update", "--set", field).code, shop.writes) == (2, [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("time-zone=UTC", "did you mean time_zone?", id="a field nearly"),
        pytest.param("wrapper=x", "there are name, domain,", id="a word of the client's code"),
        pytest.param("name", "is not FIELD=VALUE", id="no value"),
    ],
)
def test_a_field_that_is_none_is_told_with_those_there_are(shop: Stand, given: str, said: str) -> None:
    ended = shop.run("pages", "update", "--set", given)
    assert (ended.code, shop.writes) == (2, [])
    assert said in ended.errors


# --- templates


def test_a_template_is_made_and_listed(shop: Stand) -> None:
    shop.output(
        "templates",
        "create",
        "Disks",
        "--title",
        "New disks",
        "--body",
        "We change disks.",
        "--status",
        "scheduled",
        "--component",
        "Search",
        "--no-tweet",
        "--propose-notify",
    )
    (template,) = shop.json("templates", "list")
    assert (template["name"], template["title"], template["body"]) == (
        "Disks",
        "New disks",
        "We change disks.",
    )
    assert (template["update_status"], template["should_send_notifications"]) == ("scheduled", True)
    assert [one["name"] for one in template["components"]] == ["Search"]


@pytest.mark.parametrize("more", [(), ("--body", " "), ("--body", "x", "--status", "over")])
def test_a_template_that_will_not_do_is_wrong_use(shop: Stand, more: tuple[str, ...]) -> None:
    ended = shop.run("templates", "create", "Disks", "--title", "New disks", *more)
    assert (ended.code, shop.writes) == (2, [])


# --- postmortems


def test_a_postmortem_is_drafted_published_taken_back_and_deleted(shop: Stand, over: str) -> None:
    shop.output("postmortem", "draft", over, "# Why")
    assert "status    draft" in shop.output("postmortem", "show", over)
    shop.output("postmortem", "publish", over, "--yes", "--notify")
    document = shop.json("postmortem", "show", over)
    assert (document["body"], document["published_at"] is not None) == ("# Why", True)
    assert [str(told.kind) for told in shop.told] == ["postmortem"]
    shop.output("postmortem", "revert", over, "--yes")
    assert shop.json("postmortem", "show", over)["published_at"] is None
    shop.output("postmortem", "delete", "Orders failed", "--yes")
    ended = shop.run("postmortem", "show", over)
    assert (ended.code, "has no postmortem" in ended.errors) == (1, True)
    assert len(shop.told) == 1


def test_a_postmortem_is_published_quietly(shop: Stand, over: str, tmp_path: Path) -> None:
    (tmp_path / "why.md").write_text("# Why\n\nBecause.\n")
    shop.output("postmortem", "draft", over, "--file", str(tmp_path / "why.md"))
    shop.output("postmortem", "publish", over, *QUIET)
    assert shop.json("postmortem", "show", over)["body"] == "# Why\n\nBecause."
    assert shop.told == []


def test_an_editor_is_not_opened_where_nobody_sits(shop: Stand, over: str) -> None:
    before = len(shop.writes)
    ended = shop.run("postmortem", "draft", over)
    assert (ended.code, len(shop.writes)) == (2, before)
    assert "--file" in ended.errors


def test_a_draft_is_written_in_the_editor(shop: Stand, over: str, tmp_path: Path) -> None:
    shop.output("postmortem", "draft", over, "# Why")
    (tmp_path / "edit.sh").write_text('#!/bin/sh\necho "And then." >> "$1"\n')
    (tmp_path / "edit.sh").chmod(0o700)
    shop.settings["VISUAL"] = str(tmp_path / "edit.sh")
    ended = shop.converse("postmortem", "draft", over)
    assert ended.code == 0, ended
    assert shop.json("postmortem", "show", over)["body_draft"] == "# Why\nAnd then."


def test_a_text_twice_is_wrong_use(shop: Stand, over: str, tmp_path: Path) -> None:
    (tmp_path / "why.md").write_text("# Why")
    assert shop.run("postmortem", "draft", over, "# Why", "--file", str(tmp_path / "why.md")).code == 2
