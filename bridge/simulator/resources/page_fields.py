"""The fields of a page's change, read and checked before anything happens.

What the vendor's document does not list for the request (headline, support_url, city and so on) is shown, and cannot be
set here; it is passed over in silence, as by a service that permits a list of parameters.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.simulator.fields import Fields
from bridge.simulator.records.pages import COLOURS, Page, Setting
from bridge.simulator.resources.components import NAME_LENGTH, TEXT_LENGTH
from bridge.simulator.time_zones import identifier_of

# Hexadecimal with or without the sign, or a colour's word.
_COLOUR = re.compile(r"#?[0-9A-Fa-f]{3,8}|[A-Za-z]+")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SUBDOMAIN = re.compile(_LABEL)
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_SWITCHES = (
    "hidden_from_search",
    "viewers_must_be_team_members",
    "allow_page_subscribers",
    "allow_incident_subscribers",
    "allow_email_subscribers",
    "allow_sms_subscribers",
    "allow_rss_atom_feeds",
    "allow_webhook_subscribers",
)


class Branding(StrEnum):
    """The template that a page uses."""

    BASIC = "basic"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEdit:
    """What a request asks of a page; None stands for "not sent", except where `given` says otherwise."""

    given: frozenset[str]
    name: str | None
    subdomain: str | None
    domain: str | None
    url: str | None
    time_zone: str | None
    settings: Mapping[str, Setting]


def read_edit(fields: Fields, page: Page, others: Iterable[Page]) -> PageEdit:
    """Read a change of a page; `others` are the account's other pages, with which it must not share an address.

    Raises:
        RefusedError: 422 with everything that is wrong, by field.
    """
    edit = PageEdit(
        given=frozenset(name for name in ("domain", "url") if fields.given(name)),
        name=fields.text("name", maximum=NAME_LENGTH, required=fields.given("name")),
        subdomain=_read_address(fields, "subdomain", _SUBDOMAIN, required=fields.given("subdomain")),
        domain=_read_address(fields, "domain", _DOMAIN),
        url=fields.text("url", maximum=NAME_LENGTH) or None,
        time_zone=_read_time_zone(fields),
        settings=_read_settings(fields),
    )
    for other in others:
        if other is not page:
            if edit.subdomain == other.subdomain:
                fields.refuse("subdomain", "has already been taken")
            if edit.domain is not None and edit.domain == other.domain:
                fields.refuse("domain", "has already been taken")
    fields.finish()
    return edit


def _read_address(fields: Fields, name: str, form: re.Pattern[str], *, required: bool = False) -> str | None:
    text = fields.text(name, maximum=NAME_LENGTH, required=required)
    if not text or fields.wrong(name):
        return None
    if not form.fullmatch(text.lower()):
        fields.refuse(name, "is not a valid host name")
    return text.lower()


def _read_time_zone(fields: Fields) -> str | None:
    name = fields.text("time_zone", maximum=NAME_LENGTH, required=fields.given("time_zone"))
    if name and not fields.wrong("time_zone") and identifier_of(name) is None:
        fields.refuse("time_zone", "must be a Rails time zone or an IANA identifier")
    return name


def _read_settings(fields: Fields) -> dict[str, Setting]:
    settings: dict[str, Setting] = {}
    if fields.raw("branding") is not None:
        settings["branding"] = fields.choice("branding", Branding)
    switches = {name: fields.boolean(name) for name in _SWITCHES}
    settings |= {name: value for name, value in switches.items() if value is not None}
    for name in COLOURS:
        if fields.given(name):
            settings[name] = _read_colour(fields, name)
    if fields.given("notifications_from_email"):
        settings["notifications_from_email"] = fields.email("notifications_from_email")
    if fields.given("notifications_email_footer"):
        settings["notifications_email_footer"] = fields.text(
            "notifications_email_footer", maximum=TEXT_LENGTH
        )
    return settings


def _read_colour(fields: Fields, name: str) -> str | None:
    text = fields.text(name, maximum=NAME_LENGTH)
    if text and not fields.wrong(name) and not _COLOUR.fullmatch(text):
        fields.refuse(name, "is not a CSS color")
    return text or None
