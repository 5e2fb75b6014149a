"""`bridge explain` of a daemon that really runs: over HTTP what is live and what was, and from its store's file when it is down."""

from __future__ import annotations

import http.client
import json
import re
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.cli.terminal import begin, run

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = """
page: acme
defaults: {automation: full}
components:
  Search:
    - alert: SearchErrors
      status: partial_outage
      for: 0s
  CDN:
    - alert: CdnErrors
      status: major_outage
      for: 1h
incidents:
  - id: cdn
    components: [CDN, Search]
    title: "Our CDN is having problems[ in {region}]"
    group_by: [region]
    public_labels: [region]
"""
TOKEN = "the-token-of-alertmanager"
WEBHOOK = {
    "version": "4",
    "groupKey": "{}:{}",
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "bridge",
    "groupLabels": {},
    "commonLabels": {},
    "commonAnnotations": {},
    "externalURL": "",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": name, "region": "eu"},
            "annotations": {},
            "startsAt": "2026-01-31T18:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": "",
        }
        for name in ("SearchErrors", "CdnErrors")
    ],
}


def settings_in(folder: Path) -> dict[str, str]:
    """Settings with which a daemon lives in a folder; its page refuses every connection."""
    (folder / "rules.yaml").write_text(RULES)
    return {
        "BRIDGE_LISTEN": "127.0.0.1:0",
        "BRIDGE_RULES": str(folder / "rules.yaml"),
        "BRIDGE_DATABASE_URL": f"sqlite:///{folder / 'bridge.sqlite3'}",
        "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
        "BRIDGE_API_URL": "http://127.0.0.1:9",
        "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
        "BRIDGE_PAGES__ACME__TOKEN": "the-token-of-acme",
        "BRIDGE_WEBHOOK_BEARER_TOKEN": TOKEN,
        "BRIDGE_LOG_FORMAT": "json",
    }


@contextmanager
def running(settings: dict[str, str]) -> Iterator[dict[str, str]]:
    """A daemon to which two alerts were delivered. Gives the settings with its address."""
    with begin("run", settings=settings) as daemon:
        try:
            assert daemon.stderr is not None
            events = map(json.loads, daemon.stderr)
            url = next(event["url"] for event in events if event["event"] == "daemon_started")
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
            host = urlsplit(url).netloc
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.request("POST", "/api/v1/alertmanager", json.dumps(WEBHOOK), headers)
            assert connection.getresponse().status == 200
            connection.close()
            next(event for event in events if event.get("reason") == "opened")
            yield {**settings, "BRIDGE_URL": url}
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=30) == 0
        finally:
            daemon.kill()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of a daemon that runs."""
    with running(settings_in(tmp_path_factory.mktemp("live"))) as settings:
        yield settings


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the store of a daemon that is down."""
    settings = settings_in(tmp_path_factory.mktemp("down"))
    with running(settings):
        pass
    return settings["BRIDGE_DATABASE_URL"]


def files(store: str) -> dict[str, int]:
    """The files of a store, and when each was changed."""
    path = Path(store.removeprefix("sqlite:///"))
    return {one.name: one.stat().st_mtime_ns for one in path.parent.glob("bridge*")}


def test_a_component_is_explained_by_a_daemon_that_runs(here: dict[str, str]) -> None:
    live = run("explain", "Search", settings=here)
    assert (live.code, live.errors) == (0, "")
    assert "Search: shown not read yet, wanted partial_outage" in live.output
    assert 'alertmanager {alertname="SearchErrors", region="eu"} failing' in live.output
    assert "has not been read since the start" in live.output
    pending = run("explain", "CDN", settings=here)
    assert "major_outage: pending for " in pending.output
    assert re.search(r"claims it in (59m|1h)", pending.output)


def test_an_incident_of_a_group_is_explained_and_printed_as_one_document(here: dict[str, str]) -> None:
    answer = run("explain", 'cdn{region="eu"}', "-o", "json", settings=here)
    (account, *behind) = json.loads(answer.output)["accounts"]
    told = (account["name"], account["phase"], account["to_tell"])
    assert told == ('cdn{region="eu"}', "investigating", "opened")
    assert {one["name"] for one in behind} == {"CDN", "Search"}


