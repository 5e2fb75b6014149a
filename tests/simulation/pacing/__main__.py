"""`make pacing`: how much of the rate limit is used, that none of it is exceeded, and what a storm is to readers; every figure beside what it must be."""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter  # noqa: TID251 - the wall time of a campaign is its result
from typing import TYPE_CHECKING

import structlog

from tests.simulation.pacing.naive import forwarded
from tests.simulation.pacing.patterns import play
from tests.simulation.pacing.saturation import AT_ONCE, CEILING, LONE, MINUTES, crash_loop, saturate
from tests.simulation.pacing.storm import FLAPPING, LANE, STORM, weather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.simulation.pacing.patterns import Verdict
    from tests.simulation.pacing.saturation import Figures
    from tests.simulation.pacing.storm import Healing

USED, OURS, AT_ONCE_WITHIN = 0.98, 57, 1.0
FULL = 0.05
"""Of the patterns, so many must use all that they may; else that none uses more would say little."""


def main() -> int:
    """Play all of it and print. Returns the exit code: 1 where a figure is not what it must be."""
    parser = argparse.ArgumentParser(prog="make pacing", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="saturated worlds of each kind")
    parser.add_argument("--storms", type=int, default=20)
    parser.add_argument("--patterns", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    started = perf_counter()
    with ProcessPoolExecutor(arguments.processes, initializer=_quiet) as pool:
        worlds = range(arguments.seeds)
        saturated = {
            "warm": list(pool.map(saturate, worlds)),
            "cold": list(pool.map(_cold, worlds)),
            "ten kills": list(pool.map(crash_loop, worlds)),
        }
        storms = range(arguments.storms)
        healed, rival = list(pool.map(weather, storms)), list(pool.map(forwarded, storms))
        verdicts = list(pool.map(play, range(arguments.patterns), chunksize=100))
    good = [_budget(saturated), _storm(healed, rival), _patterns(verdicts)]
    _say(f"\n{perf_counter() - started:.0f} s")
    return 0 if all(good) else 1


def _cold(seed: int) -> Figures:
    return saturate(seed, cold=True, bursts=0)


def _budget(saturated: dict[str, list[Figures]]) -> bool:
    _say(
        f"BUDGET: {len(LONE)} lone components that always differ, {MINUTES} virtual minutes, round trips of 0.05 to 2 s."
    )
    _say(f"The lanes leave {CEILING:.2f} calls a minute; {USED:.0%} of that are {USED * CEILING:.2f}.\n")
    _say(
        "start      seed  accepted a minute  of the ceiling  refused  in any 60 s  incidents: slowest of four  longest between writes of one"
    )
    good = True
    for start, runs in saturated.items():
        for seed, run in enumerate(runs):
            opened = f"{run.opened // AT_ONCE:3} times, {run.slowest:.3f} s" if run.opened else ""
            used = f"{run.accepted:17.2f}  {run.share:14.1%}" if start != "ten kills" else f"{'':17}  {'':14}"
            _say(
                f"{start:9}  {seed:4}  {used}  {run.refused:7}  {run.busiest:11}  {opened:26}  {run.longest_wait:6.0f} s"
            )
            good &= run.refused == 0 and run.busiest <= OURS and run.slowest <= AT_ONCE_WITHIN
            good &= start == "ten kills" or run.share >= USED
    _say(
        "\nwarm: the window before is known. cold: from the first second of an empty store. ten kills: within a minute."
    )
    return good


def _storm(healed: Sequence[Healing], rival: Sequence[Healing]) -> bool:
    _say(
        f"\nSTORM: {len(FLAPPING)} components flap for {STORM:.0f} virtual seconds; the lane leaves {LANE * 60:.1f} changes a minute.\n"
    )
    _say("      the bridge                                                       a bridge that forwards")
    _say(
        "seed  turns  calls  stale  overtaken  dirty  right after  allowed      calls  stale  overtaken  dirty  right after"
    )
    for seed, (ours, theirs) in enumerate(zip(healed, rival, strict=True)):
        _say(f"{seed:4}  {ours.events:5}  {_told(ours)}  {ours.allowed:5.1f} s      {_told(theirs)}")
    _say(
        "\nstale: not wanted any more when the call left. overtaken: wanted when it left, and not when it arrived, a latency later."
    )
    _say("allowed: 1.1 · dirty / lane + the wait for the first slot.")
    return all(
        one.stale == 0 and one.healed_after is not None and one.healed_after <= one.allowed for one in healed
    )


def _told(one: Healing) -> str:
    right = f"{one.healed_after:8.1f} s" if one.healed_after is not None else f"{'never':>10}"
    return f"{one.writes:5}  {one.stale:5}  {one.overtaken:9}  {one.dirty:5}  {right:>11}"


def _patterns(verdicts: Sequence[Verdict]) -> bool:
    over = [seed for seed, verdict in enumerate(verdicts) if verdict.most > verdict.limit]
    full = sum(verdict.most == verdict.limit for verdict in verdicts)
    met: Counter[str] = sum((verdict.met for verdict in verdicts), Counter())
    requests = sum(verdict.requests for verdict in verdicts)
    _say(
        f"\nPATTERNS: {len(verdicts)} of them, {requests} requests; {len(over)} over the limit, {full} used all that they may."
    )
    _say(", ".join(f"{what} {times}" for what, times in sorted(met.items())))
    if over:
        _say(f"over the limit: seeds {over[:20]}")
    return not over and full >= FULL * len(verdicts)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


if __name__ == "__main__":
    sys.exit(main())
