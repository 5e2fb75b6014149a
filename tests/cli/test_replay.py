"""`bridge replay`: what rules would have published of a history."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import pytest

from bridge.core.changes import Changes
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.reasons import Reason
from bridge.core.signals import Labels
from bridge.core.spans import spoken
from bridge.simulation.replay.timeline_lines import instant
from bridge.store.database import Database
from bridge.store.migrate import upgrade_in_child
from tests.cli.terminal import call
from tests.simulation.replay.month import RULES, Month, month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bridge.core.journal import Fact

FOR, KEEP_FIRING_FOR, MONITOR_FOR = 120.0, 300.0, 600.0
"""Seconds, as rules have them that say nothing else."""

NOON = 1772366400.0
"""2026-03-01T12:00:00Z"""

RANGE = (
    *("--prometheus", "http://127.0.0.1:9"),
    *("--from", "2026-03-01T12:00:00Z"),
    *("--to", "2026-03-01T13:00:00Z"),
)
"""Of a server at whose port nobody listens."""

LINES = (
    '{"at": "2026-03-01T12:00:00Z", "labels": {"alertname": "SearchErrors", "severity": "critical"}, "state": "firing"}\n'
    '{"at": "2026-03-01T12:30:00Z", "labels": {"alertname": "SearchErrors", "severity": "critical"}, "state": "resolved"}\n'
    '{"at": "2026-03-01T14:00:00Z", "labels": {"alertname": "SearchFlaps"}, "state": "firing"}\n'
    '{"at": "2026-03-01T14:01:00Z", "labels": {"alertname": "SearchFlaps"}, "state": "resolved"}\n'
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with rules and a history, to stand in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "history.jsonl").write_text(LINES)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_history_is_told_as_a_timeline_and_a_table() -> None:
    ended = call("replay", "rules.yaml", "--alerts", "history.jsonl")
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output.splitlines() == [
        "2026-03-01 12:02:00  Search shows major_outage",
        "2026-03-01 12:02:00  Search is down: investigating, subscribers are told",
        "2026-03-01 12:35:00  Search shows operational",
        "2026-03-01 12:35:00  Search is down: monitoring",
        "2026-03-01 12:45:00  Search is down: resolved, subscribers are told",
        "",
        "                         rules.yaml",
        "incidents                         1",
        "notifications                     2",
        "writes                            3",
        "flaps that never showed           1",
        "Search, major_outage            33m",
    ]


def test_two_sets_of_rules_stand_side_by_side(folder: Path) -> None:
    (folder / "other.yaml").write_text(RULES.replace("major_outage", "degraded_performance"))
    ended = call(
        "replay",
        "rules.yaml",
        "--alerts",
        "history.jsonl",
        "--against",
        "other.yaml",
        "--html",
        "report.html",
    )
    assert ended.code == 0
    assert ended.output.splitlines()[-7:] == [
        "                              rules.yaml  other.yaml",
        "incidents                              1           0",
        "notifications                          2           0",
        "writes                                 3           2",
        "flaps that never showed                1           1",
        "Search, degraded_performance           -         33m",
        "Search, major_outage                 33m           -",
    ]
    report = (folder / "report.html").read_text()
    assert report.count('role="img"') == 4
    assert "http" not in report.replace("http-equiv", "")
    assert "<script" not in report


def test_what_a_label_says_is_text_in_the_report(folder: Path) -> None:
    (folder / "rules.yaml").write_text(RULES.replace("Search is down", "'<script>alert(1)</script> & down'"))
    assert call("replay", "rules.yaml", "--alerts", "history.jsonl", "--html", "report.html").code == 0
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; down" in (folder / "report.html").read_text()


def recorded(folder: Path) -> Path:
    """A store in which a daemon received what stands in LINES, and was away for an hour in between."""
    path = folder / "bridge.sqlite3"
    upgrade_in_child(f"sqlite:///{path}")
    errors = Labels({"alertname": "SearchErrors", "severity": "critical"})
    flaps = Labels({"alertname": "SearchFlaps"})

    def received(at: float, labels: Labels, state: str) -> JournalEntry:
        detail: dict[str, Fact] = {"labels": labels, "was": None, "state": state}
        subject = f"alertmanager:{labels.fingerprint}"
        return JournalEntry(NOON + at, JournalKind.SIGNAL, "", subject, Reason.SIGNAL_CHANGED, detail)

    def started(at: float, away: float) -> JournalEntry:
        return JournalEntry(NOON + at, JournalKind.PROCESS, "", "daemon", Reason.STARTED, {"away": away})

    database = Database.open(f"sqlite:///{path}")
    entries = [
        started(-600.0, 0.0),
        received(0.0, errors, "failing"),
        received(1800.0, errors, "ok"),
        started(7000.0, 3600.0),
        received(7200.0, flaps, "failing"),
        received(7260.0, flaps, "ok"),
    ]
    database.apply([Changes(journal=entries)])
    database.close()
    return path


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_what_a_daemon_received_is_told_from_its_store_and_what_it_missed_is_not_known(
    folder: Path, form: str
) -> None:
    (folder / "other.yaml").write_text(RULES.replace("major_outage", "degraded_performance"))
    address = form.format(recorded(folder))
    ended = call("replay", "rules.yaml", "--journal", address, "--against", "other.yaml", "--html", "r.html")
    assert (ended.code, ended.errors) == (0, "")
    first, _, rest = ended.output.partition("\n\n")
    assert first.splitlines() == [
        "rules.yaml",
        "2026-03-01 12:02:00  Search shows major_outage",
        "2026-03-01 12:02:00  Search is down: investigating, subscribers are told",
        "2026-03-01 12:35:00  Search shows operational",
        "2026-03-01 12:35:00  Search is down: monitoring",
        "2026-03-01 12:45:00  Search is down: resolved, subscribers are told",
        "2026-03-01 12:56:40  nobody watches: what happens is not known",
        "2026-03-01 13:56:40  the daemon watches again",
    ]
    assert rest.splitlines()[-9:] == [
        "                              rules.yaml  other.yaml",
        "incidents                              1           0",
        "notifications                          2           0",
        "writes                                 3           2",
        "flaps that never showed                1           1",
        "Search, degraded_performance           -         33m",
        "Search, major_outage                 33m           -",
        "Search, not known                     1h          1h",
        "Payments, not known                   1h          1h",
    ]
    report = (folder / "r.html").read_text()
    assert report.count('class="unseen"') == 4
    assert "not known for 1h" in report
    assert "operational all the time" not in report


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("rules.yaml",), 2, "give one history: --journal FILE, --alerts FILE or --prometheus URL"),
        (("rules.yaml", "--alerts", "history.jsonl", "--journal", "x"), 2, "give one history"),
        (("rules.yaml", *RANGE[:2]), 2, "--prometheus needs --from, such as 2026-01-31T18:00:00Z"),
        (("rules.yaml", *RANGE[:4]), 2, "--prometheus needs --to"),
        (("rules.yaml", *RANGE[:5], "2026-03-01T13:00:00"), 2, "says no time zone"),
        (("rules.yaml", *RANGE[:5], "tomorrow"), 2, "--to tomorrow is no instant"),
        (("rules.yaml", *RANGE[:5], RANGE[3]), 2, "--to must be after --from"),
        (("rules.yaml", *RANGE, "--step", "1"), 2, "--step 1 has no unit"),
        (("rules.yaml", *RANGE, "--probe", "web"), 2, "--probe is ID=EXPRESSION"),
        (("rules.yaml", *RANGE, "--probe", "web=up"), 1, "web is no probe of the rules; they have: none"),
        (("rules.yaml", *RANGE), 1, "unreachable: [CONNECT] (refused)"),
        (("rules.yaml", *RANGE, "--prometheus-token-file", "none"), 2, "cannot be read"),
        (("rules.yaml", "--journal", "missing.sqlite3"), 1, "there is no store at"),
        (("rules.yaml", "--journal", "history.jsonl"), 1, "is not a SQLite database"),
        (("rules.yaml", "--alerts", "missing.jsonl"), 1, "missing.jsonl: cannot be read"),
        (("missing.yaml", "--alerts", "history.jsonl"), 1, "missing.yaml: cannot be read"),
        (
            ("rules.yaml", "--alerts", "history.jsonl", "--page", "other"),
            2,
            "rules.yaml are for acme, not for other",
        ),
        (("rules.yaml", "two.yaml", "--alerts", "history.jsonl"), 2, "are for acme, other; give --page"),
    ],
)
def test_what_cannot_be_replayed_says_why(
    folder: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    (folder / "two.yaml").write_text(RULES.replace("page: acme", "page: other"))
    ended = call("replay", *arguments)
    assert ended.code == code
    assert says in ended.errors


@pytest.fixture(scope="module")
def made() -> Month:
    return month()


def test_a_month_of_fifty_thousand_changes_tells_every_outage_no_flap_and_nothing_unseen(
    folder: Path, made: Month
) -> None:
    made.write(folder / "month.jsonl")
    began = process_time()  # of the processor: what else runs on the machine counts for nothing
    ended = call("replay", "rules.yaml", "--alerts", "month.jsonl", "--html", "month.html")
    assert process_time() - began < 30.0
    assert ended.code == 0
    lines = ended.output.splitlines()
    assert len(made.changes) == 50_000
    timeline, table = lines[: lines.index("")], lines[lines.index("") + 1 :]
    assert sorted(timeline) == sorted(told_of(made))
    outage = sum(end + KEEP_FIRING_FOR - begin - FOR for begin, end in made.outages)
    assert table == [
        "                         rules.yaml",
        "incidents                        20",
        "notifications                    40",
        "writes                           60",
        "flaps that never showed         200",
        f"Search, major_outage     {spoken(outage):>10}",
        "Search, not known                3h",
        "Payments, not known              3h",
    ]


def told_of(made: Month) -> Iterator[str]:
    """Everything that is to be said of a month: each outage to the second, nothing of flaps, and of blind times that nobody knows."""
    for begin, end in made.outages:
        shown, over = begin + FOR, end + KEEP_FIRING_FOR
        yield f"{instant(shown)}  Search is down: investigating, subscribers are told"
        yield f"{instant(shown)}  Search shows major_outage"
        yield f"{instant(over)}  Search is down: monitoring"
        yield f"{instant(over)}  Search shows operational"
        yield f"{instant(over + MONITOR_FOR)}  Search is down: resolved, subscribers are told"
    for begin, end in made.blind:
        yield f"{instant(begin)}  alertmanager is blind: what happens is not known"
        yield f"{instant(end)}  alertmanager sees again"
