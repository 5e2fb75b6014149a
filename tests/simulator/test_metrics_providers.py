"""Where metrics come from, how they are made and changed, and which take points by the API."""

import json
from typing import Any

import pytest

from bridge.simulator.model import Options
from tests.simulator.desk import NOW, Desk, furnish

GRID = int(NOW)
POINT = {"timestamp": GRID, "value": 1.5}
SECRETS = {
    "email": "ops@acme.example",
    "password": "secret-1",
    "api_key": "secret-2",
    "api_token": "secret-3",
    "application_key": "secret-4",
}
DATADOG = {
    "type": "Datadog",
    "api_key": "k",
    "api_token": "t",
    "metric_base_uri": "https://app.datadoghq.com",
}


def provide(desk: Desk, **fields: object) -> Any:
    status, provider = desk.ask("POST", "/metrics_providers", {"metrics_provider": fields})
    assert status == 201, provider
    return provider


def measure(desk: Desk, provider: Any, **fields: object) -> Any:
    path = f"/metrics_providers/{provider['id']}/metrics"
    status, metric = desk.ask("POST", path, {"metric": {"name": "Latency", **fields}})
    assert status == 201, metric
    return metric


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("Self", []),
        ("Pingdom", ["api_token"]),
        ("Pingdom", ["email", "password", "application_key"]),
        ("NewRelic", ["api_key", "metric_base_uri"]),
        ("Librato", ["email", "api_token"]),
        ("Datadog", ["api_key", "api_token", "metric_base_uri"]),
        ("Datadog", ["api_key", "application_key", "metric_base_uri"]),
    ],
)
def test_each_type_needs_its_credentials_and_never_shows_them(
    desk: Desk, kind: str, needed: list[str]
) -> None:
    fields = {name: SECRETS.get(name, "https://metrics.example") for name in needed}
    for name in needed:
        less = {key: value for key, value in fields.items() if key != name}
        status, answer = desk.ask("POST", "/metrics_providers", {"metrics_provider": {"type": kind, **less}})
        assert (status, name in answer["error"] or kind in {"Pingdom", "Datadog"}) == (422, True)
    provider = provide(desk, type=kind, **fields)
    assert list(provider) == [
        "id", "type", "disabled", "metric_base_uri", "last_revalidated_at", "created_at", "updated_at", "page_id",
    ]  # fmt: skip
    assert (provider["type"], provider["page_id"], provider["disabled"]) == (kind, desk.page_id, False)
    assert (provider["last_revalidated_at"] is None) == (kind == "Self")
    shown = json.dumps([provider, *desk.ask("GET", "/metrics_providers")[1]])
    assert not any(secret in shown for secret in SECRETS.values())


def test_the_ledger_hides_what_is_secret(desk: Desk) -> None:
    provider = provide(desk, type="Pingdom", **SECRETS)
    fields = {"metrics_provider": {"api_token": "secret-5", "password": ["secret-6"]}}
    desk.ask("PATCH", f"/metrics_providers/{provider['id']}", fields)
    created, changed = (arrival.body for arrival in desk.simulator.arrivals)
    assert "secret" not in repr([created, changed])
    assert created is not None
    assert created["metrics_provider"]["email"] == "ops@acme.example"
    assert created["metrics_provider"]["type"] == "Pingdom"


@pytest.mark.parametrize("fields", [{}, {"type": ""}, {"type": None}, {"type": "Prometheus"}, {"type": 7}])
def test_a_provider_needs_a_type_that_there_is(desk: Desk, fields: dict[str, object]) -> None:
    status, answer = desk.ask("POST", "/metrics_providers", {"metrics_provider": fields})
    assert (status, list(answer["error"])) == (422, ["type"])
    assert desk.ask("POST", "/metrics_providers", fields)[0] == 400


