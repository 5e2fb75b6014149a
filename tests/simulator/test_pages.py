"""A page's profile: what is kept and shown, and what is refused."""

import json
from typing import Any

import pytest

from bridge.simulator.model import Options, Request
from bridge.simulator.time_zones import RAILS_ZONES, identifier_of
from tests.simulator.desk import NOW, Desk, furnish

EVERYTHING = {
    "name": "Acme Status",
    "domain": "status.acme.example",
    "subdomain": "acme-status",
    "url": "https://acme.example",
    "branding": "premium",
    "css_body_background_color": "FFFFFF",
    "css_font_color": "#333",
    "css_light_font_color": "AAAAAA",
    "css_greens": "2FCC66",
    "css_yellows": "F1C40F",
    "css_oranges": "E67E22",
    "css_reds": "tomato",
    "css_blues": "3498DB",
    "css_border_color": "E0E0E0",
    "css_graph_color": "3498DB",
    "css_link_color": "3498DB",
    "css_no_data": "B3BAC5",
    "hidden_from_search": True,
    "viewers_must_be_team_members": True,
    "allow_page_subscribers": False,
    "allow_incident_subscribers": False,
    "allow_email_subscribers": False,
    "allow_sms_subscribers": False,
    "allow_rss_atom_feeds": False,
    "allow_webhook_subscribers": False,
    "notifications_from_email": "status@acme.example",
    "time_zone": "Pacific Time (US & Canada)",
    "notifications_email_footer": "Sent by *Acme*.",
}


def change(desk: Desk, **fields: object) -> tuple[int, Any]:
    return desk.ask("PATCH", "", {"page": fields}, now=NOW + 9)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_every_field_of_the_document_is_kept_and_shown(desk: Desk, method: str) -> None:
    _, before = desk.ask("GET", "")
    status, page = desk.ask(method, "", {"page": EVERYTHING}, now=NOW + 9)
    assert status == 200
    assert {name: page[name] for name in EVERYTHING} == EVERYTHING
    assert page["updated_at"] == "2027-01-15T08:00:09Z"
    assert desk.ask("GET", "") == (200, page)
    untouched = set(before) - set(EVERYTHING) - {"updated_at"}
    assert {name: page[name] for name in untouched} == {name: before[name] for name in untouched}
    assert list(before) == list(page)


def test_a_change_without_effect_leaves_updated_at_alone(desk: Desk) -> None:
    status, page = change(desk, name="Acme", allow_sms_subscribers="true", branding="basic")
    assert (status, page["updated_at"]) == (200, page["created_at"])


def test_a_field_can_be_set_back_to_nothing(desk: Desk) -> None:
    desk.ask("PATCH", "", {"page": EVERYTHING})
    _, page = change(desk, domain=None, url="", css_reds="", notifications_from_email=None)
    assert [page[name] for name in ("domain", "url", "css_reds", "notifications_from_email")] == [None] * 4


def test_what_the_document_does_not_let_one_set_is_passed_over(desk: Desk) -> None:
    status, page = change(desk, headline="Hi", id="x", activity_score=7, nonsense=[1], name="New")
    assert (status, page["headline"], page["id"], page["activity_score"], page["name"]) == (
        200, None, desk.page_id, 0, "New",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"subdomain": None}, "subdomain"),
        ({"subdomain": "a.b"}, "subdomain"),
        ({"subdomain": "-"}, "subdomain"),
        ({"domain": "has space.example"}, "domain"),
        ({"domain": "https://status.example"}, "domain"),
        ({"url": 7}, "url"),
        ({"branding": "deluxe"}, "branding"),
        ({"css_reds": "red; background: url(x)"}, "css_reds"),
        ({"css_no_data": "#12"}, "css_no_data"),
        ({"time_zone": "Middle Earth"}, "time_zone"),
        ({"time_zone": "Europe/../UTC"}, "time_zone"),
        ({"time_zone": "Europe"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"allow_page_subscribers": "sometimes"}, "allow_page_subscribers"),
        ({"notifications_from_email": "nobody"}, "notifications_from_email"),
        ({"notifications_email_footer": "x" * 25_001}, "notifications_email_footer"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_changed(
    desk: Desk, fields: dict[str, object], wrong: str
) -> None:
    _, before = desk.ask("GET", "")
    status, answer = change(desk, **{"name": "Other", **fields})
    assert (status, list(answer["error"])) == (422, [wrong])
    assert desk.ask("GET", "") == (200, before)


@pytest.mark.parametrize(
    "name", ["UTC", "London", "Nuku'alofa", "Eastern Time (US & Canada)", "America/New_York", "Etc/UTC"]
)
def test_a_time_zone_has_a_name_of_rails_or_an_identifier(desk: Desk, name: str) -> None:
    assert change(desk, time_zone=name)[1]["time_zone"] == name


def test_every_time_zone_of_rails_stands_for_one_that_exists() -> None:
    assert len(RAILS_ZONES) == 151
    assert [name for name in RAILS_ZONES if identifier_of(identifier_of(name) or "") is None] == []
    assert identifier_of("Brasilia") == "America/Sao_Paulo"
    # A place that has a zone is no name by itself.
    assert identifier_of("Johannesburg") is None


def test_two_pages_cannot_share_an_address(desk: Desk) -> None:
    other = desk.simulator.add_page("Other")
    desk.simulator.page(other).domain = "status.other.example"
    status, answer = change(desk, subdomain="Other", domain="status.other.example")
    taken = ["has already been taken"]
    assert (status, answer["error"]) == (422, {"subdomain": taken, "domain": taken})
    assert change(desk, subdomain="acme")[0] == 200


def test_a_change_needs_its_wrapper(desk: Desk) -> None:
    assert desk.ask("PATCH", "", {"name": "Other"})[0] == 400
    assert desk.ask("PATCH", "", {"page": "Other"})[0] == 400


@pytest.mark.parametrize("status", [401, 403, 404])
def test_someone_elses_page_cannot_be_changed(status: int) -> None:
    desk = furnish(Options(wrong_page_status=status))
    desk.simulator.add_token("limited", [desk.simulator.add_page("Other")])
    desk.headers = {"Authorization": "OAuth limited"}
    assert change(desk, name="Mine")[0] == status
    missing = Request("PUT", "/pages/nonesuch", headers=desk.headers, body=json.dumps({"page": {}}).encode())
    assert desk.simulator.handle(missing, now=NOW).status == 404
    assert desk.simulator.page(desk.page_id).name == "Acme"
