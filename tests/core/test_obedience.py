"""What a command changes, decided purely: the page is left as it is, and what is decided twice is decided alike."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.commands import (
    AdoptIncident,
    ClearOverride,
    CommandId,
    Confirm,
    ConfirmedGuard,
    Issued,
    PausePage,
    ReleaseIncident,
    ResumePage,
    SetOverride,
    Standing,
    StandingKind,
    YieldComponent,
    YieldIncident,
    digest,
)
from bridge.core.component_plan import component_changes
from bridge.core.obedience import REASONS, SHOWABLE, accepted_before, obey
from bridge.core.reasons import Reason
from bridge.core.resumption import Pause
from bridge.core.rules import ComponentName
from bridge.core.signals import NO_LABELS
from bridge.core.standing import expired, next_end
from bridge.core.statuses import Automation, IncidentStatus
from bridge.errors import CommandError, CommandRepeatedError
from tests.core.pages import (
    API,
    DEGRADED,
    IDS,
    MAINTENANCE,
    MAJOR,
    NOW,
    OPERATIONAL,
    PARTIAL,
    page_of,
    show,
    tell_component,
    tell_incident,
)

if TYPE_CHECKING:
    from bridge.core.commands import Command
    from bridge.core.page import Page
    from bridge.core.statuses import ComponentStatus

BY = Issued(CommandId("one"), NOW, "Ada", "the CDN")
UNTIL = NOW + 3600.0
API_ID = IDS[API]

COMMANDS: tuple[Command, ...] = (
    SetOverride("acme", API_ID, MAJOR, UNTIL, BY),
    ClearOverride("acme", API_ID, BY),
    YieldComponent("acme", API_ID, UNTIL, BY),
    YieldIncident("acme", "inc-1", BY),
    AdoptIncident("acme", "inc-1", None, NO_LABELS, BY),
    ReleaseIncident("acme", "inc-1", BY),
    PausePage("acme", UNTIL, BY),
    ResumePage("acme", BY),
    Confirm("acme", ConfirmedGuard.RELOAD, "5ef77f1f", BY),
)


def in_force(page: Page, command: Command) -> None:
    """Enter what stands of a command, as the engine does."""
    changes = obey(page, command, NOW)
    for _, kind, subject in changes.standing_gone:
        page.standing.pop((kind, subject), None)
    for standing in changes.standing:
        page.standing[standing.key] = standing


def override(status: ComponentStatus = MAJOR) -> SetOverride:
    """An override without an end."""
    return SetOverride("acme", API_ID, status, None, BY)


def written(page: Page) -> tuple[ComponentStatus, Reason] | None:
    """What would be written to the API now."""
    change = component_changes(page).get(API_ID)
    return (change.status, change.reason) if change is not None else None


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_obeying_changes_nothing_itself_and_is_journalled_with_who_and_why(command: Command) -> None:
    page = page_of()
    tell_incident(page)
    before = replace(deepcopy(page), points=page.points)
    changes = obey(page, command, NOW)
    assert page == before
    assert obey(page, command, NOW) == changes
    (entry,) = changes.journal
    assert (entry.reason, entry.kind) == (REASONS[type(command)], "command")
    assert (entry.detail["id"], entry.detail["by"], entry.detail["note"]) == ("one", "Ada", "the CDN")
    accepted = [one for one in changes.standing if one.kind is StandingKind.ACCEPTED]
    assert [(one.subject, one.value) for one in accepted] == [("one", digest(command))]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_a_command_is_known_again_by_what_it_tells_and_not_by_when(command: Command) -> None:
    page = page_of()
    tell_incident(page)
    assert not accepted_before(page, command)
    in_force(page, command)
    later = replace(command, issued=replace(BY, at=NOW + 60, by="Grace", note=""))
    assert accepted_before(page, later)
    other = Confirm("acme", ConfirmedGuard.RELOAD, "another", BY)
    with pytest.raises(CommandRepeatedError, match="under the id one"):
        accepted_before(page, other)


OVERRIDES = {
    "over what is operational": (None, OPERATIONAL, None, (MAJOR, Reason.OVERRIDDEN)),
    "over a claim that shows": (PARTIAL, PARTIAL, PARTIAL, (MAJOR, Reason.OVERRIDDEN)),
    "over a person's value that was shown": (None, DEGRADED, None, (MAJOR, Reason.OVERRIDDEN)),
    "over a person's value beside a claim": (PARTIAL, DEGRADED, PARTIAL, (MAJOR, Reason.OVERRIDDEN)),
    "what shows already costs nothing": (None, MAJOR, None, None),
    "a maintenance is waited for": (None, MAINTENANCE, None, None),
}


@pytest.mark.parametrize(("claim", "shown", "told", "expected"), OVERRIDES.values(), ids=OVERRIDES)
def test_an_override_is_written(
    claim: ComponentStatus | None,
    shown: ComponentStatus,
    told: ComponentStatus | None,
    expected: tuple[ComponentStatus, Reason] | None,
) -> None:
    page = page_of({API: claim} if claim is not None else {}, shown={API: shown})
    if told is not None:
        tell_component(page, API, told)
    in_force(page, override())
    assert written(page) == expected


@pytest.mark.parametrize("value", [OPERATIONAL, PARTIAL, DEGRADED])
def test_what_shows_after_a_command_and_did_not_before_is_not_written_over(value: ComponentStatus) -> None:
    shown = PARTIAL if value is not PARTIAL else DEGRADED
    page = page_of(shown={API: shown})
    in_force(page, override())
    show(page, API, value)
    assert written(page) is None


def test_an_override_shows_no_maintenance() -> None:
    with pytest.raises(CommandError, match=", ".join(SHOWABLE)):
        obey(page_of(), override(MAINTENANCE), NOW)


def test_a_pause_is_a_cap_until_it_is_resumed() -> None:
    page = page_of()
    caps = [page.automation_max]
    in_force(page, PausePage("acme", None, replace(BY, id=CommandId("two"))))
    caps.append(page.automation_max)
    in_force(page, ResumePage("acme", replace(BY, id=CommandId("three"))))
    caps.append(page.automation_max)
    assert caps == [Automation.FULL, Automation.SHADOW, Automation.FULL]


def test_an_override_replaces_a_yield_and_a_yield_an_override() -> None:
    page = page_of()
    in_force(page, override())
    in_force(page, YieldComponent("acme", API_ID, None, BY))
    assert {kind for kind, _ in page.standing} == {StandingKind.YIELD, StandingKind.ACCEPTED}
    in_force(page, override())
    assert {kind for kind, _ in page.standing} == {
        StandingKind.OVERRIDE,
        StandingKind.GIVEN,
        StandingKind.ACCEPTED,
    }


def test_a_hand_back_gives_what_shows_to_a_live_claim_alone() -> None:
    handed = ClearOverride("acme", API_ID, BY)
    page = page_of({API: PARTIAL}, shown={API: DEGRADED})
    in_force(page, handed)
    assert written(page) == (PARTIAL, Reason.CLAIMED)
    page = page_of(shown={API: DEGRADED})
    in_force(page, handed)
    assert written(page) is None
    page.desired.components[ComponentName(API)] = PARTIAL
    assert written(page) is None


def test_what_ends_by_itself_ends_at_its_instant() -> None:
    page = page_of()
    assert next_end(page) == float("inf")
    in_force(page, SetOverride("acme", API_ID, MAJOR, UNTIL, BY))
    assert next_end(page) == UNTIL
    assert not expired(page, UNTIL - 0.001)
    ended = expired(page, UNTIL)
    assert ("acme", StandingKind.OVERRIDE, API_ID) in ended.standing_gone
    assert [entry.reason for entry in ended.journal] == [Reason.RAN_OUT]


@pytest.mark.parametrize(
    "command",
    [
        SetOverride("acme", API_ID, MAJOR, NOW, BY),
        YieldComponent("acme", API_ID, NOW - 1, BY),
        PausePage("acme", NOW, BY),
    ],
)
def test_what_is_over_already_is_refused(command: Command) -> None:
    with pytest.raises(CommandError, match="is over"):
        obey(page_of(), command, NOW)


@pytest.mark.parametrize(
    "command",
    [
        YieldIncident("acme", "inc-2", BY),
        ReleaseIncident("acme", "inc-2", BY),
        AdoptIncident("acme", "inc-2", None, NO_LABELS, BY),
    ],
    ids=lambda command: type(command).__name__,
)
def test_an_incident_that_is_not_there_is_refused(command: Command) -> None:
    page = page_of()
    tell_incident(page)
    with pytest.raises(CommandError, match="inc-2"):
        obey(page, command, NOW)


def test_a_released_incident_is_remembered_as_ended_by_a_person() -> None:
    page = page_of()
    tell_incident(page)
    changes = obey(page, ReleaseIncident("acme", "inc-1", BY), NOW)
    (told,) = changes.incidents_told
    assert (told.status, told.yielded) == (IncidentStatus.RESOLVED, True)


# --- across a restart


def test_an_instant_of_the_day_comes_when_it_comes_whoever_was_away() -> None:
    standing = Standing("acme", StandingKind.PAUSE, "", "", UNTIL, BY)
    pause = Pause(away=1800.0, now=NOW + 1800.0, timeout=30.0, settle_for=150.0)
    assert pause.standing(standing) == standing


def test_by_a_clock_that_was_set_back_it_stands_no_longer_than_it_was_to_stand() -> None:
    standing = Standing("acme", StandingKind.PAUSE, "", "", UNTIL, BY)
    pause = Pause(away=0.0, now=NOW - 86_400.0, timeout=30.0, settle_for=150.0)
    resumed = pause.standing(standing)
    assert (resumed.issued.at, resumed.until) == (NOW - 86_400.0, NOW - 86_400.0 + 3600.0)
    forever = replace(standing, until=None)
    assert pause.standing(forever).until is None
