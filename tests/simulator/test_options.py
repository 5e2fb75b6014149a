"""Each undecided question, with the other answers; the decided ones are what all other tests are about."""

import json
from collections import Counter
from typing import Any

import pytest

from bridge.simulator.model import Options, Request
from bridge.simulator.options import (
    ErrorBody,
    MetadataInLists,
    MissingBody,
    RetryAfterForm,
    StrayPoints,
    draw_options,
    questions,
)
from tests.simulator.desk import NOW, Desk, furnish

OURS = {"bridge": {"key": "k"}}


def told(desk: Desk) -> int:
    return len(desk.simulator.notifications)


def refusal(desk: Desk, *, now: float = NOW) -> dict[str, str]:
    """Use the budget up and return the headers of the refusal."""
    request = Request("GET", f"/pages/{desk.page_id}/components", headers=desk.headers)
    answers = [desk.simulator.handle(request, now=now) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 420]
    return dict(answers[1].headers)


@pytest.mark.parametrize(
    ("form", "header"),
    [
        (RetryAfterForm.SECONDS, "60"),
        (RetryAfterForm.DATE, "Fri, 15 Jan 2027 08:01:00 GMT"),
        (RetryAfterForm.ABSENT, None),
    ],
)
def test_a_refusal_says_when_to_come_back_in_the_form_asked_for(
    form: RetryAfterForm, header: str | None
) -> None:
    assert refusal(furnish(Options(rate_limit=1, retry_after=form))).get("Retry-After") == header


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (MetadataInLists.SHOWN, {"metadata": OURS}),
        (MetadataInLists.EMPTY, {"metadata": {}}),
        (MetadataInLists.ABSENT, {}),
    ],
)
def test_lists_show_metadata_or_not(shown: MetadataInLists, expected: dict[str, object]) -> None:
    desk = furnish(Options(metadata_in_lists=shown))
    incident = desk.open(metadata=OURS)
    for path in ("/incidents", "/incidents/unresolved"):
        (listed,) = desk.ask("GET", path)[1]
        assert {key: listed[key] for key in listed if key == "metadata"} == expected
        assert {**listed, "metadata": OURS} == incident
    assert desk.ask("GET", f"/incidents/{incident['id']}")[1]["metadata"] == OURS


def test_a_patch_merges_metadata_by_its_top_level_keys() -> None:
    desk = furnish(Options(metadata_patch="merge"))
    incident = desk.open(metadata={"bridge": {"key": "k", "op": "1"}, "other": {"a": 1}})
    changed = desk.patch(incident, metadata={"bridge": {"op": "2"}})
    assert changed["metadata"] == {"bridge": {"op": "2"}, "other": {"a": 1}}


@pytest.mark.parametrize(
    ("option", "before", "after", "message"),
    [
        ("reopening", "resolved", "investigating", "cannot become investigating after resolved"),
        ("going_backwards", "monitoring", "identified", "cannot go back from monitoring to identified"),
    ],
)
def test_a_way_back_can_be_refused(option: str, before: str, after: str, message: str) -> None:
    for allowed in (True, False):
        desk = furnish(Options(**{option: allowed}))  # type: ignore[arg-type]
        incident = desk.open(status=before)
        count = told(desk)
        path, body = f"/incidents/{incident['id']}", {"incident": {"status": after, "body": "Again."}}
        status, answer = desk.ask("PATCH", path, body)
        if allowed:
            assert (status, answer["status"], told(desk)) == (200, after, count + 1)
        else:
            assert (status, answer["error"], told(desk)) == (422, {"status": [message]}, count)
        assert desk.ask("PATCH", path, {"incident": {"status": "resolved"}})[0] == 200


@pytest.mark.parametrize(
    ("option", "value", "status", "updates"),
    [
        ("update_for_new_status", True, "identified", 2),
        ("update_for_new_status", False, "identified", 1),
        ("update_for_same_status", False, "investigating", 1),
        ("update_for_same_status", True, "investigating", 2),
    ],
)
def test_a_status_without_a_body_speaks_or_not(
    option: str, *, value: bool, status: str, updates: int
) -> None:
    desk = furnish(Options(**{option: value}))  # type: ignore[arg-type]
    incident = desk.open()
    changed = desk.patch(incident, now=NOW + 60, status=status)
    assert changed["status"] == status
    assert (len(changed["incident_updates"]), told(desk)) == (updates, updates)
    # With a body it always speaks.
    assert len(desk.patch(incident, status=status, body="So.")["incident_updates"]) == updates + 1


