"""Who goes first when there is more to say than the limit lets us, and who is not kept waiting by others: lanes, smoothing, ageing, hanging calls, other tokens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.rules import RuleSet, StatusLadder
from bridge.core.statuses import ComponentStatus
from bridge.engine.engine import PageSetup
from bridge.simulation.world import PAGE, World, WorldSettings, alert
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from tests.mutants.scenarios.staging import A_LITTLE
from tests.simulation.adversity.interference import answered, is_write
from tests.simulation.judge import WINDOW, within_the_rate_limit
from tests.simulation.pacing.saturation import keep_differing
from tests.simulation.pacing.traffic import Busy, UniformNetwork, claims, services
from tests.simulation.shop import EVERYTHING_AT_ONCE, component_id, status

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

QUIET = 200.0
SATURATED = 90.0
MANY = services(120)
LONE = services(300)
BETWEEN_BURSTS = 15.0
"""Virtual seconds in which what four incidents took is kept anew."""

OTHER, OTHER_TOKEN = "other", "2" * 64
PROMPTLY = 5.0
"""Virtual seconds in which a lone outage is on the page, if a slot is free: the longest that smoothing withholds one, a commit and a latency."""

READ_WITHIN = 63.0
"""Virtual seconds that hold two reads: they are due each minute, and take a latency."""


def incidents_in_a_storm() -> list[str]:
    """I5: while everything else is saturated, four incidents open at once, again and again."""
    shops = services(20, "Shop")
    busy = Busy(7, lone=LONE, covered=shops)
    found = []
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        busy.turn(LONE)
        world.run_for(SATURATED)
        for first in range(0, len(shops), 4):
            before = _opened(busy)
            busy.turn(shops[first : first + 4])
            world.run_for(1.0)
            if (opened := _opened(busy) - before) != 4:
                found.append(f"I5: of four incidents {opened} were opened within a second")
            world.run_for(BETWEEN_BURSTS)
    return found


def _opened(busy: Busy) -> int:
    return sum(method == "POST" for _, method, _ in busy.network.requests)


def reads_while_incidents_take_everything() -> list[str]:
    """I5: a hundred and fifty incidents open at once; the page is read all the same."""
    shops = services(150, "Shop")
    busy = Busy(7, lone=(), covered=shops)
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        busy.turn(shops)
        world.run_for(4 * WINDOW)
        return _unread(busy)


def reads_while_changes_are_refused() -> list[str]:
    """I5: for minutes, the server refuses every change for the limit, and asks for a second's patience each time; the page is read all the same."""
    busy = Busy(7, lone=MANY)
    with busy.world as world:

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if request.method == "GET":
                return None
            await asyncio.sleep(0.3)
            return answered(420, {"error": "Too many requests"}, **{"Retry-After": "1"})

        world.start()
        world.run_for(QUIET)
        busy.network.hooks.append(refuse)
        busy.turn(MANY)
        world.run_for(6 * WINDOW)
        return _unread(busy)


def _unread(busy: Busy) -> list[str]:
    reads = [at for at, method, path in busy.network.requests if method == "GET" and _is_list(path)]
    reads.append(busy.world.now())
    return [
        f"I5: no two lists were read in the {later - earlier:.0f} s after {earlier}"
        for earlier, later in zip(reads, reads[2:], strict=False)
        if later - earlier > READ_WITHIN
    ]


def _is_list(path: str) -> bool:
    return path.endswith(("/components", "/unresolved"))


def a_mild_thing_among_worse_ones() -> list[str]:
    """I5: a degraded component among a hundred and twenty that go from bad to worse and back as fast as they are written."""
    ladder = StatusLadder(
        "severity",
        (("warning", ComponentStatus.PARTIAL_OUTAGE), ("critical", ComponentStatus.MAJOR_OUTAGE)),
    )
    busy = Busy(7, lone=(*MANY, "Search"))
    with busy.world as world:
        rules = [replace(rule, status=ladder) for rule in claims(MANY)]
        world.ruleset = replace(
            world.ruleset, components=(*rules, *claims(["Search"], ComponentStatus.DEGRADED_PERFORMANCE))
        )
        world.start()
        world.run_for(QUIET)
        world.send_alerts(
            [alert("Down", firing=True, since=world.now(), service=name, severity="warning") for name in MANY]
        )
        busy.severity = "critical"
        with world.loop.outside():
            world.loop.create_task(keep_differing(busy), name="always-dirty")
        world.run_for(SATURATED)
        busy.severity, severity = "", busy.severity
        busy.turn(["Search"])
        busy.severity = severity
        world.run_for(8 * WINDOW)
        shown = status(world, "Search")
        return [] if shown == "degraded_performance" else [f"I5: after eight minutes Search shows {shown}"]


