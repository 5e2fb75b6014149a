"""Commands as JSON: from a body to a command about what is on the page, and from what stands to a list for people.

Names are looked up here and nowhere behind: a command names ids. What a body lacks or has too much is named by its field. Must not know how a command is obeyed.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from bridge.config.durations import DurationError, parse_duration
from bridge.core.blast import blast_of
from bridge.core.commands import (
    AdoptIncident,
    ClearOverride,
    Command,
    CommandId,
    Confirm,
    ConfirmedGuard,
    Issued,
    PausePage,
    ReleaseIncident,
    ResumePage,
    SetOverride,
    StandingKind,
    YieldComponent,
    YieldIncident,
)
from bridge.core.observed import ListKind, resolve_component
from bridge.core.people import orphans
from bridge.core.rules import ComponentName, IncidentRuleId
from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus  # noqa: TC001 (msgspec looks at it when the struct is made)
from bridge.errors import BridgeError, CommandError, PageUnreadError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.commands import Standing
    from bridge.core.page import Page
    from bridge.web.ports import Commands

NEAR = 3
"""Names that are told where one is wrong."""

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
_Text = Annotated[str, msgspec.Meta(max_length=1000)]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class CommandBodyError(BridgeError):
    """The body is no command, and will not become one by being sent again."""


class _Told(msgspec.Struct, forbid_unknown_fields=True, tag_field="command", kw_only=True):
    """What every command has. Without a page it is the only one; without an id, one is made for it."""

    by: _Name
    page: _Name | None = None
    id: _Id | None = None
    note: _Text = ""


class _Timed(_Told, kw_only=True):
    """For a duration, until an instant, or without an end."""

    for_: str | None = msgspec.field(name="for", default=None)
    until: _Instant | None = None


class _SetOverride(_Timed, tag="override_set", kw_only=True):
    component: _Name
    status: ComponentStatus

    def command(self, page: Page, issued: Issued, until: float | None) -> Command:
        return SetOverride(page.name, _component(page, self.component), self.status, until, issued)


class _ClearOverride(_Told, tag="override_clear", kw_only=True):
    component: _Name

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return ClearOverride(page.name, _component(page, self.component), issued)


class _YieldComponent(_Timed, tag="yield_component", kw_only=True):
    component: _Name

    def command(self, page: Page, issued: Issued, until: float | None) -> Command:
        return YieldComponent(page.name, _component(page, self.component), until, issued)


class _YieldIncident(_Told, tag="yield_incident", kw_only=True):
    incident: _Id

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return YieldIncident(_read(page).name, self.incident, issued)


class _Adopt(_Told, tag="adopt", kw_only=True):
    incident: _Id
    rule: _Name | None = None
    group: dict[str, str] = {}

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        rule = IncidentRuleId(self.rule) if self.rule is not None else None
        return AdoptIncident(_read(page).name, self.incident, rule, Labels(self.group), issued)


class _Release(_Told, tag="release", kw_only=True):
    incident: _Id

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return ReleaseIncident(_read(page).name, self.incident, issued)


class _Pause(_Timed, tag="pause", kw_only=True):
    def command(self, page: Page, issued: Issued, until: float | None) -> Command:
        return PausePage(page.name, until, issued)


class _Resume(_Told, tag="resume", kw_only=True):
    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return ResumePage(page.name, issued)


class _Confirm(_Told, tag="confirm", kw_only=True):
    guard: ConfirmedGuard
    subject: _Name

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return Confirm(page.name, self.guard, self.subject, issued)


_Body = (
    _SetOverride
    | _ClearOverride
    | _YieldComponent
    | _YieldIncident
    | _Adopt
    | _Release
    | _Pause
    | _Resume
    | _Confirm
)
_DECODER = msgspec.json.Decoder(_Body)

# msgspec says RecursionError for deep nesting and UnicodeDecodeError for bytes that are no UTF-8.
_UNDECODABLE = (msgspec.MsgspecError, RecursionError, ValueError)


def read_command(body: bytes, commands: Commands) -> Command:
    """A command from the body of a request.

    Args:
        body: JSON.
        commands: the pages that it may be about, and our clock.

    Raises:
        CommandBodyError: it is none; the text names the field.
        CommandError: it names what is not there.
        PageUnreadError: what it names cannot be found yet.
    """
    try:
        told: _Body = _DECODER.decode(body)
    except _UNDECODABLE as error:
        raise CommandBodyError(str(error) or "the body is no JSON") from None
    page = _page(told.page, commands.pages)
    now = commands.now()
    issued = Issued(CommandId(told.id or commands.new_id()), now, told.by, told.note)
    return told.command(page, issued, _until(told, commands, now) if isinstance(told, _Timed) else None)


def _page(name: str | None, pages: Mapping[str, Page]) -> Page:
    if name is None and len(pages) == 1:
        return next(iter(pages.values()))
    page = pages.get(name) if name is not None else None
    if page is None:
        there = ", ".join(pages)
        raise CommandError(
            f"which page? There are: {there}"
            if name is None
            else f"there is no page {name}; there are: {there}"
        )
    return page


def _read(page: Page) -> Page:
    if not page.observed.complete:
        raise PageUnreadError(f"the page {page.name} has not been read yet")
    return page


def _component(page: Page, name: str) -> str:
    components = page.observed.components
    if page.observed.listings[ListKind.COMPONENTS].complete_at is None:
        raise PageUnreadError(f"the components of the page {page.name} have not been read yet")
    found = resolve_component(ComponentName(name), components)
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(f"id:{one} ({components[one].display_name})" for one in found)
        raise CommandError(f"{name} means several components: {told}")
    names = sorted(component.display_name for component in components.values())
    near = difflib.get_close_matches(name, names, NEAR, 0.4) or names[:NEAR]
    raise CommandError(f"the page has no component {name}; near are: {', '.join(near) or 'none'}")


def _until(told: _Timed, commands: Commands, now: float) -> float | None:
    if told.for_ is not None and told.until is not None:
        raise CommandBodyError("`for` and `until` are two ends; give one - at `$.until`")
    if told.until is not None:
        return commands.by_our_clock(told.until.timestamp())
    if told.for_ is None:
        return None
    try:
        return now + parse_duration(told.for_)
    except DurationError as error:
        raise CommandBodyError(f"{told.for_} {error} - at `$.for`; {error.hint}") from None


@dataclass(frozen=True, slots=True)
class _Names:
    """How components are called, for people."""

    page: Page

    def of(self, component_id: str) -> str:
        """The name on the page, or the id where it is not there any more."""
        component = self.page.observed.components.get(component_id)
        return component.display_name if component is not None else f"id:{component_id}"


def standing_document(commands: Commands) -> dict[str, Any]:
    """What stands on every page, for people: what operators told, and what is left to people."""
    offset = commands.now() - commands.by_our_clock(commands.now())
    return {"pages": {name: _page_document(page, offset) for name, page in commands.pages.items()}}


def _page_document(page: Page, offset: float) -> dict[str, Any]:
    names = _Names(page)

    def told(kind: StandingKind) -> list[Standing]:
        return [one for one in page.standing.values() if one.kind is kind]

    def issued(standing: Standing) -> dict[str, Any]:
        by = standing.issued
        return {
            "until": _instant(standing.until, offset),
            "by": by.by,
            "at": _instant(by.at, offset),
            "note": by.note,
            "id": by.id,
        }

    paused = told(StandingKind.PAUSE)
    rules = {rule.id for rule in page.ruleset.incidents}
    open_ones = [one for one in page.incidents_told.values() if one.open]
    return {
        "paused": issued(paused[0]) if paused else None,
        "overrides": [
            {
                "component": names.of(one.subject),
                "component_id": one.subject,
                "status": one.value,
                **issued(one),
            }
            for one in told(StandingKind.OVERRIDE)
        ],
        "yields": [
            {"component": names.of(one.subject), "component_id": one.subject, **issued(one)}
            for one in told(StandingKind.YIELD)
        ],
        "taken": [
            {
                "component": names.of(one.component_id),
                "component_id": one.component_id,
                "status": one.status,
                "since": _instant(one.since, offset),
                "until": _instant(one.until, offset),
            }
            for one in page.taken.values()
        ],
        "incidents": {
            "yielded": [
                {"incident": one.incident_id, "rule": one.place[0]}
                for one in open_ones
                if one.yielded and one.place[0] in rules
            ],
            "without_rule": [
                {"incident": one.incident_id, "rule": one.place[0] if one.place is not None else None}
                for one in orphans(page)
            ],
            "released": [{"incident": one.subject, **issued(one)} for one in told(StandingKind.RELEASE)],
        },
        "held": _held(page, offset),
        "confirmed": [{"confirmed": one.subject, **issued(one)} for one in told(StandingKind.CONFIRM)],
    }


def _held(page: Page, offset: float) -> list[dict[str, Any]]:
    """What guards hold until it is confirmed, as `confirm` names it."""
    hold = blast_of(page.guards.values()).hold
    if hold is None:
        return []
    return [
        {
            "guard": ConfirmedGuard.BLAST_RADIUS,
            "subject": hold.id,
            "components": sorted(hold.caps),
            "since": _instant(hold.since, offset),
        }
    ]


def _instant(at: float | None, offset: float) -> str | None:
    """An instant of the time of day."""
    if at is None or not math.isfinite(at):
        return None
    return datetime.fromtimestamp(round(at + offset), UTC).isoformat().replace("+00:00", "Z")
