"""Timelines in compact notation."""

from __future__ import annotations

import pytest

from bridge.simulation.rehearsal.timeline import A_NUMBER, TimelineError, Turn, parse_timeline

STATES = ("firing", "resolved", "silent")


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("firing", [(0, "firing")]),
        ("2m resolved, 10m firing, resolved", [(0, "resolved"), (120, "firing"), (720, "resolved")]),
        ("1m firing, 1m firing, resolved", [(0, "firing"), (120, "resolved")]),
        (
            "1m resolved, (30s firing, 30s resolved) x2, firing",
            [
                (0, "resolved"),
                (60, "firing"),
                (90, "resolved"),
                (120, "firing"),
                (150, "resolved"),
                (180, "firing"),
            ],
        ),
        (
            "((1s firing, 1s resolved) x2, 1m silent) x2",
            [
                *((0, "firing"), (1, "resolved"), (2, "firing"), (3, "resolved"), (4, "silent")),
                *((64, "firing"), (65, "resolved"), (66, "firing"), (67, "resolved"), (68, "silent")),
            ],
        ),
    ],
)
def test_a_timeline_is_a_sequence_of_turns(text: str, turns: list[tuple[float, str]]) -> None:
    assert parse_timeline(text, STATES) == tuple(Turn(at, state) for at, state in turns)


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("2m", "lacks a state here", 2),
        ("2m broken", '"broken" is no state', 3),
        ("2x firing", '"2x" is not a duration', 0),
        ("5 firing", '"5" has no unit', 0),
        ("firing resolved", "lacks a comma", 7),
        ("firing,", "ends too early", 7),
        ("(1m firing", "has a bracket that is not closed", 0),
        ("1m firing)", "is closed by a bracket that nothing opens", 9),
        ("(1m firing)", "lacks how often after the bracket", 11),
        ("(firing) x2", "repeats what lasts for ever", 0),
        (
            "firing, 1m resolved",
            'only the last turn may last for ever: "firing" before it has no duration',
            0,
        ),
        ("(1s firing, 1s resolved) x9000", "has more than 10,000 turns", 0),
        ("1m firing, x3", "lacks a state here", 11),
    ],
)
def test_a_mistake_in_a_timeline_is_named_with_its_place(text: str, message: str, offset: int) -> None:
    with pytest.raises(TimelineError) as raised:
        parse_timeline(text, STATES)
    assert (str(raised.value), raised.value.offset) == (message, offset)


def test_a_state_may_be_a_number_where_numbers_are_states() -> None:
    turns = parse_timeline("5m 0.01, 10m -2e3, (30s 1, 30s none) x2, 0", ("none", A_NUMBER))
    assert [(turn.at, turn.state) for turn in turns] == [
        (0.0, "0.01"),
        (300.0, "-2e3"),
        (900.0, "1"),
        (930.0, "none"),
        (960.0, "1"),
        (990.0, "none"),
        (1020.0, "0"),
    ]


def test_what_is_neither_a_number_nor_a_state_says_so() -> None:
    with pytest.raises(TimelineError, match='"much" is no state') as raised:
        parse_timeline("5m 0.01, much", ("none", A_NUMBER))
    assert (raised.value.offset, raised.value.hint) == (9, "one of none, a number")
