"""`make simulate`: random runs of the whole daemon on virtual time, and the readable trace of one seed."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter  # noqa: TID251 - the wall time of a campaign is its result

import structlog

from tests.simulation.campaign import Result, run_seed


def main() -> int:
    """Run what the arguments say. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="run one seed and print its trace")
    parser.add_argument("--seeds", type=int, default=200, help="run seeds 0 to N-1")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--summary", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if arguments.seed is not None:
        return _one(arguments.seed)
    return _many(arguments.seeds, arguments.processes, arguments.summary)


def _one(seed: int) -> int:
    result = run_seed(seed, keep_trace=True)
    sys.stdout.write(f"{result.trace}\n\nseed {seed}: {result.steps} steps, trace {result.trace_hash}\n")
    return _tell(result)


def _tell(result: Result) -> int:
    for violation in result.violations:
        sys.stdout.write(f"seed {result.seed}: {violation}\n")
    return 1 if result.violations else 0


def _many(seeds: int, processes: int, summary: Path | None) -> int:
    started = perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        results = list(pool.map(run_seed, range(seeds), chunksize=4))
    elapsed = perf_counter() - started
    faults: Counter[str] = Counter()
    for result in results:
        faults.update(result.faults)
    figures = {
        "seeds": seeds,
        "virtual_hours": round(sum(result.seconds for result in results) / 3600, 1),
        "steps": sum(result.steps for result in results),
        "crashes": sum(result.crashes for result in results),
        "incidents": sum(result.incidents for result in results),
        "faults": dict(sorted(faults.items())),
        "failed_seeds": [result.seed for result in results if result.violations],
        "wall_seconds": round(elapsed, 1),
        "virtual_hours_per_second": round(sum(result.seconds for result in results) / 3600 / elapsed, 2),
    }
    if summary is not None:
        summary.write_text(json.dumps(figures, indent=2) + "\n")
    for name, figure in figures.items():
        sys.stdout.write(f"{name:<26}{figure}\n")
    return max((_tell(result) for result in results), default=0)


if __name__ == "__main__":
    sys.exit(main())
