"""Playing the tests of a file, one world for each, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.config.compile import load_rules
from bridge.config.observed_names import Observed
from bridge.errors import BridgeError
from bridge.simulation.rehearsal.causes import because
from bridge.simulation.rehearsal.comparison import compare
from bridge.simulation.rehearsal.named import RehearsalError
from bridge.simulation.rehearsal.raising import raised
from bridge.simulation.rehearsal.shown import look
from bridge.simulation.rehearsal.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bridge.config.compile import LoadedRules
    from bridge.core.rules import RuleSet
    from bridge.simulation.rehearsal.cases import Case, CaseFile
    from bridge.simulation.rehearsal.comparison import Difference
    from bridge.simulation.rehearsal.coverage import Coverage, Covered


@dataclass(slots=True)
class Played:
    """A test that was played.

    Attributes:
        path: of its file.
        name: of the test.
        differences: what is not as expected, each with the lines that explain it.
        error: why it could not be played to its end; empty where it was.
    """

    path: str
    name: str
    differences: list[tuple[Difference, tuple[str, ...]]] = field(default_factory=list)
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.differences and not self.error


class Rules:
    """The rules that tests name, each set of paths read once."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[Path, ...], LoadedRules] = {}

    def of(self, file: CaseFile) -> tuple[RuleSet, LoadedRules]:
        """The rules of the page that a file's tests are about.

        Raises:
            RuleFileError: the rules have mistakes.
            RehearsalError: they are for several pages and the file names none, or for another.
        """
        if file.rules not in self._loaded:
            self._loaded[file.rules] = load_rules(file.rules)
        loaded = self._loaded[file.rules]
        pages = ", ".join(loaded.rule_sets)
        if file.page is not None and file.page not in loaded.rule_sets:
            raise RehearsalError(f"{file.path}: the rules are for {pages or 'no page'}, not for {file.page}")
        if file.page is None and len(loaded.rule_sets) != 1:
            raise RehearsalError(f"{file.path}: the rules are for {pages or 'no page'}; say page: which")
        page = file.page if file.page is not None else next(iter(loaded.rule_sets))
        return loaded.rule_sets[page], loaded


def play_file(
    file: CaseFile, rules: Rules, coverage: Coverage, wanted: Callable[[str], bool]
) -> Iterator[Played]:
    """Play the tests of a file whose names are wanted.

    Raises:
        BridgeError: the rules cannot be used.
    """
    ruleset, loaded = rules.of(file)
    covered = coverage.of(file.rules, ruleset)
    for case in file.cases:
        if wanted(case.name):
            played = Played(file.path, case.name)
            _play(played, case, (ruleset, Observed(loaded.probes, loaded.queries)), covered)
            yield played


def _play(played: Played, case: Case, rules: tuple[RuleSet, Observed], covered: Covered) -> None:
    ruleset, there = rules
    try:
        stage = Stage(case, raised(ruleset, case.automation), there)
    except RehearsalError as error:
        played.error = str(error)
        return
    with stage:
        calls = 0
        try:
            for expectation, shown in stage.play():
                for difference in compare(expectation, shown, calls):
                    played.differences.append((difference, tuple(because(stage.world, difference))))
                if expectation.calls is not None:
                    calls = len(shown.calls)
        except BridgeError as error:
            played.error = str(error)
        covered.see_maintenances(ruleset.page, look(stage.world).all_maintenances)
        covered.see(ruleset.page, (entry for _, entry in stage.world.database.journal(limit=1_000_000)))
