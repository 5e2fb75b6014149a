"""Templates: what is kept for incidents to come."""

from typing import Any

import pytest

from bridge.simulator.model import Options
from tests.simulator.desk import NOW, Desk, furnish

PATH = "/incident_templates"
NEEDED = {"name": "Database", "title": "Database maintenance", "body": "We will be back soon."}


def make(desk: Desk, *, wrapper: str = "template", **fields: object) -> Any:
    status, template = desk.ask("POST", PATH, {wrapper: {**NEEDED, **fields}})
    assert status == 201, template
    return template


@pytest.mark.parametrize("wrapper", ["template", "incident_template"])
def test_the_documents_wrapper_and_the_guides_make_one(desk: Desk, wrapper: str) -> None:
    template = make(desk, wrapper=wrapper, group_id=None, should_tweet=False, should_send_notifications=True)
    assert template == {
        "id": template["id"],
        "components": [],
        **NEEDED,
        "group_id": None,
        "update_status": None,
        "should_tweet": False,
        "should_send_notifications": True,
    }
    assert desk.ask("GET", PATH) == (200, [template])


def test_the_documents_wrapper_wins_over_the_guides(desk: Desk) -> None:
    body = {"template": NEEDED, "incident_template": {**NEEDED, "name": "Other"}}
    assert desk.ask("POST", PATH, body)[1]["name"] == "Database"


def test_its_components_are_shown_in_full_and_as_they_are_now(desk: Desk) -> None:
    template = make(desk, component_ids=[desk.search, desk.api], update_status="scheduled", group_id="g")
    assert (template["update_status"], template["group_id"]) == ("scheduled", "g")
    desk.ask("PATCH", f"/components/{desk.api}", {"component": {"status": "major_outage"}})
    (listed,) = desk.ask("GET", PATH)[1]
    full = [desk.ask("GET", f"/components/{one}")[1] for one in (desk.search, desk.api)]
    assert listed["components"] == full
    assert full[1]["status"] == "major_outage"
    del desk.simulator.page(desk.page_id).components[desk.api]
    (listed,) = desk.ask("GET", PATH)[1]
    assert listed["components"] == full[:1]


def test_templates_are_listed_in_the_order_in_which_they_were_made(desk: Desk) -> None:
    names = [make(desk, name=name)["name"] for name in ("c", "a", "b")]

    def listed(**query: str) -> list[str]:
        return [one["name"] for one in desk.ask("GET", PATH, query=query)[1]]

    assert listed() == names
    assert listed(per_page="2", page="2") == ["b"]


def test_the_list_lags_as_lists_do() -> None:
    desk = furnish(Options(list_lag=20.0, rate_limit=10_000))
    template = make(desk)
    assert desk.ask("GET", PATH, now=NOW + 19)[1] == []
    assert desk.ask("GET", PATH, now=NOW + 20)[1] == [template]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"title": None}, "title"),
        ({"body": " "}, "body"),
        ({"name": "x" * 256}, "name"),
        ({"title": "x" * 256}, "title"),
        ({"body": "x" * 25_001}, "body"),
        ({"group_id": 7}, "group_id"),
        ({"update_status": "postmortem"}, "update_status"),
        ({"should_tweet": "perhaps"}, "should_tweet"),
        ({"should_send_notifications": []}, "should_send_notifications"),
        ({"component_ids": ["nonesuch"]}, "component_ids"),
    ],
)
def test_a_wrong_template_is_refused(desk: Desk, fields: dict[str, object], wrong: str) -> None:
    status, answer = desk.ask("POST", PATH, {"template": {**NEEDED, **fields}})
    assert (status, list(answer["error"])) == (422, [wrong])
    assert desk.ask("GET", PATH) == (200, [])


def test_everything_that_is_missing_is_named(desk: Desk) -> None:
    status, answer = desk.ask("POST", PATH, {"template": {}})
    assert (status, list(answer["error"])) == (422, ["name", "title", "body"])
    assert desk.ask("POST", PATH, NEEDED)[0] == 400
