"""From what was seen to answers: one pure reading of the record for each question.

A reading names an answer only where what was seen allows no other; everything else is unknown, with the reason. So an answer of the page that nobody thought of never becomes one of ours.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from bridge.core.capabilities import QUESTIONS, Finding
from bridge.statuspage.conformance.readings import (
    Reading,
    UnknownError,
    allowed,
    done_at,
    having,
    seen_at,
    typed,
)
from bridge.statuspage.conformance.record import Record, Seen, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FIRST_KEY: Final = "conformance_first"
"""The incident's metadata as it is opened with."""
SECOND_KEY: Final = "conformance_second"
"""And as it is changed to."""
RECOVERED: Final = "operational"
BROKEN: Final = "major_outage"
MAINTAINED: Final = "degraded_performance"
"""What the maintenance is scheduled with: nothing that the page would set by itself."""


def findings(record: Record) -> tuple[Finding, ...]:
    """An answer to every question, in their order."""
    return tuple(_finding(name, record) for name in QUESTIONS)


def _finding(name: str, record: Record) -> Finding:
    reading = READINGS[name]
    evidence = tuple(record.seen[step].evidence for step in reading.steps if step in record.seen)
    try:
        answer = reading.read(record)
    except UnknownError as error:
        return Finding(name, None, str(error), evidence)
    if complaint := QUESTIONS[name].check(answer):
        return Finding(name, None, f"{answer} was seen, which {complaint}", evidence)
    return Finding(name, answer, "", evidence)


def _rate_limit_status(record: Record) -> int:
    return seen_at(record, Step.OVER_LIMIT).status


def _count_rejected(record: Record) -> bool:
    seen_at(record, Step.OVER_LIMIT)
    after = seen_at(record, Step.AFTER_LIMIT)
    if after.limited:
        return True
    if after.accepted:
        return False
    raise UnknownError(f"{Step.AFTER_LIMIT!s} was answered {after.status}")


def _retry_after(record: Record) -> str:
    header = seen_at(record, Step.OVER_LIMIT).retry_after
    if header is None:
        return "absent"
    return "seconds" if header.strip().isdecimal() else "date"


def _metadata_patch(record: Record) -> str:
    opened = done_at(record, Step.OPENED).member("metadata")
    changed = done_at(record, Step.METADATA_CHANGED).member("metadata")
    if not isinstance(opened, dict) or FIRST_KEY not in opened:
        raise UnknownError("the incident does not show the metadata that it was opened with")
    if not isinstance(changed, dict) or SECOND_KEY not in changed:
        raise UnknownError("the incident does not show the metadata that it was changed to")
    return "merge" if FIRST_KEY in changed else "replace"


def _metadata_in_lists(record: Record) -> str:
    row = done_at(record, Step.LISTED).row(record.identifier(Step.OPENED))
    if row is None:
        raise UnknownError("the incident was not seen in a list")
    if "metadata" not in row:
        return "absent"
    if not row["metadata"]:
        return "empty"
    if FIRST_KEY in row["metadata"]:
        return "shown"
    raise UnknownError("the list shows other metadata than the incident was opened with")


def _list_lag(record: Record) -> float:
    if not record.lags:
        raise UnknownError(record.skipped.get(Step.LISTED, "no list was waited for"))
    late = [lag.of for lag in record.lags if lag.seconds is None]
    if late:
        raise UnknownError(f"the list did not show {late[0]!s} within a minute")
    return max(lag.seconds or 0.0 for lag in record.lags)


def _adds_update(step: Step, before: Step, status: str) -> Callable[[Record], bool]:
    def read(record: Record) -> bool:
        added = len(done_at(record, step).updates) - len(done_at(record, before).updates)
        if added not in {0, 1} or done_at(record, step).member("status") != status:
            raise UnknownError(f"{step!s} added {added} updates")
        return added == 1

    return read


def _missing_body(record: Record) -> str:
    updates = done_at(record, Step.OPENED).updates
    if len(updates) != 1:
        raise UnknownError(f"the incident was opened with {len(updates)} updates")
    return "sentence" if str(updates[0].get("body") or "").strip() else "empty"


def _notify_after_silent_create(record: Record) -> bool:
    done_at(record, Step.ANNOUNCED)
    if record.silent_heard:
        return True
    if record.control_heard:
        return False
    raise UnknownError("nothing was heard, not even of the incident that was opened aloud")


