"""Lists that are as old as asked for, while everything else is fresh."""

import pytest

from bridge.simulator.model import Options
from tests.simulator.desk import NOW, Desk, furnish

OURS = {"bridge": {"key": "k"}}


@pytest.fixture
def desk() -> Desk:
    return furnish(Options(list_lag=20.0, rate_limit=10_000))


def test_a_new_incident_comes_into_the_lists_later(desk: Desk) -> None:
    incident = desk.open()
    for path in ("/incidents", "/incidents/unresolved"):
        assert desk.ask("GET", path, now=NOW)[1] == []
        assert desk.ask("GET", path, now=NOW + 19.9)[1] == []
        assert desk.ask("GET", path, now=NOW + 20)[1] == [incident]


def test_one_incident_is_always_fresh(desk: Desk) -> None:
    incident = desk.open()
    assert desk.ask("GET", f"/incidents/{incident['id']}", now=NOW) == (200, incident)


def test_a_change_shows_in_lists_as_it_was_at_each_instant(desk: Desk) -> None:
    opened = desk.open(component_ids=[desk.api])
    said = desk.patch(opened, now=NOW + 5, body="Looking.", components={desk.api: "partial_outage"})
    resolved = desk.patch(opened, now=NOW + 9, status="resolved", metadata=OURS)
    assert desk.ask("GET", "/incidents", now=NOW + 24)[1] == [opened]
    assert desk.ask("GET", "/incidents", now=NOW + 25)[1] == [said]
    assert desk.ask("GET", "/incidents/unresolved", now=NOW + 28.9)[1] == [said]
    assert desk.ask("GET", "/incidents", now=NOW + 29)[1] == [resolved]
    assert desk.ask("GET", "/incidents/unresolved", now=NOW + 29)[1] == []


def test_a_deleted_incident_stays_in_the_lists_for_a_while(desk: Desk) -> None:
    incident = desk.open()
    desk.ask("DELETE", f"/incidents/{incident['id']}", now=NOW + 100)
    assert desk.ask("GET", "/incidents", now=NOW + 119)[1] == [incident]
    assert desk.ask("GET", f"/incidents/{incident['id']}", now=NOW + 119)[0] == 404
    assert desk.ask("GET", "/incidents", now=NOW + 120)[1] == []


def test_components_and_groups_lag_too(desk: Desk) -> None:
    before = {path: desk.ask("GET", path)[1] for path in ("/components", "/component-groups")}
    desk.ask(
        "PATCH",
        f"/components/{desk.api}",
        {"component": {"status": "major_outage", "group_id": "null"}},
        now=NOW,
    )
    for path, listed in before.items():
        assert desk.ask("GET", path, now=NOW + 19)[1] == listed
        assert desk.ask("GET", path, now=NOW + 20)[1] != listed
    assert desk.ask("GET", f"/components/{desk.api}", now=NOW)[1]["status"] == "major_outage"


def test_an_old_version_is_forgotten(desk: Desk) -> None:
    for number in range(50):
        desk.open(now=NOW + 60 * number)
    versions = desk.simulator._account.versions
    assert len(versions._former[desk.page_id]) == 1


def test_a_list_that_lags_changes_nothing(desk: Desk) -> None:
    incident = desk.open()
    desk.ask("GET", "/incidents", now=NOW + 1)
    assert desk.patch(incident, now=NOW + 2, status="resolved")["status"] == "resolved"


def test_without_a_lag_no_version_is_kept() -> None:
    desk = furnish()
    desk.patch(desk.open(), status="resolved")
    assert desk.simulator._account.versions._former == {}
