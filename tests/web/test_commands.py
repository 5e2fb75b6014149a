"""Operators' commands: read strictly, refused with what would be accepted, answered 200 only after they are durable."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bridge.core.blast import Blast, BlastHold, blast_records
from bridge.core.commands import (
    AdoptIncident,
    ApproveDraft,
    ClearOverride,
    CommandId,
    Confirm,
    ConfirmedGuard,
    DiscardDraft,
    Issued,
    PausePage,
    ReleaseIncident,
    ResumePage,
    SayCause,
    SetOverride,
    Standing,
    StandingKind,
    YieldComponent,
    YieldIncident,
)
from bridge.core.obedience import SHOWABLE
from bridge.core.observed import Listing, ListKind
from bridge.core.people import Taken
from bridge.core.rule_changes import HeldRules, RuleChange, StatusChange
from bridge.core.rules import IncidentRuleId
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import Automation, ComponentStatus
from bridge.errors import CommandError, CommandRepeatedError, StoreError, StoreUnavailableError
from bridge.web.authentication import Authentication
from tests.core.pages import API, IDS, SEARCH, identify, show, tell_incident
from tests.web.served import AHEAD, BEARER, NOW, Answer, Served, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.page import Page

PATH = "/api/v1/commands"
BY = "Ada"
MUCH = RuleChange((StatusChange("Search", ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE),))
ISSUED = Issued(CommandId("made-1"), NOW, BY)
END: dict[object, str] = {
    NOW + 5400: "2023-11-15T00:43:20Z",
    NOW + 3600 - AHEAD: "2023-11-14T23:13:20Z",
    NOW + 7200: "2023-11-15T01:13:20Z",
}
LASTING: dict[object, str] = {NOW + 5400: "1h30m", NOW + 3600 - AHEAD: "0s", NOW + 7200: "2h"}


async def give(served: Served, document: object, **headers: str) -> Answer:
    """Give a command, with the token."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return await served.ask("POST", PATH, body, {**BEARER, **headers})


def told(command: str, **fields: object) -> dict[str, object]:
    return {"command": command, "by": BY, **fields}


@pytest.mark.parametrize(
    ("document", "command"),
    [
        (
            told("override_set", component=SEARCH, status="major_outage"),
            SetOverride("acme", IDS[SEARCH], ComponentStatus.MAJOR_OUTAGE, None, ISSUED),
        ),
        (
            told("override_set", component=f"id:{IDS[API]}", status="operational", **{"for": "1h30m"}),
            SetOverride("acme", IDS[API], ComponentStatus.OPERATIONAL, NOW + 5400, ISSUED),
        ),
        (told("override_clear", component="API"), ClearOverride("acme", IDS[API], ISSUED)),
        (
            told("yield_component", component=SEARCH, until="2023-11-14T23:13:20Z", page="acme"),
            YieldComponent("acme", IDS[SEARCH], NOW + 3600 - AHEAD, ISSUED),
        ),
        (told("yield_incident", incident="inc-1"), YieldIncident("acme", "inc-1", ISSUED)),
        (told("adopt", incident="inc-1"), AdoptIncident("acme", "inc-1", None, NO_LABELS, ISSUED)),
        (
            told("adopt", incident="inc-1", rule="shop", group={"region": "eu"}),
            AdoptIncident("acme", "inc-1", IncidentRuleId("shop"), Labels({"region": "eu"}), ISSUED),
        ),
        (told("release", incident="inc-1"), ReleaseIncident("acme", "inc-1", ISSUED)),
        (told("identify", incident="inc-1", cause="A disk."), SayCause("acme", "inc-1", "A disk.", ISSUED)),
        (told("pause", **{"for": "2h"}), PausePage("acme", NOW + 7200, ISSUED)),
        (told("resume"), ResumePage("acme", ISSUED)),
        (
            told("confirm", guard="reload", subject="5ef77f1f"),
            Confirm("acme", ConfirmedGuard.RELOAD, "5ef77f1f", ISSUED),
        ),
        (told("draft_approve", draft="0a1b", hash="c2d3"), ApproveDraft("acme", "0a1b", "c2d3", ISSUED)),
        (told("draft_discard", draft="0a1b"), DiscardDraft("acme", "0a1b", "", ISSUED)),
        (told("draft_discard", draft="0a1b", hash="c2d3"), DiscardDraft("acme", "0a1b", "c2d3", ISSUED)),
        (
            told("pause", id="mine", note="the CDN"),
            PausePage("acme", None, Issued(CommandId("mine"), NOW, BY, "the CDN")),
        ),
    ],
)
async def test_a_command_is_accepted_as_what_it_says(document: object, command: object) -> None:
    async with serving() as served:
        answer = await give(served, document)
        assert served.operated.commanded == [command]
        issued: Any = served.operated.commanded[0]
        assert (answer.status, answer.json) == (
            200,
            {
                "id": issued.issued.id,
                "page": "acme",
                "repeated": False,
                "until": END.get(getattr(command, "until", None)),
                "for": LASTING.get(getattr(command, "until", None)),
                "waits_for": [],
            },
        )


