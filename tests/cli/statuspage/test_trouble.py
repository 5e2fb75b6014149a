"""What goes wrong between the command line and the page: each is told in a line, and no write is sent twice."""

from __future__ import annotations

import select
import signal
from typing import TYPE_CHECKING, Any

import pytest

from bridge.simulator.model import Options
from tests.cli.statuspage.stand import TOKEN, stand

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.statuspage.stand import Stand

OPEN = ("incidents", "create", "Orders fail", "--body", "We look into it.", "--yes", "--notify")
CREATE = {"method": "POST", "path": "/pages/{page_id}/incidents"}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"kind": "answer_lost"}, id="applied, and the answer never comes"),
        pytest.param({"kind": "status_after", "status": 502}, id="applied, and answered 502"),
        pytest.param({"kind": "html"}, id="applied, and answered by a page of HTML"),
        pytest.param({"kind": "cut_body"}, id="applied, and half an answer"),
    ],
)
def test_a_write_whose_answer_is_lost_is_not_sent_again(
    shop: Stand, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setenv("BRIDGE_REQUEST_TIMEOUT", "1s")
    shop.suffer({**fault, **CREATE})
    ended = shop.run(*OPEN)
    assert ended.code == 4
    assert ended.output == ""
    (line,) = ended.errors.splitlines()
    assert "may have been applied" in line
    assert "bridge statuspage incidents list --unresolved" in line
    assert (len(shop.writes), len(shop.incidents), len(shop.told)) == (1, 1, 1)


def test_a_write_that_never_arrived_is_as_doubtful(shop: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGE_REQUEST_TIMEOUT", "1s")
    shop.suffer({"kind": "dropped", **CREATE})
    assert (shop.run(*OPEN).code, shop.incidents) == (4, [])


def test_of_several_the_ones_before_a_lost_answer_are_known(
    shop: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BRIDGE_REQUEST_TIMEOUT", "1s")
    (tmp_path / "who").write_text("one@example.com\ntwo@example.com\nthree@example.com\n")
    add = {"method": "POST", "path": "/pages/{page_id}/subscribers"}
    shop.suffer({"kind": "delay", "seconds": [0.01, 0.01], "times": 1, **add}, {"kind": "answer_lost", **add})
    words = ("--file", str(tmp_path / "who"), "--yes", "--no-notify")
    ended = shop.run("subscribers", "add", *words)
    assert ended.code == 4
    assert ["one@example.com" in ended.output, "two@example.com" in ended.errors] == [True, True]
    assert len(shop.writes) == 2


def test_who_interrupts_a_write_hears_that_it_may_have_been_applied(shop: Stand) -> None:
    shop.suffer({"kind": "answer_lost", **CREATE})
    with shop.begin(*OPEN) as process:
        while not shop.writes:
            assert process.poll() is None
            select.select([], [], [], 0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 4
    assert "interrupted; it may have been applied" in errors
    assert "incidents list --unresolved" in errors


def test_a_read_is_repeated_after_an_error_of_the_server(shop: Stand) -> None:
    shop.suffer({"kind": "status_before", "status": 503, "times": 1, "method": "GET"})
    ended = shop.run("components", "list")
    assert (ended.code, len(ended.output.splitlines())) == (0, 4)


def test_a_refusal_is_told_with_the_field_and_is_exit_code_1(shop: Stand) -> None:
    ended = shop.run("pages", "update", "--set", "time_zone=Nowhere")
    assert (ended.code, ended.output) == (1, "")
    (line,) = ended.errors.splitlines()
    assert "refused (422)" in line
    assert "time_zone" in line


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("incidents", "create", "\udcff", "--yes", "--no-notify"), id="a write"),
        pytest.param(("incidents", "list", "-q", "\udcff"), id="a search"),
    ],
)
def test_an_argument_that_is_not_utf_8_is_told_in_a_line_and_not_sent(
    shop: Stand, words: tuple[str, ...]
) -> None:
    """A terminal gives any bytes; Python makes halves of surrogate pairs of those that are no text."""
    ended = shop.run(*words)
    assert (ended.code, ended.output, shop.simulator.arrivals) == (2, "", [])
    (line,) = ended.errors.splitlines()
    assert "is what you wrote UTF-8?" in line


def test_a_token_that_is_not_accepted_is_told_with_where_it_comes_from(shop: Stand, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("another-token\n")
    ended = shop.run("pages", "list", "--token-file", str(tmp_path / "token"))
    assert ended.code == 1
    assert "--token-file" in ended.errors
    assert "another-token" not in ended.errors


def test_a_page_that_is_not_there_is_told(shop: Stand) -> None:
    ended = shop.run("components", "list", "--page", "nosuchpage00")
    assert ended.code == 1
    assert "is nosuchpage00 the page's id?" in ended.errors
    assert "the settings know acme)" in ended.errors


def test_of_several_pages_one_has_to_be_named_and_all_are_told(
    shop: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIDGE_PAGES__BETA__ID", "kctbh9vrtdwd")
    monkeypatch.setenv("BRIDGE_PAGES__BETA__TOKEN", TOKEN)
    ended = shop.run("components", "list")
    assert (ended.code, shop.reads) == (2, 0)
    assert "the settings know acme, beta;" in ended.errors


def test_an_api_that_cannot_be_reached_is_told_in_a_line(shop: Stand) -> None:
    ended = shop.run(*OPEN, "--api-url", "http://127.0.0.1:9/v1")
    assert (ended.code, len(ended.errors.splitlines())) == (1, 1)
    assert "nothing was sent" in ended.errors


def test_where_the_audience_cannot_be_read_that_is_said_and_asked_all_the_same(shop: Stand) -> None:
    shop.suffer({"kind": "status_before", "status": 403, "path": "/pages/{page_id}/subscribers/count"})
    ended = shop.converse(*OPEN[:5], answers=["n", "n"])
    assert "notifies  an unknown number of subscribers" in ended.errors
    assert (ended.code, shop.writes) == (1, [])


# --- pace


def test_no_more_requests_are_made_than_are_left_to_others_and_who_waits_hears_why(shop: Stand) -> None:
    for count in range(250):
        shop.subscribe(f"{count}@example.com")
    shop.settings["BRIDGE_OTHERS_SHARE"] = "2"
    with shop.begin("subscribers", "list") as process:
        assert process.stderr is not None
        assert process.stdout is not None
        said = process.stderr.readline()
        arrived = shop.reads
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert said == "waiting: this command makes 2 requests a minute (--requests)\n"
    assert arrived == 2
    assert "@example.com" in first, "rows come before the last page is read"
    assert process.returncode == 1


def test_a_server_that_asks_to_wait_is_waited_for_and_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    with stand(Options(rate_limit=2, rate_window=3.0)) as shop:
        for name, value in shop.settings.items():
            monkeypatch.setenv(name, value)
        shop.run("pages", "show")
        shop.run("pages", "show")
        ended = shop.run("pages", "show")
        assert ended.code == 0
        assert ended.errors.startswith("waiting: Statuspage answers 420 and asks to wait ")
        assert TOKEN not in ended.errors


def test_a_write_that_was_refused_over_the_limit_is_sent_again_and_who_waits_hears_it(shop: Stand) -> None:
    shop.suffer({**CREATE, "kind": "status_before", "status": 429, "times": 1, "retry_after": 1})
    ended = shop.run(*OPEN)
    assert ended.code == 0, ended
    assert ended.errors.startswith("waiting 1 s: Statuspage answers 429, so nothing was done")
    assert len(shop.incidents) == 1
    assert len(shop.writes) == 2


@pytest.mark.parametrize(("status", "seconds"), [(429, 600), (420, 600), (503, 1)])
def test_a_write_that_must_wait_too_long_or_may_be_done_is_not_sent_again(
    shop: Stand, status: int, seconds: int
) -> None:
    shop.suffer({**CREATE, "kind": "status_before", "status": status, "times": 1, "retry_after": seconds})
    ended = shop.run(*OPEN)
    assert ended.code == (1 if status != 503 else 4), ended
    assert "waiting" not in ended.errors
    assert (len(shop.writes), shop.incidents) == (1, [])
