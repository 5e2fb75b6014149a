"""`bridge yield`: the bridge stands back from a component or from an incident of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge.cli.operator_options import By, For, Id, Note, OnPage, TokenFile, Until, Url, tell


def stand_back(
    component: Annotated[
        str | None, typer.Argument(metavar="COMPONENT", help='As on the page, "Group / Name", or id:ID.')
    ] = None,
    *,
    incident: Annotated[
        str | None, typer.Option("--incident", metavar="ID", help="An incident instead: its text and status.")
    ] = None,
    for_: For = None,
    until: Until = None,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Leave a component or an incident to people. `bridge override clear` and `bridge adopt` take it back."""
    if (component is None) == (incident is None):
        raise typer.BadParameter("name a component, or an incident with --incident")
    if incident is not None and (for_ or until):
        raise typer.BadParameter(
            "an incident is yielded until it is adopted: --for and --until are for components"
        )
    accepted = tell(
        "yield_component" if incident is None else "yield_incident",
        url=url,
        token_file=token_file,
        component=component,
        incident=incident,
        for_=for_,
        until=until,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    if incident is not None:
        accepted.told(f"incident {incident} is left to people", endless=" until it is adopted")
    else:
        accepted.told(f"{component} is left to people", endless=" until it is handed back")
