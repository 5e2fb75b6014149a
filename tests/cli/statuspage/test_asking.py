"""What is asked before something notifies or deletes, and what an answer does. A person sits at the terminal of these tests, unless it is said that nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.statuspage.stand import END_OF_INPUT, INTERRUPT

if TYPE_CHECKING:
    from tests.cli.statuspage.stand import Stand

OPEN = ("incidents", "create", "Orders fail", "--body", "We look into it.\nMore soon.")
API = ("--component", "Checkout / API=major_outage")


def test_before_an_incident_is_opened_it_is_said_what_and_whom_it_would_tell(shop: Stand) -> None:
    ended = shop.converse(*OPEN, *API, answers=["y", "y"])
    assert ended.code == 0, ended
    before = ended.errors.partition("Notify them?")[0].splitlines()
    assert before == [
        "open an incident:",
        "  name        Orders fail",
        "  status      investigating",
        "  text        We look into it.",
        "              More soon.",
        "  components  Checkout / API: operational → major_outage",
        "  notifies    3 active subscribers (2 email, 1 webhook);",
        "              those who chose components only if they chose one of: Checkout / API",
        "              webhook subscribers hear of component statuses in any case",
    ]
    assert ended.output == f"{shop.incidents[0].id} is investigating: Orders fail\n"
    assert len(shop.told) == 1


def test_who_wants_nobody_told_opens_it_quietly(shop: Stand) -> None:
    ended = shop.converse(*OPEN, answers=["n", "y"])
    assert "Do it and notify nobody?" in ended.errors
    assert (ended.code, len(shop.incidents), shop.told) == (0, 1, [])


@pytest.mark.parametrize("answer", ["n", "", "perhaps"])
def test_anything_but_a_yes_does_nothing(shop: Stand, answer: str) -> None:
    ended = shop.converse(*OPEN, "--notify", answers=[answer])
    assert (ended.code, shop.incidents, shop.writes) == (1, [], [])
    assert "nothing is done" in ended.errors


@pytest.mark.parametrize(
    "gone", [pytest.param(INTERRUPT, id="Ctrl-C"), pytest.param(END_OF_INPUT, id="Ctrl-D")]
)
@pytest.mark.parametrize("before", [[], ["y"]], ids=["the first question", "the second one"])
def test_who_leaves_at_a_question_has_done_nothing_and_is_asked_no_more(
    shop: Stand, gone: str, before: list[str]
) -> None:
    ended = shop.converse(*OPEN, answers=[*before, gone])
    assert ended.errors.endswith("\nnothing is done\n")
    assert (ended.code, shop.incidents, shop.writes) == (1, [], [])


def test_what_was_said_on_the_command_line_is_not_asked_again(shop: Stand) -> None:
    ended = shop.converse(*OPEN, "--no-notify", answers=["y"])
    assert "notifies  nobody" in ended.errors
    assert (ended.code, shop.told, shop.reads) == (0, [], 0)


def test_before_a_resolve_old_and_new_statuses_are_said_and_what_stays_broken(shop: Stand) -> None:
    more = (*API, "--component", "Search=partial_outage", "--yes", "--no-notify")
    shop.output("incidents", "create", "Orders fail", *more)
    words = ("incidents", "resolve", "Orders fail", "--component", "API=operational", "--notify")
    ended = shop.converse(*words, answers=["y"])
    assert "status      investigating → resolved" in ended.errors
    assert "Checkout / API: major_outage → operational" in ended.errors
    assert "Search: stays partial_outage" in ended.errors
    assert "(Statuspage's own sentence for that status)" in ended.errors
    assert (shop.component("API"), shop.component("Search")) == ("operational", "partial_outage")


@pytest.mark.parametrize(
    "words",
    [
        ("incidents", "update", "Orders fail", "--body", "Still."),
        ("incidents", "resolve", "Orders fail"),
        ("updates", "edit", "Orders fail", "last", "--body", "Corrected."),
        ("postmortem", "publish", "Orders fail"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_tells_of_an_incident_that_is_there_names_its_own_subscribers(
    shop: Stand, words: tuple[str, ...]
) -> None:
    """They are told too, and are not among the page's."""
    shop.output("incidents", "create", "Orders fail", "--yes", "--no-notify")
    if words[0] == "postmortem":
        shop.output("incidents", "resolve", "Orders fail", "--yes", "--no-notify")
        shop.output("postmortem", "draft", "Orders fail", "# Why")
    own = shop.simulator.add_subscriber(
        shop.page_id, email="follows-one@example.com", incident_id=shop.incidents[0].id
    )
    ended = shop.converse(*words, answers=["y", "y"])
    assert "and whoever subscribed to this incident alone" in ended.errors.partition("Notify them?")[0]
    (told,) = shop.told
    assert (ended.code, own in told.recipients) == (0, True), ended
    nobody = shop.converse(*OPEN, "--notify", answers=["n"])
    assert "this incident alone" not in nobody.errors


