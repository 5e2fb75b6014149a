"""`bridge statuspage conformance` in a process of its own, against `bridge simulator` as it is shipped."""

from __future__ import annotations

import json
import re
import signal
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bridge.config.capabilities import read_report
from bridge.core.capabilities import QUESTIONS
from tests.cli.terminal import begin, call, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-token-of-a-throw-away-page"


@dataclass(frozen=True, slots=True)
class Fake:
    """A simulator that runs."""

    url: str
    page_id: str

    def read(self, path: str) -> Any:
        """An answer of it, as JSON."""
        request = urllib.request.Request(  # noqa: S310 - our own simulator
            f"{self.url}{path}", headers={"Authorization": f"OAuth {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.loads(answer.read())

    def shown(self) -> list[Any]:
        """What the page shows."""
        below = f"/v1/pages/{self.page_id}"
        lists = (
            "/components?page=1",
            "/incidents?page=1",
            "/subscribers?state=all",
            "/metrics?page=1",
            "/metrics_providers",
        )
        return [self.read(below + path) for path in lists]

    def public(self) -> Any:
        """What readers see, which costs the token nothing."""
        summary = self.read("/api/v2/summary.json")
        return {name: summary[name] for name in ("components", "incidents", "scheduled_maintenances")}


@contextmanager
def simulator(*options: str | Path) -> Iterator[Fake]:
    process = begin("simulator", "--token", TOKEN, "--listen", "127.0.0.1:0", *options)
    with process:
        assert process.stdout is not None
        url = page_id = ""
        while not (url and page_id):
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            if found := re.match(r"the API +(\S+)/v1", line):
                url = found[1]
            if found := re.match(r"the page's id +(\S+)", line):
                page_id = found[1]
        try:
            yield Fake(url, page_id)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="utf-8")
    return file


def arguments(fake: Fake, token: Path) -> list[str]:
    return [
        "statuspage",
        "conformance",
        "--page",
        fake.page_id,
        "--token-file",
        str(token),
        "--api-url",
        f"{fake.url}/v1",
        "--page-is-disposable",
        "--requests",
        "60",
        "--yes",
    ]


def test_it_asks_the_page_writes_what_it_found_and_the_simulator_behaves_so(
    tmp_path: Path, token: Path
) -> None:
    file = tmp_path / "capabilities.json"
    with simulator("--deliver-webhooks") as fake:
        before = fake.shown()
        ended = run(
            *arguments(fake, token),
            *("--skip", "rate-limit", "--skip", "maintenances", "--listen", "127.0.0.1:0"),
            *("--output", file, "-o", "json"),
        )
        assert ended.code == 0, ended.errors
        assert fake.shown() == before
    assert "Questions to the page" in ended.errors
    assert "TOLD TO EVERY SUBSCRIBER OF THE PAGE" in ended.errors
    assert file.read_text(encoding="utf-8") == ended.output
    assert TOKEN not in ended.output + ended.errors
    report = read_report(file)
    assert report.page_id == fake.page_id
    answers = {finding.question: finding.answer for finding in report.findings}
    assert answers.keys() == QUESTIONS.keys()
    assert answers["notify_after_silent_create"] is True
    assert answers["metadata_in_lists"] == "shown"
    assert answers["count_rejected"] is None

    document = json.loads(file.read_text(encoding="utf-8"))
    document["answers"]["metadata_in_lists"]["answer"] = "absent"
    document["answers"]["reopening"]["answer"] = False
    file.write_text(json.dumps(document), encoding="utf-8")
    with simulator("--capabilities", file) as fake:
        told = {one["name"]: one["answer"] for one in fake.read("/_simulator/options")["questions"]}
        assert (told["metadata_in_lists"], told["reopening"]) == ("absent", False)
        assert told["count_rejected"] is False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_puts_the_page_back_and_writes_nothing(
    tmp_path: Path, token: Path, number: signal.Signals
) -> None:
    file = tmp_path / "capabilities.json"
    with simulator() as fake:
        before = fake.public()
        process = begin(*arguments(fake, token), "--output", file)
        with process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("waiting for the maintenances"):
                    break
            assert fake.public() != before
            process.send_signal(number)
            _, errors = process.communicate(timeout=60)
        assert process.returncode == 1
        assert errors.splitlines() == ["removing what was made", "interrupted; nothing is written"]
        assert fake.public() == before
    assert not file.exists()


def test_a_page_that_people_use_is_not_touched(tmp_path: Path, token: Path) -> None:
    with simulator() as fake:
        below = f"{fake.url}/v1/pages/{fake.page_id}"
        told = json.dumps({"incident": {"name": "Trouble"}}).encode()
        headers = {"Authorization": f"OAuth {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{below}/incidents", told, headers)  # noqa: S310
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
        before = fake.shown()
        given = [word for word in arguments(fake, token) if word != "--page-is-disposable"]
        ended = run(*given, "--output", tmp_path / "capabilities.json")
        assert (ended.code, ended.output) == (1, "")
        assert "Acme Shop looks like a page that people use: it has 3 active subscribers" in ended.errors
        assert "it has 2 open incidents, or maintenances to come. Nothing is done" in ended.errors
        assert "--page-is-disposable" in ended.errors
        assert fake.shown() == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            ("--skip", "mails"),
            "--skip: 'mails' is no part; expected one of maintenances, subscribers, metrics, rate-limit",
        ),
        (("-o", "yaml"), "-o: is 'yaml'; expected table or json"),
        (("--listen-url", "https://probe.example"), "--listen-url: nobody listens"),
        (("--other-page", "x y"), "--other-page:"),
        (
            ("--output", "/nowhere/at/all.json"),
            "--output: /nowhere/at/all.json cannot be written there; nothing is done",
        ),
    ],
)
def test_wrong_use_is_told_before_anything_is_asked(token: Path, wrong: tuple[str, ...], said: str) -> None:
    fake = Fake("http://127.0.0.1:9", "kctbh9vrtdwd")
    ended = call(*arguments(fake, token), *wrong)
    assert ended.code == 2
    assert said in ended.errors


def test_without_a_terminal_it_needs_to_be_told_yes(tmp_path: Path, token: Path) -> None:
    given = [word for word in arguments(Fake("http://127.0.0.1:9", "kctbh9vrtdwd"), token) if word != "--yes"]
    ended = call(*given, "--output", tmp_path / "capabilities.json")
    assert ended.code == 2
    assert "--yes" in ended.errors


def test_a_simulator_is_not_started_with_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "capabilities.json"
    file.write_text("{}", encoding="utf-8")
    ended = call("simulator", "--token", TOKEN, "--listen", "127.0.0.1:0", "--capabilities", file)
    assert ended.code == 1
    assert "lacks capabilities" in ended.errors
