"""One hunt: a copy of the product is tried in a process of its own, for a bounded time, and the verdict is given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from time import perf_counter  # noqa: TID251 - the wall time of a hunt is part of the table
from typing import TYPE_CHECKING, Any

from tests.mutants.copies import ROOT, copied
from tests.mutants.patches import PatchError

if TYPE_CHECKING:
    from tests.mutants.patches import Mutant

PATIENCE = 180.0
"""Seconds for one hunt, at most."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one mutant.

    Attributes:
        mutant: which.
        violation: the first violation of an invariant that it claims to break; empty where it survived.
        tried: how many seeds were needed, or tried in vain; 1 for a scenario.
        seconds: wall time.
        trouble: why there was no catch.
    """

    mutant: Mutant
    violation: str
    tried: int
    seconds: float
    trouble: str = ""

    @property
    def caught(self) -> bool:
        """Whether the suite noticed it."""
        return bool(self.violation)


def hunt(mutant: Mutant, *, seeds: int) -> Verdict:
    """Try to catch a mutant by what its patch names."""
    began = perf_counter()
    arguments = [part for invariant in mutant.invariants for part in ("--invariant", invariant)]
    try:
        report, trouble = _run(mutant, [*arguments, *trials(mutant.scenario, seeds=seeds)])
    except PatchError as error:
        report, trouble = {}, str(error)
    violations = report.get("violations", [])
    if not violations and not trouble:
        trouble = _trouble(report)
    return Verdict(
        mutant, violations[0] if violations else "", report.get("tried", 0), perf_counter() - began, trouble
    )


def unmutated(scenario: str | None, *, first: int = 0, seeds: int = 0) -> list[str]:
    """What the product as it is breaks under a scenario or a range of seeds: it must be nothing."""
    report, trouble = _run(None, trials(scenario, first=first, seeds=seeds))
    found = [*report.get("violations", []), *filter(None, (trouble, report.get("error", "")))]
    where = f"scenario {scenario}" if scenario is not None else f"seed {first + report.get('tried', 0) - 1}"
    return [f"{where}: {violation}" for violation in found]


def trials(scenario: str | None, *, seeds: int, first: int = 0) -> list[str]:
    """What to try, as the child's arguments."""
    if scenario is not None:
        return ["--scenario", scenario]
    return ["--first", str(first), "--seeds", str(seeds)]


def _trouble(report: dict[str, Any]) -> str:
    others, error = report["others"], report["error"]
    if others:
        return f"only {', '.join(others)} broken"
    return f"it crashes, which is no catch: {error.splitlines()[-1]}" if error else "nothing was noticed"


def _run(mutant: Mutant | None, arguments: list[str]) -> tuple[dict[str, Any], str]:
    with copied(mutant) as folder:
        try:
            # Found in this order: the copy, because `-m` puts the current folder first; then the checkout, for the tests; then the environment with its editable install.
            child = subprocess.run(  # noqa: S603 - this interpreter, our own module
                [sys.executable, "-m", "tests.mutants.child", "--copy", str(folder), *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {}, f"no verdict after {PATIENCE:g} s"
    if child.returncode:
        return {}, "it did not run: " + (child.stderr.splitlines() or ["no word"])[-1]
    report: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return report, ""
