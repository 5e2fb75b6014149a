"""`bridge confirm`: let through, once, what a guard holds."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge.cli.operator_options import By, Id, Note, OnPage, TokenFile, Url, tell


def confirm(
    guard: Annotated[str, typer.Argument(metavar="GUARD", help="reload, blast_radius or page_identity.")],
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="What exactly, as the guard's alarm names it.")
    ],
    *,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Let through what a guard holds: exactly that, and once."""
    page = tell(
        "confirm",
        url=url,
        token_file=token_file,
        guard=guard,
        subject=subject,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    typer.echo(f"{page}: {guard} {subject} is confirmed")
