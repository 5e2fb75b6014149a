"""The process in which one copy of the product is tried. Prints one line of JSON, or a trace's hash for each seed; whoever started it decides what that means.

An error of the mutant itself is reported beside the violations and is never one of them: a mutant that crashes proves nothing about an invariant.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import structlog

import bridge


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what the arguments say. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copy", type=Path, required=True, help="the folder that `bridge` must come from")
    parser.add_argument("--scenario", help="one scenario instead of seeds")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument(
        "--trace",
        type=int,
        action="append",
        metavar="SEED",
        help="print its trace's hash instead of a verdict",
    )
    parser.add_argument(
        "--invariant", action="append", default=[], help="stop at a violation of it; none given: of any"
    )
    chosen = parser.parse_args(arguments)
    origin = Path(bridge.__file__).resolve()
    if not origin.is_relative_to(chosen.copy.resolve()):
        sys.stderr.write(f"bridge is {origin}, not the copy in {chosen.copy}\n")
        return 1
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    if chosen.trace:
        sys.stdout.writelines(f"{trace}\n" for trace in _traces(chosen.trace))
        return 0
    report = _tried(_trials(chosen), set(chosen.invariant))
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


Trial = Callable[[], list[str]]


def _trials(chosen: argparse.Namespace) -> Iterable[Trial]:
    if chosen.scenario is not None:
        from tests.mutants.scenarios import SCENARIOS

        return [SCENARIOS[chosen.scenario]]
    from tests.simulation.campaign import run_seed

    seeds = range(chosen.first, chosen.first + chosen.seeds)
    return [lambda seed=seed: run_seed(seed).violations for seed in seeds]  # type: ignore[misc]


def _traces(seeds: Iterable[int]) -> list[str]:
    from tests.simulation.campaign import run_seed

    return [run_seed(seed).trace_hash for seed in seeds]


def _tried(trials: Iterable[Trial], wanted: set[str]) -> dict[str, object]:
    tried, error = 0, ""
    others: dict[str, None] = {}
    for trial in trials:
        tried += 1
        try:
            found = trial()
        except Exception:  # noqa: BLE001 - whatever a mutant raises; it may misbehave in the next run all the same
            error = error or traceback.format_exc()
            continue
        caught = [violation for violation in found if not wanted or _invariant(violation) in wanted]
        if caught:
            return {"tried": tried, "violations": caught, "others": [*others], "error": error}
        others.update(dict.fromkeys(map(_invariant, found)))
    return {"tried": tried, "violations": [], "others": [*others], "error": error}


def _invariant(violation: str) -> str:
    return violation.partition(":")[0]


if __name__ == "__main__":
    sys.exit(main())
