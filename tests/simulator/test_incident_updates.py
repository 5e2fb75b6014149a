"""Incident updates by themselves: the guide's create and list, and changes of what was said."""

from typing import Any

import pytest

from bridge.simulator.model import Options
from bridge.simulator.options import MissingBody, StatusOfUpdate
from tests.simulator.audience import subscribe
from tests.simulator.desk import NOW, Desk, furnish


def add(desk: Desk, incident: dict[str, Any], *, now: float = NOW + 60, **fields: object) -> Any:
    path = f"/incidents/{incident['id']}/incident_updates"
    status, update = desk.ask("POST", path, {"incident_update": fields}, now=now)
    assert status == 201, update
    return update


def edit(
    desk: Desk, update: dict[str, Any], *, now: float = NOW + 120, method: str = "PATCH", **fields: object
) -> Any:
    path = f"/incidents/{update['incident_id']}/incident_updates/{update['id']}"
    status, changed = desk.ask(method, path, {"incident_update": fields}, now=now)
    assert status == 200, changed
    return changed


def read(desk: Desk, incident: dict[str, Any]) -> Any:
    return desk.ask("GET", f"/incidents/{incident['id']}", now=NOW + 999)[1]


# -- the guide's create and list --------------------------------------------------------------------------------


def test_an_update_is_what_a_change_of_the_incident_would_have_made(desk: Desk) -> None:
    incident = desk.open(component_ids=[desk.api])
    update = add(
        desk, incident, body="We know why.", status="identified", components={desk.api: "major_outage"}
    )
    assert update == {
        "id": update["id"],
        "incident_id": incident["id"],
        "affected_components": [
            {
                "code": desk.api,
                "name": "Checkout - API",
                "old_status": "operational",
                "new_status": "major_outage",
            }
        ],
        "body": "We know why.",
        "created_at": "2027-01-15T08:01:00.000Z",
        "custom_tweet": None,
        "deliver_notifications": True,
        "display_at": "2027-01-15T08:01:00.000Z",
        "status": "identified",
        "tweet_id": None,
        "twitter_updated_at": None,
        "updated_at": "2027-01-15T08:01:00.000Z",
        "wants_twitter_update": False,
    }
    after = read(desk, incident)
    assert (after["status"], after["impact"], after["incident_updates"][0]) == (
        "identified",
        "critical",
        update,
    )
    assert [told.update_id for told in desk.simulator.notifications][1:] == [update["id"]]


@pytest.mark.parametrize("spoken", [True, False])
def test_it_is_always_an_update_and_says_the_vendors_sentence_where_it_has_no_text(*, spoken: bool) -> None:
    desk = furnish(Options(update_for_new_status=spoken, update_for_same_status=spoken))
    incident = desk.open()
    sentences = [add(desk, incident, status=status)["body"] for status in ("investigating", "monitoring")]
    assert sentences == [
        "We are currently investigating this issue.",
        "A fix has been implemented and we are monitoring the results.",
    ]
    assert add(desk, incident, body="Still.")["status"] == "monitoring"
    assert len(read(desk, incident)["incident_updates"]) == 4


def test_its_text_is_missing_as_the_option_says() -> None:
    desk = furnish(Options(missing_body=MissingBody.EMPTY))
    assert add(desk, desk.open(), status="monitoring")["body"] == ""


def test_a_silent_update_is_told_to_nobody(desk: Desk) -> None:
    incident = desk.open(deliver_notifications=False)
    update = add(desk, incident, body="Hush.", deliver_notifications=False)
    assert (update["deliver_notifications"], desk.simulator.notifications) == (False, [])


def test_an_update_may_be_dated_and_want_a_tweet(desk: Desk) -> None:
    update = add(
        desk, desk.open(), body="Earlier.", display_at="2027-01-15T07:00:00Z", wants_twitter_update=True
    )
    assert (update["display_at"], update["created_at"], update["wants_twitter_update"]) == (
        "2027-01-15T07:00:00.000Z",
        "2027-01-15T08:01:00.000Z",
        True,
    )


