"""The process in which one copy of the product is tried. Prints one line of JSON; whoever started it decides what that means.

An error of the mutant itself is reported beside the violations and is never one of them: a mutant that crashes proves nothing about an invariant.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

import bridge


def main() -> int:
    """Try what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copy", type=Path, required=True, help="the folder that `bridge` must come from")
    parser.add_argument("--scenario", help="one scenario instead of seeds")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument(
        "--invariant", action="append", default=[], help="stop at a violation of it; none given: of any"
    )
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    origin = Path(bridge.__file__).resolve()
    if not origin.is_relative_to(arguments.copy.resolve()):
        sys.stderr.write(f"bridge is {origin}, not the copy in {arguments.copy}\n")
        return 1
    report = _tried(_trials(arguments), set(arguments.invariant))
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


Trial = Callable[[], list[str]]


def _trials(arguments: argparse.Namespace) -> Iterable[Trial]:
    if arguments.scenario is not None:
        from tests.mutants.scenarios import SCENARIOS

        return [SCENARIOS[arguments.scenario]]
    from tests.simulation.campaign import run_seed

    seeds = range(arguments.first, arguments.first + arguments.seeds)
    return [lambda seed=seed: run_seed(seed).violations for seed in seeds]  # type: ignore[misc]


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
