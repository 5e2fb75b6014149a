"""`bridge override set|clear|list`: a status that an operator wants shown, and handing a component back to the rules."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bridge.cli.operator_options import (
    By,
    For,
    Id,
    Note,
    OnPage,
    TokenFile,
    Until,
    Url,
    one_of,
    standing,
    tell,
)
from bridge.core.statuses import CLAIMABLE, ComponentStatus

override = typer.Typer(
    name="override",
    help="Show a status of your own on a component, whatever the rules say.",
    no_args_is_help=True,
)

Component = Annotated[
    str, typer.Argument(metavar="COMPONENT", help='As on the page, "Group / Name", or id:ID.')
]


@override.command("set")
def set_override(
    component: Component,
    status: Annotated[
        str,
        typer.Argument(
            metavar="STATUS",
            help="operational, degraded_performance, partial_outage or major_outage.",
            callback=one_of((ComponentStatus.OPERATIONAL, *CLAIMABLE)),
        ),
    ],
    *,
    for_: For = None,
    until: Until = None,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Show STATUS on a component until it is over, is cleared, or somebody changes the component on the page."""
    accepted = tell(
        "override_set",
        url=url,
        token_file=token_file,
        component=component,
        status=status,
        for_=for_,
        until=until,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    accepted.told(f"{component} is to show {status}", endless=" until that is cleared")


@override.command("clear")
def clear_override(
    component: Component,
    *,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Hand a component back to the rules: its override, a yield, and a value that a person set on the page end."""
    accepted = tell(
        "override_clear",
        url=url,
        token_file=token_file,
        component=component,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    accepted.told(f"{component} follows the rules")


@override.command("list")
def list_standing(url: Url = None, token_file: TokenFile = None) -> None:
    """Tell what stands on every page: overrides, yields, pauses, what is left to people, and what guards hold until somebody confirms it."""
    for page, stands in standing(url=url, token_file=token_file).items():
        for line in _lines(stands) or ["nothing stands"]:
            typer.echo(f"{page}: {line}")


def _lines(stands: dict[str, Any]) -> list[str]:
    incidents = stands["incidents"]
    lines = [f"paused{_issued(stands['paused'])}"] if stands["paused"] else []
    lines += [f"nothing is written; that waits for {one}" for one in stands["waits_for"]]
    lines += [f"{one['component']} is to show {one['status']}{_issued(one)}" for one in stands["overrides"]]
    lines += [f"{one['component']} is yielded{_issued(one)}" for one in stands["yields"]]
    lines += [f"{one['component']} is a person's since {one['since']}" for one in stands["taken"]]
    lines += [f"incident {one['incident']} ({one['rule']}) is a person's" for one in incidents["yielded"]]
    lines += [f"incident {one['incident']} has no rule" for one in incidents["without_rule"]]
    lines += [f"incident {one['incident']} is released{_issued(one)}" for one in incidents["released"]]
    lines += [
        f"incident {one['incident']} is identified{_issued(one)}; the cause: {one['cause']}"
        for one in incidents["identified"]
    ]
    for one in stands["held"]:
        lines += [f"{_holding(one)}; to let it through: {one['confirm']}"]
        lines += [f"  {change}" for change in one["changes"]]
    lines += [f"{one['confirmed']} is confirmed{_issued(one)}" for one in stands["confirmed"]]
    return lines


def _holding(one: dict[str, Any]) -> str:
    of = f" {', '.join(one['components'])}" if one["components"] else ""
    since = f" since {one['since']}" if one["since"] else ""
    return f"{one['guard']} holds{of}{since}: {one['says']}"


def _issued(one: dict[str, Any]) -> str:
    until = f" until {one['until']}" if one["until"] else ""
    note = f": {one['note']}" if one["note"] else ""
    return f"{until}, by {one['by']} at {one['at']}{note}"
