"""`bridge drafts list|show|approve|discard`: incidents that wait for a person before they are opened.

What is approved is what was read: an approval names the hash of it, and there is none for "whatever it says now".
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.harmless import harmless
from bridge.cli.operator_options import By, Id, Note, OnPage, TokenFile, Url, standing, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

drafts = typer.Typer(
    name="drafts",
    help="Read, approve and discard incidents that wait for a person.",
    no_args_is_help=True,
)


class Form(StrEnum):
    """How it is printed."""

    TABLE = "table"
    JSON = "json"


Draft = Annotated[str, typer.Argument(metavar="DRAFT", help="Its id; see `bridge drafts list`.")]
Output = Annotated[Form, typer.Option("--output", "-o", metavar="FORM", help="table, or json: one document.")]
_COLUMNS = ("PAGE", "DRAFT", "HASH", "STATE", "SINCE", "BY ITSELF", "TITLE")


@drafts.command("list")
def list_drafts(
    *, page: OnPage = None, output: Output = Form.TABLE, url: Url = None, token_file: TokenFile = None
) -> None:
    """List what waits on every page, the oldest first."""
    found = list(_found(page, url=url, token_file=token_file))
    if output is Form.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    rows = [
        (
            one["page"],
            one["draft"],
            one["hash"],
            one["state"],
            one["since"] or "",
            one["published_by_itself"] or "never",
            one["title"],
        )
        for one in found
    ]
    for line in _table([_COLUMNS, *rows] if rows else []) or ["no draft waits"]:
        typer.echo(line)


@drafts.command("show")
def show(
    draft: Draft,
    *,
    page: OnPage = None,
    output: Output = Form.TABLE,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Show everything that one draft would tell, word for word, and how it is approved."""
    from bridge.cli.exits import explained
    from bridge.cli.sender import DaemonError

    found = list(_found(page, url=url, token_file=token_file))
    named = [one for one in found if one["draft"] == draft]
    if not named:
        there = ", ".join(one["draft"] for one in found) or "none"
        with explained():
            raise DaemonError(
                f"there is no draft {draft}: it was told, withdrawn or discarded; there are: {there}"
            )
    for one in named:
        if output is Form.JSON:
            typer.echo(json.dumps(one, ensure_ascii=False, indent=2))
        else:
            typer.echo("\n".join(_shown(one)))


@drafts.command("approve")
def approve(
    draft: Draft,
    *,
    hash_: Annotated[
        str, typer.Option("--hash", metavar="HASH", help="Of what you read; see `bridge drafts show`.")
    ],
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Have the incident opened, word for word as you read it. Refused where something else would be told by now."""
    accepted = tell(
        "draft_approve",
        url=url,
        token_file=token_file,
        draft=draft,
        hash=hash_,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    accepted.told(f"draft {draft} is approved")


@drafts.command("discard")
def discard(
    draft: Draft,
    *,
    hash_: Annotated[
        str | None,
        typer.Option("--hash", metavar="HASH", help="Of what you read; refused where it has changed since."),
    ] = None,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Have no incident opened of it, until its cause is gone and fires anew."""
    accepted = tell(
        "draft_discard",
        url=url,
        token_file=token_file,
        draft=draft,
        hash=hash_,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    accepted.told(f"draft {draft} is discarded")


def _found(page: str | None, **where: Any) -> Iterator[dict[str, Any]]:
    for name, stands in standing(**where).items():
        if page in {None, name}:
            for one in stands.get("drafts", ()):
                yield {"page": name, **one}


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    cells = [[harmless(cell) for cell in row] for row in rows]
    if not cells:
        return []
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in cells
    ]


def _shown(one: dict[str, Any]) -> list[str]:
    components = ", ".join(each["component"] for each in one["components"])
    group = ", ".join(f"{name}={value}" for name, value in one["group"].items())
    facts = {
        "draft": one["draft"],
        "hash": one["hash"],
        "page": one["page"],
        "incident": one["incident"] + (f" ({group})" if group else ""),
        "state": one["state"] + (f" by {one['by']}" if one["by"] else ""),
        "since": one["since"],
        "changed": one["changed"],
        "published by itself": one["published_by_itself"] or "never",
        "title": one["title"],
        "status": one["status"],
        "components": components,
        "worst": one["worst"],
        "impact": one["impact"],
        "notifies": "yes" if one["notify"] else "no",
    }
    wide = max(map(len, facts))
    lines = [f"{name.ljust(wide)}  {harmless(str(value))}" for name, value in facts.items()]
    body = [harmless(line) for line in one["body"].splitlines()]
    return [*lines, "", *body, "", f"to have it told: {one['approve']}"]
