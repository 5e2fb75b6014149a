"""Groups as they change and go; components keep their place, or get one."""

from typing import Any

import pytest

from tests.simulator.desk import NOW, Desk


def checkout(desk: Desk) -> str:
    _, groups = desk.ask("GET", "/component-groups")
    (group,) = (one["id"] for one in groups if one["name"] == "Checkout")
    return str(group)


def change(desk: Desk, body: object, *, method: str = "PATCH") -> tuple[int, Any]:
    return desk.ask(method, f"/component-groups/{checkout(desk)}", body, now=NOW + 9)


def shown(desk: Desk) -> list[tuple[str, int]]:
    """The rows of the page, in order, with their positions."""
    return [(row["name"], row["position"]) for row in desk.ask("GET", "/components")[1]]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_group_takes_the_components_sent_in_the_order_sent(desk: Desk, method: str) -> None:
    fields = {"name": "Shop", "components": [desk.search, desk.api]}
    status, group = change(desk, {"component_group": fields, "description": "What sells."}, method=method)
    assert (status, group["name"], group["description"]) == (200, "Shop", "What sells.")
    assert group["components"] == [desk.search, desk.api]
    assert group["updated_at"] == "2027-01-15T08:00:09Z"
    assert shown(desk) == [("Shop", 1), ("Search", 1), ("API", 2), ("Payments", 2)]
    assert desk.ask("GET", f"/components/{desk.payments}")[1]["group_id"] is None


def test_a_group_can_change_all_its_components_at_once(desk: Desk) -> None:
    status, group = change(desk, {"component_group": {"components": [desk.search]}})
    assert (status, group["components"], group["name"]) == (200, [desk.search], "Checkout")
    assert [name for name, _ in shown(desk)] == ["Checkout", "Search", "API", "Payments"]


def test_a_group_that_loses_everything_to_another_is_gone(desk: Desk) -> None:
    body = {"component_group": {"name": "Backend", "components": [desk.search]}}
    _, backend = desk.ask("POST", "/component-groups", body)
    change(desk, {"component_group": {"components": [desk.api, desk.payments, desk.search]}})
    assert desk.ask("GET", f"/component-groups/{backend['id']}")[0] == 404
    assert [one["name"] for one in desk.ask("GET", "/component-groups")[1]] == ["Checkout"]


@pytest.mark.parametrize(
    "body",
    [
        {"description": "Beside."},
        {"component_group": {}, "description": "Beside."},
        {"component_group": {"description": "Beside."}},
    ],
)
def test_a_description_comes_beside_the_wrapper_or_inside(desk: Desk, body: object) -> None:
    status, group = change(desk, body)
    assert (status, group["description"], len(group["components"])) == (200, "Beside.", 2)
    assert change(desk, {"component_group": {"name": "Shop"}})[1]["description"] == "Beside."


def test_a_change_without_effect_leaves_updated_at_alone(desk: Desk) -> None:
    fields = {"name": "Checkout", "components": [desk.api, desk.payments]}
    _, group = change(desk, {"component_group": fields})
    assert group["updated_at"] == group["created_at"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"components": []}, "components"),
        ({"components": None}, "components"),
        ({"components": ["nonesuch"]}, "components"),
        ({"components": {"a": 1}}, "components"),
        ({"description": "x" * 25_001}, "description"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_changed(
    desk: Desk, fields: dict[str, object], wrong: str
) -> None:
    before = desk.ask("GET", "/component-groups")
    status, answer = change(desk, {"component_group": fields})
    assert (status, list(answer["error"])) == (422, [wrong])
    assert desk.ask("GET", "/component-groups") == before
    assert change(desk, {"name": "Shop"})[0] == 400


def test_a_deleted_group_leaves_its_components_to_the_page(desk: Desk) -> None:
    group = checkout(desk)
    _, was = desk.ask("GET", f"/component-groups/{group}")
    assert desk.ask("DELETE", f"/component-groups/{group}") == (200, was)
    assert desk.ask("GET", f"/component-groups/{group}")[0] == 404
    assert desk.ask("DELETE", f"/component-groups/{group}")[0] == 404
    assert shown(desk) == [("Search", 2), ("API", 3), ("Payments", 4)]


def test_a_component_is_deleted_and_its_group_with_the_last_one(desk: Desk) -> None:
    assert desk.ask("DELETE", f"/components/{desk.api}") == (204, None)
    assert desk.ask("GET", f"/components/{desk.api}")[0] == 404
    assert desk.ask("DELETE", f"/components/{desk.api}")[0] == 404
    _, (group,) = desk.ask("GET", "/component-groups")
    assert group["components"] == [desk.payments]
    assert desk.ask("DELETE", f"/components/{group['id']}")[0] == 404
    assert desk.ask("DELETE", f"/components/{desk.payments}")[0] == 204
    assert desk.ask("GET", "/component-groups") == (200, [])
    assert [name for name, _ in shown(desk)] == ["Search"]


def test_an_incident_outlives_its_components(desk: Desk) -> None:
    incident = desk.open(
        component_ids=[desk.api, desk.search], components={desk.api: "major_outage"}, name="Down"
    )
    desk.ask("DELETE", f"/components/{desk.api}")
    _, seen = desk.ask("GET", f"/incidents/{incident['id']}")
    assert [component["id"] for component in seen["components"]] == [desk.search]
    assert (seen["impact"], desk.ask("GET", "/incidents/unresolved")[1]) == ("critical", [seen])
    closed = desk.patch(incident, status="resolved", components={desk.search: "operational"})
    newest, first = closed["incident_updates"]
    assert [one["code"] for one in newest["affected_components"]] == [desk.search]
    assert [one["name"] for one in first["affected_components"]] == ["Checkout - API", "Search"]
    path, gone = f"/incidents/{incident['id']}", {"incident": {"components": {desk.api: "operational"}}}
    status, answer = desk.ask("PATCH", path, gone)
    assert (status, list(answer["error"])) == (422, ["components"])
