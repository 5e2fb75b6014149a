"""Points by the command line: what stands in the chart afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.points import RawPoint, read_points
from bridge.clock import read_wall_clock
from bridge.statuspage.timestamps import rfc_3339

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.statuspage.stand import Stand

NOW = 1_790_000_010.0
DAY = 86_400


def chart(shop: Stand) -> dict[int, float]:
    """The points of the page's only metric."""
    (metric,) = shop.simulator.page(shop.page_id).metrics
    return shop.simulator.metric_points(shop.page_id, metric)


def test_a_value_is_pushed_for_now(shop: Stand) -> None:
    shop.output("metrics", "push", "Latency", "142.5")
    ((at, value),) = chart(shop).items()
    assert value == 142.5
    assert abs(at - read_wall_clock()) < 60


def test_a_value_is_pushed_for_an_instant(shop: Stand) -> None:
    at = int(read_wall_clock()) // 30 * 30 - 3600
    shop.output("metrics", "push", "Latency", "--at", rfc_3339(at), "--", "-3")
    assert chart(shop) == {at: -3.0}


def test_four_weeks_are_filled_in_a_few_calls(shop: Stand, tmp_path: Path) -> None:
    begin = int(read_wall_clock()) // 30 * 30 - 27 * DAY
    points = {begin + 300 * number: float(number) for number in range(7000)}
    lines = ["timestamp,value", *(f"{at},{value}" for at, value in points.items())]
    (tmp_path / "points.csv").write_text("\n".join(lines))
    words = ("metrics", "push", "Latency", "--file", str(tmp_path / "points.csv"), "-o", "json")
    ended = shop.run(*words)
    assert ended.code == 0
    document = json.loads(ended.output)
    assert (document["points"], document["calls"], document["replaced"]) == (7000, 3, 0)
    assert ended.errors.splitlines() == ["1 of 3 calls", "2 of 3 calls", "3 of 3 calls"]
    assert chart(shop) == points
    assert [method for method, _ in shop.writes] == ["POST"] * 3


def test_a_file_with_a_mistake_is_sent_in_no_part(shop: Stand, tmp_path: Path) -> None:
    (tmp_path / "points").write_text(f"{int(read_wall_clock())},1\nyesterday,2\n")
    ended = shop.run("metrics", "push", "Latency", "--file", str(tmp_path / "points"))
    assert (ended.code, chart(shop), shop.writes) == (2, {}, [])
    assert f"{tmp_path / 'points'}:2: " in ended.errors


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f'{{"timestamp": {"1" * 400}, "value": 1}}', id="a number that no float holds"),
        pytest.param('{"a":' * 100_000, id="JSON that nests without an end"),
        pytest.param("1" * 200_000 + ",1", id="a field that is too long"),
    ],
)
def test_whatever_a_line_holds_it_is_told_by_its_number(line: str) -> None:
    now = read_wall_clock()
    with pytest.raises(WrongUseError, match=r"\Apoints:2: .{1,300}\nnothing is sent\Z"):
        read_points(f"{int(now)},1\n{line}\n", name="points", now=now)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="nothing"),
        pytest.param(("1", "--file", "points"), id="both"),
        pytest.param(("--file", "points", "--at", "2026-01-31T18:00:00Z"), id="a file with a time"),
        pytest.param(("many",), id="no number"),
        pytest.param(("nan",), id="not a number"),
        pytest.param(("1", "--at", "2020-01-31T18:00:00Z"), id="long ago"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(shop: Stand, words: tuple[str, ...]) -> None:
    assert (shop.run("metrics", "push", "Latency", *words).code, shop.writes) == (2, [])


def test_a_metric_that_is_not_there_is_told(shop: Stand) -> None:
    ended = shop.run("metrics", "push", "Latenzy", "1")
    assert (ended.code, shop.writes) == (1, [])
    assert '"Latency"' in ended.errors


# --- files


def test_csv_and_json_lines_are_read_with_times_of_both_kinds() -> None:
    text = f'{int(NOW) - 60}, 1.5\n\n{{"timestamp": "{rfc_3339(NOW - 120)}", "value": 2}}\n'
    read = read_points(text, name="points", now=NOW)
    assert read.points == (RawPoint(int(NOW) - 120, 2.0), RawPoint(int(NOW) - 60, 1.5))


def test_of_points_on_one_place_of_the_grid_the_last_counts() -> None:
    at = int(NOW) // 30 * 30 - 300
    read = read_points(f"{at + 1},1\n{at + 2},2\n{at + 31},3\n", name="points", now=NOW)
    assert read.points == (RawPoint(at + 2, 2.0), RawPoint(at + 31, 3.0))
    assert read.replaced == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("1", "neither", id="one field"),
        pytest.param("1,2,3", "neither", id="three fields"),
        pytest.param('{"timestamp": 1}', "neither", id="a member is missing"),
        pytest.param('{"timestamp": 1', "neither", id="half a document"),
        pytest.param(f"{int(NOW)},x", "no finite number", id="no number"),
        pytest.param(f"{int(NOW)},inf", "no finite number", id="infinity"),
        pytest.param(f'{{"timestamp": {int(NOW)}, "value": true}}', "no finite number", id="a truth"),
        pytest.param("soon,1", "no time", id="no time"),
        pytest.param("nan,1", "no time", id="a time that is no number"),
        pytest.param(f"{int(NOW) * 1000},1", "milliseconds", id="milliseconds"),
        pytest.param(f"{int(NOW) + 400},1", "future", id="the future"),
        pytest.param(f"{int(NOW) - 28 * DAY - 1},1", "28 days", id="too long ago"),
    ],
)
def test_a_line_that_is_no_point_is_told_with_its_number(line: str, told: str) -> None:
    with pytest.raises(WrongUseError) as caught:
        read_points(f"{int(NOW)},1\n{line}\n", name="points.csv", now=NOW)
    first, last = str(caught.value).splitlines()
    assert first.startswith("points.csv:2: ")
    assert told in first
    assert last == "nothing is sent"


def test_an_empty_file_is_told() -> None:
    with pytest.raises(WrongUseError, match="holds no point"):
        read_points("timestamp,value\n\n", name="points.csv", now=NOW)


def test_of_many_mistakes_the_first_are_told() -> None:
    with pytest.raises(WrongUseError) as caught:
        read_points("x\n" * 100, name="p", now=NOW)
    assert len(str(caught.value).splitlines()) == 22
    assert "p: and 80 more" in str(caught.value)
