"""`make crashes`: every scenario, killed at every step."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter  # noqa: TID251 - the wall time of a campaign is its result

import structlog

from tests.simulation.crashes import Run, play
from tests.simulation.scenarios import SCENARIOS


def main() -> int:
    """Run what the arguments say. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make crashes", description=__doc__)
    parser.add_argument("--scenarios", type=int, default=6, help="the first so many scenarios")
    parser.add_argument("--seeds", type=int, default=1, help="each with so many seeds")
    parser.add_argument(
        "--most",
        type=int,
        default=0,
        help="at most so many runs for a scenario and seed, spread; 0 for every step",
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--summary", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args()
    started = perf_counter()
    rows = []
    failed = 0
    with ProcessPoolExecutor(arguments.processes, initializer=_quiet) as pool:
        for index, scenario in enumerate(SCENARIOS[: arguments.scenarios]):
            for seed in range(arguments.seeds):
                steps = play(scenario, seed).steps
                every = -(-steps // arguments.most) if arguments.most else 1
                chosen = range(0, steps, every)
                runs = list(pool.map(partial(_crash, index, seed), chosen, chunksize=16))
                bad = [(step, run.found) for step, run in zip(chosen, runs, strict=True) if run.found]
                rows.append(
                    {
                        "scenario": scenario.name,
                        "seed": seed,
                        "steps": steps,
                        "runs": len(runs),
                        "failed": len(bad),
                    }
                )
                failed += len(bad)
                sys.stdout.write(
                    f"{scenario.name:<28} seed {seed}  {steps:>6} steps  {len(runs):>6} runs  {len(bad)} failed\n"
                )
                for step, found in bad[:5]:
                    sys.stdout.write(f"    crash at step {step}: {'; '.join(found)}\n")
                sys.stdout.flush()
    elapsed = perf_counter() - started
    total = sum(int(str(row["runs"])) for row in rows)
    sys.stdout.write(f"{total} runs, {failed} failed, {elapsed:.0f} s, {total / elapsed:.1f} runs a second\n")
    if arguments.summary is not None:
        arguments.summary.write_text(
            json.dumps({"runs": total, "failed": failed, "seconds": round(elapsed), "rows": rows}, indent=2)
            + "\n"
        )
    return 1 if failed else 0


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _crash(index: int, seed: int, step: int) -> Run:
    return play(SCENARIOS[index], seed, crash_at=step)


if __name__ == "__main__":
    _quiet()
    sys.exit(main())
