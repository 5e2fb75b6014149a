"""`make crashes`: scenarios killed at every step, one run for each. It holds itself to how much it must have tried, and ends with 1 when it found something or tried less.

By default every scenario at a brisk pace: less waiting in between, the same writes. `--full` is for a campaign: at the pace of the product's own defaults.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import perf_counter  # noqa: TID251 - the wall time of a campaign is its result
from typing import Any

import structlog

from tests.simulation.crashes import Enumeration, crash_at_each, play
from tests.simulation.scenarios import BRISK, SCENARIOS, Scenario

TOLD = 5
"""Failed runs of which a scenario tells."""


@dataclass(frozen=True, slots=True)
class Least:
    """How much must have been tried."""

    scenarios: int
    runs: int
    steps: int = 200


ONE = Least(scenarios=1, runs=1)
CI = Least(scenarios=6, runs=2_000)
CAMPAIGN = Least(scenarios=12, runs=20_000)


def main() -> int:
    """Run what the arguments say. Returns the exit code."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=True
    )
    parser = argparse.ArgumentParser(prog="make crashes", description=__doc__)
    parser.add_argument("--full", action="store_true", help="twelve scenarios at the pace of the defaults")
    parser.add_argument("--scenarios", type=int, default=len(SCENARIOS), help="the first so many scenarios")
    parser.add_argument("--seed", type=int, default=0, help="of the schedule; the first of several")
    parser.add_argument("--seeds", type=int, default=1, help="each scenario with so many schedules")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--summary", type=Path, help="write the figures as JSON")
    parser.add_argument("--only", metavar="NAME", help="one scenario")
    parser.add_argument(
        "--step", type=int, help="with --only: kill it at this step alone, and print the trace"
    )
    arguments = parser.parse_args()
    scenarios = SCENARIOS if arguments.full else tuple(scenario.at(BRISK) for scenario in SCENARIOS)
    if arguments.only is not None:
        scenarios = tuple(scenario for scenario in scenarios if scenario.name == arguments.only)
        if not scenarios:
            parser.error(f"the scenarios are: {', '.join(scenario.name for scenario in SCENARIOS)}")
    if arguments.step is not None:
        if arguments.only is None:
            parser.error("--step needs --only")
        return _one(scenarios[0], arguments.seed, arguments.step)
    return _all(
        scenarios[: arguments.scenarios],
        ONE if arguments.only else CAMPAIGN if arguments.full or arguments.seeds > 1 else CI,
        seeds=range(arguments.seed, arguments.seed + arguments.seeds),
        processes=arguments.processes,
        summary=arguments.summary,
    )


def _one(scenario: Scenario, seed: int, step: int) -> int:
    run = play(scenario, seed, crash_at=step, keep_trace=True)
    sys.stdout.write(
        f"{run.trace}\n\n{scenario.name}, seed {seed}, killed at step {step}: {run.steps} steps\n"
    )
    for found in run.found:
        sys.stdout.write(f"{found}\n")
    return 1 if run.found else 0


def _all(
    scenarios: tuple[Scenario, ...], least: Least, *, seeds: range, processes: int, summary: Path | None
) -> int:
    started = perf_counter()
    rows = []
    short = []
    for scenario, seed in product(scenarios, seeds):
        began = perf_counter()
        enumeration = crash_at_each(scenario, seed, at_once=processes)
        row = _figures(scenario, enumeration) | {"seed": seed, "seconds": round(perf_counter() - began, 1)}
        rows.append(row)
        short += _missing(scenario, row, least)
        sys.stdout.write(
            "{scenario:<28}seed {seed}{steps:>6} steps {runs:>6} runs {in_flight:>3} in flight {failed:>3} failed {seconds:>6} s\n".format(
                **row
            )
        )
        for sentence in enumeration.whole.found:
            sys.stdout.write(f"    left alone: {sentence}\n")
        bad = [(step, run.found) for step, run in enumeration.crashes.items() if run.found]
        for step, found in bad[:TOLD]:
            sys.stdout.write(f"    killed at step {step}: {'; '.join(found)}\n")
        sys.stdout.flush()
    elapsed = perf_counter() - started
    runs, failed = (sum(row[name] for row in rows) for name in ("runs", "failed"))
    if len(scenarios) < least.scenarios or runs < least.runs:
        short.append(
            f"{len(scenarios)} scenarios and {runs} runs; at least {least.scenarios} and {least.runs} are needed"
        )
    for sentence in short:
        sys.stdout.write(f"too little: {sentence}\n")
    sys.stdout.write(f"{runs} runs, {failed} failed, {elapsed:.0f} s, {runs / elapsed:.1f} runs a second\n")
    if summary is not None:
        figures = {
            "scenarios": len(scenarios),
            "runs": runs,
            "failed": failed,
            "in_flight": sum(row["in_flight"] for row in rows),
            "too_little": short,
            "wall_seconds": round(elapsed, 1),
            "rows": rows,
        }
        summary.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if failed or short else 0


def _figures(scenario: Scenario, enumeration: Enumeration) -> dict[str, Any]:
    runs = enumeration.crashes.values()
    return {
        "scenario": scenario.name,
        "steps": enumeration.whole.steps,
        "runs": sum(run.crashed for run in runs),
        "in_flight": sum(run.in_flight for run in runs),
        "failed": sum(bool(run.found) for run in (enumeration.whole, *runs)),
    }


def _missing(scenario: Scenario, row: dict[str, Any], least: Least) -> list[str]:
    """What was not tried and should have been."""
    missing = []
    if row["steps"] < least.steps:
        missing.append(f"{scenario.name} has {row['steps']} steps; {least.steps} are needed")
    if row["runs"] != row["steps"]:
        missing.append(f"{scenario.name} was killed {row['runs']} times in {row['steps']} steps")
    if scenario.notified and not row["in_flight"]:
        missing.append(f"{scenario.name} was never killed while a notifying write was in flight")
    return missing


if __name__ == "__main__":
    sys.exit(main())
