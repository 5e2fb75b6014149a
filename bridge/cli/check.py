"""`bridge check PATH...`: every problem of the rule files at once."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from bridge.cli.exits import Exit
from bridge.config.compile import load_rules
from bridge.config.durations import format_duration
from bridge.config.problems import Problems, RuleFileError
from bridge.core.moments import earliest_moments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from bridge.cli.statuspage.connection import Connection
    from bridge.cli.statuspage.session import Session
    from bridge.config.compile import LoadedRules
    from bridge.config.lint_names import Lint
    from bridge.config.problems import Problem
    from bridge.core.moments import Moments


class Form(StrEnum):
    """How problems are told."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def check_rules(
    paths: Sequence[Path],
    *,
    fatal: bool,
    online: Connection | None = None,
    disabled: Collection[Lint] = (),
    form: Form = Form.TEXT,
) -> Exit:
    """Load the rule files as the daemon would and say what is wrong with them; with `online`, also by what their pages have.

    Problems and warnings go to standard error, one line each; what the rules amount to goes to standard output. As JSON or as GitHub's annotations, all of it goes to standard output.

    Args:
        paths: files and directories.
        fatal: whether warnings fail.
        online: how pages are reached.
        disabled: what is not warned of.
        form: of what is told.
    """
    try:
        loaded = load_rules(paths, lints=True)
    except RuleFileError as error:
        _tell(form, error.problems, _enabled(error.warnings, disabled))
        return Exit.FAILED
    warnings = _enabled(loaded.warnings, disabled)
    if online is not None:
        found = _compared(loaded, online)
        warnings = (*_enabled(found.warnings, disabled), *warnings)
        if found.errors:
            _tell(form, found.errors, warnings)
            return Exit.FAILED
    _tell(form, (), warnings, loaded)
    return Exit.CHANGES if fatal and warnings else Exit.GOOD


def _enabled(warnings: Sequence[Problem], disabled: Collection[Lint]) -> tuple[Problem, ...]:
    return tuple(one for one in warnings if one.lint not in disabled)


def _compared(loaded: LoadedRules, connection: Connection) -> Problems:
    """What is wrong with the names, by what each page has.

    Raises:
        BridgeError: a page cannot be read.
    """
    from bridge.cli.page_names import connections, read_page, read_templates
    from bridge.cli.statuspage.verbs import perform
    from bridge.config.naming import check_names, ids_of

    problems = Problems()
    for page, way in connections(loaded.named, connection).items():

        async def compare(session: Session, page: str = page) -> None:
            components, metrics = await read_page(session)
            named, ids = loaded.named[page], loaded.locks.get(session.page)
            check_names(named.components, ids_of(ids), components, problems)
            check_names(named.metrics, ids_of(ids, metrics=True), metrics, problems)
            if named.templates:
                check_names(named.templates, {}, await read_templates(session), problems)

        perform(compare, way)
    return problems


def _tell(
    form: Form, errors: Sequence[Problem], warnings: Sequence[Problem], loaded: LoadedRules | None = None
) -> None:
    match form:
        case Form.TEXT:
            sys.stderr.writelines(f"{problem}\n" for problem in errors)
            sys.stderr.writelines(f"{problem} [{problem.lint}]\n" for problem in warnings)
            sys.stdout.writelines(f"{line}\n" for line in _amounts(loaded))
        case Form.JSON:
            told = [_document(one) for one in (*errors, *warnings)]
            document = {"problems": told, "digest": loaded.digest if loaded is not None else None}
            sys.stdout.write(f"{json.dumps(document, indent=2, ensure_ascii=False)}\n")
        case Form.GITHUB:
            sys.stdout.writelines(f"{_annotation(one)}\n" for one in (*errors, *warnings))
        case _:
            assert_never(form)


def _document(problem: Problem) -> dict[str, object]:
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "severity": "error" if problem.lint is None else "warning",
        "message": problem.message,
        "hint": problem.hint,
        "lint": problem.lint,
    }


def _annotation(problem: Problem) -> str:
    """A workflow command, by which GitHub shows it beside the line (GitHub Actions, "Workflow commands")."""
    kind = "error" if problem.lint is None else "warning"
    fields = {
        "file": problem.path,
        "line": problem.line,
        "col": problem.column,
        "title": problem.lint or "bridge check",
    }
    told = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in fields.items() if value)
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    return f"::{kind} {told}::{_escaped(problem.message + hint)}"


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(one):02X}" if one in f"%\r\n{more}" else one for one in text)


def _amounts(loaded: LoadedRules | None) -> Iterator[str]:
    """What the rules amount to."""
    if loaded is None:
        return
    for name, rules in loaded.rule_sets.items():
        yield (
            f"{name}: {_counted(len(rules.components), 'component rule')}, {_counted(len(rules.incidents), 'incident')}, "
            f"{_counted(len(rules.metrics), 'metric')}"
        )
        for moments in earliest_moments(rules):
            yield f"  {_told(moments)}"
    yield f"{_counted(len(loaded.probes), 'probe')}, {_counted(len(loaded.polls), 'query', 'queries')}"


def _told(moments: Moments) -> str:
    """When a rule can go public at the earliest, and be green again."""
    red = f"after {format_duration(moments.red_after)}" if moments.red_after else "at once"
    would = "would be " if moments.shadow else ""
    told = [f"{moments.rule}: {would}red {red}, green {_after(moments.green_after)}"]
    for one in moments.incidents:
        would = "would open" if one.shadow or moments.shadow else "opens"
        told.append(f"incident {one.incident} {would} {red}, is resolved {_after(one.resolved_after)}")
    return "; ".join(told)


def _after(seconds: float) -> str:
    return f"{format_duration(seconds)} after its end" if seconds else "at its end"


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
