"""What webhook subscribers are told, as calls to their endpoints.

`calls` reads the ledger and must not know sockets; `Courier` makes the calls, for a front whose owner asked for it. Only endpoints on this machine are
called: whoever may use the simulator's API could otherwise have it call anything. The body is the vendor's (statuspage-api.md, 3.11); changes of components
alone are not told, and a call that fails is not made again.
"""

import asyncio
import json
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
    """Follows the ledger of a simulator and makes the calls, in order for each entry, all at once for its subscribers."""

    def __init__(self, simulator: Simulator, clock: Clock, complain: Callable[[str], None]) -> None:
        """Begin with what is entered from now on; `complain` takes a line about a call that failed."""
        self._simulator = simulator
        self._clock = clock
        self._complain = complain
        self._next = len(simulator.notifications)

    async def deliver(self) -> None:
        """Deliver until cancelled."""
        async with _Session(
            timeout=aiohttp.ClientTimeout(total=ANSWERED_WITHIN), cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            while True:
                await self.deliver_entered(session)
                await asyncio.sleep(LOOK_EVERY)

    async def deliver_entered(self, session: _Session) -> None:
        """Deliver what was entered since the last time."""
        self._simulator.advance(self._clock())
        entered = self._simulator.notifications[self._next :]
        self._next += len(entered)
        for notification in entered:
            made = (self._make(session, call) for call in calls(self._simulator, notification))
            await asyncio.gather(*made)

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
