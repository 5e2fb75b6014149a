"""`bridge test FILE...`: what the rules make of timelines of signals, beside what the tests expect."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING

import structlog

from bridge.cli.exits import Exit, WrongUseError
from bridge.config.files import TESTS_SUFFIXES
from bridge.config.problems import RuleFileError
from bridge.errors import BridgeError
from bridge.simulation.rehearsal.casefile import read_case_file
from bridge.simulation.rehearsal.coverage import Coverage
from bridge.simulation.rehearsal.playing import Played, Rules, play_file
from bridge.simulation.rehearsal.report import coverage_lines, junit_of, lines_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def rehearse(
    paths: Sequence[Path],
    *,
    run: str | None,
    diff: bool,
    junit: Path | None,
    coverage: bool,
    threshold: float | None,
) -> Exit:
    """Play the tests and say what came of them.

    Raises:
        WrongUseError: an option makes no sense.
    """
    try:
        pattern = re.compile(run or "")
    except re.error as error:
        raise WrongUseError(f"--run is no regular expression: {error}") from error
    # What the daemons in here log is not news.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    rules, shown = Rules(), Coverage()
    played: list[Played] = []
    broken = False
    for path in _files(paths):
        try:
            file = read_case_file(path)
            for one in play_file(file, rules, shown, lambda name: bool(pattern.search(name))):
                played.append(one)
                sys.stdout.writelines(f"{line}\n" for line in lines_of(one, diff=diff))
        except RuleFileError as error:
            broken = True
            sys.stderr.writelines(f"{problem}\n" for problem in (*error.problems, *error.warnings))
        except BridgeError as error:
            broken = True
            sys.stderr.write(f"{error}\n")
    if not played and not broken:
        raise WrongUseError(f"no test is called like {run!r}" if run else "there are no tests")
    sys.stdout.write(f"{summary_of(played)}\n")
    if coverage:
        sys.stdout.writelines(f"{line}\n" for line in coverage_lines(shown))
    if junit is not None:
        junit.write_bytes(junit_of(played))
    short = threshold is not None and shown.percent < threshold
    if short:
        sys.stderr.write(f"the coverage of {shown.percent:.1f} % is below {threshold:g} %\n")
    failed = broken or short or not all(one.passed for one in played)
    return Exit.FAILED if failed else Exit.GOOD


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Files as named; of a directory, those with the names of tests, in order."""
    for path in paths:
        if path.is_dir():
            found = sorted(
                one for one in path.rglob("*") if one.name.endswith(TESTS_SUFFIXES) and one.is_file()
            )
            if not found:
                raise WrongUseError(f"{path} has no files of tests: their names end in {TESTS_SUFFIXES[0]}")
            yield from found
        else:
            yield path
