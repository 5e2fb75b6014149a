"""`bridge check PATH...`: every problem of the rule files at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bridge.cli.exits import Exit
from bridge.config.compile import load_rules
from bridge.config.problems import Problems, RuleFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bridge.cli.statuspage.connection import Connection
    from bridge.cli.statuspage.session import Session
    from bridge.config.compile import LoadedRules


def check_rules(paths: Sequence[Path], *, fatal: bool, online: Connection | None = None) -> Exit:
    """Load the rule files as the daemon would and say what is wrong with them; with `online`, also by what their pages have.

    Problems and warnings go to standard error, one line each; what the rules amount to goes to standard output.
    """
    try:
        loaded = load_rules(paths)
    except RuleFileError as error:
        _tell([*error.problems, *error.warnings])
        return Exit.FAILED
    warnings = loaded.warnings
    if online is not None:
        found = _compared(loaded, online)
        if found.errors:
            _tell([*found.errors, *found.warnings, *warnings])
            return Exit.FAILED
        warnings = (*warnings, *found.warnings)
    _tell(warnings)
    for name, rules in loaded.rule_sets.items():
        sys.stdout.write(
            f"{name}: {_counted(len(rules.components), 'component rule')}, {_counted(len(rules.incidents), 'incident')}, "
            f"{_counted(len(rules.metrics), 'metric')}\n"
        )
    sys.stdout.write(
        f"{_counted(len(loaded.probes), 'probe')}, {_counted(len(loaded.queries), 'query', 'queries')}\n"
    )
    return Exit.CHANGES if fatal and warnings else Exit.GOOD


def _compared(loaded: LoadedRules, connection: Connection) -> Problems:
    """What is wrong with the names, by what each page has.

    Raises:
        BridgeError: a page cannot be read.
    """
    from bridge.cli.page_names import connections, read_page
    from bridge.cli.statuspage.verbs import perform
    from bridge.config.naming import check_names, ids_of

    problems = Problems()
    for page, way in connections(loaded.named, connection).items():

        async def compare(session: Session, page: str = page) -> None:
            components, metrics = await read_page(session)
            named, ids = loaded.named[page], loaded.locks.get(session.page)
            check_names(named.components, ids_of(ids), components, problems)
            check_names(named.metrics, ids_of(ids, metrics=True), metrics, problems)

        perform(compare, way)
    return problems


def _tell(problems: Sequence[object]) -> None:
    for problem in problems:
        sys.stderr.write(f"{problem}\n")


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
