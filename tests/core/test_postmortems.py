"""Drafts of postmortems: what is remembered of an incident, what the text says of it, and when it is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.holds import NEVER
from bridge.core.operations import DraftPostmortem, ReadPostmortem, WriteIncident
from bridge.core.page import Page, PlanSettings
from bridge.core.postmortems import (
    LOOKED_WITHIN,
    account_of,
    begun,
    not_begun,
    note_told,
    plan_postmortems,
    postmortem_body,
)
from bridge.core.reasons import Reason
from bridge.core.resumption import Pause
from bridge.core.rules import Postmortem
from bridge.core.statuses import Automation, IncidentStatus
from tests.core.pages import API, MAJOR, NOW, PARTIAL, SHOP, WEB, memory, page_of
from tests.core.test_incident_plan import the_write

if TYPE_CHECKING:
    from bridge.core.guards import GuardRecord

RULE = replace(SHOP, postmortem=Postmortem.DRAFT)
S = PlanSettings().settle_for


def opened() -> tuple[Page, WriteIncident]:
    page = page_of({API: PARTIAL}, memory(components=(API, WEB)), rules=(RULE,))
    return page, the_write(page)


def note(page: Page, write: WriteIncident, reason: Reason, now: float) -> GuardRecord | None:
    """Tell a transition, and remember it."""
    incident_id = "" if reason is Reason.OPENED else "inc-1"
    status = IncidentStatus.INVESTIGATING
    told = replace(write, reason=reason, incident_id=incident_id, status=status, high_water=MAJOR)
    record = note_told(page, told, "inc-1", yielded=False, now=now)
    if record is not None:
        page.guards[record.key] = record
    return record


def over() -> tuple[Page, GuardRecord]:
    """An incident of an hour and a half that we have resolved."""
    page, write = opened()
    record: GuardRecord | None = None
    for minutes, reason in ((0, Reason.OPENED), (30, Reason.IDENTIFIED), (90, Reason.MONITORED_FOR)):
        record = note(page, write, reason, NOW + 60.0 * minutes)
    assert record is not None
    return page, record


def test_the_draft_says_when_it_was_opened_how_long_it_lasted_and_what_was_told() -> None:
    page, record = over()
    assert postmortem_body(page, account_of(record)) == (
        "This incident was opened on 15 January 2027 at 08:00 UTC, and resolved after 1 hour and 30 minutes.\n\n"
        "Affected: Shop / API and Shop / Web. The worst status was major outage.\n\n"
        "What was told, in UTC:\n\n"
        "- 15 January 08:00: the incident was opened\n"
        "- 15 January 08:30: a cause was told\n"
        "- 15 January 09:30: the incident was resolved\n\n"
        "This is a draft of what was told and when. It says nothing of causes."
    )


def test_instants_are_those_of_the_day_where_the_machines_clock_was_set() -> None:
    page, record = over()
    page.clock_offset = 3600.0
    assert "09:00 UTC" in postmortem_body(page, account_of(record))


def test_nothing_is_remembered_of_what_no_rule_asks_for_or_a_person_took_over_or_nobody_saw_begin() -> None:
    page, write = opened()
    assert note(page, write, Reason.RECOVERED, NOW) is None
    assert note_told(page, write, "inc-1", yielded=True, now=NOW) is None
    other = page_of({API: PARTIAL}, memory())
    assert note_told(other, the_write(other), "inc-1", yielded=False, now=NOW) is None


def test_nothing_is_planned_while_it_goes_on_nor_under_a_lower_cap() -> None:
    page, write = opened()
    note(page, write, Reason.OPENED, NOW)
    assert plan_postmortems(page, NOW) == ([], NEVER)
    page, _ = over()
    page.settings = PlanSettings(automation_max=Automation.STATUSES)
    assert plan_postmortems(page, NOW) == ([], NEVER)


def test_it_is_looked_at_first_and_written_while_that_counts() -> None:
    page, record = over()
    look = ReadPostmortem("acme", "inc-1", record.subject)
    assert plan_postmortems(page, NOW)[0] == [look]
    page.postmortems_read["inc-1"] = NOW
    (write,), _ = plan_postmortems(page, NOW + LOOKED_WITHIN)
    assert isinstance(write, DraftPostmortem)
    assert plan_postmortems(page, NOW + LOOKED_WITHIN + 1)[0] == [look]


def test_what_was_begun_is_looked_at_when_it_cannot_be_applied_any_more() -> None:
    page, record = over()
    page.postmortems_read["inc-1"] = NOW
    waiting = begun(record, NOW + 30.0)
    page.guards[record.key] = waiting
    assert plan_postmortems(page, NOW) == ([], NOW + 30.0 + S)
    (look,), _ = plan_postmortems(page, NOW + 30.0 + S)
    assert isinstance(look, ReadPostmortem)
    assert account_of(not_begun(waiting)) == account_of(record)


@pytest.mark.parametrize(
    ("away", "until"),
    [(5.0, NOW + 30.0), (60.0, NOW + 90.0), (86_400.0, NOW + 30.0 + S)],
    ids=["a short restart", "a doubtful pause", "a clock that was set"],
)
def test_no_clock_is_believed_across_a_restart(away: float, until: float) -> None:
    _, record = over()
    pause = Pause(away=away, now=NOW, timeout=30.0, settle_for=S)
    assert pause.drafted(begun(record, NOW + 30.0)).at == until
