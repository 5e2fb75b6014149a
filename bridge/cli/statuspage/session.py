"""What a verb works with: the client, the page, the person and the output."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bridge.cli.exits import WrongUseError
from bridge.statuspage.api import StatuspageError, SubscriberCount, SubscriberState, SubscriberType
from bridge.statuspage.timestamps import http_date, retry_after_seconds
from bridge.statuspage.transport import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bridge.cli.statuspage.dialog import Dialog
    from bridge.cli.statuspage.output import Output
    from bridge.statuspage.api import StatuspageApi
    from bridge.statuspage.transport import Request, Response, Transport


_OVER_THE_LIMIT: Final = (420, 429)
WINDOW: Final = 60.0
"""Seconds to wait where the server does not say for how long: the rate limit's window."""


class WatchedTransport:
    """A transport that knows which write is under way: whoever is interrupted then must hear that it may have been applied."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.under_way: Request | None = None

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Send a request; see `Transport.send`."""
        self.under_way = None if request.method == "GET" else request
        try:
            response = await self._transport.send(request, timeout=timeout)
        except asyncio.CancelledError:
            raise
        except TransportError:
            self.under_way = None
            raise
        self.under_way = None
        return response


class PatientTransport:
    """A transport that sends a write again which was refused with 420 or 429, within limits: a refusal over the rate limit is made before anything is done.

    Nothing else is sent again. The place in the pace is held meanwhile, so that a repetition counts as what was refused.
    """

    def __init__(self, transport: Transport, patience: float, tell: Callable[[str], None]) -> None:
        """Take what is below.

        Args:
            transport: sends.
            patience: seconds from the first sending after which it is not sent again.
            tell: takes a line for the person.
        """
        self._transport = transport
        self._patience = patience
        self._tell = tell

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Send a request; see `Transport.send`."""
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + self._patience
        while True:
            response = await self._transport.send(request, timeout=timeout)
            if request.method == "GET" or response.status not in _OVER_THE_LIMIT:
                return response
            asked = retry_after_seconds(
                response.header("retry-after"), now=http_date(response.header("date"))
            )
            wait = WINDOW if asked is None else asked
            if clock() + wait > give_up_at:
                return response
            self._tell(
                f"waiting {wait:g} s: Statuspage answers {response.status}, so nothing was done; then it is sent again"
            )
            await asyncio.sleep(wait)


@dataclass(slots=True)
class Session:
    """One verb's work.

    Attributes:
        api: the client.
        output: standard output.
        dialog: the person.
        page_option: how `--page` was given, for the commands that messages propose.
        page_names: all that the settings call pages.
        look: how to see whether the write that comes next was applied.
        watch: the transport below the client.
        found_page: the page's id; None where none is named.
        page_name: what the settings call the page; None for one that they do not know.
    """

    api: StatuspageApi
    output: Output
    dialog: Dialog
    watch: WatchedTransport
    found_page: str | None
    page_option: str | None = None
    page_name: str | None = None
    page_names: tuple[str, ...] = ()
    look: str = field(default="", init=False)

    @property
    def page(self) -> str:
        """The page's id.

        Raises:
            WrongUseError: no page is named.
        """
        if self.found_page is None:
            known = f"the settings know {', '.join(self.page_names)}; " if self.page_names else ""
            raise WrongUseError(
                f"which page? Say --page NAME or ID (hint: {known}`bridge statuspage pages list` has the ids)"
            )
        return self.found_page

    def command(self, words: str) -> str:
        """A command that a person can give, for the same page."""
        page = f" --page {self.page_option}" if self.page_option else ""
        return f"bridge statuspage {words}{page}"

    def writes(self, look: str) -> None:
        """Say how to see whether the write that comes next was applied, in case its answer is lost."""
        self.look = self.command(look)

    async def ask(self, title: str, facts: Sequence[tuple[str, object]], question: str = "Go on?") -> None:
        """Say what would be done, and ask whether it shall be.

        Raises:
            DeclinedError: the answer is no.
            WrongUseError: nobody can be asked.
        """
        if not self.dialog.yes:
            self.dialog.show(title, facts)
            self.dialog.require_somebody()
            self.dialog.agree(question)

    async def ask_notifying(
        self,
        title: str,
        facts: Sequence[tuple[str, object]],
        *,
        notify: bool | None,
        components: Collection[str] = (),
        sets_statuses: bool = False,
        of_incident: bool = False,
    ) -> bool:
        """Say what would be done and whom it would tell, and ask whether it shall be. Returns whether subscribers are told.

        Args:
            title: what would be done.
            facts: what exactly.
            notify: what was said about it already.
            components: names of the components that it is about.
            sets_statuses: whether it sets statuses of components, of which webhooks hear whatever is decided.
            of_incident: whether it is about an incident that is there: it may have subscribers of its own. Their number is not asked for: of a few calls a minute that would be one too many.

        Raises:
            DeclinedError: the answer is no.
        """
        self.dialog.require_decision(notify)
        if self.dialog.yes:
            return bool(notify)
        audience = "nobody" if notify is False else await self.audience(components)
        own = "and whoever subscribed to this incident alone" if of_incident and notify is not False else None
        webhooks = "webhook subscribers hear of component statuses in any case" if sets_statuses else None
        self.dialog.show(title, [*facts, ("notifies", audience), ("", own), ("", webhooks)])
        decided = self.dialog.decide("Notify them?") if notify is None else notify
        self.dialog.agree("Do it and notify them?" if decided else "Do it and notify nobody?")
        return decided

    async def audience(self, components: Collection[str] = ()) -> str:
        """Who would be told: the number of active subscribers by type."""
        try:
            count = await self.api.subscribers.count(self.page, state=SubscriberState.ACTIVE)
        except StatuspageError as error:
            return f"an unknown number of subscribers: {error}"
        if components:
            return f"{counted(count)};\nthose who chose components only if they chose one of: {', '.join(components)}"
        return counted(count)

    async def webhooks(self) -> str:
        """Who would hear of a component's status."""
        try:
            count = await self.api.subscribers.count(self.page, type=SubscriberType.WEBHOOK)
        except StatuspageError as error:
            return f"an unknown number of webhook subscribers: {error}"
        return f"{count.webhook} webhook subscriber{'' if count.webhook == 1 else 's'}, and nobody by mail"


def counted(count: SubscriberCount, word: str = "active subscriber") -> str:
    """A number of subscribers by type, in words."""
    kinds = [
        (count.email, "email"),
        (count.sms, "SMS"),
        (count.webhook, "webhook"),
        (count.slack, "Slack"),
        (count.teams, "Teams"),
        (count.integration_partner, "integration"),
    ]
    told = ", ".join(f"{number} {kind}" for number, kind in kinds if number)
    return f"{count.total} {word}{'' if count.total == 1 else 's'}" + (f" ({told})" if told else "")