def test_a_status_of_a_component_names_the_webhooks_that_hear_of_it(shop: Stand) -> None:
    ended = shop.converse("components", "set", "Search", "major_outage", answers=["n"])
    assert "operational → major_outage" in ended.errors
    assert "1 webhook subscriber, and nobody by mail" in ended.errors
    assert (ended.code, shop.component("Search")) == (1, "operational")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("components", "delete", "API"), "Checkout / API", id="a component"),
        pytest.param(("groups", "delete", "Checkout"), "Checkout / Web", id="a group"),
        pytest.param(("subscribers", "remove", "ada@example.com"), "ada@example.com", id="a subscriber"),
        pytest.param(("subscribers", "remove", "--all"), "end 3 subscriptions", id="all subscribers"),
        pytest.param(("incidents", "delete", "Orders fail"), "investigating", id="an incident"),
        pytest.param(("postmortem", "delete", "Orders fail"), "# Why", id="a postmortem"),
        pytest.param(("subscribers", "reactivate", "--all"), "0 quarantined", id="reactivation"),
        pytest.param(("subscribers", "resend", "--all"), "0 unconfirmed", id="confirmations"),
    ],
)
def test_what_would_go_is_said_and_a_no_keeps_it(shop: Stand, words: tuple[str, ...], said: str) -> None:
    shop.output("incidents", "create", "Orders fail", "--yes", "--no-notify")
    shop.output("postmortem", "draft", "Orders fail", "# Why")
    before = len(shop.writes)
    answers = ["n", "n"] if words[1] == "remove" else ["n"]
    ended = shop.converse(*words, answers=answers)
    assert said in ended.errors
    assert (ended.code, len(shop.writes)) == (1, before), ended


ASKING = (
    OPEN,
    ("incidents", "update", "x", "--body", "y"),
    ("incidents", "resolve", "x"),
    ("incidents", "schedule", "x", "--at", "2030-02-20T03:00:00Z", "--for", "1h"),
    ("incidents", "delete", "x"),
    ("updates", "edit", "x", "last", "--body", "y"),
    ("components", "set", "Search", "major_outage"),
    ("components", "delete", "Search"),
    ("groups", "delete", "Checkout"),
    ("subscribers", "add", "new@example.com"),
    ("subscribers", "remove", "ada@example.com"),
    ("subscribers", "reactivate", "--all"),
    ("subscribers", "resend", "--all"),
    ("postmortem", "publish", "x"),
    ("postmortem", "revert", "x"),
    ("postmortem", "delete", "x"),
)
NOTIFYING = tuple(
    words
    for words in ASKING
    if words[:2]
    in {
        ("incidents", "create"),
        ("incidents", "update"),
        ("incidents", "resolve"),
        ("incidents", "schedule"),
        ("updates", "edit"),
        ("subscribers", "add"),
        ("subscribers", "remove"),
        ("postmortem", "publish"),
    }
)


@pytest.mark.parametrize("words", ASKING, ids=lambda words: " ".join(words[:2]))
def test_where_nobody_sits_nothing_is_asked_for_and_nothing_done(shop: Stand, words: tuple[str, ...]) -> None:
    ended = shop.run(*words)
    assert (ended.code, ended.output) == (2, "")
    assert "--yes" in ended.errors
    assert shop.simulator.arrivals == []


def test_where_nobody_sits_all_that_is_missing_is_said_at_once(shop: Stand) -> None:
    assert "say --yes, and --notify or --no-notify)" in shop.run(*OPEN).errors
    assert "say --yes)" in shop.run(*OPEN, "--no-notify").errors
    assert "say --yes)" in shop.run("components", "delete", "Search").errors


@pytest.mark.parametrize("words", NOTIFYING, ids=lambda words: " ".join(words[:2]))
def test_yes_does_not_decide_whether_subscribers_are_told(shop: Stand, words: tuple[str, ...]) -> None:
    ended = shop.run(*words, "--yes")
    assert ended.code == 2
    assert "--notify or --no-notify" in ended.errors
    assert shop.simulator.arrivals == []