def a_burst_and_then_an_outage() -> list[str]:
    """I5: forty-nine components degrade at once, and a while later another one breaks."""
    burst = services(49)
    busy = Busy(7, lone=(*burst, "Search"))
    with busy.world as world:
        mild = claims(burst, ComponentStatus.DEGRADED_PERFORMANCE)
        world.ruleset = replace(world.ruleset, components=(*mild, *claims(["Search"])))
        world.start()
        world.run_for(QUIET)
        busy.turn(burst)
        world.run_for(A_LITTLE)
        busy.turn(["Search"])
        world.run_for(PROMPTLY)
        shown = status(world, "Search")
        return [] if shown == "major_outage" else [f"I5: {PROMPTLY:g} s after it broke, Search shows {shown}"]


def a_call_that_hangs() -> list[str]:
    """I5: a write to one component hangs until its time-out; others change meanwhile."""
    busy = Busy(7, lone=services(5))
    with busy.world as world:

        async def hang(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
            if is_write(request, f"/components/{component_id(world, 'Service 0')}"):
                return await busy.network.drop(request, timeout)
            return None

        busy.network.hooks.append(hang)
        world.start()
        world.run_for(QUIET)
        busy.turn(services(1))
        world.run_for(1.0)
        busy.turn(services(5)[1:])
        world.run_for(PROMPTLY)
        shown = [status(world, name) for name in services(5)[1:]]
        return [f"I5: beside a call that hangs {one} is shown" for one in shown if one != "major_outage"]


class TwoPages(World):
    """A world in which a second page is kept, with a token of its own."""

    def __init__(self, seed: int, names: tuple[str, ...]) -> None:
        super().__init__(
            seed, RuleSet(PAGE, claims(names)), WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)
        )
        self.simulator.add_token(OTHER_TOKEN)
        self.other_id = self.simulator.add_page("Other", now=self.now())
        for name in names:
            self.simulator.add_component(self.other_id, name, now=self.now())

    def setups(self) -> list[PageSetup]:
        """Both pages."""
        client = StatuspageClient(self.network.transport(OTHER_TOKEN), self.other_id)
        rules = replace(self.ruleset, page=OTHER)
        return [
            *super().setups(),
            PageSetup(OTHER, self.other_id, OTHER_TOKEN[:8], StatuspageDoor(client, OTHER), rules),
        ]


def two_tokens_of_which_one_is_refused() -> list[str]:
    """I5: one page's token is refused for five minutes; the other page goes on."""
    with TwoPages(7, services(5)) as world:
        network = UniformNetwork(world)
        world.network = network

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if world.page_id not in request.path:
                return None
            return answered(420, {"error": "Too many requests"}, **{"Retry-After": "300"})

        world.start()
        world.run_for(QUIET)
        network.hooks.append(refuse)
        world.run_for(WINDOW + A_LITTLE)  # the next reads of the one page are refused
        since = world.now()
        world.send_alerts([alert("Down", firing=True, since=since, service=name) for name in services(5)])
        world.run_for(2 * PROMPTLY)
        shown = [str(one.status) for one in world.simulator.page(world.other_id).components.values()]
        return [
            f"I5: beside a token that is refused {one} is shown" for one in shown if one != "major_outage"
        ]


def a_network_that_becomes_fast() -> list[str]:
    """I4: what was sent a minute ago arrived half a minute later, and what is sent now arrives at once."""
    busy = Busy(7, lone=MANY)
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        busy.network.round_trip = (28.0, 28.2)
        busy.network.all_there = True
        busy.turn(MANY)
        world.run_for(WINDOW - PROMPTLY)
        busy.network.round_trip = (0.05, 0.06)
        world.run_for(2 * WINDOW)
        return within_the_rate_limit(world)


def a_crash_loop_while_incidents_open() -> list[str]:
    """I4: the daemon is killed every five seconds, and in each life twelve more incidents have to be opened, of which nothing is smoothed."""
    shops = services(120, "Shop")
    busy = Busy(7, lone=(), covered=shops)
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        for first in range(0, len(shops), 12):
            busy.turn(shops[first : first + 12])
            world.run_for(5.0)
            world.crash()
            world.run_for(0.5)
            world.start()
        return within_the_rate_limit(world)


def a_clock_that_drifts() -> list[str]:
    """I4: the machine's clock gains nine tenths of a second in every ten while a hundred and fifty incidents have to be opened."""
    shops = services(150, "Shop")
    busy = Busy(7, lone=(), covered=shops)
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        busy.turn(shops)
        for _ in range(18):
            world.run_for(10.0)
            world.clock_set_by += 0.9
        return within_the_rate_limit(world)


def lost_writes_that_arrive_late() -> list[str]:
    """I4: for half a minute nothing is answered, and all of that arrives two and a half minutes later, when everything goes well again."""
    busy = Busy(7, lone=MANY)
    with busy.world as world:
        until, lands_at = world.now() + QUIET + 28.0, world.now() + QUIET + 150.0

        async def delay(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
            if request.method == "GET" or world.now() > until:
                return None
            return await busy.network.apply_late(request, lands_at - world.now(), timeout)

        busy.network.hooks.append(delay)
        world.start()
        world.run_for(QUIET)
        busy.turn(MANY)
        world.run_for(5 * WINDOW)
        return within_the_rate_limit(world)
