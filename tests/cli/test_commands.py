"""Every other command: how each ends well, how it fails, and what it says then. Nothing expected ends in a traceback."""

from __future__ import annotations

import json
import re
import signal
import socket
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from bridge import __version__
from bridge.config.capabilities import Report, write_report
from bridge.config.settings import variable_names
from bridge.core.capabilities import Finding
from bridge.store.schema import REVISION
from tests.cli.terminal import begin, call, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = """
page: acme
components:
  Search:
    - alert: SearchErrors
      status: partial_outage
"""
NOBODY = "http://127.0.0.1:9"
"""An API that refuses every connection."""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Settings with which the daemon lives."""
    (tmp_path / "rules.yaml").write_text(RULES)
    return {
        "BRIDGE_LISTEN": "127.0.0.1:0",
        "BRIDGE_RULES": str(tmp_path / "rules.yaml"),
        "BRIDGE_DATABASE_URL": f"sqlite:///{tmp_path / 'bridge.sqlite3'}",
        "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
        "BRIDGE_API_URL": NOBODY,
        "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
        "BRIDGE_PAGES__ACME__TOKEN": "the-token-of-acme",
        "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
        "BRIDGE_LOG_FORMAT": "json",
    }


# --- the command itself


def test_the_version_is_told() -> None:
    ended = call("version")
    assert (ended.code, ended.output, ended.errors) == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="no command"),
        pytest.param(("chek",), id="a command that does not exist"),
        pytest.param(("version", "please"), id="an argument too many"),
        pytest.param(("run", "--fast"), id="an option that does not exist"),
        pytest.param(("migrate",), id="migrate without an address"),
        pytest.param(("simulator",), id="simulator without a token"),
        pytest.param(("demo", "--port", "http"), id="a port in letters"),
        pytest.param(("demo", "--port", "65536"), id="a port beyond the last"),
        pytest.param(("demo", "--port", "-1"), id="a port below the first"),
    ],
)
def test_wrong_use_is_exit_code_2_in_every_command(arguments: tuple[str, ...]) -> None:
    assert call(*arguments).code == 2


@pytest.mark.parametrize(
    "command", ["run", "check", "demo", "simulator", "migrate", "version", "init", "statuspage"]
)
def test_every_command_has_a_help(command: str) -> None:
    ended = call(command, "--help")
    assert ended.code == 0
    assert f"Usage: bridge {command}" in ended.output


# --- run


def test_run_without_settings_names_every_variable_that_is_missing() -> None:
    ended = run("run")
    assert (ended.code, ended.output) == (1, "")
    named = [line.partition(":")[0] for line in ended.errors.splitlines()]
    assert named == ["BRIDGE_INSTALLATION_SECRET", "BRIDGE_PAGES__<NAME>__ID", "BRIDGE_WEBHOOK_BEARER_TOKEN"]
    assert set(named) <= set(variable_names())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"BRIDGE_LISTEN": "here"}, "BRIDGE_LISTEN: ", id="an address that is none"),
        pytest.param({"BRIDGE_LISTNE": "127.0.0.1:0"}, "BRIDGE_LISTNE: ", id="a misspelt variable"),
        pytest.param(
            {"BRIDGE_DATABASE_URL": "mysql://x/y"}, "'mysql' is not supported", id="a store of another kind"
        ),
        pytest.param(
            {"BRIDGE_DATABASE_URL": "sqlite:////nonexistent/x.db"}, "/nonexistent", id="a store nowhere"
        ),
        pytest.param(
            {"BRIDGE_RULES": "missing.yaml"}, "missing.yaml: cannot be read", id="rules that are not there"
        ),
    ],
)
def test_run_that_cannot_start_says_what_is_wrong_and_ends_with_1(
    settings: dict[str, str], changes: dict[str, str], told: str
) -> None:
    ended = run("run", settings=settings | changes)
    assert ended.code == 1
    assert told in ended.errors.splitlines()[-1]
    assert "Traceback" not in ended.errors


def test_run_on_a_port_that_is_taken_ends_with_1(settings: dict[str, str], taken: int) -> None:
    ended = run("run", settings=settings | {"BRIDGE_LISTEN": f"127.0.0.1:{taken}"})
    assert ended.code == 1
    assert ended.errors.splitlines()[-1].startswith(f"cannot listen on 127.0.0.1, port {taken}: ")
    assert "Traceback" not in ended.errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_with_0_when_it_is_told_to_stop(settings: dict[str, str], number: signal.Signals) -> None:
    with begin("run", settings=settings) as daemon:
        try:
            assert daemon.stderr is not None
            events = []
            for line in daemon.stderr:
                events.append(json.loads(line)["event"])
                if events[-1] == "daemon_started":
                    daemon.send_signal(number)
            assert daemon.wait(timeout=30) == 0
        finally:
            daemon.kill()
    assert events[-1] == "daemon_stopped"


def test_run_tells_at_its_start_what_it_makes_of_a_file_of_capabilities(
    settings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "capabilities.json"
    findings = (Finding("list_lag", 45.0),)
    file.write_text(write_report(Report("kctbh9vrtdwd", "2026-01-31T12:00:00Z", "0.1.0", findings)))
    told = []
    with begin("run", settings=settings | {"BRIDGE_CAPABILITIES_FILE": str(file)}) as daemon:
        try:
            assert daemon.stderr is not None
            for line in daemon.stderr:
                event = json.loads(line)
                if event["event"] == "capabilities_in_force":
                    told.append((event["asked_page_id"], event["list_lag_seconds"], event["create_silently"]))
                if event["event"] == "daemon_started":
                    daemon.send_signal(signal.SIGTERM)
        finally:
            daemon.kill()
    assert told == [("kctbh9vrtdwd", 45.0, False)]


def test_an_operator_commands_a_daemon_that_runs(settings: dict[str, str]) -> None:
    with begin("run", settings=settings) as daemon:
        try:
            assert daemon.stderr is not None
            url = next(
                event["url"]
                for line in daemon.stderr
                if (event := json.loads(line))["event"] == "daemon_started"
            )
            here = {**settings, "BRIDGE_URL": url}
            paused = run("pause", "--by", "Ada", "--note", "a drill", settings=here)
            assert (paused.code, paused.output, paused.errors) == (
                0,
                "acme: paused until it is resumed\n",
                "",
            )
            listed = run("override", "list", settings=here)
            paused_line, waits = listed.output.splitlines()
            assert re.fullmatch(r"acme: paused, by Ada at \S+: a drill", paused_line)
            assert "has not been read since the start" in waits
            unread = run("override", "clear", "Search", settings=here)
            assert (unread.code, "has not been read since the start" in unread.errors) == (1, True)
            assert unread.errors.endswith("It was not accepted; give it again later\n")
            held = run("confirm", "reload", "5ef77f1f", settings=here)
            assert (held.code, held.errors) == (
                1,
                "reload holds no 5ef77f1f on the page acme; nothing is held there now\n",
            )
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=30) == 0
        finally:
            daemon.kill()


# --- demo


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ("--for", "60"), '--for: "60" has no unit (hint: write 60s', id="a duration without a unit"
        ),
        pytest.param(("--for", "soon"), '--for: "soon" is not a duration', id="a duration that is none"),
        pytest.param(
            ("--for", "1s", "--rules", "missing.yaml"), "missing.yaml: cannot be read", id="rules missing"
        ),
        pytest.param(
            ("--for", "1s", "--summary", "missing/summary.json"),
            "--summary: missing/summary.json cannot be written: ",
            id="a summary that cannot be written is told before the play",
        ),
    ],
)
def test_demo_that_cannot_be_played_says_why_and_ends_with_1(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    ended = run("demo", *arguments, folder=tmp_path)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith(told)
    assert len(ended.errors.splitlines()) == 1


def test_demo_on_a_port_that_is_taken_ends_with_1(tmp_path: Path, taken: int) -> None:
    (tmp_path / "rules.yaml").write_text(RULES)
    ended = run("demo", "--for", "1s", "--rules", "rules.yaml", "--port", str(taken), folder=tmp_path)
    assert ended.code == 1
    assert ended.errors.startswith(f"the public page cannot listen on port {taken}: ")
    assert len(ended.errors.splitlines()) == 1


def test_a_demo_cut_short_sums_up_and_ends_with_0(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES.replace("acme", "demo"))
    ended = run("demo", "--for", "1s", "--rules", "rules.yaml", "--summary", "summary.json", folder=tmp_path)
    assert (ended.code, ended.errors) == (0, "")
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["components"] == dict.fromkeys(
        ("Checkout / API", "Checkout / Web", "Search", "Payments"), "operational"
    )
    assert (summary["incidents"], summary["rejected"], summary["stale_writes"]) == ([], 0, 0)
    assert ended.output.endswith("no incident; 0 rejected, 0 stale\n")


# --- simulator


@pytest.mark.parametrize(
    ("listen", "told"),
    [
        pytest.param("nowhere", '--listen: "nowhere" is not an address', id="no port"),
        pytest.param("127.0.0.1:", '--listen: "" is not a port', id="an empty port"),
        pytest.param("127.0.0.1:http", '--listen: "http" is not a port', id="a port in letters"),
        pytest.param("127.0.0.1:65536", '--listen: "65536" is not a port', id="a port beyond the last"),
        pytest.param(f"127.0.0.1:{'9' * 5000}", "--listen: ", id="a port of five thousand digits"),
        pytest.param("127.0.0.1:\u0663", "--listen: ", id="a digit of another script"),
        pytest.param("a..b:80", "cannot listen on a..b:80: ", id="a name that no host can have"),
        pytest.param("203.0.113.1:80", "cannot listen on 203.0.113.1:80: ", id="somebody else's address"),
    ],
)
def test_simulator_with_a_bad_address_names_it_and_ends_with_2_or_1_where_nobody_could_know(
    listen: str, told: str
) -> None:
    ended = call("simulator", "--token", "token", "--listen", listen)
    assert (ended.code, ended.output) == (2 if told.startswith("--listen") else 1, "")
    assert ended.errors.startswith(told)
    assert len(ended.errors.splitlines()) == 1


def test_simulator_serves_until_it_is_told_to_stop_and_ends_with_0() -> None:
    with begin("simulator", "--token", "token", "--listen", "127.0.0.1:0") as process:
        try:
            assert process.stdout is not None
            told = dict(process.stdout.readline().rsplit(maxsplit=1) for _ in range(3))
            with urlopen(told["the public page"], timeout=10) as answer:  # noqa: S310 - our own, on loopback
                assert (answer.status, b"Acme Shop" in answer.read()) == (200, True)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


# --- migrate


def test_migrate_makes_a_store_and_says_so_and_then_leaves_it_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bridge.sqlite3'}"
    first, second = run("migrate", url), run("migrate", url)
    assert (first.code, first.output) == (0, f"the store is at {REVISION} and is new\n")
    assert (second.code, second.output) == (0, f"the store is at {REVISION} and was at {REVISION}\n")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("nonsense", "the store's address cannot be read", id="no address"),
        pytest.param("sqlite:////nonexistent/x.db", "/nonexistent", id="a directory that is not there"),
    ],
)
def test_migrate_that_cannot_be_done_says_why_and_ends_with_1(url: str, told: str) -> None:
    ended = call("migrate", url)
    assert (ended.code, ended.output) == (1, "")
    assert told in ended.errors
    assert len(ended.errors.splitlines()) == 1


def test_migrate_leaves_a_file_alone_that_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "diary.txt"
    path.write_text("Dear diary, today I was no database.\n" * 100)
    ended = call("migrate", f"sqlite:///{path}")
    assert ended.code == 1
    assert "Dear diary" in path.read_text()
