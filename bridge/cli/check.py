"""`bridge check PATH...`: every problem of the rule files at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bridge.cli.exits import Exit
from bridge.config.compile import load_rules
from bridge.config.problems import RuleFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def check_rules(paths: Sequence[Path], *, fatal: bool) -> Exit:
    """Load the rule files as the daemon would, offline, and say what is wrong with them.

    Problems and warnings go to standard error, one line each; what the rules amount to goes to standard output.
    """
    try:
        loaded = load_rules(paths)
    except RuleFileError as error:
        _tell([*error.problems, *error.warnings])
        return Exit.FAILED
    _tell(loaded.warnings)
    for name, rules in loaded.rule_sets.items():
        sys.stdout.write(
            f"{name}: {_counted(len(rules.components), 'component rule')}, {_counted(len(rules.incidents), 'incident')}, "
            f"{_counted(len(rules.metrics), 'metric')}\n"
        )
    sys.stdout.write(
        f"{_counted(len(loaded.probes), 'probe')}, {_counted(len(loaded.queries), 'query', 'queries')}\n"
    )
    return Exit.CHANGES if fatal and loaded.warnings else Exit.GOOD


def _tell(problems: Sequence[object]) -> None:
    for problem in problems:
        sys.stderr.write(f"{problem}\n")


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
