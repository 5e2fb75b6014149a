"""Forms: every nesting of Rails, and blanks where JSON has null."""

from typing import Any
from urllib.parse import quote_plus

import pytest

from bridge.simulator.decoding import decode
from bridge.simulator.model import Request
from tests.simulator.desk import NOW, Desk

FORM = "application/x-www-form-urlencoded"


def read(form: str) -> dict[str, Any]:
    return decode(form.encode(), content_type=FORM)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("a=1&a=2", {"a": "2"}),
        ("a", {"a": ""}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[b][]=1&a[b][]=", {"a": {"b": ["1", ""]}}),
        ("a[][b]=1&a[][c]=2", {"a": [{"b": "1", "c": "2"}]}),
        ("a[][b]=1&a[][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ("a[][b][]=1&a[][b][]=2", {"a": [{"b": ["1", "2"]}]}),
        ("a[][b][c]=1&a[][b][d]=2", {"a": [{"b": {"c": "1", "d": "2"}}]}),
        ("a[][b][c]=1&a[][b][c]=2", {"a": [{"b": {"c": "1"}}, {"b": {"c": "2"}}]}),
        ("a[b][c][d]=x%20y", {"a": {"b": {"c": {"d": "x y"}}}}),
        ("a%5Bb%5D=1", {"a": {"b": "1"}}),
        ("a[b]=%C3%A9", {"a": {"b": "é"}}),
    ],
)
def test_a_form_nests_as_rack_nests_it(form: str, expected: object) -> None:
    assert read(form) == expected


def submit(desk: Desk, method: str, path: str, fields: dict[str, str]) -> int:
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())
    headers = {**desk.headers, "Content-Type": FORM}
    request = Request(method, f"/v1/pages/{desk.page_id}{path}.json", headers=headers, body=body.encode())
    return desk.simulator.handle(request, now=NOW).status


def test_an_incident_is_made_by_a_form_with_lists_maps_and_truth_values(desk: Desk) -> None:
    fields = {
        "incident[name]": "Slow & broken",
        "incident[impact_override]": "major",
        f"incident[components][{desk.api}]": "major_outage",
        f"incident[components][{desk.search}]": "degraded_performance",
        "incident[component_ids][]": desk.api,
        "incident[metadata][bridge][key]": "k=1",
        "incident[deliver_notifications]": "f",
        "incident[scheduled_for]": "",
        "incident[backfilled]": "",
    }
    assert submit(desk, "POST", "/incidents", fields) == 201
    (incident,) = desk.simulator.incidents(desk.page_id)
    assert (incident.name, incident.impact, incident.component_ids) == ("Slow & broken", "major", [desk.api])
    assert incident.metadata == {"bridge": {"key": "k=1"}}
    assert desk.simulator.component(desk.page_id, "Search").status == "degraded_performance"
    assert desk.simulator.notifications == []


def test_a_blank_stands_for_nothing(desk: Desk) -> None:
    path = f"/components/{desk.api}"
    fields = {"description": "Old", "start_date": "2026-01-02", "showcase": "0"}
    assert submit(desk, "PATCH", path, {f"component[{name}]": text for name, text in fields.items()}) == 200
    blank = {f"component[{name}]": "" for name in ("start_date", "group_id", "showcase")}
    assert submit(desk, "PUT", path, {**blank, "component[name]": "API 2"}) == 200
    component = desk.simulator.component(desk.page_id, "API 2")
    assert (component.start_date, component.group_id, component.showcase) == (None, None, False)
    assert component.description == "Old"
