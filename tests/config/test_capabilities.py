"""capabilities.json comes back as it was written; anything else is refused, with the place of every mistake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bridge.config.capabilities import CapabilitiesError, FoundCapabilities, Report, read_report, write_report
from bridge.config.settings import SettingsError, load_settings
from bridge.core.capabilities import QUESTIONS, Capabilities, Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FINDINGS = (
    Finding("list_lag", 3.0, "", (Evidence("GET /x", "200 []"), Evidence("GET /x", "200 [1]"))),
    Finding("reopening", False),
    Finding("rate_limit_status", 429),
    Finding("missing_body", "empty"),
    Finding("notify_after_silent_create", None, "nobody listened"),
)
REPORT = Report("kctbh9vrtdwd", "2026-01-31T12:00:00Z", "0.1.0", FINDINGS)


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "capabilities.json"
    file.write_text(write_report(REPORT), encoding="utf-8")
    assert read_report(file) == REPORT


def test_a_person_finds_each_question_beside_its_answer() -> None:
    answers = json.loads(write_report(REPORT))["answers"]
    assert answers["list_lag"]["question"] == "How many seconds may a list lag behind a write?"
    assert answers["notify_after_silent_create"] == {
        "question": QUESTIONS["notify_after_silent_create"].text,
        "answer": None,
        "note": "nobody listened",
        "evidence": [],
    }


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(write_report(REPORT))
    change(document)
    return json.dumps(document)


def answering(name: str, answer: Any) -> str:
    return changed(lambda document: document["answers"][name].update(answer=answer))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[1, 2]", "the document: must be an object with capabilities, page, asked_at, bridge, answers"),
        ('{"capabilities": 1, "capabilities": 1}', 'is not JSON: "capabilities" stands there twice'),
        ('{"capabilities": NaN}', "is not JSON: NaN is no number of JSON"),
        (
            changed(lambda document: document.update(capabilities=2)),
            "capabilities: is 2; this version of the bridge reads 1",
        ),
        (
            changed(lambda document: document.update(capabilities=True)),
            "capabilities: is true; this version of the bridge reads 1",
        ),
        (changed(lambda document: document.pop("page")), "the document: lacks page"),
        (changed(lambda document: document.update(pages=1)), 'the document: "pages" is no member of it'),
        (changed(lambda document: document.update(bridge=1)), "bridge: must be a text"),
        (changed(lambda document: document.update(answers=[])), "answers: must be an object"),
        (
            changed(lambda document: document["answers"].update(weather={})),
            'answers: no question is named "weather"',
        ),
        (
            changed(lambda document: document["answers"].update(reopening=False)),
            "answers.reopening: must be an object with question, answer, note, evidence",
        ),
        (
            changed(lambda document: document["answers"]["reopening"].pop("note")),
            "answers.reopening: lacks note",
        ),
        (
            changed(lambda document: document["answers"]["reopening"].update(note=None)),
            "answers.reopening.note: must be a text",
        ),
        (
            changed(lambda document: document["answers"]["reopening"].update(evidence={})),
            "answers.reopening.evidence: must be a list",
        ),
        (
            changed(lambda document: document["answers"]["reopening"].update(evidence=[{"sent": "x"}])),
            "answers.reopening.evidence.0: lacks seen",
        ),
        (
            answering("reopening", 1),
            "answers.reopening.answer: must be true or false, or null for unknown; it is 1",
        ),
        (
            answering("rate_limit_status", True),
            "answers.rate_limit_status.answer: must be 420 or 429, or null for unknown; it is true",
        ),
        (
            answering("missing_body", "none"),
            "answers.missing_body.answer: must be 'sentence' or 'empty', or null for unknown; it is \"none\"",
        ),
        (
            answering("list_lag", -1),
            "answers.list_lag.answer: must be a number of seconds from 0 to 120, or null for unknown; it is -1",
        ),
        (
            answering("list_lag", 1e9),
            "answers.list_lag.answer: must be a number of seconds from 0 to 120, or null for unknown; it is 1000000000.0",
        ),
        (
            answering("list_lag", True),
            "answers.list_lag.answer: must be a number of seconds from 0 to 120, or null for unknown; it is true",
        ),
    ],
)
def test_anything_else_is_refused_by_its_place(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "capabilities.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CapabilitiesError) as refused:
        read_report(file)
    assert str(refused.value) == f"{file}: {problem}"


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "capabilities.json"
    document = json.loads(answering("reopening", "yes"))
    document["answers"]["list_lag"]["answer"] = "3s"
    document["asked_at"] = 7
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CapabilitiesError) as refused:
        read_report(file)
    assert len(str(refused.value).splitlines()) == 3


def test_a_file_that_cannot_be_read_or_is_too_long_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(CapabilitiesError, match="cannot be read: No such file or directory"):
        read_report(tmp_path / "none.json")
    file = tmp_path / "long.json"
    file.write_text(" " * (1024 * 1024 + 1), encoding="utf-8")
    with pytest.raises(CapabilitiesError, match="is longer than 1048576 bytes"):
        read_report(file)


def environment(file: Path | str) -> dict[str, str]:
    return {
        "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
        "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
        "BRIDGE_PAGES__ACME__TOKEN": "a-token-of-its-own",
        "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
        "BRIDGE_CAPABILITIES_FILE": str(file),
    }


def test_the_setting_names_the_file_and_gives_what_the_daemon_uses_of_it(tmp_path: Path) -> None:
    file = tmp_path / "capabilities.json"
    file.write_text(write_report(REPORT), encoding="utf-8")
    assert load_settings(environment(file)).capabilities_file == FoundCapabilities(
        "kctbh9vrtdwd", "2026-01-31T12:00:00Z", Capabilities(list_lag=3.0)
    )
    without = environment(file)
    del without["BRIDGE_CAPABILITIES_FILE"]
    assert load_settings(without).capabilities_file is None


def test_a_daemon_does_not_start_with_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "capabilities.json"
    file.write_text(answering("list_lag", "soon"), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(environment(file))
    (problem,) = refused.value.problems
    assert "BRIDGE_CAPABILITIES_FILE" in str(problem)
    assert "answers.list_lag.answer: must be a number of seconds" in str(problem)