def test_a_change_of_status_without_an_update_is_still_a_change() -> None:
    desk = furnish(Options(update_for_new_status=False))
    changed = desk.patch(desk.open(), now=NOW + 60, status="resolved")
    assert (changed["resolved_at"], changed["updated_at"]) == (
        "2027-01-15T08:01:00Z",
        "2027-01-15T08:01:00Z",
    )


def test_an_update_without_a_body_may_be_empty() -> None:
    desk = furnish(Options(missing_body=MissingBody.EMPTY))
    changed = desk.patch(desk.open(body="We look."), status="resolved")
    assert [update["body"] for update in changed["incident_updates"]] == ["", "We look."]


@pytest.mark.parametrize(("option", "notified"), [(True, 1), (False, 0)])
def test_updates_after_a_silent_create_notify_or_not(*, option: bool, notified: int) -> None:
    desk = furnish(Options(notify_after_silent_create=option))
    desk.patch(desk.open(deliver_notifications=False), body="Now.", deliver_notifications=True)
    assert told(desk) == notified
    desk.patch(desk.open(), body="Aloud from the beginning.")
    assert told(desk) == notified + 2


@pytest.mark.parametrize(("option", "impact"), [(True, "critical"), (False, "minor")])
def test_the_impact_keeps_its_worst_or_follows(*, option: bool, impact: str) -> None:
    desk = furnish(Options(impact_keeps_worst=option))
    incident = desk.open(component_ids=[desk.api], components={desk.api: "major_outage"})
    changed = desk.patch(incident, components={desk.api: "degraded_performance"})
    assert (incident["impact"], changed["impact"]) == ("critical", impact)


@pytest.mark.parametrize(
    ("form", "missing", "invalid"),
    [
        (
            ErrorBody.MAP,
            {"error": "The requested resource could not be found.", "status": 404},
            {"error": {"name": ["can't be blank"], "status": ["'x' is not one of …"]}, "status": 422},
        ),
        (
            ErrorBody.TEXT,
            {"error": "The requested resource could not be found.", "status": 404},
            {"error": "name can't be blank, status 'x' is not one of …", "status": 422},
        ),
        (
            ErrorBody.LIST,
            {"error": ["The requested resource could not be found."]},
            {"error": ["name can't be blank", "status 'x' is not one of …"]},
        ),
        (
            ErrorBody.MESSAGE,
            {"message": "The requested resource could not be found."},
            {"message": "name can't be blank, status 'x' is not one of …"},
        ),
    ],
)
def test_errors_have_the_form_asked_for(form: ErrorBody, missing: object, invalid: object) -> None:
    desk = furnish(Options(error_body=form))
    assert desk.ask("GET", "/nowhere") == (404, missing)
    status, answer = desk.ask("POST", "/incidents", {"incident": {"name": "", "status": "x"}})
    words = "investigating, identified, monitoring, resolved, scheduled, in_progress, verifying, completed"
    assert (status, json.loads(json.dumps(answer).replace(words, "…"))) == (
        422,
        json.loads(json.dumps(invalid).replace("\\u2026", "…")),
    )
    desk.headers = {}
    assert desk.ask("GET", "/incidents") == (401, {"error": "Could not authenticate"})


@pytest.mark.parametrize("status", [404, 403, 401])
def test_a_page_of_someone_else_is_answered_as_asked(status: int) -> None:
    desk = furnish(Options(wrong_page_status=status))
    desk.simulator.add_token("limited", [desk.simulator.add_page("Other")])
    desk.headers = {"Authorization": "OAuth limited"}
    for path in ("/incidents", "/components", "/metrics"):
        assert desk.ask("GET", path)[0] == status
    request = Request("GET", "/pages/nonesuch/incidents", headers=desk.headers)
    assert desk.simulator.handle(request, now=NOW).status == 404


@pytest.mark.parametrize(
    ("options", "scheduled", "upcoming"),
    [
        ({}, {"due", "future"}, {"future"}),
        ({"scheduled_lists_running": True}, {"due", "future", "running"}, {"future"}),
        ({"upcoming_lists_due": True}, {"due", "future"}, {"due", "future"}),
    ],
)
def test_maintenances_are_listed_as_asked(
    options: dict[str, bool], scheduled: set[str], upcoming: set[str]
) -> None:
    desk = furnish(Options(**options))  # type: ignore[arg-type]
    past, ahead, end = "2027-01-15T07:00:00Z", "2027-01-15T09:00:00Z", "2027-01-15T10:00:00Z"
    for name, begins, status in (
        ("due", past, "scheduled"),
        ("future", ahead, "scheduled"),
        ("running", past, "in_progress"),
        ("over", past, "completed"),
    ):
        desk.open(name=name, status=status, scheduled_for=begins, scheduled_until=end)

    def names(path: str) -> set[str]:
        return {incident["name"] for incident in desk.ask("GET", f"/incidents/{path}")[1]}

    assert (names("scheduled"), names("upcoming"), names("active_maintenance")) == (
        scheduled,
        upcoming,
        {"running"},
    )