def test_only_what_an_update_has_is_read_of_one(desk: Desk) -> None:
    incident = desk.open()
    add(desk, incident, body="So.", name="Other", impact_override="critical", metadata={"a": {}})
    after = read(desk, incident)
    assert (after["name"], after["impact"], after["metadata"]) == ("Trouble", "none", {})


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["body"]),
        ({"body": ""}, ["body"]),
        ({"body": " ", "status": None}, ["body"]),
        ({"body": "x" * 25_001}, ["body"]),
        ({"body": 7}, ["body"]),
        ({"body": "x", "status": "completed"}, ["status"]),
        ({"body": "x", "status": "sunny"}, ["status"]),
        ({"body": "x", "components": {"nonesuch": "operational"}}, ["components"]),
        ({"body": "x", "display_at": "soon"}, ["display_at"]),
        ({"body": "x", "deliver_notifications": "perhaps"}, ["deliver_notifications"]),
    ],
)
def test_a_wrong_update_is_refused_and_nothing_happens(
    desk: Desk, fields: dict[str, object], wrong: list[str]
) -> None:
    incident = desk.open()
    path = f"/incidents/{incident['id']}/incident_updates"
    status, answer = desk.ask("POST", path, {"incident_update": fields}, now=NOW + 60)
    assert (status, list(answer["error"])) == (422, wrong)
    assert read(desk, incident) == incident
    assert desk.ask("POST", path, {"incident": {"body": "x"}})[0] == 400


def test_updates_are_listed_newest_first_and_page_by_page(desk: Desk) -> None:
    incident = desk.open(body="one")
    for number, text in enumerate(("two", "three")):
        add(desk, incident, body=text, now=NOW + number)
    path = f"/incidents/{incident['id']}/incident_updates"
    _, listed = desk.ask("GET", path, now=NOW + 99)
    assert listed == read(desk, incident)["incident_updates"]
    assert [one["body"] for one in listed] == ["three", "two", "one"]
    _, second = desk.ask("GET", path, query={"per_page": "2", "page": "2"}, now=NOW + 99)
    assert [one["body"] for one in second] == ["one"]


def test_the_list_of_updates_lags_as_lists_do() -> None:
    desk = furnish(Options(list_lag=20.0, rate_limit=10_000))
    incident = desk.open(body="one")
    add(desk, incident, body="two", now=NOW + 60)
    path = f"/incidents/{incident['id']}/incident_updates"

    def texts(now: float) -> list[str]:
        return [one["body"] for one in desk.ask("GET", path, now=now)[1]]

    assert (texts(NOW + 79), texts(NOW + 80)) == (["one"], ["two", "one"])
    young = desk.open(now=NOW + 100)
    assert desk.ask("GET", f"/incidents/{young['id']}/incident_updates", now=NOW + 110) == (200, [])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/incidents/nonesuch/incident_updates"),
        ("POST", "/incidents/nonesuch/incident_updates"),
        ("PATCH", "/incidents/nonesuch/incident_updates/nonesuch"),
        ("PUT", "/incidents/{incident}/incident_updates/nonesuch"),
        ("PATCH", "/incidents/{other}/incident_updates/{update}"),
    ],
)
def test_what_is_not_there_is_not_found(desk: Desk, method: str, path: str) -> None:
    incident, other = desk.open(), desk.open()
    update = incident["incident_updates"][0]["id"]
    path = path.format(incident=incident["id"], other=other["id"], update=update)
    body = {"incident_update": {"body": "x"}}
    assert desk.ask(method, path, None if method == "GET" else body)[0] == 404


# -- changes of what was said -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_update_is_changed_in_its_place(desk: Desk, method: str) -> None:
    incident = desk.open(body="one", component_ids=[desk.api])
    later = add(desk, incident, body="two", status="identified")
    (first,) = incident["incident_updates"]
    changed = edit(
        desk,
        first,
        method=method,
        body="One.",
        display_at="2027-01-15T07:30:00+00:00",
        wants_twitter_update=True,
    )
    assert changed == {
        **first,
        "body": "One.",
        "display_at": "2027-01-15T07:30:00.000Z",
        "updated_at": "2027-01-15T08:02:00.000Z",
        "wants_twitter_update": True,
    }
    after = read(desk, incident)
    assert after["incident_updates"] == [later, changed]
    assert (after["status"], after["updated_at"]) == ("identified", "2027-01-15T08:02:00Z")
    assert desk.ask("GET", "/incidents", query={"q": "one."}, now=NOW + 120)[1] == [after]


