"""Postmortems: from the draft to its publication and back, and what the incident shows of it."""

from typing import Any

import pytest

from bridge.simulator.model import Options
from tests.simulator.audience import subscribe
from tests.simulator.desk import NOW, Desk, furnish


def resolved(desk: Desk, *component_ids: str) -> Any:
    return desk.open(name="Trouble is over", status="resolved", component_ids=component_ids)


def path_of(incident: dict[str, Any], step: str = "") -> str:
    return f"/incidents/{incident['id']}/postmortem{step}"


def draft(desk: Desk, incident: dict[str, Any], text: str = "Why.", *, now: float = NOW + 60) -> Any:
    status, postmortem = desk.ask("PUT", path_of(incident), {"postmortem": {"body_draft": text}}, now=now)
    assert status == 200, postmortem
    return postmortem


def publish(desk: Desk, incident: dict[str, Any], *, now: float = NOW + 120, **fields: object) -> Any:
    status, postmortem = desk.ask("PUT", path_of(incident, "/publish"), {"postmortem": fields}, now=now)
    assert status == 200, postmortem
    return postmortem


def shown(desk: Desk, incident: dict[str, Any]) -> dict[str, object]:
    """Return what the incident shows of its postmortem, without the common beginning of the names."""
    read = desk.ask("GET", f"/incidents/{incident['id']}", now=NOW + 999)[1]
    return {name.removeprefix("postmortem_"): read[name] for name in read if name.startswith("postmortem_")}


NOTHING = {
    "body": None,
    "body_last_updated_at": None,
    "ignored": False,
    "notified_subscribers": False,
    "notified_twitter": False,
    "published_at": None,
}


def test_a_draft_is_published_and_taken_back(desk: Desk) -> None:
    incident = resolved(desk)
    assert desk.ask("GET", path_of(incident))[0] == 404
    drafted = draft(desk, incident)
    assert drafted == {
        "preview_key": drafted["preview_key"],
        "body": None,
        "body_updated_at": None,
        "body_draft": "Why.",
        "body_draft_updated_at": "2027-01-15T08:01:00.000Z",
        "published_at": None,
        "notify_subscribers": False,
        "notify_twitter": False,
        "custom_tweet": None,
        "created_at": "2027-01-15T08:01:00.000Z",
        "updated_at": "2027-01-15T08:01:00.000Z",
    }
    assert shown(desk, incident) == NOTHING
    published = publish(desk, incident)
    assert published == {
        **drafted,
        "body": "Why.",
        "body_updated_at": "2027-01-15T08:02:00.000Z",
        "body_draft": None,
        "body_draft_updated_at": None,
        "published_at": "2027-01-15T08:02:00.000Z",
        "updated_at": "2027-01-15T08:02:00.000Z",
    }
    assert desk.ask("GET", path_of(incident)) == (200, published)
    assert shown(desk, incident) == {
        **NOTHING,
        "body": "Why.",
        "body_last_updated_at": "2027-01-15T08:02:00Z",
        "published_at": "2027-01-15T08:02:00Z",
    }
    status, reverted = desk.ask("PUT", path_of(incident, "/revert"), now=NOW + 180)
    assert (status, reverted) == (
        200,
        {
            **drafted,
            "body_draft_updated_at": "2027-01-15T08:03:00.000Z",
            "updated_at": "2027-01-15T08:03:00.000Z",
        },
    )
    assert shown(desk, incident) == NOTHING
    record = desk.simulator.page(desk.page_id).incidents[incident["id"]]
    assert record.status == "resolved"
    assert record.updated_at == NOW + 180


def test_a_deleted_postmortem_leaves_nothing(desk: Desk) -> None:
    incident = resolved(desk)
    draft(desk, incident)
    publish(desk, incident, notify_subscribers=True)
    assert shown(desk, incident) != NOTHING
    assert desk.ask("DELETE", path_of(incident), now=NOW + 180) == (204, None)
    assert desk.ask("GET", path_of(incident))[0] == 404
    assert shown(desk, incident) == NOTHING


