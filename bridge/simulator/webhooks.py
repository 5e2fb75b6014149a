"""What webhook subscribers are told, as calls to their endpoints.

`calls` reads the ledger and must not know sockets; `Courier` makes the calls, for a front whose owner asked for it. Only endpoints on this machine are
called: whoever may use the simulator's API could otherwise have it call anything. The body is the vendor's (statuspage-api.md, 3.11); changes of components
alone are not told, and a call that fails is not made again. An endpoint that hangs delays nobody but itself.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from bridge.simulator.ledgers import Notification, NotificationKind
from bridge.simulator.model import Simulator
from bridge.simulator.records.pages import Page
from bridge.simulator.records.subscribers import SubscriberMode
from bridge.simulator.statuses import roll_up
from bridge.simulator.timestamps import in_milliseconds

ANSWERED_WITHIN = 30.0
"""Seconds that an endpoint has (statuspage-api.md, 3.11)."""
LOOK_EVERY = 0.25
"""Seconds between two looks into the ledger."""
WAITING_AT_MOST = 1000
"""Calls that wait for one endpoint; what comes beyond them is told and not made."""
CONNECTIONS_AT_MOST = 250
"""Calls under way at once, so that a page with many hanging endpoints leaves files for whoever asks the simulator."""
_LAST_SUCCESS = 299
_TOLD = frozenset({NotificationKind.UPDATE, NotificationKind.REMINDER, NotificationKind.POSTMORTEM})

Clock = Callable[[], float]
_Session = aiohttp.ClientSession  # noqa: TID251 - this module is the simulator's only way out


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One POST of JSON to an endpoint."""

    endpoint: str
    body: bytes


def calls(simulator: Simulator, notification: Notification) -> Iterator[WebhookCall]:
    """Give the calls that tell webhook subscribers of one entry of the ledger; none where its incident is gone already."""
    page = simulator.pages.get(notification.page_id)
    incident = None if page is None else page.incidents.get(notification.incident_id)
    if page is None or incident is None or notification.kind not in _TOLD:
        return
    body = _body(page, incident.written(page.components_of(incident)), notification)
    for recipient in notification.recipients:
        subscriber = page.subscribers.get(recipient)
        if subscriber is not None and subscriber.mode is SubscriberMode.WEBHOOK and subscriber.endpoint:
            yield WebhookCall(subscriber.endpoint, body)


def is_on_this_machine(endpoint: str) -> bool:
    """Say whether an endpoint is plain http to a loopback address or to `localhost`."""
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "http":
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Courier:
    """Follows the ledger of a simulator and makes the calls: each endpoint's one after another, in the order of the ledger, beside those of every other."""

    def __init__(
        self,
        simulator: Simulator,
        clock: Clock,
        complain: Callable[[str], None],
        *,
        waiting_at_most: int = WAITING_AT_MOST,
    ) -> None:
        """Begin with what is entered from now on; `complain` takes a line about a call that failed or is not made."""
        self._simulator = simulator
        self._clock = clock
        self._complain = complain
        self._waiting_at_most = waiting_at_most
        self._next = len(simulator.notifications)
        # An endpoint stands here as long as its chain lives, with the calls that it has not begun.
        self._waiting: dict[str, deque[WebhookCall]] = {}

    async def deliver(self) -> None:
        """Deliver until cancelled; calls that wait or are under way then are given up."""
        async with (
            _Session(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_AT_MOST),
                timeout=aiohttp.ClientTimeout(total=ANSWERED_WITHIN),
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            asyncio.TaskGroup() as chains,
        ):
            while True:
                self.deliver_entered(session, chains)
                await asyncio.sleep(LOOK_EVERY)

    def deliver_entered(self, session: _Session, chains: asyncio.TaskGroup) -> None:
        """Put what was entered since the last time into the chains of its endpoints; whoever owns `chains` waits for the calls."""
        self._simulator.advance(self._clock())
        entered = self._simulator.notifications[self._next :]
        self._next += len(entered)
        for notification in entered:
            for call in calls(self._simulator, notification):
                self._append(session, chains, call)

    def _append(self, session: _Session, chains: asyncio.TaskGroup, call: WebhookCall) -> None:
        waiting = self._waiting.get(call.endpoint)
        if waiting is None:
            waiting = self._waiting[call.endpoint] = deque()
            chains.create_task(self._make_all(session, call.endpoint, waiting))
        if len(waiting) >= self._waiting_at_most:
            self._complain(f"{call.endpoint[:80]} is not called: {len(waiting)} calls wait for it already")
            return
        waiting.append(call)

    async def _make_all(self, session: _Session, endpoint: str, waiting: deque[WebhookCall]) -> None:
        try:
            while waiting:
                await self._make(session, waiting.popleft())
        finally:
            # Nothing is awaited between the look at an empty chain and its end: no call is appended to a chain that is over.
            del self._waiting[endpoint]

    async def _make(self, session: _Session, call: WebhookCall) -> None:
        if not is_on_this_machine(call.endpoint):
            self._complain(f"{call.endpoint[:80]} is not called: it is not http on this machine")
            return
        headers = {"Content-Type": "application/json"}
        try:
            async with session.post(
                call.endpoint, data=call.body, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status > _LAST_SUCCESS:
                    self._complain(f"{call.endpoint[:80]} answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            self._complain(f"{call.endpoint[:80]} was not reached: {type(error).__name__}")


def _body(page: Page, incident: str, notification: Notification) -> bytes:
    rolled = roll_up([component.status for component in page.components.values()])
    return json.dumps(
        {
            "meta": {"generated_at": in_milliseconds(notification.at)},
            "page": {
                "id": page.id,
                "status_indicator": rolled.indicator,
                "status_description": rolled.description,
            },
            "incident": json.loads(incident),
        }
    ).encode()