def test_a_change_tells_nobody_unless_it_says_so(desk: Desk) -> None:
    incident, reader = desk.open(), subscribe(desk, "reader")
    (update,) = incident["incident_updates"]
    edit(desk, update, body="Corrected.")
    assert len(desk.simulator.notifications) == 1
    edit(desk, update, body="Corrected again.", deliver_notifications=True)
    told = desk.simulator.notifications[-1]
    assert (told.update_id, told.body, told.at, told.recipients, told.kind) == (
        update["id"],
        "Corrected again.",
        NOW + 120,
        (reader,),
        "update",
    )
    edit(desk, update, deliver_notifications=False)
    assert len(desk.simulator.notifications) == 2


def test_the_switch_of_an_update_is_shown_as_it_was_set_last(desk: Desk) -> None:
    (update,) = desk.open()["incident_updates"]
    assert edit(desk, update, deliver_notifications=False)["deliver_notifications"] is False


def test_history_and_what_was_created_silently_stay_silent() -> None:
    desk = furnish(Options(notify_after_silent_create=False))
    for incident in (desk.open(backfilled=True), desk.open(deliver_notifications=False)):
        edit(desk, incident["incident_updates"][0], body="Now.", deliver_notifications=True)
    assert desk.simulator.notifications == []


def test_a_change_that_changes_nothing_leaves_the_times_alone(desk: Desk) -> None:
    incident = desk.open(body="one")
    (update,) = incident["incident_updates"]
    assert edit(desk, update, body="one", display_at=None, deliver_notifications=None) == update
    assert read(desk, incident) == incident


def test_a_change_without_any_body_as_the_guide_writes_it_changes_nothing(desk: Desk) -> None:
    incident = desk.open()
    (update,) = incident["incident_updates"]
    path = f"/incidents/{incident['id']}/incident_updates/{update['id']}"
    assert desk.ask("PATCH", path) == (200, update)
    assert desk.ask("PATCH", path, {"body": "x"})[0] == 400


@pytest.mark.parametrize(("option", "status"), [(StatusOfUpdate.IGNORED, 200), (StatusOfUpdate.REFUSED, 422)])
def test_a_status_sent_with_a_change_is_ignored_or_refused(option: StatusOfUpdate, status: int) -> None:
    desk = furnish(Options(status_of_update=option))
    incident = desk.open()
    (update,) = incident["incident_updates"]
    path = f"/incidents/{incident['id']}/incident_updates/{update['id']}"
    answered, answer = desk.ask("PATCH", path, {"incident_update": {"body": "New.", "status": "resolved"}})
    assert answered == status
    (after,) = read(desk, incident)["incident_updates"]
    if status == 200:
        assert (answer["status"], after["status"], after["body"]) == ("investigating",) * 2 + ("New.",)
    else:
        assert (answer["error"], after) == ({"status": ["cannot be changed"]}, update)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"body": ""}, "body"),
        ({"body": "  "}, "body"),
        ({"body": None}, "body"),
        ({"body": "x" * 25_001}, "body"),
        ({"display_at": "9999-12-31T23:59:59Z"}, "display_at"),
        ({"deliver_notifications": []}, "deliver_notifications"),
        ({"wants_twitter_update": "x"}, "wants_twitter_update"),
    ],
)
def test_a_wrong_change_is_refused_and_nothing_happens(
    desk: Desk, fields: dict[str, object], wrong: str
) -> None:
    incident = desk.open()
    path = f"/incidents/{incident['id']}/incident_updates/{incident['incident_updates'][0]['id']}"
    status, answer = desk.ask("PATCH", path, {"incident_update": fields}, now=NOW + 60)
    assert (status, list(answer["error"])) == (422, [wrong])
    assert read(desk, incident) == incident


def test_an_edited_update_is_in_lists_that_lag_as_it_was() -> None:
    desk = furnish(Options(list_lag=20.0, rate_limit=10_000))
    incident = desk.open(body="one")
    edit(desk, incident["incident_updates"][0], body="two", now=NOW + 60)

    def text(now: float) -> str:
        (row,) = desk.ask("GET", "/incidents", now=now)[1]
        body: str = row["incident_updates"][0]["body"]
        return body

    assert (text(NOW + 79), text(NOW + 80)) == ("one", "two")
