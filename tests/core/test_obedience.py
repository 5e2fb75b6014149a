"""What a command changes, decided purely: the page is left as it is, and what is decided twice is decided alike."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.blast import Blast, BlastHold, blast_records
from bridge.core.command_entries import REASONS
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
from bridge.core.obedience import SHOWABLE, accepted_before, obey
from bridge.core.reasons import Reason
from bridge.core.resumption import Pause
from bridge.core.rule_changes import HeldRules, RuleChange, StatusChange
from bridge.core.rules import ComponentName
from bridge.core.signals import NO_LABELS
from bridge.core.standing import expired, next_end
from bridge.core.statuses import Automation, IncidentStatus
from bridge.errors import CommandError, CommandRepeatedError, PageUnreadError
from tests.core.pages import (
    API,
    DEGRADED,
    IDS,
    MAINTENANCE,
    MAJOR,
    NOW,
    OPERATIONAL,
    PARTIAL,
    SEARCH,
    identify,
    page_of,
    show,
    tell_component,
    tell_incident,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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

MUCH = RuleChange((StatusChange("Search", OPERATIONAL, MAJOR),))
BLAST = Blast(hold=BlastHold("b1a570", NOW, {API: OPERATIONAL, SEARCH: None}))


def busy_page() -> Page:
    """A page with an incident of ours, and rules that a reload was refused for."""
    page = page_of()
    tell_incident(page)
    page.held_reload = HeldRules("5ef77f1f", MUCH)
    return page


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
    change = component_changes(page, NOW).get(API_ID)
    return (change.status, change.reason) if change is not None else None


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_obeying_changes_nothing_itself_and_is_journalled_with_who_and_why(command: Command) -> None:
    page = busy_page()
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
    page = busy_page()
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
    with pytest.raises(CommandError, match="not after now"):
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


# --- confirming


def hold_blast(page: Page) -> None:
    """Let so much have got worse that it is held."""
    page.guards.update({record.key: record for record in blast_records("acme", BLAST)})


def hold_reload(page: Page) -> None:
    """Let a reload have been refused."""
    page.held_reload = HeldRules("5ef77f1f", MUCH)


def hold_start(page: Page) -> None:
    """Let the page have been taken up with rules that change much."""
    page.held_rules = HeldRules("5ef77f1f", MUCH)


def show_another_page(page: Page) -> None:
    """Let the page have been read to be another one."""
    identify(page, shown="other@2024")


HOLDS = {
    "a blast": (hold_blast, ConfirmedGuard.BLAST_RADIUS, "b1a570"),
    "a reload": (hold_reload, ConfirmedGuard.RELOAD, "5ef77f1f"),
    "a start": (hold_start, ConfirmedGuard.RELOAD, "5ef77f1f"),
    "another page": (show_another_page, ConfirmedGuard.PAGE_IDENTITY, "other@2024"),
}


@pytest.mark.parametrize(("hold", "guard", "subject"), HOLDS.values(), ids=HOLDS)
def test_what_is_held_is_confirmed_and_anything_else_is_refused_with_what_is_held(
    hold: Callable[[Page], None], guard: ConfirmedGuard, subject: str
) -> None:
    page = page_of()
    with pytest.raises(CommandError, match=f"{guard} holds no {subject} on the page acme; nothing is held"):
        obey(page, Confirm("acme", guard, subject, BY), NOW)
    hold(page)
    right = f"bridge confirm --page acme {guard} {subject}"
    for other in ConfirmedGuard:
        wrong = subject if other is not guard else f"{subject}0"
        with pytest.raises(CommandError, match=f"{other} holds no {wrong} .* let through by: {right}$"):
            obey(page, Confirm("acme", other, wrong, BY), NOW)
    in_force(page, Confirm("acme", guard, subject, BY))
    assert (StandingKind.CONFIRM, f"{guard}:{subject}") in page.standing


def test_a_confirmation_that_stands_may_be_repeated_though_nothing_is_held_any_more() -> None:
    page = page_of()
    hold_reload(page)
    confirmed = Confirm("acme", ConfirmedGuard.RELOAD, "5ef77f1f", BY)
    in_force(page, confirmed)
    page.held_reload = None  # this page waits for another one to be confirmed
    in_force(page, replace(confirmed, issued=replace(BY, id=CommandId("two"))))
    assert (StandingKind.CONFIRM, "reload:5ef77f1f") in page.standing


def test_rules_that_took_the_place_of_those_of_the_start_cannot_be_confirmed() -> None:
    page = page_of()
    page.held_rules = HeldRules("5ef77f1f", RuleChange())
    with pytest.raises(CommandError, match="nothing is held"):
        obey(page, Confirm("acme", ConfirmedGuard.RELOAD, "5ef77f1f", BY), NOW)


def test_which_page_it_is_cannot_be_confirmed_before_it_was_read() -> None:
    page = page_of()
    page.seen = None
    with pytest.raises(PageUnreadError, match=r"the page acme itself, .* has not been read since the start"):
        obey(page, Confirm("acme", ConfirmedGuard.PAGE_IDENTITY, "other@2024", BY), NOW)


def test_an_incident_that_the_page_does_not_show_yet_is_not_said_to_be_none_of_ours() -> None:
    page = page_of()
    tell_incident(page)
    page.observed.incidents.clear()
    with pytest.raises(CommandError, match="does not show the incident inc-1 as open now"):
        obey(page, AdoptIncident("acme", "inc-1", None, NO_LABELS, BY), NOW)


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