def test_the_pages_own_metrics_share_a_provider(desk: Desk) -> None:
    other = desk.simulator.add_metric(desk.page_id, "Errors")
    (own,) = desk.ask("GET", "/metrics_providers")[1]
    assert own["type"] == "Self"
    rows = desk.ask("GET", f"/metrics_providers/{own['id']}/metrics")[1]
    assert [row["id"] for row in rows] == [desk.metric, other]
    assert {row["metrics_provider_id"] for row in rows} == {own["id"]}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_provider_is_changed(desk: Desk, method: str) -> None:
    path = f"/metrics_providers/{provide(desk, **DATADOG)['id']}"

    def change(**fields: object) -> tuple[int, Any]:
        return desk.ask(method, path, {"metrics_provider": fields}, now=NOW + 9)

    status, changed = change(metric_base_uri="https://eu.datadoghq.com")
    assert (status, changed["metric_base_uri"]) == (200, "https://eu.datadoghq.com")
    assert (changed["updated_at"], changed["last_revalidated_at"]) == (
        "2027-01-15T08:00:09Z", "2027-01-15T08:00:00Z",
    )  # fmt: skip
    assert change(api_key="new")[1]["last_revalidated_at"] == "2027-01-15T08:00:09Z"
    status, answer = change(type="Librato")
    assert (status, list(answer["error"])) == (422, ["api_token", "email"])
    assert change(type="Prometheus")[0] == 422
    assert desk.ask("GET", path)[1]["type"] == "Datadog"
    assert change(type="Librato", email="a@example.com", api_token="t")[1]["type"] == "Librato"
    assert change(type="Self")[1]["type"] == "Self"
    assert desk.ask(method, "/metrics_providers/nonesuch", {"metrics_provider": {}})[0] == 404


def test_a_provider_takes_its_metrics_with_it(desk: Desk) -> None:
    provider = provide(desk, type="Self")
    metric = measure(desk, provider)
    path = f"/metrics_providers/{provider['id']}"
    assert desk.ask("DELETE", path) == (200, provider)
    for method, way in (("GET", ""), ("DELETE", ""), ("GET", "/metrics"), ("POST", "/metrics")):
        assert desk.ask(method, f"{path}{way}", {"metric": {"name": "x"}})[0] == 404
    assert desk.ask("GET", f"/metrics/{metric['id']}")[0] == 404
    assert [row["id"] for row in desk.ask("GET", "/metrics")[1]] == [desk.metric]


def test_a_metric_is_made_with_everything_that_the_document_has(desk: Desk) -> None:
    fields = {
        "metric_identifier": "p95",
        "suffix": "ms",
        "y_axis_min": 0,
        "y_axis_max": 100.5,
        "y_axis_hidden": True,
        "display": False,
        "decimal_places": 2,
        "tooltip_description": "Of all calls.",
    }
    provider = provide(desk, type="Self")
    metric = measure(desk, provider, transform="average", **fields)
    assert {name: metric[name] for name in fields} == fields
    assert (metric["name"], metric["metrics_provider_id"]) == ("Latency", provider["id"])
    assert (metric["most_recent_data_at"], metric["backfilled"]) == (None, False)
    assert desk.ask("GET", f"/metrics_providers/{provider['id']}/metrics") == (200, [metric])
    status, answer = desk.ask("POST", f"/metrics/{metric['id']}/data", {"data": POINT})
    assert (status, answer) == (201, {"data": POINT})


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"transform": "median"}, "transform"),
        ({"y_axis_min": "low"}, "y_axis_min"),
        ({"y_axis_min": 5, "y_axis_max": 5}, "y_axis_max"),
        ({"decimal_places": 1.5}, "decimal_places"),
        ({"decimal_places": -1}, "decimal_places"),
        ({"decimal_places": 11}, "decimal_places"),
        ({"display": "maybe"}, "display"),
    ],
)
def test_wrong_fields_of_a_metric_are_named(desk: Desk, fields: dict[str, object], wrong: str) -> None:
    path = f"/metrics_providers/{provide(desk, type='Self')['id']}/metrics"
    status, answer = desk.ask("POST", path, {"metric": {"name": "Latency", **fields}})
    assert (status, list(answer["error"])) == (422, [wrong])
    assert desk.ask("GET", path) == (200, [])


def test_what_is_fetched_needs_its_name_there(desk: Desk) -> None:
    relic = provide(desk, type="NewRelic", api_key="k", metric_base_uri="https://relic.example")
    path = f"/metrics_providers/{relic['id']}/metrics"
    status, answer = desk.ask("POST", path, {"metric": {"name": "Latency"}})
    assert (status, sorted(answer["error"])) == (422, ["application_id", "metric_identifier"])
    measure(desk, relic, metric_identifier="p95", application_id="7", decimal_places="", transform="")


