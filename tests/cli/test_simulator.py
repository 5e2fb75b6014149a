"""`bridge simulator` as a process: what it tells at its start, what it remembers, and what it does not write over."""

from __future__ import annotations

import json
import signal
import stat
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.cli.terminal import begin, call

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

TOKENS = ("the-token-of-one", "the-token-of-another")


class Serving:
    """A simulator that runs, and what it said when it began."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.told = ""
        while not self.told.endswith("incidents.json\n"):
            line = process.stdout.readline()
            assert line, process.communicate(timeout=10)
            self.told += line
        lines = (line.rsplit(maxsplit=1) for line in self.told.splitlines()[:3])
        self.api, self.page, self.page_id = (value for _, value in lines)

    def ask(self, path: str, body: object = None, *, method: str = "GET", token: str = TOKENS[0]) -> Any:
        """Ask the API about its page."""
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"OAuth {token}", "Content-Type": "application/json"}
        request = Request(f"{self.api}/pages/{self.page_id}{path}", sent, headers, method=method)  # noqa: S310
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own, on loopback
            return json.loads(answer.read())

    def names(self) -> list[str]:
        """The incidents' names, newest first."""
        return [incident["name"] for incident in self.ask("/incidents")]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it. Returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@contextmanager
def serving(*arguments: str | Path) -> Iterator[Serving]:
    tokens = [part for token in TOKENS for part in ("--token", token)]
    with begin("simulator", *tokens, "--listen", "127.0.0.1:0", *arguments) as process:
        try:
            yield Serving(process)
        finally:
            process.kill()


def test_it_tells_where_everything_is_and_what_to_try(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with serving("--state", path, "--speed", "60") as simulator:
        assert f"{simulator.page}_simulator/ledger" in simulator.told
        assert str(path) in simulator.told
        assert "60 times as fast" in simulator.told
        example = f"{simulator.api}/pages/{simulator.page_id}/components.json"
        assert f"curl -H 'Authorization: OAuth TOKEN' {example}" in simulator.told
        assert not any(token in simulator.told for token in TOKENS)
        assert len(simulator.ask("/components.json")) == 8


def test_every_token_is_let_in_and_no_other() -> None:
    with serving() as simulator:
        for token in TOKENS:
            assert simulator.ask("", token=token)["id"] == simulator.page_id
        with pytest.raises(OSError, match="401"):
            simulator.ask("", token="somebody-else")


def test_it_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with serving("--state", path) as simulator:
        before = simulator.names()
        made = simulator.ask("/incidents", {"incident": {"name": "Remembered"}}, method="POST")
        assert simulator.stop() == 0
        assert simulator.process.stderr is not None
        assert simulator.process.stderr.read() == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(token in path.read_text() for token in TOKENS)
    with serving("--state", path) as simulator:
        assert simulator.names() == ["Remembered", *before]
        assert simulator.ask(f"/incidents/{made['id']}") == made
        with urlopen(f"{simulator.page}incidents/{made['id']}", timeout=10) as answer:  # noqa: S310
            assert b"Remembered" in answer.read()


def test_what_was_answered_a_moment_ago_outlives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with serving("--state", path) as simulator:
        simulator.ask("/incidents", {"incident": {"name": "Remembered"}}, method="POST")
        for _ in range(5_000):
            # Each question takes a moment; the file is looked at in between.
            if "Remembered" in path.read_text():
                break
            with urlopen(f"{simulator.page}api/v2/status.json", timeout=10) as answer:  # noqa: S310
                answer.read()
        assert simulator.stop(signal.SIGKILL) == -signal.SIGKILL
    with serving("--state", path) as simulator:
        assert simulator.names()[0] == "Remembered"
    assert [found.name for found in tmp_path.iterdir()] == ["state.json"]


def test_its_time_passes_as_fast_as_asked_and_never_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "state.json"

    def touch(simulator: Serving, name: str) -> datetime:
        component = simulator.ask("/components")[-1]["id"]
        told = {"component": {"name": name}}
        changed = simulator.ask(f"/components/{component}", told, method="PATCH")
        return datetime.fromisoformat(changed["updated_at"])

    with serving("--state", path, "--speed", "100000") as simulator:
        first = touch(simulator, "First")
        last = touch(simulator, "Last")
        # Every question is milliseconds of ours, and minutes of its own.
        assert 100 < (last - first).total_seconds() < 10 * 86_400
        assert simulator.stop() == 0
    with serving("--state", path) as simulator:
        assert touch(simulator, "Next") >= last


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "is not JSON", id="an empty file"),
        pytest.param(b"[" * 100_000, "is not JSON", id="JSON that nests without an end"),
        pytest.param(b'{"format": "statuspage-bridge simulator", "ver', "is not JSON", id="half a file"),
        pytest.param(
            b'{"incidents": []}', "is not a state of `bridge simulator`", id="JSON of something else"
        ),
        pytest.param(b"\x89PNG\xff", "cannot read", id="a picture"),
        pytest.param(
            b'{"format": "statuspage-bridge simulator", "version": 2}',
            "this program reads version 1",
            id="a later one",
        ),
    ],
)
def test_a_file_that_is_no_state_is_told_and_left_as_it_is(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)
    ended = call("simulator", "--token", "token", "--listen", "127.0.0.1:0", "--state", path)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("--state: ")
    assert str(path) in ended.errors
    assert told in ended.errors
    assert len(ended.errors.splitlines()) == 1
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(("--speed", "0"), 2, "--speed: the speed must be above 0", id="no time at all"),
        pytest.param(("--speed", "nan"), 2, "--speed: the speed must be above 0", id="no number"),
        pytest.param(("--speed", "1e12"), 2, "--speed: the speed must be above 0", id="too fast"),
        pytest.param(("--listen", "nope"), 2, '--listen: "nope" is not an address', id="no address"),
        pytest.param(("--token", " "), 2, "--token: a token must not be blank", id="a blank token"),
        pytest.param(
            ("--state", "/nonexistent/state.json"), 1, "--state: cannot write", id="nowhere to write"
        ),
        pytest.param(
            ("--capabilities", "/nonexistent/capabilities.json"),
            1,
            "--capabilities: /nonexistent/capabilities.json: cannot be read",
            id="capabilities that are not there",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line_before_anything_is_served(
    arguments: tuple[str, ...], code: int, told: str
) -> None:
    ended = call("simulator", "--token", "token", "--listen", "127.0.0.1:0", *arguments)
    assert (ended.code, ended.output) == (code, "")
    assert ended.errors.startswith(told)
    assert len(ended.errors.splitlines()) == 1
