"""A hand in the network: single requests of the daemon are made late, lost or answered with something else, exactly where a scenario needs it."""

from __future__ import annotations

import asyncio
import json
import random  # noqa: TID251 - seeded instances alone
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.intents import Failure
from bridge.core.matching import parse_matchers
from bridge.core.rules import ComponentRule, RuleId
from bridge.core.statuses import Automation
from bridge.simulation.network import Network
from bridge.simulation.world import World, WorldSettings
from bridge.simulator.model import Request
from bridge.statuspage.transport import Response, TransportError
from tests.simulation.shop import shop_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import ComponentName, RuleSet
    from bridge.core.statuses import ComponentStatus

Hook = Callable[[Request, float], Awaitable[Response | None]]
"""Asked for each request with its time-out; None lets it pass."""

S = 150.0
TIMEOUT = 30.0


class Interference(Network):
    """The world's network with hooks; the first that answers decides."""

    def __init__(self, world: World) -> None:
        super().__init__(
            world.loop,
            random.Random(world.seed),
            world.simulator,
            wall_clock=world.now,
            conditions=world.settings.conditions,
        )
        self.world = world
        self.hooks: list[Hook] = []
        self.requests: list[tuple[float, str, str]] = []

    async def exchange(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport.send
        """Ask the hooks, then the network."""
        self.requests.append((self.world.now(), request.method, request.path))
        for hook in self.hooks:
            answer = await hook(request, timeout)
            if answer is not None:
                return answer
        return await super().exchange(request, timeout)

    def meet_first_create(self, hook: Hook) -> list[str]:
        """Have this hook answer the first create of an incident or a maintenance. Returns the path of what it met, once it has."""
        met: list[str] = []

        async def meet(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
            if request.method != "POST" or not request.path.endswith("/incidents") or met:
                return None
            met.append(request.path)
            return await hook(request, timeout)

        self.hooks.append(meet)
        return met

    def handle(self, request: Request) -> Response:
        """Have the page apply a request now."""
        made = self.world.simulator.handle(request, now=self.world.now())
        return Response(made.status, made.headers, made.body)

    async def drop(self, request: Request, timeout: float) -> Response:  # noqa: ARG002, ASYNC109
        """A hook: it never arrives, and nobody says so."""
        await asyncio.sleep(timeout)
        raise TransportError(Failure.TIMEOUT)

    async def fail_before(self, request: Request, timeout: float) -> Response:  # noqa: ARG002, ASYNC109
        """A hook: 500, and nothing was done."""
        await asyncio.sleep(0.3)
        return answered(500, {"error": "oops"})

    async def fail_after(self, request: Request, timeout: float) -> Response:  # noqa: ARG002, ASYNC109
        """A hook: 502, and everything was done."""
        await asyncio.sleep(0.1)
        self.handle(request)
        await asyncio.sleep(0.1)
        return answered(502, {"error": "oops"})

    async def apply_late(self, request: Request, after: float, timeout: float) -> Response:  # noqa: ASYNC109
        """The page applies it `after` seconds from now; the sender gives up before."""
        with self.world.loop.outside():
            self.world.loop.call_later(after, self.handle, request)
        await asyncio.sleep(timeout)
        raise TransportError(Failure.TIMEOUT)


def answered(status: int, document: object, **headers: str) -> Response:
    """An answer that the scenario makes up."""
    return Response(status, {"Content-Type": "application/json", **headers}, json.dumps(document).encode())


@contextmanager
def rehearsed(
    rules: RuleSet | None = None, settings: WorldSettings | None = None, *, seed: int = 7
) -> Iterator[tuple[World, Interference]]:
    """A world with a hand in its network, not started."""
    with World(seed, rules if rules is not None else shop_rules(), settings) as world:
        network = Interference(world)
        world.network = network
        yield world, network


def prompt_rules(*more: ComponentRule) -> RuleSet:
    """The shop's rules without any waiting, and others."""
    rules = shop_rules()
    components = tuple(replace(rule, for_=0.0, keep_firing_for=0.0) for rule in (*rules.components, *more))
    incidents = tuple(replace(rule, monitor_for=60.0) for rule in rules.incidents)
    return replace(rules, components=components, incidents=incidents)


def claim(name: str, component: ComponentName, alertname: str, status: ComponentStatus) -> ComponentRule:
    """A rule by which an alert claims a status."""
    return ComponentRule(
        RuleId(name),
        component,
        parse_matchers(f'alertname="{alertname}"'),
        status,
        for_=0.0,
        keep_firing_for=0.0,
        automation=Automation.FULL,
    )


def is_write(request: Request, end: str, **fields: str) -> bool:
    """Whether it is a PATCH or POST of a path with this end, whose body's only member holds these values."""
    if request.method not in {"PATCH", "POST"} or not request.path.endswith(end):
        return False
    (document,) = json.loads(request.body).values()
    return all(document.get(name) == value for name, value in fields.items())