def test_a_new_draft_leaves_what_is_published_until_it_is_published_too(desk: Desk) -> None:
    incident = resolved(desk)
    draft(desk, incident, "One.")
    publish(desk, incident)
    changed = draft(desk, incident, "Two.", now=NOW + 180)
    assert (changed["body"], changed["body_draft"], shown(desk, incident)["body"]) == ("One.", "Two.", "One.")
    republished = publish(desk, incident, now=NOW + 240)
    assert (republished["body"], republished["published_at"]) == ("Two.", "2027-01-15T08:04:00.000Z")


def test_what_is_taken_back_does_not_replace_a_newer_draft(desk: Desk) -> None:
    incident = resolved(desk)
    draft(desk, incident, "One.")
    publish(desk, incident)
    draft(desk, incident, "Two.", now=NOW + 180)
    _, reverted = desk.ask("PUT", path_of(incident, "/revert"), now=NOW + 240)
    assert (reverted["body"], reverted["body_draft"]) == (None, "Two.")


def test_the_guides_post_makes_the_draft(desk: Desk) -> None:
    incident = resolved(desk)
    status, made = desk.ask("POST", path_of(incident), {"postmortem": {"body": "## Root Cause"}})
    assert (status, made["body_draft"], made["body"]) == (201, "## Root Cause", None)
    # The guide publishes without any request body.
    status, published = desk.ask("PUT", path_of(incident, "/publish"))
    assert (status, published["body"]) == (200, "## Root Cause")
    assert desk.simulator.notifications[1:] == []


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_both_ways_to_draft_take_both_names_and_their_own_first(desk: Desk, method: str) -> None:
    incident = resolved(desk)
    own, other = ("body_draft", "body") if method == "PUT" else ("body", "body_draft")
    for fields, text in (({other: "b"}, "b"), ({own: "a", other: "b"}, "a")):
        _, made = desk.ask(method, path_of(incident), {"postmortem": fields})
        assert made["body_draft"] == text
        assert desk.ask("GET", path_of(incident)) == (200, made)


@pytest.mark.parametrize(
    "names", [["notify_twitter"], ["notify_tweets"], ["notify_twitter", "notify_tweets"]]
)
def test_a_publication_tells_whom_it_names(desk: Desk, names: list[str]) -> None:
    incident, reader = resolved(desk, desk.api), subscribe(desk, "reader", desk.api)
    subscribe(desk, "elsewhere", desk.search)
    draft(desk, incident)
    published = publish(
        desk, incident, notify_subscribers=True, custom_tweet="Read on.", **dict.fromkeys(names, True)
    )
    assert (published["notify_subscribers"], published["notify_twitter"], published["custom_tweet"]) == (
        True,
        True,
        "Read on.",
    )
    told = desk.simulator.notifications[-1]
    assert (
        told.kind,
        told.incident_id,
        told.update_id,
        told.status,
        told.body,
        told.at,
        told.recipients,
    ) == (
        "postmortem",
        incident["id"],
        "",
        "resolved",
        "Why.",
        NOW + 120,
        (reader,),
    )
    assert (shown(desk, incident)["notified_subscribers"], shown(desk, incident)["notified_twitter"]) == (
        True,
        True,
    )


def test_who_was_told_once_is_shown_for_good(desk: Desk) -> None:
    incident = resolved(desk)
    draft(desk, incident)
    publish(desk, incident, notify_subscribers=True)
    desk.ask("PUT", path_of(incident, "/revert"), now=NOW + 180)
    republished = publish(desk, incident, now=NOW + 240)
    assert (republished["notify_subscribers"], shown(desk, incident)["notified_subscribers"]) == (False, True)


def test_a_publication_that_is_repeated_changes_nothing_and_tells_nobody_again(desk: Desk) -> None:
    incident = resolved(desk)
    draft(desk, incident)
    published = publish(desk, incident, notify_subscribers=True)
    assert publish(desk, incident, notify_subscribers=True, now=NOW + 500) == published
    assert [told.kind for told in desk.simulator.notifications] == ["update", "postmortem"]


