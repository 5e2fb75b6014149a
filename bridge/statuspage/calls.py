"""What the daemon's calls share: the allow-list, the one page, and the way of one call from arguments to outcome. The request itself leaves by `sending`."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

from bridge.core.intents import NotSent, Outcome
from bridge.core.reasons import Reason
from bridge.errors import ConfigurationError
from bridge.statuspage.errors import one_line
from bridge.statuspage.sending import IDENTIFIER, Endpoint, ForbiddenCallError, Sender, UnsendableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.statuspage.transport import Transport

__all__ = ["ALLOWED", "Call", "Calls", "Endpoint", "ForbiddenCallError", "page_of"]

Call: TypeAlias = Coroutine[Any, Any, Outcome]
"""A call that has not been begun; awaited, it makes one request and gives its outcome."""

ALLOWED: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/pages/{page_id}"),
        ("GET", "/pages/{page_id}/components"),
        ("PATCH", "/pages/{page_id}/components/{component_id}"),
        ("GET", "/pages/{page_id}/incidents"),
        ("GET", "/pages/{page_id}/incidents/unresolved"),
        ("GET", "/pages/{page_id}/incidents/scheduled"),
        ("GET", "/pages/{page_id}/incidents/active_maintenance"),
        ("GET", "/pages/{page_id}/incidents/{incident_id}"),
        ("POST", "/pages/{page_id}/incidents"),
        ("PATCH", "/pages/{page_id}/incidents/{incident_id}"),
        ("GET", "/pages/{page_id}/incidents/{incident_id}/postmortem"),
        ("PUT", "/pages/{page_id}/incidents/{incident_id}/postmortem"),
        ("GET", "/pages/{page_id}/incident_templates"),
        ("GET", "/pages/{page_id}/metrics"),
        ("POST", "/pages/{page_id}/metrics/data"),
    }
)
"""What the daemon may call: nothing that deletes, and nothing that changes the page itself. Spelled out, not collected from the endpoints, so that a new endpoint stays shut until someone opens it here."""


class Calls:
    """A page of Statuspage, and the calls that may be made about it. A resource derives from this and adds its methods."""

    def __init__(
        self, transport: Transport, page_id: str, *, allowed: frozenset[tuple[str, str]] = ALLOWED
    ) -> None:
        """Bind the calls to a page.

        Args:
            transport: carries each request.
            page_id: the only page that is ever called.
            allowed: shuts what it leaves out; it opens nothing that `ALLOWED` has not.

        Raises:
            ConfigurationError: the page's id is not one.
        """
        if not IDENTIFIER.fullmatch(page_id):
            raise ConfigurationError(
                f"{one_line(page_id)!r} is not a page id; expected the twelve characters that stand in the page's address"
            )
        self._sender = Sender(transport, allowed=ALLOWED & allowed)
        self._page_id = page_id

    async def call(
        self,
        endpoint: Endpoint[Any],
        identifiers: Mapping[str, str] | None = None,
        *,
        timeout: float,  # noqa: ASYNC109 - the deadline that the intent records
        query: tuple[tuple[str, str], ...] = (),
        payload: object = None,
    ) -> Outcome:
        """Make one request, once.

        Args:
            endpoint: the operation.
            identifiers: for the template; the page's own is added, and no other can be given.
            timeout: seconds for the whole of it.
            query: names and values.
            payload: becomes the JSON body; None for no body.

        Raises:
            ForbiddenCallError: the endpoint is not allowed to this client, or another page was named.
            asyncio.CancelledError: the caller was cancelled; the request may have been applied.
        """
        if identifiers is not None and "page_id" in identifiers:
            raise ForbiddenCallError(f"this client is bound to the page {self._page_id}")
        places = {"page_id": self._page_id, **(identifiers or {})}
        try:
            prepared = self._sender.prepare(endpoint, places, query=query, payload=payload)
        except UnsendableError as error:
            return NotSent(Reason.REJECTED, str(error))
        return (await self._sender.send(prepared, timeout=timeout)).outcome


def page_of(page_number: int, *, per_page: int) -> tuple[tuple[str, str], ...]:
    """The query of the common pagination dialect, 1-based. It is always sent: a list without it has a rate limit of its own (statuspage-api.md, 3.1)."""
    return (("page", str(page_number)), ("per_page", str(per_page)))
