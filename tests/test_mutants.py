"""The mutants are what they say: every patch fits the source, none that is named is forgotten, and some are really caught. `make mutants` hunts all of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants import child
from tests.mutants.__main__ import run
from tests.mutants.copies import PRODUCT, ROOT, mutated
from tests.mutants.hunt import hunt, unmutated
from tests.mutants.named import NAMED, WAITING
from tests.mutants.patches import FOLDER, Mutant, PatchError, apply, parse_mutant, read_mutants
from tests.mutants.scenarios import SCENARIOS

MUTANTS = {mutant.name: mutant for mutant in read_mutants()}
QUICK = ("apply-before-validate", "search-only-unresolved")
INVARIANTS = {f"I{number}" for number in range(1, 16)}

HEAD = """{says}

invariant: I5
caught by: scenario a faulty rule file

--- a/bridge/app/rulebook.py
+++ b/bridge/app/rulebook.py
@@ -18 +18,3 @@
 from bridge.web.ports import ReloadResult
+
+{line}
"""
HARMLESS = HEAD.format(says="Changes nothing that matters.", line="NOTHING = 0")
CRASHING = HEAD.format(
    says="Fails as soon as it is imported.", line='raise RuntimeError("it does not even start")'
)


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=list(MUTANTS))
def test_a_patch_still_fits_the_source_and_leaves_it_python(mutant: Mutant) -> None:
    for path, text in mutated(mutant).items():
        assert Path(path).parts[0] == PRODUCT
        assert ast.dump(ast.parse(text)) != ast.dump(ast.parse((ROOT / path).read_text()))


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=list(MUTANTS))
def test_a_mutant_says_which_invariant_it_breaks_and_what_catches_it(mutant: Mutant) -> None:
    assert mutant.says
    assert set(mutant.invariants) <= INVARIANTS
    assert mutant.scenario is None or mutant.scenario in SCENARIOS


def test_every_named_mutant_is_there_or_waits_for_a_later_part() -> None:
    assert sorted((*(set(MUTANTS) & set(NAMED)), *WAITING)) == sorted(NAMED)
    assert len(set(MUTANTS) & set(NAMED)) >= 20
    assert all(WAITING.values())


def test_every_invariant_has_a_mutant_that_names_it_alone() -> None:
    assert {mutant.invariants[0] for mutant in MUTANTS.values() if len(mutant.invariants) == 1} == INVARIANTS


def test_no_scenario_is_there_for_nobody() -> None:
    assert {mutant.scenario for mutant in MUTANTS.values()} - {None} == set(SCENARIOS)


def test_scenarios_catch_their_mutants_and_the_product_as_it_is_passes_them() -> None:
    outcome = run([MUTANTS[name] for name in QUICK], seeds=0, processes=2)
    assert [verdict.mutant.name for verdict in outcome.verdicts if verdict.caught] == list(QUICK)
    assert outcome.good


def test_random_seeds_catch_a_mutant() -> None:
    """That the product as it is passes the same seeds is for `make simulate` and `make mutants` to say."""
    verdict = hunt(MUTANTS["5xx-is-failure"], seeds=20)
    assert verdict.violation.partition(":")[0] in verdict.mutant.invariants


def test_a_mutant_that_nothing_notices_and_one_that_crashes_have_survived() -> None:
    mutants = [parse_mutant("harmless", HARMLESS), parse_mutant("crashing", CRASHING)]
    outcome = run(mutants, seeds=1, processes=2)
    assert not outcome.good
    assert [verdict.mutant.name for verdict in outcome.survivors] == ["harmless", "crashing"]
    assert [verdict.trouble for verdict in outcome.survivors] == [
        "nothing was noticed",
        "it did not run: RuntimeError: it does not even start",
    ]


def test_a_process_that_would_try_another_product_than_the_copy_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert child.main(["--copy", str(tmp_path), "--scenario", "a faulty rule file"]) == 1
    assert "not the copy" in capsys.readouterr().err


def test_what_the_unmutated_product_breaks_is_told() -> None:
    assert unmutated("no such scenario") != []


def test_a_patch_whose_place_is_gone_or_stands_twice_is_refused() -> None:
    mutant = MUTANTS["no-settle"]
    ((path, hunks),) = mutant.hunks.items()
    text = (ROOT / path).read_text()
    with pytest.raises(PatchError, match="nowhere"):
        apply(hunks, text.replace("settle_for", "other"), name="no-settle")
    with pytest.raises(PatchError, match="at 2 places"):
        apply(hunks, text + text, name="no-settle")


@pytest.mark.parametrize("cut", ["invariant: ", "caught by: ", "@@ "])
def test_a_patch_that_is_not_whole_is_refused(cut: str) -> None:
    lines = (FOLDER / "no-settle.patch").read_text().splitlines(keepends=True)
    with pytest.raises(PatchError):
        parse_mutant("no-settle", "".join(line for line in lines if not line.startswith(cut)))
