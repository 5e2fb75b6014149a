"""Histories from JSON lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.config.problems import RuleFileError
from bridge.core.signals import Labels, SignalState
from bridge.simulation.replay.history import SightChange, SignalChange, read_history

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_are_changes_in_the_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text(
        '{"at": "2026-01-01T00:01:00+00:00", "labels": {"alertname": "A"}, "state": "resolved"}\n\n'
        '{"at": 1767225600, "labels": {"alertname": "A"}, "state": "firing"}\n'
        '{"at": 1767225630.5, "source": "probe", "labels": {"probe": "web"}, "state": "unknown", "value": 2}\n'
        '{"at": "2026-01-01T02:02:00+01:00", "blind": true}\n'
    )
    history = read_history(path)
    assert history.changes == (
        SignalChange(1767225600.0, "alertmanager", Labels({"alertname": "A"}), SignalState.FAILING),
        SignalChange(1767225630.5, "probe", Labels({"probe": "web"}), SignalState.UNKNOWN, 2.0),
        SignalChange(1767225660.0, "alertmanager", Labels({"alertname": "A"}), SignalState.OK),
        SightChange(1767229320.0, "alertmanager", blind=True),
    )
    assert (history.begin, history.end) == (1767225600.0, 1767229320.0)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON: "),
        ("[" * 100_000, "not JSON: "),
        ("[]", "not a JSON object"),
        ('{"at": 1, "label": {}}', 'unknown key "label" (hint: did you mean "labels"?)'),
        (
            '{"labels": {}, "state": "firing"}',
            '"at" must be Unix seconds, or a time such as 2026-01-31T18:00:00Z',
        ),
        ('{"at": true, "blind": true}', '"at" must be Unix seconds'),
        ('{"at": NaN, "blind": true}', '"at" must be Unix seconds'),
        ('{"at": "2026-01-01T00:00:00", "blind": true}', '"at" must be Unix seconds'),
        ('{"at": 1, "source": 2, "blind": true}', '"source" must be a text'),
        ('{"at": 1, "blind": 1}', '"blind" must be true or false'),
        ('{"at": 1, "labels": [], "state": "firing"}', '"labels" must be an object of texts'),
        ('{"at": 1, "labels": {"a": 1}, "state": "firing"}', '"labels" must be an object of texts'),
        ('{"at": 1, "labels": {}, "state": "ok", "value": "2"}', '"value" must be a number'),
        ('{"at": 1, "labels": {}, "state": "ok", "value": NaN}', '"value" must be a number'),
        (
            '{"at": 1, "labels": {}, "state": "fine"}',
            '"state" must be one of firing, failing, resolved, ok, unknown',
        ),
    ],
)
def test_a_line_that_is_none_is_told_with_its_number_and_the_others_too(
    tmp_path: Path, line: str, says: str
) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text(f'{{"at": 1, "blind": true}}\n{line}\n[]\n')
    with pytest.raises(RuleFileError) as raised:
        read_history(path)
    second, third = raised.value.problems
    assert (second.line, third.line, third.message) == (2, 3, "not a JSON object")
    assert str(second).removeprefix(f"{path}:2:1: ").startswith(says)


def test_an_empty_history_and_one_that_is_not_there_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for name, says in (
        ("empty", "nothing stands in it"),
        ("missing", "cannot be read: No such file or directory"),
    ):
        with pytest.raises(RuleFileError, match=says):
            read_history(tmp_path / name)
