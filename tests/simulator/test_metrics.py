"""Metric points: the grid, the window of time, single and bulk."""

import pytest

from tests.simulator.desk import NOW, Desk

GRID = int(NOW)


@pytest.mark.parametrize(
    ("offset", "cast"),
    [(0, 0), (14, 0), (15, 30), (29, 30), (-15, 0), (-16, -30)],
)
def test_a_point_is_cast_to_the_nearest_half_minute(desk: Desk, offset: int, cast: int) -> None:
    status, answer = desk.ask(
        "POST", f"/metrics/{desk.metric}/data", {"data": {"timestamp": GRID + offset, "value": 142.5}}
    )
    assert (status, answer) == (201, {"data": {"timestamp": GRID + cast, "value": 142.5}})
    assert desk.simulator.metric_points(desk.page_id, desk.metric) == {GRID + cast: 142.5}


def test_the_last_write_of_an_instant_wins(desk: Desk) -> None:
    rows = [{"timestamp": GRID + 1, "value": 1}, {"timestamp": GRID - 1, "value": 2}]
    status, answer = desk.ask("POST", "/metrics/data", {"data": {desk.metric: rows}})
    assert status == 202
    assert answer == {desk.metric: [{"timestamp": GRID, "value": 1}, {"timestamp": GRID, "value": 2}]}
    assert desk.simulator.metric_points(desk.page_id, desk.metric) == {GRID: 2}


@pytest.mark.parametrize(
    ("offset", "kept"),
    [(-28 * 86_400, True), (-28 * 86_400 - 1, False), (300, True), (301, False), (10**12, False)],
)
def test_points_outside_the_time_kept_are_refused_alone_and_dropped_in_bulk(
    desk: Desk, offset: int, *, kept: bool
) -> None:
    point = {"timestamp": GRID + offset, "value": 1}
    status, answer = desk.ask("POST", f"/metrics/{desk.metric}/data", {"data": point})
    assert status == (201 if kept else 422)
    if not kept:
        assert list(answer["error"]) == ["timestamp"]
    status, answer = desk.ask("POST", "/metrics/data", {"data": {desk.metric: [point]}})
    assert (status, len(answer[desk.metric])) == (202, int(kept))
    assert len(desk.simulator.metric_points(desk.page_id, desk.metric)) == int(kept)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ("x", 422),
        (["x"], 422),
        ([{}], 422),
        ([{"timestamp": 1.5, "value": 1}], 422),
        ([{"timestamp": True, "value": 1}], 422),
        ([{"timestamp": GRID, "value": "much"}], 422),
        ([{"timestamp": GRID, "value": None}], 422),
        ([{"timestamp": GRID, "value": 10**400}], 422),
        ([{"timestamp": str(GRID), "value": "1.5"}], 202),
        ([], 202),
    ],
)
def test_a_bulk_is_taken_whole_or_not_at_all(desk: Desk, rows: object, status: int) -> None:
    other = desk.simulator.add_metric(desk.page_id, "Other")
    good = [{"timestamp": GRID, "value": 1}]
    answered, _ = desk.ask("POST", "/metrics/data", {"data": {other: good, desk.metric: rows}})
    assert answered == status
    assert len(desk.simulator.metric_points(desk.page_id, other)) == (1 if status == 202 else 0)


def test_an_unknown_metric_is_not_found(desk: Desk) -> None:
    point = {"timestamp": GRID, "value": 1}
    assert desk.ask("POST", "/metrics/data", {"data": {"nonesuch": [point]}})[0] == 404
    assert desk.ask("POST", "/metrics/nonesuch/data", {"data": point})[0] == 404
    assert desk.ask("GET", "/metrics/nonesuch")[0] == 404
    assert desk.ask("POST", "/metrics/data", {})[0] == 400


def test_a_metric_shows_its_newest_point_until_it_is_reset(desk: Desk) -> None:
    for instant in (GRID, GRID - 60):
        desk.ask("POST", f"/metrics/{desk.metric}/data", {"data": {"timestamp": instant, "value": 1}})
    _, (metric,) = desk.ask("GET", "/metrics")
    assert (metric["name"], metric["suffix"]) == ("Latency", "ms")
    assert metric["most_recent_data_at"] == "2027-01-15T08:00:00Z"
    status, metric = desk.ask("DELETE", f"/metrics/{desk.metric}/data")
    assert (status, metric["most_recent_data_at"]) == (200, None)
    assert desk.ask("GET", f"/metrics/{desk.metric}") == (200, metric)
    assert desk.simulator.metric_points(desk.page_id, desk.metric) == {}
