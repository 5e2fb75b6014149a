"""`make simulate`: random runs of the whole daemon on virtual time; the readable trace of one; a failing one made short; and whether runs are the same in every process."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter  # noqa: TID251 - the wall time of a campaign is its result
from typing import TYPE_CHECKING

import structlog

from bridge.simulator.faults import Arm, FaultKind
from tests.simulation.campaign import Result, play, run_operated, run_ruled, run_seed
from tests.simulation.course import Deed, draw_course
from tests.simulation.operators import OPERATORS, draw_operated
from tests.simulation.regime import REVIEWERS, draw_ruled
from tests.simulation.shrinker import shrink

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.course import Course

ORDINARY = frozenset({Deed.BREAK, Deed.MEND, Deed.CLOSE_OWN})


@dataclass(frozen=True, slots=True)
class Workload:
    """A kind of course.

    Attributes:
        draw: the course of a seed.
        run: plays it.
        without: deeds that never happen in it.
    """

    draw: Callable[[int], Course]
    run: Callable[[int], Result]
    without: frozenset[Deed]

    @property
    def fault_classes(self) -> tuple[str, ...]:
        """Every one of them must be met, or nothing was proven of it."""
        deeds = [str(deed) for deed in Deed if deed not in ORDINARY | self.without]
        return (*map(str, FaultKind), *deeds, "stale_list")


PLAIN = Workload(draw_course, run_seed, OPERATORS | REVIEWERS)
OPERATED = Workload(draw_operated, run_operated, REVIEWERS | {Deed.LOSE_DISK})
RULED = Workload(draw_ruled, run_ruled, OPERATORS | {Deed.LOSE_DISK})

INVARIANTS = {
    "I1": "every acknowledged alert is in the store after any crash",
    "I2": "at most one live incident for each incident rule and group",
    "I3": "at most one notification for each transition",
    "I4": "arrivals in any 60 s within the limit",
    "I5": "the page is right S + 120 s after the faults stop",
    "I6": "no write to somebody else's incident, and each notifying update follows a clean reading",
    "I7": "metric points on the grid, and no gap where there was input",
    "I8": "no public change while blind (judged with I14 and I15: blind, frozen and dead time counts for nothing)",
    "I9": "only calls of the allow-list",
    "I10": "no label or annotation leaves (logs and metrics: tests/simulation/test_canary.py)",
    "I11": "what is stored is bounded by keys",
    "I12": "same seed, same trace (--determinism)",
    "I13": "every intent ends",
    "I14": "unknown never causes a write towards operational",
    "I15": "no component without a claim, and none over a person's value",
}
LATER = {
    "I4 through two replicas": "leases, with Postgres",
    "I8 for a source that speaks for a dead one": "watchdogs; that one falls silent is judged in tests/simulation/guards",
}


def main() -> int:
    """Run what the arguments say. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="run one seed and print its trace")
    parser.add_argument("--shrink", action="store_true", help="with --seed: make a failing run short first")
    parser.add_argument("--seeds", type=int, default=200, help="run so many seeds")
    parser.add_argument("--first", type=int, default=0, help="begin with this seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--summary", type=Path, help="write the figures as JSON")
    parser.add_argument(
        "--unknown", type=int, default=0, help="fail below so many unknown outcomes of each arm"
    )
    parser.add_argument(
        "--determinism",
        type=int,
        default=0,
        metavar="N",
        help="play N seeds in two processes with different PYTHONHASHSEED and compare",
    )
    parser.add_argument(
        "--operators", action="store_true", help="with operators who command the bridge in every seed"
    )
    parser.add_argument(
        "--regime", action="store_true", help="with drafts, and maintenances of the rules, in every seed"
    )
    parser.add_argument("--hashes", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    _quiet()
    if arguments.seed is not None:
        return _one(arguments.seed, _workload(arguments), short=arguments.shrink)
    if arguments.hashes:
        return _print_hashes(arguments.hashes)
    if arguments.determinism:
        return _determinism(arguments.determinism)
    return _many(arguments)


def _workload(arguments: argparse.Namespace) -> Workload:
    return OPERATED if arguments.operators else RULED if arguments.regime else PLAIN


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    # Worlds are rings of references: a collection in the middle of a run costs more than it frees.
    gc.set_threshold(50_000, 20, 20)


def _one(seed: int, workload: Workload, *, short: bool) -> int:
    course = workload.draw(seed)
    if short:
        names = {violation[:3] for violation in play(course).violations}
        course = shrink(
            course, lambda tried: bool({violation[:3] for violation in play(tried).violations} & names)
        )
    result = play(course, keep_trace=True)
    sys.stdout.write(f"{course}\n\n{result.trace}\n\n")
    sys.stdout.write(f"seed {seed}: {result.steps} steps, trace {result.trace_hash}\n")
    return _tell(result)


def _tell(result: Result) -> int:
    for violation in result.violations:
        sys.stdout.write(f"seed {result.seed}: {violation}\n")
    return 1 if result.violations else 0


def _many(arguments: argparse.Namespace) -> int:
    started = perf_counter()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    with ProcessPoolExecutor(arguments.processes, initializer=_quiet) as pool:
        results = []
        for result in pool.map(_workload(arguments).run, seeds, chunksize=4):
            results.append(result)
            if result.violations:  # a long campaign should not keep that to itself until its end
                sys.stderr.write(f"seed {result.seed}: {'; '.join(result.violations)}\n")
                result.trace = ""
    elapsed = perf_counter() - started
    classes = _workload(arguments).fault_classes
    faults, unknown = Counter(dict.fromkeys(classes, 0)), Counter({str(arm): 0 for arm in Arm})
    for result in results:
        faults.update(result.faults)
        unknown.update(result.unknown)
    hours = sum(result.seconds for result in results) / 3600
    figures = {
        "seeds": len(results),
        "first_seed": arguments.first,
        "virtual_hours": round(hours, 1),
        "steps": sum(result.steps for result in results),
        "incidents": sum(result.incidents for result in results),
        "notifications": sum(result.notifications for result in results),
        "faults": dict(sorted(faults.items())),
        "faults_in_all": sum(faults.values()),
        "unknown_notifying_writes": dict(sorted(unknown.items())),
        "invariants": INVARIANTS,
        "later": LATER,
        "violations": dict(
            sorted(
                Counter(
                    violation[:3].rstrip(":") for result in results for violation in result.violations
                ).items()
            )
        ),
        "failed_seeds": [result.seed for result in results if result.violations],
        "wall_seconds": round(elapsed, 1),
        "virtual_hours_per_second": round(hours / elapsed, 2),
        "faults_per_second": round(sum(faults.values()) / elapsed, 1),
    }
    if arguments.summary is not None:
        arguments.summary.write_text(json.dumps(figures, indent=2) + "\n")
    for name, figure in figures.items():
        if isinstance(figure, dict):
            sys.stdout.write(f"{name}\n")
            sys.stdout.writelines(f"  {key:<26}{value}\n" for key, value in figure.items())
        else:
            sys.stdout.write(f"{name:<28}{figure}\n")
    worst = max((_tell(result) for result in results), default=0)
    return max(worst, _lacking(faults, unknown, arguments))


def _lacking(faults: Counter[str], unknown: Counter[str], arguments: argparse.Namespace) -> int:
    """A fault that was never met proves nothing; a few seeds are not asked for all."""
    lacking = (
        [f"no {name} was met" for name in _workload(arguments).fault_classes if not faults[name]]
        if arguments.unknown
        else []
    )
    lacking += [
        f"{count} unknown outcomes of the arm {arm}, fewer than {arguments.unknown}"
        for arm, count in sorted(unknown.items())
        if count < arguments.unknown
    ]
    sys.stdout.writelines(f"{one}\n" for one in lacking)
    return 1 if lacking else 0


def _print_hashes(seeds: int) -> int:
    with ProcessPoolExecutor(1, initializer=_quiet) as pool:
        for result in pool.map(run_seed, range(seeds)):
            sys.stdout.write(f"{result.seed} {result.trace_hash} {result.steps}\n")
    return 0


def _determinism(seeds: int) -> int:
    """I12: the same trace in two processes whose hashes of strings differ."""
    command = [sys.executable, "-m", "tests.simulate", "--hashes", str(seeds)]
    started = [
        subprocess.Popen(  # noqa: S603 - our own module
            command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, stdout=subprocess.PIPE, text=True
        )
        for hash_seed in ("1", "4242")
    ]
    first, second = (process.communicate()[0].splitlines() for process in started)
    different = [one for one, other in zip(first, second, strict=True) if one != other]
    complete = len(first) == seeds and all(process.returncode == 0 for process in started)
    sys.stdout.write(f"determinism: {len(first)} seeds in two processes, {len(different)} differ\n")
    sys.stdout.writelines(f"  {line}\n" for line in different)
    return 0 if complete and not different else 1


if __name__ == "__main__":
    sys.exit(main())