async def test_a_command_that_was_accepted_before_is_accepted_and_said_to_be() -> None:
    async with serving() as served:
        served.operated.repeated = True
        answer = await give(served, told("pause", id="mine"))
        assert (answer.status, answer.json["repeated"]) == (200, True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (told("override_set", component=SEARCH, status="down"), f"it takes: {', '.join(SHOWABLE)}"),
        (told("confirm", guard="doors", subject="x"), "it takes: reload, blast_radius, page_identity"),
        (told("stop"), "it takes: override_set, override_clear, yield_component"),
        (told("pause", fro="2h"), "; pause takes: by, page, id, note, for, until"),
        (told("pause", until="tomorrow"), "it takes: an instant such as 2026-01-31T18:00:00Z"),
        ({"by": BY}, "a command is an object with `by` and `command`"),
        (b"", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"command": "pause", "by": "Ada"', "Input data was truncated"),
        (b'{"command": "pause", "by": "Ada"} x', "trailing characters"),
        (b'{"command": "pause", "by": "\xff"}', "utf-8"),
        (told("pause", fro="2h"), "Object contains unknown field `fro`"),
        (told("resume", until="2023-11-14T23:13:20Z"), "Object contains unknown field `until`"),
        (told("stop"), "Invalid value 'stop' - at `$.command`"),
        ({"by": BY}, "missing required field `command`"),
        ({"command": "pause"}, "missing required field `by`"),
        ({"command": "pause", "by": ""}, "length >= 1 - at `$.by`"),
        (told("pause", by=7), "Expected `str`, got `int` - at `$.by`"),
        (told("pause", id="a b"), "at `$.id`"),
        (told("pause", id="x" * 65), "at `$.id`"),
        (told("pause", note="x" * 1001), "at `$.note`"),
        (told("override_set", component=SEARCH), "missing required field `status`"),
        (told("override_set", component=SEARCH, status="down"), "Invalid enum value 'down' - at `$.status`"),
        (told("pause", **{"for": "2"}), "2 has no unit - at `$.for`; write 2s for seconds"),
        (told("pause", **{"for": "1h", "until": "2023-11-14T23:13:20Z"}), "give one"),
        (told("pause", until="tomorrow"), "at `$.until`"),
        (told("pause", until="2023-11-14T23:13:20"), "timezone component - at `$.until`"),
        (told("confirm", guard="doors", subject="x"), "Invalid enum value 'doors' - at `$.guard`"),
        (told("adopt", incident="../x"), "at `$.incident`"),
        (b"[" * 10_000, "Expected `object`"),
        (b'{"command": "adopt", "by": "Ada", "group": ' + b'{"a":' * 3_000, "at `$.group"),
    ],
)
async def test_what_is_no_command_is_400_and_named(body: object, says: str) -> None:
    async with serving() as served:
        answer = await give(served, body)
        assert answer.status == 400
        assert says.lower() in answer.json["error"].lower()
        assert served.operated.commanded == []


@hypothesis_settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200) | st.from_regex(rb'\{"command": *"[a-z_]+", *"by": *".*"\}', fullmatch=True))
def test_whatever_comes_is_answered(body: bytes) -> None:
    async def answered() -> int:
        async with serving() as served:
            return (await give(served, body)).status

    assert asyncio.run(answered()) in {200, 400, 422}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (told("pause", page="other"), "there is no page other; there are: acme"),
        (told("override_clear", component="Serach"), "the page has no component Serach; near are: Search"),
        (told("override_clear", component="zzz"), "the page has no component zzz; near are: "),
        (told("override_clear", component="id:nonesuch"), "the page has no component id:nonesuch"),
    ],
)
async def test_what_is_not_there_is_422_and_named_with_what_is_near(document: object, says: str) -> None:
    async with serving() as served:
        answer = await give(served, document)
        assert answer.status == 422
        assert says in answer.json["error"]


