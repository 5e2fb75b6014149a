"""`bridge statuspage pages`."""

from dataclasses import fields
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.config.problems import shown
from bridge.statuspage.api import Page, PageChange

application = typer.Typer(rich_markup_mode=None)

_TRUTH = {"true": True, "false": False}
_FIELDS = {field.name: str(field.type) for field in fields(PageChange)}


@verb(application, "list")
async def list_pages(session: Session) -> None:
    """List the pages that the token may see."""
    await session.output.rows(
        session.api.pages.list(),
        {
            "ID": lambda page: page.id,
            "NAME": lambda page: page.name,
            "ADDRESS": _address,
            "TIME ZONE": lambda page: page.time_zone,
        },
    )


@verb(application, "show")
async def show_page(session: Session) -> None:
    """Show a page's profile."""
    page = await session.api.pages.get(session.page)
    session.output.one(page, _facts(page))


@verb(application, "update")
async def update_page(
    session: Session,
    *,
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="FIELD=VALUE", help="A field of the page, such as name or time_zone."),
    ],
) -> None:
    """Change a page's profile. Nobody is told."""
    given: dict[str, Any] = dict(_field(text) for text in set_)
    with bounds():
        change = PageChange(**given)
    session.writes("pages show")
    page = await session.api.pages.update(session.page, change)
    session.output.done(f"{page.id} is changed: {', '.join(given)}", page)


def _field(text: str) -> tuple[str, str | bool]:
    name, divider, value = text.partition("=")
    if not divider:
        raise WrongUseError(f"--set: {shown(text)} is not FIELD=VALUE")
    if name not in _FIELDS:
        near = get_close_matches(name, _FIELDS)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_FIELDS)}"
        raise WrongUseError(f"--set: {shown(name)} is no field of a page that can be changed (hint: {hint})")
    if "bool" not in _FIELDS[name]:
        return name, value
    if value not in _TRUTH:
        raise WrongUseError(f"--set: {name} is true or false, not {shown(value)}")
    return name, _TRUTH[value]


def _address(page: Page) -> str:
    return page.domain or (f"{page.subdomain}.statuspage.io" if page.subdomain else "")


def _facts(page: Page) -> list[tuple[str, object]]:
    kinds = {
        "page": page.allow_page_subscribers,
        "incidents": page.allow_incident_subscribers,
        "email": page.allow_email_subscribers,
        "SMS": page.allow_sms_subscribers,
        "webhooks": page.allow_webhook_subscribers,
        "feeds": page.allow_rss_atom_feeds,
    }
    return [
        ("id", page.id),
        ("name", page.name),
        ("address", _address(page)),
        ("company", page.url),
        ("description", page.page_description),
        ("time zone", page.time_zone),
        ("support", page.support_url),
        ("subscriptions", ", ".join(kind for kind, allowed in kinds.items() if allowed) or "none"),
        ("hidden from search", "yes" if page.hidden_from_search else None),
        ("made", page.created_at_text),
        ("changed", page.updated_at_text),
    ]