def test_the_past_is_explained_by_a_daemon_that_runs(here: dict[str, str]) -> None:
    # Not the instant that an answer told: that is to the second, and the daemon is hardly older.
    asked = run("explain", "Search", "--at", "0s", "-o", "json", settings=here)
    assert asked.code == 0, asked.errors
    told = json.loads(asked.output)
    assert told["live"] is False
    (hold,) = told["accounts"][0]["holds"]
    assert (hold["phase"], hold["reason"]) == ("firing", "held_for")
    assert hold["signals"][0]["labels"] == {"alertname": "SearchErrors", "region": "eu"}
    lines = run("explain", "Search", "--at", "0s", settings=here).output
    assert "partial_outage: firing for" in lines


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("Serch",), 1, "acme has no component and no incident Serch; near are: Search\n"),
        (("Search", "--at", "yesterday"), 2, "at: yesterday is no instant; write an instant such as"),
        (("Search", "--at", "2026-01-31T18:00:00"), 2, "says no time zone"),
        (("Search", "--at", "2999-01-01T00:00:00Z"), 2, "lies in the future"),
        (("Search", "--at", "2020-01-01T00:00:00Z"), 1, "nothing is known of 2020-01-01T00:00:00Z"),
        (("Search", "--page", "acne"), 1, "there is no page acne; near are: acme\n"),
        (('cdn{zone="eu"}',), 1, "write cdn{region=…}"),
    ],
)
def test_what_a_running_daemon_cannot_answer_it_refuses_with_what_would_be_right(
    here: dict[str, str], arguments: tuple[str, ...], code: int, says: str
) -> None:
    ended = run("explain", *arguments, settings=here)
    assert (ended.code, ended.output, says in ended.errors) == (code, "", True), ended.errors


def test_a_stranger_is_told_nothing(here: dict[str, str]) -> None:
    stranger = run("explain", "Search", settings={**here, "BRIDGE_WEBHOOK_BEARER_TOKEN": "wrong"})
    assert (stranger.code, stranger.output) == (1, "")
    assert stranger.errors.startswith("authentication is missing or wrong")
    assert "BRIDGE_WEBHOOK_BEARER_TOKEN" in stranger.errors


def test_a_store_is_read_beside_its_daemon(here: dict[str, str]) -> None:
    beside = run("explain", "Search", "--store", here["BRIDGE_DATABASE_URL"])
    assert (beside.code, "partial_outage: firing for" in beside.output) == (0, True)


def test_a_store_is_read_while_its_daemon_is_down_and_nothing_is_written_to_it(store: str) -> None:
    before = files(store)
    read = run("explain", "Search", "--store", store)
    assert (read.code, read.errors) == (0, "")
    assert "Search: nothing told" in read.output
    assert "partial_outage: firing for" in read.output
    grouped = run("explain", "cdn", "--store", store, "-o", "json")
    (account,) = json.loads(grouped.output)["accounts"]
    assert (account["name"], account["incidents"][0]["reason"]) == ('cdn{region="eu"}', "opened")
    assert {one["subject"] for one in account["since"] if one["kind"] == "hold"} == {"Search"}
    assert files(store) == before


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("Serch",), 1, "the store knows no component and no incident Serch; near are: Search\n"),
        (("Search", "--page", "acne"), 1, "the store knows no page acne; near are: acme\n"),
        (("Search", "--at", "soon"), 2, "soon is no instant"),
        (("Search", "--at", "2020-01-01T00:00:00Z"), 1, "the journal begins at 20"),
        (("Search", "--url", "http://127.0.0.1:9"), 2, "--store asks no daemon"),
    ],
)
def test_what_a_store_cannot_answer_is_refused_with_what_would_be_right(
    store: str, arguments: tuple[str, ...], code: int, says: str
) -> None:
    ended = run("explain", *arguments, "--store", store)
    assert (ended.code, ended.output, says in ended.errors) == (code, "", True), ended.errors


def test_what_is_no_store_is_said_to_be_none(tmp_path: Path) -> None:
    absent = run("explain", "Search", "--store", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert (absent.code, absent.errors) == (1, f"there is no store at {tmp_path / 'none.sqlite3'}\n")
    (tmp_path / "text").write_text("no database " * 100)
    damaged = run("explain", "Search", "--store", f"sqlite:///{tmp_path / 'text'}")
    assert (damaged.code, "is not a SQLite database" in damaged.errors) == (1, True)
    nowhere = run("explain", "Search", "--store", "sqlite://")
    assert (nowhere.code, "name a file" in nowhere.errors) == (1, True)