async def test_a_name_of_several_components_is_422_with_the_ids_of_all() -> None:
    async with serving() as served:
        components = served.operated.page.observed.components
        twin = components[IDS[API]]
        components["id-other"] = type(twin)("id-other", twin.name, "Other", twin.status, NOW)
        answer = await give(served, told("override_clear", component="API"))
        assert (answer.status, answer.json["error"]) == (
            422,
            "API means several components: id:id-api (Shop / API), id:id-other (Other / API)",
        )


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (told("override_clear", component=SEARCH), 503),
        (told("release", incident="inc-1"), 503),
        (told("identify", incident="inc-1", cause="A disk."), 503),
        (told("pause"), 200),
        (told("resume"), 200),
        (told("confirm", guard="page_identity", subject="x"), 200),
    ],
)
async def test_before_the_page_is_read_only_what_names_nothing_on_it_is_accepted(
    document: object, status: int
) -> None:
    async with serving() as served:
        served.operated.page.observed.listings = dict.fromkeys(ListKind, Listing())
        answer = await give(served, document)
        assert answer.status == status
        assert ("Retry-After" in answer.headers) is (status == 503)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (CommandError("the incident is a person's"), 422),
        (CommandRepeatedError("another command was accepted"), 409),
        (StoreUnavailableError("canary: no room"), 503),
        (StoreError("canary: damaged"), 503),
        (RuntimeError("canary"), 500),
    ],
)
async def test_what_is_not_accepted_is_answered_as_what_it_is(fault: Exception, status: int) -> None:
    async with serving() as served:
        served.puppet.fault = fault
        answer = await give(served, told("pause"))
        assert answer.status == status
        assert "canary" not in answer.json["error"]
        assert served.operated.commanded == []


async def test_nothing_is_answered_before_the_commit() -> None:
    async with serving() as served:
        served.puppet.committed.clear()
        giving = asyncio.create_task(give(served, told("pause")))
        await served.puppet.waiting.wait()
        assert (await served.ask("GET", "/-/healthy")).status == 200
        assert not giving.done()
        served.puppet.committed.set()
        assert (await giving).status == 200


async def test_a_commit_that_takes_too_long_is_503_and_goes_on() -> None:
    async with serving(accept_seconds=0.05) as served:
        served.puppet.committed.clear()
        answer = await give(served, told("pause", id="mine"))
        assert (answer.status, "under the same id" in answer.json["error"]) == (503, True)
        served.puppet.committed.set()
        await served.operated.obeyed.wait()
        assert len(served.operated.commanded) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer other"}, 401),
        ({**BEARER, "Origin": "http://evil.example"}, 403),
        ({**BEARER, "Content-Encoding": "gzip"}, 415),
    ],
)
async def test_who_may_not_command_does_not(headers: dict[str, str], status: int) -> None:
    async with serving() as served:
        answer = await served.ask("POST", PATH, json.dumps(told("pause")).encode(), headers)
        assert answer.status == status
        if status != 415:
            assert (await served.ask("GET", PATH, headers=headers)).status == status
        assert served.operated.commanded == []


async def test_with_a_token_of_its_own_nobody_else_commands() -> None:
    own = {"Authorization": "Bearer canary-operators-token"}
    authentication = Authentication(bearer=lambda: "canary-operators-token")
    async with serving(command_authentication=authentication) as served:
        body = json.dumps(told("pause")).encode()
        assert (await served.ask("POST", PATH, body, BEARER)).status == 401
        assert (await served.ask("POST", PATH, body, own)).status == 200
        assert (await served.ask("GET", PATH, headers=BEARER)).status == 401
        assert (await served.ask("GET", PATH, headers=own)).status == 200
        assert (await served.deliver(**own)).status == 401


async def test_a_body_that_is_too_long_is_413_and_never_read() -> None:
    async with serving() as served:
        answer = await give(served, told("pause", note="x" * 20_000))
        assert (answer.status, answer.json) == (413, {"error": "a command has at most 16384 bytes"})


# --- what stands


