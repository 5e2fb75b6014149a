"""`bridge init`: a first rule file from what stands on a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.exits import WrongUseError, explained
from bridge.cli.statuspage.connection import (
    ApiUrlOption,
    Connection,
    PageOption,
    RequestsOption,
    TokenFileOption,
)

if TYPE_CHECKING:
    from bridge.cli.statuspage.session import Session


def init(
    *,
    page: PageOption = None,
    output: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the file is put; it is named after the page.")
    ] = Path("rules"),
    token_file: TokenFileOption = None,
    api_url: ApiUrlOption = None,
    requests: RequestsOption = None,
) -> None:
    """Write a first rule file from a page's components and metrics. It overwrites nothing, and publishes nothing."""
    from bridge.cli.statuspage.verbs import perform

    async def write(session: Session) -> None:
        await _write(session, output)

    with explained():
        perform(write, Connection(page=page, token_file=token_file, api_url=api_url, requests=requests))


async def _write(session: Session, folder: Path) -> None:
    from bridge.cli.first_rules import FoundComponent, FoundMetric, first_rules
    from bridge.cli.statuspage.page_components import read_grouped

    page_id = session.page
    name = session.page_name or page_id
    path = folder / f"{name}.yaml"
    if path.exists():  # before a minute's requests are spent on it
        raise _there_already(path)
    profile = await session.api.pages.get(page_id)
    found = await read_grouped(session)
    metrics = [FoundMetric(metric.id, metric.name) async for metric in session.api.metrics.list(page_id)]
    text = first_rules(
        name,
        profile.name,
        components=[
            FoundComponent(one.id, one.name, found.groups.get(one.group_id or "", ""))
            for one in found.components
        ],
        metrics=metrics,
    )
    _put(path, text)
    typer.echo(
        f"{path}: {len(found.components)} components, {len(metrics)} metrics; in shadow, so nothing is published. "
        f"Next: bridge check {path}"
    )


def _put(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _there_already(path) from None
    except OSError as error:
        raise WrongUseError(f"{path}: cannot be written: {error.strerror}") from None


def _there_already(path: Path) -> WrongUseError:
    return WrongUseError(
        f"{path} is there already and is not overwritten (hint: move it, or say another --output DIR)"
    )
