"""Operators' commands: what is sent to the daemon, what is printed, and how each fails. The daemon of these tests only writes down what comes."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.terminal import call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMANDS = (
    "yield",
    "override set",
    "override clear",
    "override list",
    "adopt",
    "release",
    "identify",
    "pause",
    "resume",
    "confirm",
    "drafts list",
    "drafts show",
    "drafts approve",
    "drafts discard",
    "explain",
)


@dataclass
class Daemon:
    """What listens, what came, and what it answers."""

    url: str = ""
    status: int = 200
    answer: Any = field(
        default_factory=lambda: {
            "id": "x",
            "page": "acme",
            "repeated": False,
            "until": None,
            "for": None,
            "waits_for": [],
        }
    )
    came: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    silent: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """The only document that came, without what is different each time."""
        ((_, _, _, document),) = self.came
        return {name: value for name, value in document.items() if name not in {"by", "id"}}


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """A daemon on this machine, as BRIDGE_URL says."""
    there = Daemon()

    class Handler(BaseHTTPRequestHandler):
        """Writes down, and answers as told."""

        def do_POST(self) -> None:
            """A command."""
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            """The list."""
            self._answer(None)

        def _answer(self, document: Any) -> None:
            there.came.append((self.command, self.path, dict(self.headers), document))
            if there.silent:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = there.answer if isinstance(there.answer, bytes) else json.dumps(there.answer).encode()
            self.send_response(there.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for name in ("BRIDGE_COMMANDS_BEARER_TOKEN", "BRIDGE_WEBHOOK_BEARER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        there.url = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("BRIDGE_URL", there.url)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield there
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("arguments", "document", "output"),
    [
        (
            ("override", "set", "Shop / API", "major_outage", "--for", "2h", "--note", "the CDN"),
            {
                "command": "override_set",
                "component": "Shop / API",
                "status": "major_outage",
                "for": "2h",
                "note": "the CDN",
            },
            "acme: Shop / API is to show major_outage until that is cleared\n",
        ),
        (
            ("override", "clear", "Search", "--page", "acme"),
            {"command": "override_clear", "component": "Search", "page": "acme"},
            "acme: Search follows the rules\n",
        ),
        (
            ("drafts", "approve", "0a1b", "--hash", "c2d3", "--note", "so it is"),
            {"command": "draft_approve", "draft": "0a1b", "hash": "c2d3", "note": "so it is"},
            "acme: draft 0a1b is approved\n",
        ),
        (
            ("drafts", "discard", "0a1b"),
            {"command": "draft_discard", "draft": "0a1b"},
            "acme: draft 0a1b is discarded\n",
        ),
        (
            ("drafts", "discard", "0a1b", "--hash", "c2d3"),
            {"command": "draft_discard", "draft": "0a1b", "hash": "c2d3"},
            "acme: draft 0a1b is discarded\n",
        ),
        (
            ("yield", "Search", "--until", "2030-01-01T00:00:00Z"),
            {"command": "yield_component", "component": "Search", "until": "2030-01-01T00:00:00Z"},
            "acme: Search is left to people until it is handed back\n",
        ),
        (
            ("yield", "--incident", "inc-1"),
            {"command": "yield_incident", "incident": "inc-1"},
            "acme: incident inc-1 is left to people until it is adopted\n",
        ),
        (
            ("adopt", "inc-1"),
            {"command": "adopt", "incident": "inc-1"},
            "acme: incident inc-1 goes on by its rule\n",
        ),
        (
            ("adopt", "inc-1", "--as", "tills", "--group", "region=eu", "--group", "tier=a=b"),
            {
                "command": "adopt",
                "incident": "inc-1",
                "rule": "tills",
                "group": {"region": "eu", "tier": "a=b"},
            },
            "acme: incident inc-1 goes on by its rule\n",
        ),
        (
            ("release", "inc-1"),
            {"command": "release", "incident": "inc-1"},
            "acme: incident inc-1 is released\n",
        ),
        (
            ("identify", "inc-1", "--cause", "The disk is full."),
            {"command": "identify", "incident": "inc-1", "cause": "The disk is full."},
            "acme: incident inc-1 is identified\n",
        ),
        (("pause", "--for", "30m"), {"command": "pause", "for": "30m"}, "acme: paused until it is resumed\n"),
        (("resume",), {"command": "resume"}, "acme: resumed\n"),
        (
            ("confirm", "reload", "5ef77f1f"),
            {"command": "confirm", "guard": "reload", "subject": "5ef77f1f"},
            "acme: reload 5ef77f1f is confirmed\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_is_sent_and_what_it_did_is_printed(
    daemon: Daemon, arguments: tuple[str, ...], document: dict[str, object], output: str
) -> None:
    ended = call(*arguments)
    assert (ended.code, ended.output, ended.errors) == (0, output, "")
    assert daemon.document == document
    ((method, path, _, sent),) = daemon.came
    assert (method, path) == ("POST", "/api/v1/commands")
    assert sent["by"]
    assert len(sent["id"]) == 24


def test_who_speaks_and_under_which_id_can_be_said(daemon: Daemon) -> None:
    daemon.answer |= {"repeated": True, "until": "2030-01-01T00:00:00Z", "for": "2h"}
    ended = call("pause", "--by", "Ada", "--id", "mine")
    assert (ended.code, ended.output, ended.errors) == (
        0,
        "acme: accepted before under this id, and not obeyed again; see: bridge override list\n",
        "",
    )
    assert daemon.came[0][3] == {"command": "pause", "by": "Ada", "id": "mine"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pause", "--for", "2h"), "acme: paused"),
        (("yield", "Search", "--for", "2h"), "acme: Search is left to people"),
        (("override", "set", "Search", "operational", "--for", "2h"), "acme: Search is to show operational"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_until_when_it_stands_and_what_it_waits_for_is_printed(
    daemon: Daemon, arguments: tuple[str, ...], says: str
) -> None:
    daemon.answer |= {"until": "2030-01-01T00:00:00Z", "for": "2h", "waits_for": ["a higher cap"]}
    ended = call(*arguments)
    assert (ended.code, ended.output.splitlines()) == (
        0,
        [
            f"{says} until 2030-01-01T00:00:00Z (2h from now)",
            "acme: nothing is written yet; that waits for a higher cap",
        ],
    )


def test_what_stands_is_listed(daemon: Daemon) -> None:
    said = {"by": "Ada", "at": "2026-01-01T00:00:00Z", "note": "the CDN", "id": "x", "until": None}
    daemon.answer = {
        "pages": {
            "acme": {
                "paused": {**said, "until": "2026-01-01T01:00:00Z"},
                "overrides": [{"component": "Search", "component_id": "c", "status": "major_outage", **said}],
                "yields": [],
                "taken": [
                    {
                        "component": "Web",
                        "component_id": "d",
                        "status": "operational",
                        "since": "t",
                        "until": None,
                    }
                ],
                "incidents": {
                    "yielded": [{"incident": "i", "rule": "shop"}],
                    "without_rule": [{"incident": "j", "rule": None}],
                    "released": [],
                    "identified": [{"incident": "k", "cause": "The disk is full.", **said}],
                },
                "held": [
                    {
                        "guard": "blast_radius",
                        "subject": "4711",
                        "says": "much",
                        "components": ["A", "B"],
                        "changes": [],
                        "since": "t",
                        "confirm": "bridge confirm 4711",
                    },
                    {
                        "guard": "reload",
                        "subject": "5ef7",
                        "says": "new rules",
                        "components": [],
                        "changes": ["A: operational to major_outage"],
                        "since": None,
                        "confirm": "bridge confirm 5ef7",
                    },
                ],
                "waits_for": ["a higher cap"],
                "confirmed": [],
            },
            "shop": {
                "paused": None,
                "overrides": [],
                "yields": [],
                "taken": [],
                "incidents": {"yielded": [], "without_rule": [], "released": [], "identified": []},
                "held": [],
                "waits_for": [],
                "confirmed": [],
            },
        }
    }
    ended = call("override", "list")
    assert ended.output.splitlines() == [
        "acme: paused until 2026-01-01T01:00:00Z, by Ada at 2026-01-01T00:00:00Z: the CDN",
        "acme: nothing is written; that waits for a higher cap",
        "acme: Search is to show major_outage, by Ada at 2026-01-01T00:00:00Z: the CDN",
        "acme: Web is a person's since t",
        "acme: incident i (shop) is a person's",
        "acme: incident j has no rule",
        "acme: incident k is identified, by Ada at 2026-01-01T00:00:00Z: the CDN; the cause: The disk is full.",
        "acme: blast_radius holds A, B since t: much; to let it through: bridge confirm 4711",
        "acme: reload holds: new rules; to let it through: bridge confirm 5ef7",
        "acme:   A: operational to major_outage",
        "shop: nothing stands",
    ]
    assert daemon.came[0][:2] == ("GET", "/api/v1/commands")


# --- drafts

DRAFT: dict[str, Any] = {
    "draft": "0a1b",
    "hash": "c2d3",
    "incident": "checkout",
    "group": {"region": "eu"},
    "state": "waiting",
    "by": "",
    "since": "2026-01-01T00:00:00Z",
    "changed": "2026-01-01T00:01:00Z",
    "published_by_itself": None,
    "title": "Checkout is \x1b[31mdown",
    "body": "We look.\nAnd look.",
    "status": "investigating",
    "impact": "auto",
    "worst": "major_outage",
    "notify": True,
    "components": [{"component_id": "x", "component": "Checkout / API"}],
    "approve": "bridge drafts approve 0a1b --hash c2d3 --page acme",
}


def waiting(daemon: Daemon, **pages: list[dict[str, Any]]) -> None:
    daemon.answer = {"pages": {name: {"drafts": drafts} for name, drafts in pages.items()}}


def test_what_waits_is_listed_in_columns_and_obeyed_by_no_terminal(daemon: Daemon) -> None:
    later = {
        **DRAFT,
        "draft": "4e5f6a",
        "published_by_itself": "2026-01-01T00:15:00Z",
        "title": "Mail is slow",
    }
    waiting(daemon, acme=[DRAFT], shop=[later])
    assert call("drafts", "list").output.splitlines() == [
        "PAGE  DRAFT   HASH  STATE    SINCE                 BY ITSELF             TITLE",
        "acme  0a1b    c2d3  waiting  2026-01-01T00:00:00Z  never                 Checkout is ?[31mdown",
        "shop  4e5f6a  c2d3  waiting  2026-01-01T00:00:00Z  2026-01-01T00:15:00Z  Mail is slow",
    ]
    assert len(call("drafts", "list", "--page", "shop").output.splitlines()) == 2


def test_nothing_that_waits_is_said_in_words_and_as_an_empty_list(daemon: Daemon) -> None:
    waiting(daemon, acme=[])
    assert call("drafts", "list").output == "no draft waits\n"
    assert json.loads(call("drafts", "list", "-o", "json").output) == []


def test_a_draft_is_shown_word_for_word_with_the_command_that_approves_it(daemon: Daemon) -> None:
    waiting(daemon, acme=[DRAFT])
    shown = call("drafts", "show", "0a1b").output
    assert "incident             checkout (region=eu)\n" in shown
    assert "components           Checkout / API\n" in shown
    assert shown.endswith(
        "\n\nWe look.\nAnd look.\n\nto have it told: bridge drafts approve 0a1b --hash c2d3 --page acme\n"
    )
    assert json.loads(call("drafts", "show", "0a1b", "-o", "json").output) == {"page": "acme", **DRAFT}


def test_a_draft_that_is_not_there_is_exit_code_1_with_those_that_are(daemon: Daemon) -> None:
    waiting(daemon, acme=[DRAFT])
    ended = call("drafts", "show", "none")
    assert (ended.code, ended.output) == (1, "")
    assert "there is no draft none: it was told, withdrawn or discarded; there are: 0a1b" in ended.errors


# --- the token and the address


@pytest.mark.parametrize("given", ["option", "commands", "webhooks", "commands file"])
def test_the_token_is_where_the_daemon_has_it(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    file = tmp_path / "token"
    file.write_text("canary\n")
    arguments = ["--token-file", str(file)] if given == "option" else []
    monkeypatch.setenv("BRIDGE_WEBHOOK_BEARER_TOKEN", "canary" if given == "webhooks" else "other")
    if given == "commands":
        monkeypatch.setenv("BRIDGE_COMMANDS_BEARER_TOKEN", "canary")
    if given == "commands file":
        monkeypatch.setenv("BRIDGE_COMMANDS_BEARER_TOKEN_FILE", str(file))
    assert call("resume", *arguments).code == 0
    assert daemon.came[0][2]["Authorization"] == "Bearer canary"


def test_a_token_that_cannot_be_read_is_told_and_nothing_is_sent(daemon: Daemon, tmp_path: Path) -> None:
    ended = call("resume", "--token-file", tmp_path / "missing")
    assert (ended.code, ended.output) == (1, "")
    assert "missing" in ended.errors
    assert daemon.came == []


def test_an_address_below_a_path_is_used_as_it_is(daemon: Daemon) -> None:
    assert call("resume", "--url", f"{daemon.url}/bridge/").code == 0
    assert daemon.came[0][1] == "/bridge/api/v1/commands"


@pytest.mark.parametrize("url", ["nowhere", "ftp://x", "http://", "http://a:b@c", "http://x:99999"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    ended = call("resume", "--url", url)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("--url: is not an http or https address")


# --- failures


def test_a_daemon_that_is_not_there_is_told_and_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    ended = call("resume", "--url", f"http://127.0.0.1:{port}")
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors == f"http://127.0.0.1:{port} cannot be reached: Connection refused\n"


def test_a_lost_answer_is_told_with_the_id_under_which_it_can_be_given_again(daemon: Daemon) -> None:
    daemon.silent = True
    ended = call("resume", "--id", "mine")
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.endswith(
        "It may have been accepted all the same; to be sure, give it again with --id mine\n"
    )


@pytest.mark.parametrize(
    ("status", "answer", "says"),
    [
        (422, {"error": "the page has no component Serach; near are: Search"}, "near are: Search\n"),
        (
            401,
            {"error": "authentication is missing or wrong"},
            "No token was sent: give --token-file FILE, or set BRIDGE_COMMANDS_BEARER_TOKEN or BRIDGE_WEBHOOK_BEARER_TOKEN, or its _FILE\n",
        ),
        (
            503,
            {"error": "the page has not been read", "accepted": False},
            "the page has not been read. It was not accepted; give it again later\n",
        ),
        (503, {"error": "the bridge cannot store anything now"}, "give it again with --id mine\n"),
        (500, {}, "the daemon answers 500\n"),
        (302, b"<html>", "the daemon answers 302\n"),
        (404, [], "the daemon answers 404\n"),
    ],
)
def test_a_refusal_is_told_in_the_daemons_words(daemon: Daemon, status: int, answer: Any, says: str) -> None:
    daemon.status, daemon.answer = status, answer
    ended = call("override", "set", "Serach", "operational", "--id", "mine")
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.endswith(says)
    assert len(ended.errors.splitlines()) == 1


def test_a_wrong_token_is_told_with_where_it_is_from(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGE_WEBHOOK_BEARER_TOKEN", "canary")
    daemon.status, daemon.answer = 401, {"error": "authentication is missing or wrong"}
    for arguments in (("resume",), ("override", "list")):
        ended = call(*arguments)
        assert ended.code == 1
        assert ended.errors.endswith("The token that was sent is that of BRIDGE_WEBHOOK_BEARER_TOKEN\n")
        assert "canary" not in ended.errors


def test_what_the_daemon_knows_as_no_command_is_wrong_use(daemon: Daemon) -> None:
    daemon.status, daemon.answer = 400, {"error": "Expected `str` of length <= 1000 - at `$.note`"}
    ended = call("resume", "--note", "x")
    assert (ended.code, ended.output, ended.errors) == (2, "", f"{daemon.answer['error']}\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("override", "set", "Search", "down"), "down is none of operational, degraded_performance,"),
        (("override", "set", "Search", "under_maintenance"), "is none of operational"),
        (("confirm", "doors", "x"), "doors is none of reload, blast_radius, page_identity"),
        (("pause", "--for", "2"), "2 has no unit; write 2s for seconds"),
        (("pause", "--for", "soon"), "soon is not a duration; units are"),
        (("pause", "--for", "200y"), "200y is longer than a hundred years"),
        (("pause", "--until", "tomorrow"), "tomorrow is no instant; write 2026-01-31T18:00:00Z"),
        (("pause", "--until", "2030-01-01T00:00:00"), "says no time zone"),
        (("pause", "--for", "2h", "--until", "2030-01-01T00:00:00Z"), "give one"),
        (("pause", "--by", "\udcff"), "not in UTF-8"),
    ],
    ids=lambda value: ascii(" ".join(value)) if isinstance(value, tuple) else "",
)
def test_a_wrong_word_is_exit_code_2_with_those_that_are_right_and_nothing_is_sent(
    daemon: Daemon, arguments: tuple[str, ...], says: str
) -> None:
    ended = call(*arguments)
    assert (ended.code, ended.output) == (2, "")
    assert says in " ".join(ended.errors.split())
    assert daemon.came == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("yield",),
        ("yield", "Search", "--incident", "inc-1"),
        ("yield", "--incident", "inc-1", "--for", "2h"),
        ("override",),
        ("override", "set", "Search"),
        ("adopt",),
        ("adopt", "inc-1", "--group", "region"),
        ("confirm", "reload"),
        ("drafts",),
        ("drafts", "show"),
        ("drafts", "approve", "0a1b"),
        ("drafts", "discard"),
        ("drafts", "list", "-o", "yaml"),
        ("pause", "--until"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_exit_code_2_and_nothing_is_sent(daemon: Daemon, arguments: tuple[str, ...]) -> None:
    assert call(*arguments).code == 2
    assert daemon.came == []


# --- explain


EXPLAINED = {
    "page": "acme",
    "at": "2026-08-02T03:12:40Z",
    "live": True,
    "accounts": [
        {"kind": "component", "lines": ["Search: shown operational", "  nothing \x1b[31mis claimed"]}
    ],
}


def test_an_explanation_is_asked_for_by_name_and_page_and_printed_line_by_line(daemon: Daemon) -> None:
    daemon.answer = EXPLAINED
    ended = call("explain", "Checkout / Suche & Co", "--page", "acme")
    lines = "acme at 2026-08-02T03:12:40Z\nSearch: shown operational\n  nothing ?[31mis claimed\n"
    assert (ended.code, ended.output) == (0, lines)
    ((method, path, _, _),) = daemon.came
    assert (method, path) == ("GET", "/api/v1/explain?name=Checkout+%2F+Suche+%26+Co&page=acme")


def test_an_explanation_can_be_had_as_one_document(daemon: Daemon) -> None:
    daemon.answer = EXPLAINED
    ended = call("explain", "Search", "-o", "json")
    assert json.loads(ended.output) == EXPLAINED


@pytest.mark.parametrize(("status", "code"), [(400, 2), (401, 1), (404, 1), (503, 1)])
def test_an_explanation_that_is_refused_says_why(daemon: Daemon, status: int, code: int) -> None:
    daemon.status, daemon.answer = status, {"error": "no component Serach; near are: Search"}
    ended = call("explain", "Serach")
    assert (ended.code, ended.output) == (code, "")
    assert ended.errors.startswith("no component Serach; near are: Search")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help(command: str) -> None:
    ended = call(*command.split(), "--help")
    assert ended.code == 0
    assert f"Usage: bridge {command}" in ended.output