async def test_what_stands_is_listed_with_names_and_who_said_so() -> None:
    async with serving() as served:
        page = served.operated.page
        by = Issued(CommandId("one"), NOW, BY, "the CDN")
        for standing in (
            Standing("acme", StandingKind.OVERRIDE, IDS[SEARCH], "major_outage", NOW + 60, by),
            Standing("acme", StandingKind.YIELD, "id-gone", "", None, by),
            Standing("acme", StandingKind.PAUSE, "", "", None, by),
            Standing("acme", StandingKind.RELEASE, "inc-9", "", None, by),
            Standing("acme", StandingKind.CAUSE, "inc-8", "A disk.", None, by),
            Standing("acme", StandingKind.CONFIRM, "reload:5ef77f1f", "", None, by),
            Standing("acme", StandingKind.ACCEPTED, "one", "digest", NOW + 60, by),
        ):
            page.standing[standing.key] = standing
        page.taken[IDS[API]] = Taken("acme", IDS[API], ComponentStatus.DEGRADED_PERFORMANCE, NOW)
        tell_incident(page, yielded=True)
        answer = await served.ask("GET", PATH, headers=BEARER)
        assert answer.status == 200
        stands = answer.json["pages"]["acme"]
        said = {"by": BY, "at": "2023-11-14T23:13:20Z", "note": "the CDN", "id": "one"}
        assert stands == {
            "paused": {"until": None, **said},
            "overrides": [
                {
                    "component": SEARCH,
                    "component_id": IDS[SEARCH],
                    "status": "major_outage",
                    "until": "2023-11-14T23:14:20Z",
                    **said,
                }
            ],
            "yields": [{"component": "id:id-gone", "component_id": "id-gone", "until": None, **said}],
            "taken": [
                {
                    "component": API,
                    "component_id": IDS[API],
                    "status": "degraded_performance",
                    "since": "2023-11-14T23:13:20Z",
                    "until": None,
                }
            ],
            "incidents": {
                "yielded": [{"incident": "inc-1", "rule": "shop"}],
                "without_rule": [],
                "released": [{"incident": "inc-9", "until": None, **said}],
                "identified": [{"incident": "inc-8", "cause": "A disk.", "until": None, **said}],
            },
            "drafts": [],
            "held": [],
            "waits_for": [],
            "confirmed": [{"confirmed": "reload:5ef77f1f", "until": None, **said}],
        }


async def test_what_guards_hold_is_listed_as_it_is_confirmed_until_it_is() -> None:
    async with serving() as served:
        page = served.operated.page
        hold = BlastHold("4711", NOW, {API: ComponentStatus.OPERATIONAL, SEARCH: None})
        page.guards |= {record.key: record for record in blast_records("acme", Blast(hold=hold))}
        page.held_reload = HeldRules("5ef77f1f", MUCH)
        page.held_rules = HeldRules("0123abcd", MUCH)
        identify(page, shown="other@2024")
        answer = await served.ask("GET", PATH, headers=BEARER)
        listed = answer.json["pages"]["acme"]["held"]
        assert [(one["guard"], one["subject"], one["components"], one["since"]) for one in listed] == [
            ("blast_radius", "4711", [API], "2023-11-14T23:13:20Z"),
            ("reload", "0123abcd", [], None),
            ("reload", "5ef77f1f", [], None),
            ("page_identity", "other@2024", [], None),
        ]
        assert listed[1]["changes"] == ["Search: operational to major_outage"]
        assert [one["confirm"].split()[-2:] for one in listed] == [
            [one["guard"], one["subject"]] for one in listed
        ]
        confirmed = Standing("acme", StandingKind.CONFIRM, "reload:5ef77f1f", "", None, ISSUED)
        page.standing[confirmed.key] = confirmed
        answer = await served.ask("GET", PATH, headers=BEARER)
        assert "5ef77f1f" not in [one["subject"] for one in answer.json["pages"]["acme"]["held"]]


# --- what an accepted command waits for


def pause_it(page: Page) -> None:
    """An operator paused the page."""
    standing = Standing("acme", StandingKind.PAUSE, "", "", NOW + 60, ISSUED)
    page.standing[standing.key] = standing


def cap_it(page: Page) -> None:
    """Nothing may be written."""
    page.settings = replace(page.settings, automation_max=Automation.SHADOW)


def cap_incidents(page: Page) -> None:
    """No incident may be told."""
    page.settings = replace(page.settings, automation_max=Automation.STATUSES)


def hold_its_start(page: Page) -> None:
    """Its rules wait for a confirmation."""
    page.held_rules = HeldRules("0123abcd", MUCH)


def leave_incidents_unread(page: Page) -> None:
    """The list of incidents was not read yet."""
    page.observed.listings[ListKind.UNRESOLVED] = Listing()


def maintain_search(page: Page) -> None:
    """Search is under maintenance."""
    show(page, SEARCH, ComponentStatus.UNDER_MAINTENANCE)