@pytest.mark.parametrize(("option", "status"), [(False, 400), (True, 200)])
def test_publishing_before_the_end_is_refused_or_not(*, option: bool, status: int) -> None:
    desk = furnish(Options(publish_before_resolve=option))
    incident = desk.open()
    draft(desk, incident)
    answered, answer = desk.ask(
        "PUT", path_of(incident, "/publish"), {"postmortem": {"notify_subscribers": True}}
    )
    assert answered == status
    assert len(desk.simulator.notifications) == (2 if option else 1)
    if not option:
        assert "before its incident is resolved" in answer["error"]
        assert shown(desk, incident) == NOTHING
    desk.patch(incident, status="resolved")
    assert publish(desk, incident)["body"] == "Why."


def test_a_completed_maintenance_can_have_one(desk: Desk) -> None:
    maintenance = desk.open(
        status="completed",
        scheduled_for="2027-01-15T06:00:00Z",
        scheduled_until="2027-01-15T07:00:00Z",
    )
    draft(desk, maintenance)
    assert publish(desk, maintenance)["published_at"] is not None


@pytest.mark.parametrize("option", [True, False])
def test_a_new_incident_shows_its_postmortem_as_ignored_or_not(*, option: bool) -> None:
    desk = furnish(Options(postmortem_ignored=option))
    incident = resolved(desk)
    assert incident["postmortem_ignored"] is option
    draft(desk, incident)
    assert shown(desk, incident)["ignored"] is False


def test_what_is_published_is_found_and_a_draft_is_not(desk: Desk) -> None:
    incident = resolved(desk)
    draft(desk, incident, "The Flywheel broke.")

    def found() -> int:
        return len(desk.ask("GET", "/incidents", query={"q": "flywheel"}, now=NOW + 999)[1])

    assert found() == 0
    publish(desk, incident)
    assert found() == 1


def test_lists_that_lag_show_a_postmortem_later() -> None:
    desk = furnish(Options(list_lag=20.0, rate_limit=10_000))
    incident = resolved(desk)
    draft(desk, incident)
    publish(desk, incident, now=NOW + 120)
    bodies = [
        desk.ask("GET", "/incidents", now=now)[1][0]["postmortem_body"] for now in (NOW + 139, NOW + 140)
    ]
    assert bodies == [None, "Why."]


@pytest.mark.parametrize(
    ("method", "step", "body"),
    [
        ("GET", "", None),
        ("DELETE", "", None),
        ("PUT", "/publish", {"postmortem": {}}),
        ("PUT", "/revert", None),
    ],
)
def test_without_a_postmortem_there_is_none(desk: Desk, method: str, step: str, body: object) -> None:
    incident = resolved(desk)
    assert desk.ask(method, path_of(incident, step), body)[0] == 404
    assert desk.ask(method, path_of({"id": "nonesuch"}, step), body)[0] == 404
    drafted = {"postmortem": {"body_draft": "x", "body": "x"}}
    assert desk.ask("PUT", path_of({"id": "nonesuch"}), drafted)[0] == 404


def test_a_draft_cannot_be_taken_back(desk: Desk) -> None:
    incident = resolved(desk)
    drafted = draft(desk, incident)
    assert desk.ask("PUT", path_of(incident, "/revert"))[0] == 400
    assert desk.ask("GET", path_of(incident)) == (200, drafted)


@pytest.mark.parametrize(
    ("step", "fields", "wrong"),
    [
        ("", {}, "body_draft"),
        ("", {"body_draft": ""}, "body_draft"),
        ("", {"body_draft": " \n"}, "body_draft"),
        ("", {"body_draft": None, "body": "x"}, "body_draft"),
        ("", {"body_draft": "x" * 25_001}, "body_draft"),
        ("", {"body": ["x"]}, "body"),
        ("/publish", {"notify_subscribers": "perhaps"}, "notify_subscribers"),
        ("/publish", {"notify_tweets": 7}, "notify_tweets"),
        ("/publish", {"custom_tweet": {}}, "custom_tweet"),
    ],
)
def test_a_wrong_field_is_a_bad_request_and_nothing_happens(
    desk: Desk, step: str, fields: dict[str, object], wrong: str
) -> None:
    incident = resolved(desk)
    drafted = draft(desk, incident)
    status, answer = desk.ask("PUT", path_of(incident, step), {"postmortem": fields})
    assert (status, list(answer["error"])) == (400, [wrong])
    assert desk.ask("GET", path_of(incident)) == (200, drafted)
    assert desk.ask("PUT", path_of(incident, step), {"other": {}})[0] == 400
