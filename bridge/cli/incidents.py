"""`bridge adopt`, `bridge release` and `bridge identify`: an incident of ours goes on, is let go for good, or has its cause told."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge.cli.operator_options import By, Id, Note, OnPage, TokenFile, Url, tell

Incident = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its id on the page; see `bridge override list`.")
]


def adopt(
    incident: Incident,
    *,
    rule: Annotated[
        str | None, typer.Option("--as", metavar="RULE", help="By which rule one without a rule goes on.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group", metavar="LABEL=VALUE", help="Its group there; once for each label of group_by."
        ),
    ] = None,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Take an incident of the bridge's up again: one that was left to people, or one whose rule is gone."""
    labels = {}
    for label in group or ():
        name, divider, value = label.partition("=")
        if not (name and divider and value):
            raise typer.BadParameter(f"--group: {label} is not LABEL=VALUE")
        labels[name] = value
    accepted = tell(
        "adopt",
        url=url,
        token_file=token_file,
        incident=incident,
        rule=rule,
        group=labels,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    accepted.told(f"incident {incident} goes on by its rule")


def release(
    incident: Incident,
    *,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Let an incident of the bridge's go for good: it is a person's, and never taken up again."""
    accepted = tell(
        "release", url=url, token_file=token_file, incident=incident, page=page, by=by, note=note, id=id_
    )
    accepted.told(f"incident {incident} is released")


def identify(
    incident: Incident,
    *,
    cause: Annotated[
        str, typer.Option("--cause", metavar="TEXT", help="What readers of the page are told, as it is.")
    ],
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Tell readers of an open incident of the bridge's what the cause is."""
    accepted = tell(
        "identify",
        url=url,
        token_file=token_file,
        incident=incident,
        cause=cause,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    accepted.told(f"incident {incident} is identified")