_IMPACTS: Final = ("none", "minor", "major", "critical")


def _impact_keeps_worst(record: Record) -> bool:
    done_at(record, Step.COMPONENT_RECOVERED)
    before, after = (done_at(record, step).member("impact") for step in (Step.OPENED, Step.STATUS_ALONE))
    if before not in _IMPACTS[1:] or after not in _IMPACTS:
        raise UnknownError(f"the impact was {before} and then {after}")
    return _IMPACTS.index(after) >= _IMPACTS.index(before)


def _error_body(record: Record) -> str:
    seen = seen_at(record, Step.NAME_TOO_LONG)
    if not seen.refused:
        raise UnknownError(f"a name of 300 characters was answered {seen.status}")
    match seen.member("error"):
        case dict():
            return "map"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            typed(seen.member("message"), str)
            return "message"


def _wrong_page_status(record: Record) -> int:
    status = seen_at(record, Step.OTHER_PAGE).status
    if status == HTTPStatus.NOT_FOUND and not record.other_page_exists:
        raise UnknownError(
            "a page that does not exist is answered 404; one that is somebody's has to be named (--other-page)"
        )
    return status


def _scheduled_lists_running(record: Record) -> bool:
    _began(record)
    row = done_at(record, Step.SCHEDULED_LIST).row(record.identifier(Step.SCHEDULED))
    return row is not None


def _began(record: Record) -> Seen:
    began = done_at(record, Step.BEGAN)
    if began.member("status") != "in_progress":
        raise UnknownError("the maintenance did not begin by itself in time")
    return began


def _upcoming_lists_due(record: Record) -> bool:
    if done_at(record, Step.DUE).member("status") != "scheduled":
        raise UnknownError("the other maintenance began, though it was not to begin by itself")
    return done_at(record, Step.UPCOMING_LIST).row(record.identifier(Step.DUE_SCHEDULED)) is not None


def _maintenance_components(record: Record) -> str:
    if done_at(record, Step.COMPONENT_SCHEDULED).member("status") == MAINTAINED:
        return "at_once"
    _began(record)
    if done_at(record, Step.COMPONENT_BEGAN).member("status") == MAINTAINED:
        return "at_start"
    raise UnknownError("the component showed it neither at once nor when the maintenance had begun")


def _automatic_steps_notify(record: Record) -> bool:
    """An update says itself whether it notified; nobody needs to listen for this."""
    newest = (_began(record).updates or [{}])[0]
    asked = newest.get("deliver_notifications")
    if newest.get("status") != "in_progress" or not isinstance(asked, bool):
        raise UnknownError("the update of the beginning does not say whether it notified")
    return asked


def _status_of_update(record: Record) -> str:
    seen = seen_at(record, Step.UPDATE_CORRECTED)
    if seen.refused:
        return "refused"
    if not seen.accepted:
        raise UnknownError(f"{Step.UPDATE_CORRECTED!s} was answered {seen.status}")
    if seen.member("status") == seen.sent["incident_update"]["status"]:
        raise UnknownError("the update took the status over")
    return "ignored"


def _published_early(seen: Seen) -> bool:
    return seen.member("published_at") is not None


def _postmortem_ignored(record: Record) -> bool:
    return typed(done_at(record, Step.OPENED).member("postmortem_ignored"), bool)


def _unpaginated_once_a_minute(record: Record) -> bool:
    done_at(record, Step.UNPAGINATED)
    again = seen_at(record, Step.UNPAGINATED_AGAIN)
    if again.accepted:
        return False
    if not again.limited or not seen_at(record, Step.PAGINATED).accepted:
        raise UnknownError("other calls were refused too")
    return True


def _duplicate_subscriber_status(record: Record) -> int:
    done_at(record, Step.SUBSCRIBED)
    return seen_at(record, Step.SUBSCRIBED_AGAIN).status


def _confirmed_by_email_alone(record: Record) -> bool:
    made = done_at(record, Step.WEBHOOK_SUBSCRIBED).member("id")
    unconfirmed = done_at(record, Step.UNCONFIRMED_LIST).row(made) is not None
    active = done_at(record, Step.ACTIVE_LIST).row(made) is not None
    if unconfirmed is active:
        raise UnknownError("the subscriber stands in both lists, of active and unconfirmed ones, or in none")
    return active


