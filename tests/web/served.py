"""A front over a daemon of puppets, really served on loopback."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import aiohttp

from bridge.core.commands import CommandId
from bridge.core.recollection import Recorded
from bridge.core.state import State
from bridge.telemetry.metrics import Metrics
from bridge.web.authentication import Authentication, BasicCredential
from bridge.web.front import build_app
from bridge.web.listen import start
from bridge.web.ports import Limits, Ports, ReloadResult
from tests.core.pages import page_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping

    from bridge.core.commands import Command
    from bridge.core.page import Page
    from bridge.core.samples import Observation
    from bridge.web.listen import Listening
    from bridge.web.plans import PlanAsked, PlannedPage

NOW = 1_700_000_000.0
EXPIRY = 3600.0
AHEAD = 3600.0
TOKEN = "canary-webhook-token"
PASSWORD = "canary pässword: with colon"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
DELIVER = "/api/v1/alertmanager"


@dataclass
class Puppet:
    """What the front asks, as a test wants it to answer."""

    accepted: list[Observation] = field(default_factory=list)
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    fault: BaseException | None = None
    is_healthy: bool = True
    missing: tuple[str, ...] = ()
    result: ReloadResult | Exception = field(default_factory=ReloadResult)
    reloads: int = 0
    scrapes: int = 0
    gauge_fault: Exception | None = None
    planned: tuple[PlannedPage, ...] | Exception = ()
    plans_asked: list[PlanAsked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.committed.set()

    async def accept(self, observation: Observation) -> None:
        """Commit when the test allows it."""
        self.waiting.set()
        await self.committed.wait()
        if self.fault is not None:
            raise self.fault
        self.accepted.append(observation)

    def healthy(self) -> bool:
        """As told."""
        return self.is_healthy

    def ready(self) -> tuple[str, ...]:
        """As told."""
        return self.missing

    async def reload(self) -> ReloadResult:
        """As told."""
        self.reloads += 1
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    async def plan(self, asked: PlanAsked) -> tuple[PlannedPage, ...]:
        """As told."""
        self.plans_asked.append(asked)
        if isinstance(self.planned, Exception):
            raise self.planned
        return self.planned

    def update_gauges(self) -> None:
        """Count the scrape."""
        self.scrapes += 1
        if self.gauge_fault is not None:
            raise self.gauge_fault


@dataclass
class Operated:
    """What commands are given to, as a test wants it to answer."""

    puppet: Puppet
    page: Page = field(default_factory=page_of)
    commanded: list[Command] = field(default_factory=list)
    repeated: bool = False
    recorded: Recorded = field(default_factory=lambda: Recorded(None, ()))
    asked: list[tuple[set[str], float]] = field(default_factory=list)
    obeyed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pages(self) -> Mapping[str, Page]:
        """One page of three components."""
        return {self.page.name: self.page}

    def now(self) -> float:
        """Always the same."""
        return NOW

    def by_our_clock(self, wall: float) -> float:
        """The clock was set: others are an hour ahead."""
        return wall - AHEAD

    def evaluation(self, page: str) -> State:
        """Of no signal."""
        return State(self.pages[page].ruleset)

    async def past(self, _page: str, names: Collection[str], until: float) -> Recorded:
        """What the test put there."""
        self.asked.append((set(names), until))
        if self.puppet.fault is not None:
            raise self.puppet.fault
        return self.recorded

    def new_id(self) -> CommandId:
        """Numbered."""
        return CommandId(f"made-{len(self.commanded) + 1}")

    async def accept(self, command: Command) -> bool:
        """Commit when the test allows it."""
        self.puppet.waiting.set()
        await self.puppet.committed.wait()
        if self.puppet.fault is not None:
            raise self.puppet.fault
        self.commanded.append(command)
        self.obeyed.set()
        return not self.repeated


@dataclass(frozen=True)
class Answer:
    """One answer, read whole."""

    status: int
    headers: Mapping[str, str]
    challenges: list[str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass
class Served:
    """A front that listens."""

    listening: Listening
    puppet: Puppet
    operated: Operated
    metrics: Metrics

    async def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request."""
        url = self.listening.url + path
        if isinstance(body, bytes):
            body = io.BytesIO(body)
        async with aiohttp.request(
            method, url, data=body, headers=headers, allow_redirects=False
        ) as response:
            return Answer(
                response.status,
                response.headers,
                response.headers.getall("WWW-Authenticate", []),
                await response.read(),
            )

    async def deliver(self, body: Any = None, *, path: str = DELIVER, **headers: str) -> Answer:
        """Deliver a body, with the token."""
        return await self.ask("POST", path, group() if body is None else body, {**BEARER, **headers})

    async def raw(self, *pieces: bytes, end: bool = False) -> bytes:
        """Send bytes, half-close when told so, and return everything that comes until the server closes; it has four seconds."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.listening.port)
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            if end:
                writer.write_eof()
            async with asyncio.timeout(4):
                return await reader.read()
        finally:
            writer.close()

    def counted(self) -> dict[str, float]:
        """Answers to deliveries by code, without those that never came."""
        samples = [sample for metric in self.metrics.webhooks.collect() for sample in metric.samples]
        return {sample.labels["code"]: sample.value for sample in samples if sample.value}


@asynccontextmanager
async def serving(
    *,
    authentication: Authentication | None = None,
    command_authentication: Authentication | None = None,
    header_seconds: float = 30.0,
    shutdown_seconds: float = 5.0,
    **limits: Any,
) -> AsyncIterator[Served]:
    """Serve a front with patience of the test's choice."""
    puppet, metrics = Puppet(), Metrics(pages=("acme",))
    operated = Operated(puppet)
    app = build_app(
        Ports(
            accept=puppet.accept,
            commands=operated,
            plan=puppet.plan,
            evaluations=operated,
            health=puppet,
            reload=puppet.reload,
            update_gauges=puppet.update_gauges,
            now=lambda: NOW,
        ),
        authentication=authentication or both_ways(),
        command_authentication=command_authentication,
        metrics=metrics,
        expiry=EXPIRY,
        limits=replace(Limits(), **limits),
    )
    listening = await start(
        app, host="127.0.0.1", port=0, header_seconds=header_seconds, shutdown_seconds=shutdown_seconds
    )
    try:
        yield Served(listening, puppet, operated, metrics)
    finally:
        puppet.committed.set()
        await listening.close()


def both_ways() -> Authentication:
    return Authentication(
        bearer=lambda: TOKEN,
        basic=BasicCredential("alertmanager", lambda: PASSWORD),
        known_as="BRIDGE_TOKEN or its file",
    )


def group(count: int = 1, **changes: Any) -> bytes:
    """The body of a webhook as Alertmanager sends it."""
    alert = {
        "status": "firing",
        "labels": {"alertname": "Down"},
        "annotations": {"summary": "canary"},
        "startsAt": "2023-11-14T22:00:00.000Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": "5ef77f1f8a3ecb8d",
    }
    numbered = [
        {**alert, "labels": {"alertname": "Down", "instance": str(number)}} for number in range(count)
    ]
    body = {
        "version": "4",
        "groupKey": '{}:{alertname="Down"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "bridge",
        "groupLabels": {"alertname": "Down"},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager",
        "alerts": numbered,
        **changes,
    }
    return json.dumps(body).encode()


def head(length: int | str, *more: str, method: str = "POST") -> bytes:
    """The head of a delivery as bytes."""
    lines = [
        f"{method} {DELIVER} HTTP/1.1",
        "Host: bridge",
        f"Authorization: Bearer {TOKEN}",
        f"Content-Length: {length}",
        *more,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