def test_a_fetched_metric_takes_no_points(desk: Desk) -> None:
    metric = measure(desk, provide(desk, **DATADOG), metric_identifier="p95")
    single = desk.ask("POST", f"/metrics/{metric['id']}/data", {"data": POINT})
    both = {"data": {desk.metric: [POINT], metric["id"]: [POINT]}}
    refusal = {"error": "Method not allowed.", "status": 405}
    assert single == desk.ask("POST", "/metrics/data", both) == (405, refusal)
    assert desk.simulator.metric_points(desk.page_id, desk.metric) == {}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_metric_changes_by_name_and_identifier_only(desk: Desk, method: str) -> None:
    path = f"/metrics/{desk.metric}"
    fields = {"name": "Speed", "metric_identifier": "p99", "suffix": "s", "display": False}
    status, metric = desk.ask(method, path, {"metric": fields}, now=NOW + 9)
    assert (status, metric["name"], metric["metric_identifier"]) == (200, "Speed", "p99")
    assert (metric["suffix"], metric["display"]) == ("ms", True)
    assert metric["updated_at"] == "2027-01-15T08:00:09Z"
    _, metric = desk.ask(method, path, {"metric": {"metric_identifier": None}}, now=NOW + 19)
    assert (metric["name"], metric["metric_identifier"]) == ("Speed", None)
    for wrong in ({"name": ""}, {"metric_identifier": "x" * 256}):
        assert desk.ask(method, path, {"metric": wrong})[0] == 422
    assert desk.ask(method, path, {"name": "x"})[0] == 400


def test_a_deleted_metric_is_gone(desk: Desk) -> None:
    _, metric = desk.ask("GET", f"/metrics/{desk.metric}")
    assert desk.ask("DELETE", f"/metrics/{desk.metric}") == (200, metric)
    assert desk.ask("GET", "/metrics") == (200, [])
    assert desk.ask("POST", "/metrics/data", {"data": {desk.metric: [POINT]}})[0] == 404
    assert desk.ask("DELETE", f"/metrics/{desk.metric}")[0] == 404


def test_a_point_is_deleted_by_its_cast_timestamp(desk: Desk) -> None:
    rows = [{"timestamp": GRID + offset, "value": offset} for offset in (0, 31, 60)]
    desk.ask("POST", "/metrics/data", {"data": {desk.metric: rows}})
    path = f"/metrics/{desk.metric}/data"
    answer = {"data": {"timestamp": GRID + 60, "value": 60.0}}
    assert desk.ask("DELETE", f"{path}/{GRID + 60}") == (200, answer)
    assert desk.simulator.metric_points(desk.page_id, desk.metric) == {GRID: 0, GRID + 30: 31}
    assert desk.ask("GET", f"/metrics/{desk.metric}")[1]["most_recent_data_at"] == "2027-01-15T08:00:30Z"
    assert desk.ask("DELETE", f"{path}/{GRID}.json")[0] == 200
    for nowhere in (GRID + 60, GRID + 31, "x", "-1", "٣", "9" * 5000):
        assert desk.ask("DELETE", f"{path}/{nowhere}")[0] == 404
    assert desk.simulator.metric_points(desk.page_id, desk.metric) == {GRID + 30: 31}
    assert desk.ask("DELETE", f"{path}/{GRID + 30}")[0] == 200
    assert desk.ask("GET", f"/metrics/{desk.metric}")[1]["most_recent_data_at"] is None


def test_lists_of_providers_and_metrics_lag_like_all_lists() -> None:
    desk = furnish(Options(list_lag=20.0, rate_limit=10_000))
    provider = provide(desk, type="Self")
    assert len(desk.ask("GET", "/metrics_providers", now=NOW + 19)[1]) == 1
    assert desk.ask("GET", "/metrics_providers", now=NOW + 20)[1][1] == provider


def test_what_is_wrong_with_credentials_is_told_in_one_order_in_every_process() -> None:
    wrong = {"type": "Datadog", **dict.fromkeys(reversed(SECRETS), 1)}
    status, answer = furnish().ask("POST", "/metrics_providers", {"metrics_provider": wrong})
    assert status == 422
    assert [name for name in answer["error"] if name in SECRETS] == sorted(SECRETS)
