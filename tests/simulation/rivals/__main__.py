"""`make answers`: three strategies against lost answers, on the same seeds; the table goes into the document."""

from __future__ import annotations

import argparse
import logging
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter  # noqa: TID251 - the wall time of a campaign is its result

import structlog

from tests.simulation.rivals.table import CELLS, PROMISED, Count, put_into, render, verdicts


def main() -> int:
    """Play, count and write. Returns the exit code: 1 when ours broke its promise, or a rival never failed."""
    parser = argparse.ArgumentParser(prog="make answers", description=__doc__)
    parser.add_argument("--seeds", type=int, default=600, help="play seeds 0 to N-1")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--table", type=Path, help="the document that holds the table")
    arguments = parser.parse_args()
    started = perf_counter()
    with ProcessPoolExecutor(arguments.processes, initializer=_quiet) as pool:
        rows = list(pool.map(verdicts, range(arguments.seeds), chunksize=4))
    counts = {cell: Count.of(column) for cell, column in zip(CELLS, zip(*rows, strict=True), strict=True)}
    table = render(counts, arguments.seeds)
    sys.stdout.write(f"{table}\n\n{len(CELLS) * arguments.seeds} runs in {perf_counter() - started:.0f} s\n")
    if arguments.table is not None:
        document = arguments.table.read_text(encoding="utf-8")
        arguments.table.write_text(put_into(document, table), encoding="utf-8")
    kept = all(counts[cell].clean for cell in PROMISED)
    told_apart = all(not count.clean for cell, count in counts.items() if cell not in PROMISED)
    for seed, found in enumerate(rows):
        for cell, verdict in zip(CELLS, found, strict=True):
            if cell in PROMISED and not Count.of([verdict]).clean:
                sys.stdout.write(f"seed {seed}, {cell[1].title}: {verdict}\n")
    return 0 if kept and told_apart else 1


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


if __name__ == "__main__":
    sys.exit(main())