@pytest.mark.parametrize(
    ("strays", "single", "bulk", "kept"),
    [
        (StrayPoints.REFUSED, 422, 202, 0),
        (StrayPoints.DROPPED, 201, 202, 0),
        (StrayPoints.KEPT, 201, 202, 2),
    ],
)
def test_stray_points_end_as_asked(strays: StrayPoints, single: int, bulk: int, kept: int) -> None:
    desk = furnish(Options(stray_points=strays))
    old, ahead = int(NOW) - 40 * 86_400, int(NOW) + 3600
    one = desk.ask("POST", f"/metrics/{desk.metric}/data", {"data": {"timestamp": old, "value": 1}})
    many = desk.ask("POST", "/metrics/data", {"data": {desk.metric: [{"timestamp": ahead, "value": 1}]}})
    assert (one[0], many[0]) == (single, bulk)
    assert len(desk.simulator.metric_points(desk.page_id, desk.metric)) == kept
    sound = {"data": {"timestamp": int(NOW), "value": 1}}
    assert desk.ask("POST", f"/metrics/{desk.metric}/data", sound)[0] == 201


@pytest.mark.parametrize("strays", StrayPoints)
@pytest.mark.parametrize("instant", [10**300, 10**18, -60, -(10**18)])
def test_points_that_no_clock_can_show_are_never_kept(strays: StrayPoints, instant: int) -> None:
    desk = furnish(Options(stray_points=strays))
    point = {"timestamp": instant, "value": 1}
    desk.ask("POST", f"/metrics/{desk.metric}/data", {"data": point})
    assert desk.ask("POST", "/metrics/data", {"data": {desk.metric: [point]}})[0] == 202
    assert desk.simulator.metric_points(desk.page_id, desk.metric) == {}
    assert desk.ask("GET", "/metrics")[0] == 200


@pytest.mark.parametrize("status", [420, 429])
def test_the_limit_is_told_by_the_status_asked_for(status: int) -> None:
    desk = furnish(Options(rate_limit=1, rate_limit_status=status))
    assert [desk.ask("GET", "/components")[0] for _ in range(2)] == [200, status]


def test_every_question_has_answers_that_are_options() -> None:
    for question in questions():
        assert question.text.endswith("?")
        assert len(question.answers) >= 2
        assert question.default == getattr(Options(), question.name)
        for answer in question.answers:
            Options(**{question.name: answer})


def test_seeds_draw_every_answer_of_every_question() -> None:
    drawn = [draw_options(seed) for seed in range(200)]
    for question in questions():
        seen = Counter(getattr(options, question.name) for options in drawn)
        assert set(seen) == set(question.answers), question.name
        assert min(seen.values()) > 200 / len(question.answers) / 2
    assert draw_options(7) == draw_options(7)


def test_questions_that_are_not_drawn_keep_their_answers() -> None:
    base = Options(rate_limit=5, rate_limit_status=429)
    some = draw_options(3, among={"list_lag", "error_body"}, otherwise=base)
    every = draw_options(3)
    assert (some.list_lag, some.error_body) == (every.list_lag, every.error_body)
    assert (
        Options(rate_limit=5, rate_limit_status=429, list_lag=some.list_lag, error_body=some.error_body)
        == some
    )
    with pytest.raises(ValueError, match="no question is named list_leg"):
        draw_options(3, among={"list_leg"})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wrong_page_status": 500}, "wrong_page_status must be 404, 403 or 401, not 500"),
        ({"list_lag": -1.0}, "list_lag must be 0 seconds or more, not -1.0"),
        ({"list_lag": float("inf")}, "list_lag must be 0 seconds or more, not inf"),
        ({"reopening": "yes"}, "reopening must be True or False, not 'yes'"),
        ({"error_body": "xml"}, "'xml' is not a valid ErrorBody"),
    ],
)
def test_an_option_without_a_meaning_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        Options(**options)
    assert str(caught.value) == message


def test_words_may_be_given_as_plain_text() -> None:
    assert Options(retry_after="date").retry_after is RetryAfterForm.DATE  # type: ignore[arg-type]
