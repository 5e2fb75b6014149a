"""`bridge confirm`: let through, once, what a guard holds."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge.cli.operator_options import By, Id, Note, OnPage, TokenFile, Url, one_of, tell
from bridge.core.commands import ConfirmedGuard


def confirm(
    guard: Annotated[
        str,
        typer.Argument(
            metavar="GUARD", help="reload, blast_radius or page_identity.", callback=one_of(ConfirmedGuard)
        ),
    ],
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="What exactly; see `bridge override list`.")
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
    accepted = tell(
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
    accepted.told(f"{guard} {subject} is confirmed")
