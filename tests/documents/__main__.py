"""`make contract`: the client and the simulator against the vendor's document, with the figures. Ends with 1 when something does not hold."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.documents.coverage import cover
from tests.documents.defects import DEFECTS
from tests.documents.fuzzing import all_operations, storm, succeeded

LEAST_CASES = 2000


def main() -> int:
    """Cover every operation, then storm each."""
    parser = argparse.ArgumentParser(prog="make contract", description=__doc__)
    parser.add_argument("--cases", type=int, default=40, help="the most for each operation")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    coverage = asyncio.run(cover())
    wrong = [*coverage.problems, *(f"never answered: {one}" for one in coverage.missing())]
    operations = all_operations()
    _say(f"{len(DEFECTS)} known defects of the document, each still there, mended")
    _say(
        f"{len(coverage.answered)} of {len(operations)} operations covered by the client, {len(wrong)} problems"
    )

    cases = 0
    for operation, statuses in storm(operations, per_operation=arguments.cases, number=arguments.seed):
        cases += statuses.total()
        if not succeeded(statuses):
            wrong.append(f"never a success among random requests: {operation} {dict(statuses)}")
    _say(f"{cases} random requests, every answer is the document's")
    if cases < LEAST_CASES:
        wrong.append(f"only {cases} cases, not {LEAST_CASES}")
    for problem in wrong:
        _say(problem)
    return 1 if wrong else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