def _stray_points(record: Record) -> str:
    point = seen_at(record, Step.STRAY_POINT)
    if point.refused:
        return "refused"
    if not point.accepted:
        raise UnknownError(f"{Step.STRAY_POINT!s} was answered {point.status}")
    shown = done_at(record, Step.STRAY_METRIC)
    if "most_recent_data_at" not in shown.body:
        raise UnknownError("the metric does not show when its latest point is from")
    return "dropped" if shown.member("most_recent_data_at") is None else "kept"


READINGS: Final[Mapping[str, Reading]] = {
    "rate_limit_status": Reading((Step.OVER_LIMIT,), _rate_limit_status),
    "count_rejected": Reading((Step.OVER_LIMIT, Step.AFTER_LIMIT), _count_rejected),
    "retry_after": Reading((Step.OVER_LIMIT,), _retry_after),
    "metadata_patch": Reading((Step.OPENED, Step.METADATA_CHANGED), _metadata_patch),
    "metadata_in_lists": Reading((Step.OPENED, Step.LISTED), _metadata_in_lists),
    "list_lag": Reading((Step.LISTED, Step.GONE_FROM_LIST), _list_lag),
    "reopening": Reading(
        (Step.RESOLVED, Step.REOPENED),
        allowed(Step.REOPENED, having("investigating"), after=Step.RESOLVED, being="resolved"),
    ),
    "going_backwards": Reading(
        (Step.STATUS_AGAIN, Step.WENT_BACK),
        allowed(Step.WENT_BACK, having("identified"), after=Step.STATUS_AGAIN, being="monitoring"),
    ),
    "update_for_new_status": Reading(
        (Step.METADATA_CHANGED, Step.STATUS_ALONE),
        _adds_update(Step.STATUS_ALONE, Step.METADATA_CHANGED, "monitoring"),
    ),
    "update_for_same_status": Reading(
        (Step.STATUS_ALONE, Step.STATUS_AGAIN),
        _adds_update(Step.STATUS_AGAIN, Step.STATUS_ALONE, "monitoring"),
    ),
    "missing_body": Reading((Step.OPENED,), _missing_body),
    "notify_after_silent_create": Reading(
        (Step.CONTROL_ANNOUNCED, Step.ANNOUNCED), _notify_after_silent_create
    ),
    "impact_keeps_worst": Reading(
        (Step.OPENED, Step.COMPONENT_RECOVERED, Step.STATUS_ALONE), _impact_keeps_worst
    ),
    "error_body": Reading((Step.NAME_TOO_LONG,), _error_body),
    "wrong_page_status": Reading((Step.OTHER_PAGE,), _wrong_page_status),
    "scheduled_lists_running": Reading((Step.BEGAN, Step.SCHEDULED_LIST), _scheduled_lists_running),
    "upcoming_lists_due": Reading((Step.DUE, Step.UPCOMING_LIST), _upcoming_lists_due),
    "maintenance_components": Reading(
        (Step.SCHEDULED, Step.COMPONENT_SCHEDULED, Step.COMPONENT_BEGAN), _maintenance_components
    ),
    "automatic_steps_notify": Reading((Step.SCHEDULED, Step.BEGAN), _automatic_steps_notify),
    "status_of_update": Reading((Step.UPDATE_CORRECTED,), _status_of_update),
    "publish_before_resolve": Reading(
        (Step.DRAFTED, Step.PUBLISHED_EARLY),
        allowed(Step.PUBLISHED_EARLY, _published_early, after=Step.DRAFTED),
    ),
    "postmortem_ignored": Reading((Step.OPENED,), _postmortem_ignored),
    "unpaginated_once_a_minute": Reading(
        (Step.UNPAGINATED, Step.UNPAGINATED_AGAIN, Step.PAGINATED), _unpaginated_once_a_minute
    ),
    "duplicate_subscriber_status": Reading(
        (Step.SUBSCRIBED, Step.SUBSCRIBED_AGAIN), _duplicate_subscriber_status
    ),
    "confirmed_by_email_alone": Reading(
        (Step.WEBHOOK_SUBSCRIBED, Step.UNCONFIRMED_LIST, Step.ACTIVE_LIST), _confirmed_by_email_alone
    ),
    "stray_points": Reading((Step.STRAY_POINT, Step.STRAY_METRIC), _stray_points),
}
"""By the question's name."""