OVERRIDE = told("override_set", component=SEARCH, status="major_outage")
WAITS = {
    "a pause": (pause_it, OVERRIDE, "the end of the pause by Ada, until 2023-11-14T23:14:20Z: bridge resume"),
    "a cap": (cap_it, OVERRIDE, "a higher cap: BRIDGE_AUTOMATION_MAX"),
    "a held start": (hold_its_start, OVERRIDE, "bridge confirm --page acme reload 0123abcd"),
    "a reading": (leave_incidents_unread, OVERRIDE, "the list of the unresolved incidents of the page acme"),
    "a maintenance": (maintain_search, OVERRIDE, "the end of the maintenance"),
    "a cap on incidents": (cap_incidents, told("adopt", incident="inc-1"), "says `statuses`"),
    "a resume under a cap": (cap_it, told("resume"), "a higher cap"),
    "a hand-back of a paused page": (pause_it, told("override_clear", component=SEARCH), "bridge resume"),
    "a confirmation while it is paused": (
        pause_it,
        told("confirm", guard="blast_radius", subject="4711"),
        "bridge resume",
    ),
}


@pytest.mark.parametrize(("stop", "document", "says"), WAITS.values(), ids=WAITS)
async def test_an_accepted_command_says_what_it_waits_for_before_anything_is_written(
    stop: Callable[[Page], None], document: object, says: str
) -> None:
    async with serving() as served:
        stop(served.operated.page)
        answer = await give(served, document)
        (waits,) = answer.json["waits_for"]
        assert (answer.status, says in waits) == (200, True), waits


@pytest.mark.parametrize(
    "document", [told("pause"), told("yield_component", component=SEARCH), told("release", incident="inc-1")]
)
async def test_a_command_by_which_nothing_is_written_waits_for_nothing(document: object) -> None:
    async with serving() as served:
        pause_it(served.operated.page)
        assert (await give(served, document)).json["waits_for"] == []


async def test_a_cap_and_a_reading_that_are_missing_are_listed() -> None:
    async with serving() as served:
        cap_it(served.operated.page)
        leave_incidents_unread(served.operated.page)
        answer = await served.ask("GET", PATH, headers=BEARER)
        cap, reading = answer.json["pages"]["acme"]["waits_for"]
        assert ("BRIDGE_AUTOMATION_MAX" in cap, "has not been read since" in reading) == (True, True)


async def test_a_repeated_command_is_told_the_end_of_the_first_time_alone() -> None:
    async with serving() as served:
        pause_it(served.operated.page)
        served.operated.repeated = True
        answer = await give(served, told("pause", id="made-1", **{"for": "2h"}))
        assert (answer.json["until"], answer.json["for"]) == ("2023-11-14T23:14:20Z", "1m")
        served.operated.page.standing.clear()
        answer = await give(served, told("pause", id="made-1", **{"for": "2h"}))
        assert (answer.json["until"], answer.json["for"]) == (None, None)


async def test_what_has_to_be_read_before_a_command_is_understood_is_named() -> None:
    async with serving() as served:
        page = served.operated.page
        document = told("release", incident="inc-1")
        leave_incidents_unread(page)
        answer = await give(served, document)
        assert (answer.status, answer.json["accepted"]) == (503, False)
        assert answer.json["error"].startswith(
            "the list of the unresolved incidents of the page acme has not"
        )
        page.seen = None
        answer = await give(served, document)
        assert answer.json["error"].startswith(
            "the page acme itself, before which nothing else of it is read,"
        )
        identify(page, shown="other@2024")
        answer = await give(served, document)
        assert (answer.status, "confirm --page acme page_identity other@2024" in answer.json["error"]) == (
            422,
            True,
        )


async def test_the_last_instant_of_all_is_listed() -> None:
    async with serving() as served:
        answer = await give(served, told("pause", until="9999-12-31T23:59:59-14:00"))
        assert (answer.status, answer.json["until"]) == (200, "9999-12-31T23:59:59Z")


async def test_incidents_of_ours_without_a_rule_are_listed() -> None:
    async with serving() as served:
        page = served.operated.page
        tell_incident(page)
        page.ruleset = type(page.ruleset)("acme", (), ())
        answer = await served.ask("GET", PATH, headers=BEARER)
        listed = answer.json["pages"]["acme"]["incidents"]["without_rule"]
        assert listed == [{"incident": "inc-1", "rule": "shop"}]
        page.incidents_told.clear()
        answer = await served.ask("GET", PATH, headers=BEARER)
        listed = answer.json["pages"]["acme"]["incidents"]["without_rule"]
        assert listed == [{"incident": "inc-1", "rule": None}]
