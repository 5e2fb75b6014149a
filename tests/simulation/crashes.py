"""A crash at a chosen step: the same scenario, killed once, wherever one wants. Random crashes hardly ever hit the few steps that matter."""

from __future__ import annotations

import gc
import json
from dataclasses import dataclass
from traceback import format_exception
from typing import TYPE_CHECKING, NoReturn

from bridge.simulation.world import World
from tests.simulation.forks import Forks, Lost
from tests.simulation.judge import violations
from tests.simulation.shop import notified, status, updates

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.simulator.model import Request
    from tests.simulation.scenarios import Scenario

DOWN_FOR = 3.0
"""Virtual seconds until the daemon is started again."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        steps: how many it took.
        crashed: whether the crash came.
        in_flight: whether it came while a write that notifies subscribers was on its way.
        found: what was wrong in the end.
        trace: readable, if anything was.
        trace_hash: of the loop.
    """

    steps: int = 0
    crashed: bool = False
    in_flight: bool = False
    found: tuple[str, ...] = ()
    trace: str = ""
    trace_hash: str = ""


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A scenario that was left alone once, and the same killed at many steps."""

    whole: Run
    crashes: dict[int, Run]


class _Crash:
    """The one crash of a run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.came = self.in_flight = False

    def come(self) -> None:
        """Kill the daemon now, and start it again after a while."""
        world = self._world
        world.loop.go_on_in_a_copy()
        world.loop.on_step = None
        self.came = True
        self.in_flight = any(map(_notifies, world.network.under_way))
        world.crash()
        with world.loop.outside():
            world.loop.call_later(DOWN_FOR, world.start)


def play(scenario: Scenario, seed: int, *, crash_at: int | None = None, keep_trace: bool = False) -> Run:
    """Play a scenario; with `crash_at`, kill the daemon before that step and start it again."""
    return _play(scenario, seed, lambda step: step == crash_at, keep_trace=keep_trace)


def crash_at_each(
    scenario: Scenario,
    seed: int,
    *,
    every: int = 1,
    at_once: int = 2,
) -> Enumeration:
    """Play a scenario once, and at every so-manieth step split off a copy in which the daemon is killed there.

    What such a copy does is what `play` with that step does from the beginning, to the last step; the way there is not played again.
    """
    forks = Forks(at_once=at_once)
    # What is there now is nobody's garbage: a collection in the original would copy every page of it.
    gc.collect()
    gc.freeze()
    try:
        whole = _play(
            scenario,
            seed,
            lambda step: (step - 1) % every == 0 and forks.split(step),
            ended=lambda run: forks.say(run) if forks.is_copy else None,
        )
        gathered = forks.gather()
    except BaseException as error:
        if forks.is_copy:
            _die(forks, error)
        raise
    finally:
        forks.end()
        gc.unfreeze()
    return Enumeration(whole, {step: _as_run(gathered[step]) for step in sorted(gathered)})


def _play(
    scenario: Scenario,
    seed: int,
    is_due: Callable[[int], bool],
    *,
    ended: Callable[[Run], object] = lambda _: None,
    keep_trace: bool = False,
) -> Run:
    with World(seed, scenario.rules, scenario.settings) as world:
        crash = _Crash(world)

        def before(step: int) -> None:
            if is_due(step):
                crash.come()

        world.loop.on_step = before
        world.start()
        for seconds in scenario.script(world, scenario.pace):
            world.run_for(seconds)
        found = (*violations(world), *_ending(scenario, world))
        run = Run(
            world.loop.steps,
            crash.came,
            crash.in_flight,
            found,
            world.trace() if found or keep_trace else "",
            world.loop.trace_hash(),
        )
        ended(run)
        return run


def _die(forks: Forks, error: BaseException) -> NoReturn:
    forks.say(Lost("".join(format_exception(error))))


def _as_run(gathered: Run | Lost) -> Run:
    if isinstance(gathered, Lost):
        return Run(crashed=True, found=(f"the run itself ended: {gathered.why}",))
    return gathered


def _notifies(request: Request) -> bool:
    """Whether it asks the page to tell subscribers."""
    if request.method not in {"POST", "PATCH"} or "/incidents" not in request.path:
        return False
    return json.loads(request.body)["incident"].get("deliver_notifications") is True


def _ending(scenario: Scenario, world: World) -> list[str]:
    """I5, and what must not be lost: how the page must end."""
    found = []
    shown = {name: status(world, name) for name in scenario.shown}
    if shown != scenario.shown:
        found.append(f"I5: in the end the page shows {shown}")
    ends = tuple(told[-1] for told in updates(world))
    if ends != scenario.ends:
        found.append(f"I5: in the end the incidents are {ends}")
    if len(notified(world)) != scenario.notified:
        found.append(f"I3: subscribers were told {notified(world)}")
    return found
