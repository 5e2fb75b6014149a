"""Commands as JSON: from a body to a command about what is on the page.

Names are looked up here and nowhere behind: a command names ids. What a body lacks or has too much is named by its field, with what it takes. Must not know how a command is obeyed.
"""

from __future__ import annotations

import difflib
import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, get_args

import msgspec

from bridge.config.durations import DurationError, parse_duration
from bridge.core.commands import (
    AdoptIncident,
    ApproveDraft,
    ClearOverride,
    Command,
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
    YieldComponent,
    YieldIncident,
)
from bridge.core.held import waiting
from bridge.core.obedience import SHOWABLE
from bridge.core.observed import ListKind, resolve_component
from bridge.core.rules import ComponentName, IncidentRuleId
from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus  # noqa: TC001 (msgspec looks at it when the struct is made)
from bridge.core.unread import unread
from bridge.errors import BridgeError, CommandError, PageUnreadError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.page import Page
    from bridge.web.ports import Commands

NEAR = 3
"""Names that are told where one is wrong."""

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
_Text = Annotated[str, msgspec.Meta(max_length=1000)]
_Cause = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
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


class _Identify(_Told, tag="identify", kw_only=True):
    incident: _Id
    cause: _Cause

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return SayCause(_read(page).name, self.incident, self.cause, issued)


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


class _Approve(_Told, tag="draft_approve", kw_only=True):
    draft: _Id
    hash: _Id

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return ApproveDraft(_read(page).name, self.draft, self.hash, issued)


class _Discard(_Told, tag="draft_discard", kw_only=True):
    draft: _Id
    hash: _Id | None = None

    def command(self, page: Page, issued: Issued, _until: float | None) -> Command:
        return DiscardDraft(_read(page).name, self.draft, self.hash or "", issued)


_Body = (
    _SetOverride
    | _ClearOverride
    | _YieldComponent
    | _YieldIncident
    | _Adopt
    | _Release
    | _Identify
    | _Pause
    | _Resume
    | _Confirm
    | _Approve
    | _Discard
)
_DECODER = msgspec.json.Decoder(_Body)
_KINDS: dict[str, type[_Told]] = {kind.__struct_config__.tag: kind for kind in get_args(_Body)}

_TAKES = {
    "command": ", ".join(_KINDS),
    "status": ", ".join(SHOWABLE),
    "guard": ", ".join(ConfirmedGuard),
    "until": "an instant such as 2026-01-31T18:00:00Z",
    "for": "a duration such as 2h",
    "id": "1 to 64 letters, digits and any of _ . : -",
    "incident": "an incident's id on the page",
    "component": 'a component as on the page, "Group / Name", or id:ID',
    "page": "a page's name in the settings",
    "subject": "what exactly is held, as `bridge override list` tells it",
    "draft": "a draft's id, as `bridge drafts list` tells it",
    "hash": "the hash of the draft that was read, as `bridge drafts show` tells it",
    "by": "who says so, in 1 to 256 letters",
    "note": "up to 1000 letters",
    "cause": "what is the cause, for the public, in 1 to 1000 letters",
    "group": 'labels, such as {"region": "eu"}',
}
"""What a field takes, for whoever gave it something else."""

_FIELD = re.compile(r"- at `\$\.(\w+)")

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
        PageUnreadError: what it names cannot be found yet; the text says what has to be read before.
    """
    try:
        told: _Body = _DECODER.decode(body)
    except _UNDECODABLE as error:
        raise CommandBodyError(_explained(body, error)) from None
    page = _page(told.page, commands.pages)
    now = commands.now()
    issued = Issued(CommandId(told.id or commands.new_id()), now, told.by, told.note)
    return told.command(page, issued, _until(told, commands, now) if isinstance(told, _Timed) else None)


def _explained(body: bytes, error: Exception) -> str:
    """What is wrong with a body, and what would be right."""
    said = str(error) or "the body is no JSON"
    if not isinstance(error, msgspec.ValidationError):
        return said
    found = _FIELD.search(said)
    if found is not None:
        takes = _TAKES.get(found[1])
        return f"{said}; it takes: {takes}" if takes else said
    kind = _KINDS.get(_named(body))
    if kind is None:
        return f"{said}; a command is an object with `by` and `command`, which takes: {_TAKES['command']}"
    fields = ", ".join(field.encode_name for field in msgspec.structs.fields(kind))
    return f"{said}; {_named(body)} takes: {fields}"


def _named(body: bytes) -> str:
    """The command that a body names, or an empty text."""
    try:
        document = msgspec.json.decode(body)
    except _UNDECODABLE:
        return ""
    name = document.get("command") if isinstance(document, dict) else None
    return name if isinstance(name, str) else ""


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
    return _needing(page)


def _needing(page: Page, *kinds: ListKind) -> Page:
    """A page of which so much was read that what a command names can be found.

    Raises:
        CommandError: it is another page than the one that was served before, of which nothing is read.
        PageUnreadError: not yet.
    """
    if page.seen is not None and not page.identified:
        raise CommandError(
            "; ".join(
                f"{one.says}; to let it through: {one.command}" for one in waiting(page) if one.unwritten
            )
        )
    if missing := unread(page, *kinds):
        raise PageUnreadError(f"{missing}; before that, what a command names cannot be found")
    return page


def _component(page: Page, name: str) -> str:
    components = _needing(page, ListKind.COMPONENTS).observed.components
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
