"""`make mutants`: every mutant is caught by what it names, and the product as it is passes the same. Ends with 1 when that is not so."""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter  # noqa: TID251 - the wall time of a run is its result
from typing import TYPE_CHECKING

from tests.mutants.hunt import Verdict, hunt, unmutated
from tests.mutants.named import NAMED, WAITING
from tests.mutants.patches import read_mutants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutants.patches import Mutant


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run over all of them.

    Attributes:
        verdicts: one for each mutant.
        broken: what the product as it is breaks under the same scenarios and seeds.
        seeds: so many of which the product as it is passed.
        seconds: wall time.
    """

    verdicts: list[Verdict]
    broken: list[str]
    seeds: int
    seconds: float

    @property
    def survivors(self) -> list[Verdict]:
        """The mutants that nothing noticed."""
        return [verdict for verdict in self.verdicts if not verdict.caught]

    @property
    def good(self) -> bool:
        """Whether the suite is worth what it claims."""
        return not self.survivors and not self.broken


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="this mutant; may be repeated")
    parser.add_argument(
        "--seeds", type=int, default=200, help="within how many seeds a mutant has to be caught"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the table as Markdown")
    chosen = parser.parse_args(arguments)
    mutants = read_mutants()
    if chosen.only:
        unknown = set(chosen.only) - {mutant.name for mutant in mutants}
        if unknown:
            parser.error(f"no such mutant: {', '.join(sorted(unknown))}")
        mutants = [mutant for mutant in mutants if mutant.name in chosen.only]
    outcome = run(mutants, seeds=chosen.seeds, processes=chosen.processes)
    for line in _account(outcome):
        sys.stdout.write(f"{line}\n")
    if chosen.summary is not None:
        chosen.summary.write_text(json.dumps(_figures(outcome), indent=2) + "\n")
    if chosen.table is not None:
        chosen.table.write_text(_page(outcome))
    return 0 if outcome.good else 1


def run(mutants: Sequence[Mutant], *, seeds: int, processes: int) -> Outcome:
    """Hunt the mutants, then try the product as it is on all that caught one."""
    began = perf_counter()
    with ThreadPoolExecutor(processes) as pool:
        scenarios = list(dict.fromkeys(mutant.scenario for mutant in mutants if mutant.scenario is not None))
        tried = [pool.submit(unmutated, scenario) for scenario in scenarios]
        verdicts = list(pool.map(lambda mutant: hunt(mutant, seeds=seeds), mutants))
        needed = max((verdict.tried for verdict in verdicts if verdict.mutant.scenario is None), default=0)
        share = -(-needed // processes)
        tried += [
            pool.submit(unmutated, None, first=first, seeds=min(share, needed - first))
            for first in range(0, needed, share or 1)
        ]
        broken = [violation for one in tried for violation in one.result()]
    return Outcome(verdicts, broken, needed, perf_counter() - began)


COLUMNS = ("mutant", "invariant", "caught by", "seeds needed", "seconds")


def _rows(outcome: Outcome) -> list[tuple[str, ...]]:
    return [
        (
            verdict.mutant.name,
            verdict.violation.partition(":")[0] if verdict.caught else ", ".join(verdict.mutant.invariants),
            verdict.mutant.catcher if verdict.caught else "nothing: it survived",
            str(verdict.tried) if verdict.mutant.scenario is None else "",
            f"{verdict.seconds:.1f}",
        )
        for verdict in outcome.verdicts
    ]


def _account(outcome: Outcome) -> list[str]:
    rows = [COLUMNS, *_rows(outcome)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    lines += [f"survived: {verdict.mutant.name}: {verdict.trouble}" for verdict in outcome.survivors]
    lines += [f"unmutated: {violation}" for violation in outcome.broken]
    return [*lines, _sum(outcome)]


def _sum(outcome: Outcome) -> str:
    caught = len(outcome.verdicts) - len(outcome.survivors)
    passed = f"passes {outcome.seeds} seeds and every scenario" if not outcome.broken else "does not pass"
    return f"{caught} of {len(outcome.verdicts)} mutants caught; the product as it is {passed}; {outcome.seconds:.0f} s"


def _page(outcome: Outcome) -> str:
    lines = [
        "# Mutants",
        "",
        "Written by `make mutants ARGS='--table benchmarks/MUTANTS.md'`. Each mutant is a patch in `tests/mutants/`, whose head says what the mistake is; it is caught by a violation of the",
        "invariant beside it and by nothing else: a mutant that crashes is not caught. Seconds include copying the product and starting a process.",
        "",
        f"{_sum(outcome)}.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{' --- |' * len(COLUMNS)}",
        *(f"| {' | '.join(row)} |" for row in _rows(outcome)),
        "",
        "What each does:",
        "",
        *(f"- **{verdict.mutant.name}**: {verdict.mutant.says}" for verdict in outcome.verdicts),
        "",
        "Of those that reliability.md names, these wait for a later part:",
        "",
        *(f"- **{name}**: {reason}." for name, reason in WAITING.items()),
    ]
    return "\n".join(lines) + "\n"


def _figures(outcome: Outcome) -> dict[str, object]:
    return {
        "mutants": {
            verdict.mutant.name: {
                "caught": verdict.caught,
                "invariant": verdict.violation.partition(":")[0],
                "violation": verdict.violation,
                "by": verdict.mutant.catcher,
                "seeds": verdict.tried if verdict.mutant.scenario is None else None,
                "seconds": round(verdict.seconds, 1),
                "trouble": verdict.trouble,
            }
            for verdict in outcome.verdicts
        },
        "survivors": [verdict.mutant.name for verdict in outcome.survivors],
        "waiting": {name: WAITING[name] for name in NAMED if name in WAITING},
        "unmutated": outcome.broken,
        "unmutated_seeds": outcome.seeds,
        "seconds": round(outcome.seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
