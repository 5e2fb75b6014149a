"""The clock of the daemon: its own time never jumps, and the time of others follows the machine's clock."""

from __future__ import annotations

import asyncio
from random import Random  # noqa: TID251 - seeded; the loop asks for it
from typing import TYPE_CHECKING

import pytest

from bridge.clock import STEP, Clock
from bridge.simulation.loop import SimulationLoop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

EPOCH = 1_800_000_000.0


class Machine:
    """The machine's clock: the loop's time, and by how much somebody moved it."""

    def __init__(self) -> None:
        """Begin with the epoch."""
        self.moved = EPOCH

    def read(self) -> float:
        """Unix seconds."""
        return self.moved + asyncio.get_running_loop().time()


def lived(life: Callable[[Machine, Clock], Awaitable[None]]) -> None:
    """Live on virtual time, with a clock that is anchored to a machine's."""

    async def live() -> None:
        machine = Machine()
        await life(machine, Clock(machine.read))

    with SimulationLoop(Random(7), start=50.0) as loop:
        loop.run_until_complete(live())


def close_to(seconds: float) -> object:
    """Trust sums of Unix seconds to a tenth of a millisecond."""
    return pytest.approx(seconds, rel=0, abs=1e-4)


def test_both_times_go_as_the_loop_does() -> None:
    async def life(machine: Machine, clock: Clock) -> None:
        assert (clock.now(), clock.wall()) == (close_to(machine.read()),) * 2
        before = clock.now()
        await asyncio.sleep(600)
        assert clock.now() - before == close_to(600)
        assert clock.wall() == close_to(machine.read())
        assert clock.anchor() == close_to(0)

    lived(life)


# By how much the machine's clock moved at once, and by how much our own time goes with it.
MOVES = {
    "a drift forwards is taken over": (0.9, 0.9),
    "a drift backwards is taken over": (-0.9, -0.9),
    "a clock that was set ahead moves nothing of ours": (3600.0, 0.0),
    "a clock that was set back moves nothing of ours": (-3600.0, 0.0),
    "a step begins just above a second": (STEP + 0.001, 0.0),
}


@pytest.mark.parametrize(("moved", "ours"), MOVES.values(), ids=MOVES)
def test_a_move_of_the_machines_clock(moved: float, ours: float) -> None:
    async def life(machine: Machine, clock: Clock) -> None:
        before, wall = clock.now(), clock.wall()
        machine.moved += moved
        assert (clock.now(), clock.wall()) == (before, wall), "nothing moves before it was looked at"
        assert clock.anchor() == close_to(moved)
        assert clock.now() - before == close_to(ours)
        assert clock.wall() == close_to(machine.read())
        assert clock.anchor() == close_to(0)

    lived(life)


def test_what_lasts_ten_minutes_lasts_ten_minutes_whatever_is_set_meanwhile() -> None:
    async def life(machine: Machine, clock: Clock) -> None:
        before = clock.now()
        for step in (7200.0, -86_400.0, 30.0, -2.0):
            machine.moved += step
            clock.anchor()
            await asyncio.sleep(150)
        assert clock.now() - before == close_to(600)
        assert clock.wall() == close_to(machine.read())

    lived(life)


def test_drift_after_a_step_is_taken_over_and_the_step_stays() -> None:
    async def life(machine: Machine, clock: Clock) -> None:
        machine.moved += 3600.0
        clock.anchor()
        ahead = clock.wall() - clock.now()
        for _ in range(5):
            machine.moved += 0.25
            assert clock.anchor() == close_to(0.25)
        assert clock.wall() - clock.now() == close_to(ahead)
        assert clock.now() == close_to(machine.read() - 3600.0)

    lived(life)


def test_a_clock_needs_a_loop_that_runs() -> None:
    with pytest.raises(RuntimeError):
        Clock(lambda: EPOCH)
