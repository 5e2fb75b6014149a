"""Looks at the page before anything is done to it: whose it is, whether people use it, and what stands on it already."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import BridgeError
from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.asking import LostError
from bridge.statuspage.errors import one_line

if TYPE_CHECKING:
    from bridge.statuspage.conformance.asking import Asker
    from bridge.statuspage.conformance.endpoints import Raw
    from bridge.statuspage.conformance.record import Seen

MOST_COMPONENTS: Final = 10
"""A throw-away page has few."""


class PageError(BridgeError):
    """The page cannot be read, or must not be probed."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A page before the visit.

    Attributes:
        name: of the page.
        url: of the page; empty where it has none.
        active_subscribers: None where they could not be counted.
        open_incidents: with maintenances that go on or are to come.
        components: without groups.
        standing: ids of the metrics providers, which are never ours.
    """

    name: str
    url: str
    active_subscribers: int | None
    open_incidents: int
    components: int
    standing: frozenset[str]

    @property
    def signs_of_use(self) -> tuple[str, ...]:
        """Why this does not look like a page to be thrown away."""
        signs = []
        if self.active_subscribers is None:
            signs.append("its subscribers cannot be counted")
        elif self.active_subscribers:
            signs.append(f"it has {_counted(self.active_subscribers, 'active subscriber')}")
        if self.open_incidents:
            signs.append(f"it has {_counted(self.open_incidents, 'open incident')}, or maintenances to come")
        if self.components > MOST_COMPONENTS:
            signs.append(f"it has {self.components} components, more than {MOST_COMPONENTS}")
        return tuple(signs)


async def survey(asker: Asker) -> Survey:
    """Read the page.

    Raises:
        PageError: it cannot be read.
    """
    page = await _read(asker, endpoints.PAGE)
    histogram = await asker.ask(endpoints.HISTOGRAM)
    open_incidents = {
        row.get("id")
        for listed in (endpoints.UNRESOLVED, endpoints.SCHEDULED, endpoints.ACTIVE)
        for row in _rows(await _read(asker, listed, paginated=True))
    }
    components = _rows(await _read(asker, endpoints.COMPONENTS, paginated=True))
    providers = await asker.ask(endpoints.PROVIDERS)
    return Survey(
        name=one_line(str(page.member("name") or "")),
        url=one_line(str(page.member("url") or "")),
        active_subscribers=_active(histogram),
        open_incidents=len(open_incidents),
        components=sum(not row.get("group") for row in components),
        standing=frozenset(str(row.get("id")) for row in _rows(providers)),
    )


async def _read(asker: Asker, endpoint: Raw, *, paginated: bool = False) -> Seen:
    try:
        seen = await (asker.list(endpoint) if paginated else asker.ask(endpoint))
    except LostError as error:
        raise PageError(str(error)) from None
    if seen.status == HTTPStatus.NOT_FOUND:
        raise PageError(f"there is no page {asker.page_id}, or not for this token")
    if not seen.accepted:
        raise PageError(f"{seen.call} was answered {seen.status}: is the token right?")
    return seen


def _rows(seen: Seen) -> list[dict[str, Any]]:
    return [row for row in seen.body if isinstance(row, dict)] if isinstance(seen.body, list) else []


def _active(histogram: Seen) -> int | None:
    if not histogram.accepted or not isinstance(histogram.body, dict):
        return None
    counted = [kind.get("active") for kind in histogram.body.values() if isinstance(kind, dict)]
    return sum(number for number in counted if isinstance(number, int)) if counted else None


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
