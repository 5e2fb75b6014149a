"""`make kills`: runs side by side, each with its own page, daemon and store, until so many processes were killed."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter  # noqa: TID251 - the wall time of the runs is part of their result
from typing import TYPE_CHECKING, Any

import structlog

from bridge.simulator.faults import Arm
from tests.kills.moments import Moment
from tests.kills.run import Result, play
from tests.kills.statuspage import WRITES
from tests.mutants.copies import copied
from tests.mutants.patches import read_mutants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EACH = 15
"""Kills of one run: two minutes, of which the first is slow, because nothing is known yet of the window of the rate limit."""

MANY = 150
"""Kills from which on every fault has to have been met."""

KINDS = ("create_incident", "update_incident", "set_component")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="in all")
    parser.add_argument("--seed", type=int, default=1, help="what is drawn is drawn from it")
    parser.add_argument("--together", type=int, default=2, help="runs at a time")
    parser.add_argument("--mutant", help="a patch of tests/mutants/: succeed if a run finds what it breaks")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave stores and logs there")
    parser.add_argument("--summary", type=Path, help="write the figures as JSON")
    chosen = parser.parse_args(arguments)
    mutant = None
    if chosen.mutant is not None:
        known = {one.name: one for one in read_mutants()}
        if chosen.mutant not in known:
            parser.error(f"no such mutant: {chosen.mutant}")
        mutant = known[chosen.mutant]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = perf_counter()
    with ExitStack() as opened:
        # A copy in any case: whoever works on the source meanwhile does not change what is tried.
        product = opened.enter_context(copied(mutant))
        folder = chosen.keep or Path(opened.enter_context(TemporaryDirectory(prefix="kills-")))
        try:
            results = asyncio.run(_all(chosen, folder, product))
        except asyncio.CancelledError:
            sys.stderr.write("ended from outside\n")
            return 1
    figures = _figures(results, perf_counter() - began)
    _tell(figures)
    if chosen.summary is not None:
        chosen.summary.write_text(json.dumps(figures, indent=2) + "\n")
    if mutant is not None:
        caught = any(one.partition(":")[0] in mutant.invariants for one in figures["findings"])
        sys.stdout.write(f"{mutant.name}: {'caught' if caught else 'nothing that it breaks was found'}\n")
        return 0 if caught else 1
    return 1 if figures["findings"] or figures["lacking"] else 0


async def _all(chosen: argparse.Namespace, folder: Path, product: Path) -> list[Result]:
    turn = asyncio.Semaphore(chosen.together)
    # A time limit ends this process by SIGTERM; those that it started are to end with it.
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)

    async def one(number: int) -> Result:
        async with turn:
            own = folder / str(number)
            own.mkdir(parents=True)
            kills = min(EACH, chosen.kills - number * EACH)
            result = await play(f"{chosen.seed}.{number}", kills, folder=own, product=product)
            for finding in result.findings:
                sys.stderr.write(f"run {result.seed}: {finding}\n")
            return result

    runs = [asyncio.create_task(one(number)) for number in range(-(-chosen.kills // EACH))]
    results = []
    for run in asyncio.as_completed(runs):
        results.append(await run)
        if results[-1].findings and chosen.mutant is not None:
            break  # of a mutant one is enough
    for task in runs:
        task.cancel()
    await asyncio.gather(*runs, return_exceptions=True)
    return sorted(results, key=lambda result: result.seed)


def _sum(counters: Iterable[Any]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for counter in counters:
        total.update({str(name): count for name, count in counter.items()})
    return dict(sorted(total.items()))


def _figures(results: list[Result], seconds: float) -> dict[str, Any]:
    starts = sorted(start for result in results for start in result.starts)
    under_way = {**dict.fromkeys(KINDS, 0), **_sum(result.under_way for result in results)}
    kills = {**{str(moment): 0 for moment in Moment}, **_sum(result.kills for result in results)}
    figures: dict[str, Any] = {
        "runs": [result.seed for result in results],
        "kills": sum(kills.values()),
        "kills_by_moment": kills,
        "writes_left_without_an_outcome": under_way,
        "deliveries": _sum(result.deliveries for result in results),
        "acknowledged_alerts_looked_for": sum(result.acknowledged for result in results),
        "requests": sum(result.requests for result in results),
        "incidents": sum(result.incidents for result in results),
        "notifications": sum(result.notifications for result in results),
        "faults": _sum(result.faults for result in results),
        "unknown_notifying_writes": _sum(result.unknown for result in results),
        "seconds_of_a_start": [round(starts[0], 2), round(starts[-1], 2)] if starts else [],
        "right_after_seconds": [
            None if result.right_after is None else round(result.right_after, 1) for result in results
        ],
        "findings": [finding for result in results for finding in result.findings],
        "wall_seconds": round(seconds, 1),
    }
    return {**figures, "lacking": _lacking(figures)}


def _lacking(figures: dict[str, Any]) -> list[str]:
    """What was never met proves nothing; a few kills are not asked for all."""
    if figures["kills"] < 2 * EACH or figures["findings"]:
        return []
    never = [moment for moment, count in figures["kills_by_moment"].items() if not count]
    if not sum(figures["writes_left_without_an_outcome"].values()):
        never.append("a write under way")
    lacking = [f"no kill {moment}" for moment in never]
    if figures["kills"] >= MANY:
        lacking += [
            f"no {rule['kind']} was met" for rule in WRITES if not figures["faults"].get(str(rule["kind"]))
        ]
        lacking += [
            f"no notifying write was {arm}" for arm in Arm if not figures["unknown_notifying_writes"].get(arm)
        ]
    return lacking


def _tell(figures: dict[str, Any]) -> None:
    for name, figure in figures.items():
        if isinstance(figure, dict):
            sys.stdout.write(f"{name}\n")
            sys.stdout.writelines(f"  {key:<32}{value}\n" for key, value in figure.items())
        else:
            sys.stdout.write(f"{name:<34}{figure}\n")


if __name__ == "__main__":
    sys.exit(main())
