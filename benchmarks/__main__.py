"""`python -m benchmarks [--only NAME] [-o json]`: measures, prints a line for each, and ends with 1 when a bound is broken."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from typing import TYPE_CHECKING

import structlog

from benchmarks.figures import Figure, duration, significant
from benchmarks.registry import BENCHMARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ATTEMPTS = 3
"""Times that a bound must be broken in a row: another process can make us slow once, a regression does it each time."""

HEADER = ("operation", "cost", "ratio", "to", "growth", "over")
ROW = "{:<58} {:>8} {:>9} x {:<41} {:>6} x {}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say. Returns the exit code: 1 for a broken bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=BENCHMARKS, metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}"
    )
    parser.add_argument("-o", "--output", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    told = options.output == "text"
    if told:
        sys.stdout.write(ROW.format(*HEADER) + "\n")
    figures: dict[str, Figure] = {}
    for name in options.only or BENCHMARKS:
        figures[name] = measured(BENCHMARKS[name])
        if told:
            sys.stdout.write(line(figures[name]) + "\n")
            sys.stdout.flush()
    if not told:
        sys.stdout.write(
            json.dumps({name: as_json(figure) for name, figure in figures.items()}, indent=2) + "\n"
        )
    broken = [f"{name}: {breach}" for name, figure in figures.items() for breach in figure.breaches]
    for breach in broken:
        sys.stderr.write(f"{breach}\n")
    return 1 if broken else 0


def measured(benchmark: Callable[[], Figure]) -> Figure:
    """The first figure that keeps its bounds, or the last of those that break them."""
    figure = benchmark()
    for _ in range(ATTEMPTS - 1):
        if not figure.breaches:
            break
        figure = benchmark()
    return figure


def line(figure: Figure) -> str:
    """One figure for people."""
    growth = figure.growth
    row = ROW.format(
        figure.operation,
        duration(figure.seconds),
        significant(figure.ratio),
        f"{figure.floor} (<= {significant(figure.most)})",
        significant(growth.factor),
        f"{growth.over} (<= {significant(growth.most)})",
    )
    return f"{row}; {figure.note}" if figure.note else row


def as_json(figure: Figure) -> dict[str, object]:
    """One figure for programs. Bounds are the largest values that are accepted."""
    growth = figure.growth
    return {
        "operation": figure.operation,
        "seconds": figure.seconds,
        "floor": figure.floor,
        "floor_seconds": figure.floor_seconds,
        "ratio": figure.ratio,
        "ratio_bound": figure.most,
        "growth": growth.factor,
        "growth_over": growth.over,
        "growth_bound": growth.most,
        "note": figure.note,
        "breaches": list(figure.breaches),
    }


if __name__ == "__main__":
    sys.exit(main())
