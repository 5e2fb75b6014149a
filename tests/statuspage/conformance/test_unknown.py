"""What was seen and answers nothing is unknown, with the reason; never an answer that is merely likely."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.simulator.faults import FaultKind, FaultRule
from bridge.simulator.model import Options
from bridge.simulator.options import StrayPoints
from bridge.statuspage.conformance.questions import READINGS, findings
from bridge.statuspage.conformance.record import Lag, Record, Seen, Step
from bridge.statuspage.conformance.visit import Part
from tests.statuspage.conformance.stage import TOKEN, stage

INCIDENT = {"id": "i1", "status": "investigating", "impact": "critical", "incident_updates": [{"body": "x"}]}


def note(record: Record, question: str) -> str:
    (finding,) = (finding for finding in findings(record) if finding.question == question)
    assert finding.answer is None, finding
    return finding.note


def seen(status: int, body: Any = None, **others: Any) -> Seen:
    return Seen("GET /x", None, status, body, **others)


def test_a_page_that_nobody_visited_answers_nothing() -> None:
    assert [finding.answer for finding in findings(Record())] == [None] * len(READINGS)
    assert note(Record(), "reopening") == "the step resolved was not reached"


@pytest.mark.parametrize(
    ("question", "steps", "why"),
    [
        ("wrong_page_status", {Step.OTHER_PAGE: seen(404)}, "a page that does not exist is answered 404"),
        (
            "wrong_page_status",
            {Step.OTHER_PAGE: seen(200, [])},
            "200 was seen, which must be 404 or 403 or 401",
        ),
        (
            "duplicate_subscriber_status",
            {Step.SUBSCRIBED: seen(201), Step.SUBSCRIBED_AGAIN: seen(201)},
            "201 was seen",
        ),
        ("duplicate_subscriber_status", {Step.SUBSCRIBED: seen(403)}, "subscribed was answered 403"),
        (
            "reopening",
            {
                Step.RESOLVED: seen(200, {"status": "resolved"}),
                Step.REOPENED: seen(200, {"status": "resolved"}),
            },
            "reopened was answered 200, and was not done as asked",
        ),
        (
            "reopening",
            {Step.RESOLVED: seen(200, {"status": "monitoring"}), Step.REOPENED: seen(422)},
            "resolved did not make it resolved",
        ),
        (
            "going_backwards",
            {Step.STATUS_AGAIN: seen(200, {"status": "monitoring"}), Step.WENT_BACK: seen(403)},
            "went_back was answered 403",
        ),
        (
            "metadata_patch",
            {Step.OPENED: seen(201, INCIDENT), Step.METADATA_CHANGED: seen(200, INCIDENT)},
            "does not show the metadata that it was opened with",
        ),
        (
            "metadata_in_lists",
            {Step.OPENED: seen(201, INCIDENT), Step.LISTED: seen(200, [])},
            "was not seen in a list",
        ),
        (
            "update_for_new_status",
            {
                Step.METADATA_CHANGED: seen(200, INCIDENT),
                Step.STATUS_ALONE: seen(
                    200, {**INCIDENT, "status": "monitoring", "incident_updates": [{}, {}, {}]}
                ),
            },
            "added 2 updates",
        ),
        (
            "impact_keeps_worst",
            {
                Step.OPENED: seen(201, {**INCIDENT, "impact": "none"}),
                Step.COMPONENT_RECOVERED: seen(200),
                Step.STATUS_ALONE: seen(200, {"impact": "none"}),
            },
            "the impact was none and then none",
        ),
        ("error_body", {Step.NAME_TOO_LONG: seen(200)}, "answered 200"),
        ("error_body", {Step.NAME_TOO_LONG: seen(422, {"problem": "no"})}, "does not show it"),
        (
            "unpaginated_once_a_minute",
            {Step.UNPAGINATED: seen(200, []), Step.UNPAGINATED_AGAIN: seen(420), Step.PAGINATED: seen(420)},
            "other calls were refused too",
        ),
        (
            "stray_points",
            {Step.STRAY_POINT: seen(201), Step.STRAY_METRIC: seen(200, {"id": "m"})},
            "does not show when its latest point is from",
        ),
        (
            "scheduled_lists_running",
            {Step.BEGAN: seen(200, {"status": "scheduled"}), Step.SCHEDULED_LIST: seen(200, [])},
            "did not begin by itself in time",
        ),
        (
            "maintenance_components",
            {
                Step.COMPONENT_SCHEDULED: seen(200, {"status": "operational"}),
                Step.BEGAN: seen(200, {"status": "in_progress"}),
                Step.COMPONENT_BEGAN: seen(200, {"status": "operational"}),
            },
            "neither at once nor when the maintenance had begun",
        ),
        (
            "confirmed_by_email_alone",
            {
                Step.WEBHOOK_SUBSCRIBED: seen(201, {"id": "s"}),
                Step.UNCONFIRMED_LIST: seen(200, []),
                Step.ACTIVE_LIST: seen(200, []),
            },
            "in both lists, of active and unconfirmed ones, or in none",
        ),
        (
            "automatic_steps_notify",
            {
                Step.BEGAN: seen(
                    200, {"status": "in_progress", "incident_updates": [{"status": "in_progress"}]}
                )
            },
            "does not say whether it notified",
        ),
        ("rate_limit_status", {Step.OVER_LIMIT: seen(503)}, "503 was seen, which must be 420 or 429"),
    ],
)
def test_what_answers_nothing_is_unknown(question: str, steps: dict[Step, Seen], why: str) -> None:
    assert why in note(Record(seen=steps), question)


def test_silence_says_nothing_where_the_control_was_not_heard_either() -> None:
    record = Record(seen={Step.ANNOUNCED: seen(200)}, control_heard=False, silent_heard=False)
    assert "not even of the incident that was opened aloud" in note(record, "notify_after_silent_create")


def test_a_list_that_never_showed_the_write_has_no_lag() -> None:
    record = Record(lags=[Lag(Step.OPENED, 3.0), Lag(Step.RESOLVED, None)])
    assert note(record, "list_lag") == "the list did not show resolved within a minute"


def test_what_was_left_out_says_by_what() -> None:
    with stage() as set_up:
        found = set_up.probe(listens=False, skip=tuple(Part))
        unknown = {name: finding.note for name, finding in found.items() if finding.answer is None}
        assert unknown["rate_limit_status"] == "left out by --skip rate-limit"
        assert unknown["stray_points"] == "left out by --skip metrics"
        assert unknown["upcoming_lists_due"] == "left out by --skip maintenances"
        assert unknown["confirmed_by_email_alone"] == "left out by --skip subscribers"
        assert "nobody listened" in unknown["notify_after_silent_create"]
        assert "--other-page" in unknown["wrong_page_status"]
        assert len(unknown) == 12
        assert len(set_up.simulator.arrivals) < 40


def test_a_subject_whose_answer_was_lost_leaves_the_others_as_they_are() -> None:
    path = "/pages/{page_id}/incidents/{incident_id}"
    fault = FaultRule(kind=FaultKind.STATUS_BEFORE, status=500, method="PATCH", path=path)
    options = Options(stray_points=StrayPoints.KEPT, duplicate_subscriber_status=400)
    with stage(options, faults=(fault,)) as set_up:
        found = set_up.probe(skip=(Part.RATE_LIMIT,))
        assert "an answer was lost" in found["metadata_patch"].note
        assert (found["stray_points"].answer, found["duplicate_subscriber_status"].answer) == ("kept", 400)
        assert found["metadata_in_lists"].answer == "shown"


def test_calls_that_others_make_over_the_limit_are_made_again_when_there_is_room() -> None:
    path = "/pages/{page_id}/incidents/{incident_id}"
    fault = FaultRule(
        kind=FaultKind.STATUS_BEFORE, status=429, retry_after=7, times=2, method="PATCH", path=path
    )
    with stage(faults=(fault,)) as set_up:
        found = set_up.probe(skip=(Part.RATE_LIMIT,))
        assert found["metadata_patch"].answer == "replace"
        assert [arrival.status for arrival in set_up.simulator.arrivals if arrival.method == "PATCH"][:3] == [
            429,
            429,
            200,
        ]


def test_the_evidence_holds_what_was_sent_and_seen_and_no_secret() -> None:
    with stage() as set_up:
        found = set_up.probe()
        told = found["going_backwards"].evidence[-1]
        assert '"status":"identified"' in told.sent
        assert told.sent.startswith("PATCH /pages/{page_id}/incidents/{incident_id} {")
        assert told.seen.startswith("200 ")
        everything = str(found)
        assert TOKEN not in everything
        assert "/secret" not in everything
