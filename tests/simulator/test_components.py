"""Components and their groups, as the API shows and changes them."""

import pytest

from tests.simulator.desk import NOW, Desk


def test_a_component_is_shown_in_the_recorded_order_of_fields(desk: Desk) -> None:
    _, component = desk.ask("GET", f"/components/{desk.api}")
    assert list(component) == [
        "id", "page_id", "group_id", "created_at", "updated_at", "group", "name", "description", "position",
        "status", "showcase", "only_show_if_degraded", "automation_email", "start_date",
    ]  # fmt: skip
    assert component["automation_email"].endswith("@notifications.statuspage.io")
    assert component["description"] is None
    assert component["start_date"] is None


def test_the_list_shows_groups_before_their_children_with_the_worst_status(desk: Desk) -> None:
    desk.ask("PATCH", f"/components/{desk.payments}", {"component": {"status": "partial_outage"}})
    _, rows = desk.ask("GET", "/components")
    assert [(row["name"], row["group"], row["status"]) for row in rows] == [
        ("Checkout", True, "partial_outage"),
        ("API", False, "operational"),
        ("Payments", False, "partial_outage"),
        ("Search", False, "operational"),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"per_page": "2"}, ["Checkout", "API"]),
        ({"per_page": "2", "page": "2"}, ["Payments", "Search"]),
        ({"page": "2"}, []),
        ({"per_page": "0", "page": "-1"}, ["Checkout", "API", "Payments", "Search"]),
        ({"per_page": "many", "page": "9" * 400}, ["Checkout", "API", "Payments", "Search"]),
    ],
)
def test_lists_are_cut_into_pages_from_one(desk: Desk, query: dict[str, str], names: list[str]) -> None:
    status, rows = desk.ask("GET", "/components", query=query)
    assert (status, [row["name"] for row in rows]) == (200, names)


def test_a_patch_changes_what_was_sent_and_tells_nobody(desk: Desk) -> None:
    status, component = desk.ask(
        "PATCH", f"/components/{desk.api}", {"component": {"status": "major_outage"}}, now=NOW + 9
    )
    assert (status, component["status"], component["name"]) == (200, "major_outage", "API")
    assert component["updated_at"] == "2027-01-15T08:00:09Z"
    assert desk.simulator.notifications == []
    changes = desk.simulator.component(desk.page_id, "Checkout / API").changes
    assert [change.status for change in changes] == ["operational", "major_outage"]


def test_a_patch_without_effect_leaves_updated_at_alone(desk: Desk) -> None:
    fields = {"status": "operational", "name": "API"}
    _, component = desk.ask("PUT", f"/components/{desk.api}", {"component": fields}, now=NOW + 9)
    assert component["updated_at"] == component["created_at"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"status": "broken"}, "status"),
        ({"status": 3}, "status"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": ["x"]}, "name"),
        ({"group_id": "nonesuch"}, "group_id"),
        ({"group_id": 7}, "group_id"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"showcase": "perhaps"}, "showcase"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_changed(
    desk: Desk, fields: dict[str, object], wrong: str
) -> None:
    _, before = desk.ask("GET", f"/components/{desk.api}")
    status, answer = desk.ask("PATCH", f"/components/{desk.api}", {"component": fields})
    assert (status, answer["status"], list(answer["error"])) == (422, 422, [wrong])
    assert desk.ask("GET", f"/components/{desk.api}")[1] == before


def test_a_created_component_needs_a_name_only(desk: Desk) -> None:
    status, component = desk.ask(
        "POST", "/components", {"component": {"name": "Mail", "start_date": "2026-01-02"}}
    )
    assert (status, component["status"], component["group_id"]) == (201, "operational", None)
    assert (component["position"], component["start_date"]) == (3, "2026-01-02")
    status, answer = desk.ask("POST", "/components", {"component": {}})
    assert (status, answer["error"]) == (422, {"name": ["can't be blank"]})
    status, answer = desk.ask("POST", "/components", {"name": "Mail"})
    assert (status, answer["error"]) == (400, "param is missing or the value is empty: component")


def test_the_blank_status_means_the_official_one(desk: Desk) -> None:
    desk.ask("PATCH", f"/components/{desk.api}", {"component": {"status": "major_outage"}})
    _, component = desk.ask("PATCH", f"/components/{desk.api}", {"component": {"status": ""}})
    assert component["status"] == "operational"


def test_a_page_holds_1100_components(desk: Desk) -> None:
    for number in range(1100 - 3):
        desk.simulator.add_component(desk.page_id, f"C{number}")
    status, answer = desk.ask("POST", "/components", {"component": {"name": "One more"}})
    assert (status, list(answer["error"])) == (422, ["base"])
    _, rows = desk.ask("GET", "/components", query={"per_page": "5000"})
    assert len(rows) == 1100


def test_a_group_is_made_of_components_that_leave_their_old_one(desk: Desk) -> None:
    body = {
        "component_group": {"name": "Backend", "components": [desk.payments, desk.search]},
        "description": "Deep",
    }
    status, group = desk.ask("POST", "/component-groups", body)
    assert status == 201
    assert (group["name"], group["description"]) == ("Backend", "Deep")
    assert group["components"] == [desk.payments, desk.search]
    _, groups = desk.ask("GET", "/component-groups")
    assert [(one["name"], len(one["components"])) for one in groups] == [("Checkout", 1), ("Backend", 2)]
    assert desk.ask("GET", f"/component-groups/{group['id']}") == (200, group)
    assert desk.ask("GET", f"/components/{group['id']}")[1]["group"] is True
    assert desk.ask("PATCH", f"/components/{group['id']}", {"component": {"status": "operational"}})[0] == 422


def test_a_description_inside_the_wrapper_is_taken_too(desk: Desk) -> None:
    fields = {"name": "Backend", "description": "Inside", "components": [desk.search]}
    assert desk.ask("POST", "/component-groups", {"component_group": fields})[1]["description"] == "Inside"


def test_a_group_is_gone_with_its_last_child(desk: Desk) -> None:
    for component in (desk.api, desk.payments):
        _, moved = desk.ask("PATCH", f"/components/{component}", {"component": {"group_id": "null"}})
        assert moved["group_id"] is None
    assert desk.ask("GET", "/component-groups") == (200, [])
    _, rows = desk.ask("GET", "/components")
    assert len({row["position"] for row in rows}) == 3


@pytest.mark.parametrize("components", [[], None, ["nonesuch"], "x", [1], {"a": 1}])
def test_a_group_without_known_components_is_refused(desk: Desk, components: object) -> None:
    body = {"component_group": {"name": "Backend", "components": components}}
    status, answer = desk.ask("POST", "/component-groups", body)
    assert (status, list(answer["error"])) == (422, ["components"])


def test_a_name_that_two_components_share_is_no_name(desk: Desk) -> None:
    desk.simulator.add_component(desk.page_id, "API", group="Internal")
    assert desk.simulator.component(desk.page_id, "Internal / API").name == "API"
    with pytest.raises(KeyError, match="2 components are named 'API'"):
        desk.simulator.component(desk.page_id, "API")
