"""Which pages the rules of some files are for, and what each of them has: what `bridge bind` and `bridge check --online` compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.page_components import read_grouped
from bridge.config.naming import components_of, metrics_of, templates_of
from bridge.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.cli.statuspage.connection import Connection
    from bridge.cli.statuspage.session import Session
    from bridge.config.naming import Named, OnThePage


def connections(pages: Mapping[str, Named], connection: Connection) -> dict[str, Connection]:
    """How each page of the rules is reached: by its name in the rules, or by `--page` where there is one.

    Raises:
        WrongUseError: `--page` names none of several.
    """
    there = list(pages)
    if connection.page is None:
        return {page: _said_in(page, named, connection) for page, named in pages.items()}
    if connection.page in there:
        return {connection.page: connection}
    if len(there) == 1:  # the rules may be tried on a copy of their page
        return {there[0]: connection}
    raise WrongUseError(
        f"--page {shown(connection.page)}: the rules are for {', '.join(there) or 'no page'} (hint: say one of them as the rules call it)"
    )


def _said_in(page: str, named: Named, connection: Connection) -> Connection:
    said = connection.page_said if named.page is None else f"{named.page.place}: page"
    return replace(connection, page=page, page_said=said)


async def read_templates(session: Session) -> OnThePage:
    """The incident templates of the session's page."""
    return templates_of([(one.id, one.name) async for one in session.api.templates.list(session.page)])


async def read_page(session: Session) -> tuple[OnThePage, OnThePage]:
    """The components and the metrics of the session's page."""
    page_id = session.page
    found = await read_grouped(session)
    components = components_of(
        (one.id, one.name, found.groups.get(one.group_id or "", "")) for one in found.components
    )
    metrics = metrics_of([(one.id, one.name) async for one in session.api.metrics.list(page_id)])
    return components, metrics
