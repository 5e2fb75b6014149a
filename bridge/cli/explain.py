"""`bridge explain COMPONENT|INCIDENT`: why it is as it is, or was, as the daemon tells it. Asks and prints."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from bridge.cli.harmless import harmless
from bridge.cli.operator_options import OnPage, TokenFile, Url, explanation


class Form(StrEnum):
    """How it is printed."""

    TEXT = "text"
    JSON = "json"


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="COMPONENT|INCIDENT",
            help='A component as in the rules or on the page, or its id; an incident by its rule, such as checkout or checkout{region="eu"}, or its id on the page.',
        ),
    ],
    *,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="As it was then: an instant such as 2026-01-31T18:00:00Z, or how long ago."
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="DATABASE_URL", help="Read the past from a store's file, while the daemon is down."
        ),
    ] = None,
    page: OnPage = None,
    output: Annotated[
        Form, typer.Option("--output", "-o", metavar="FORM", help="text, or json: one document.")
    ] = Form.TEXT,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Tell why a component or an incident is as it is, what stands between its signals and the page, and what would change it."""
    if store is not None and (url is not None or token_file is not None):
        raise typer.BadParameter("--store asks no daemon: leave out --url and --token-file")
    if store is not None:
        from bridge.cli.exits import explained
        from bridge.cli.explain_store import explain_from

        with explained():
            answer = explain_from(store, name, at=at, page=page)
    else:
        answer = explanation(url=url, token_file=token_file, name=name, page=page, at=at)
    if output is Form.JSON:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{answer['page']} at {answer['at']}")
    for account in answer["accounts"]:
        for line in account["lines"]:
            typer.echo(harmless(line))
