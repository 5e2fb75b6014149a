"""Patches on the product's source: reading them, and applying them to texts. Knows neither folders nor processes.

A hunk is placed by its text alone, which must stand in the file exactly once. Refused: `git apply` and `patch`, which go by line numbers and a tolerance. They may be absent, and
what they put at a similar place is another mutant than the one that was meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
SUFFIX = ".patch"

SEEDS = "seeds"
SCENARIO = "scenario "

_FIELD = re.compile(r"(invariant|caught by): (.+)")


class PatchError(Exception):
    """A patch cannot be read, or does not fit the source any more."""


@dataclass(slots=True)
class Hunk:
    """One place: the lines that must stand there, and those that stand there afterwards."""

    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake.

    Attributes:
        name: the patch's file name without its suffix.
        says: what the mistake does, for people.
        invariants: the names of those that it breaks; a violation of one of them is the catch.
        scenario: by which scenario it is caught; None for random seeds.
        hunks: by the path of the file, from the root of the checkout.
    """

    name: str
    says: str
    invariants: tuple[str, ...]
    scenario: str | None
    hunks: Mapping[str, list[Hunk]]

    @property
    def catcher(self) -> str:
        """By what it is caught, as the patch says it."""
        return SEEDS if self.scenario is None else SCENARIO + self.scenario


def read_mutants(folder: Path = FOLDER) -> list[Mutant]:
    """Every mutant of a folder, by name.

    Raises:
        PatchError: one of the patches cannot be read.
    """
    return [parse_mutant(path.stem, path.read_text()) for path in sorted(folder.glob(f"*{SUFFIX}"))]


def parse_mutant(name: str, text: str) -> Mutant:
    """Read a patch: a head for people with two fields, then a unified diff.

    Raises:
        PatchError: it is not one.
    """
    head, mark, diff = text.partition("--- a/")
    fields = {match[1]: match[2] for line in head.splitlines() if (match := _FIELD.fullmatch(line))}
    says = " ".join(line for line in head.splitlines() if line and not _FIELD.fullmatch(line))
    catcher = fields.get("caught by", "")
    scenario = catcher.removeprefix(SCENARIO) if catcher.startswith(SCENARIO) else None
    if not says or "invariant" not in fields or (scenario is None and catcher != SEEDS):
        raise PatchError(
            f"{name}: expected a sentence, `invariant: I3` and `caught by: seeds` or `caught by: scenario …`"
        )
    invariants = tuple(fields["invariant"].split(", "))
    return Mutant(name, says, invariants, scenario, _hunks(name, mark + diff))


def apply(hunks: list[Hunk], text: str, *, name: str) -> str:
    """A file's text with the hunks applied.

    Args:
        hunks: as the patch has them.
        text: the whole file.
        name: of the mutant and the file, for the error.

    Raises:
        PatchError: a hunk stands nowhere, or at several places.
    """
    lines = text.splitlines()
    for hunk in hunks:
        places = [at for at in range(len(lines)) if lines[at : at + len(hunk.before)] == hunk.before]
        if len(places) != 1:
            found = "nowhere" if not places else f"at {len(places)} places"
            shown = "\n".join(hunk.before)
            raise PatchError(f"{name}: these lines stand {found}:\n{shown}")
        lines[places[0] : places[0] + len(hunk.before)] = hunk.after
    return "\n".join(lines) + "\n"


def _hunks(name: str, diff: str) -> dict[str, list[Hunk]]:
    files: dict[str, list[Hunk]] = {}
    hunks: list[Hunk] = []
    for line in diff.splitlines():
        if line.startswith("--- a/"):
            hunks = files.setdefault(line.removeprefix("--- a/"), [])
        elif line.startswith("@@"):
            hunks.append(Hunk())
        elif line.startswith("+++ b/"):
            continue
        elif not hunks or line[:1] not in {"", " ", "-", "+"}:
            raise PatchError(f"{name}: not a line of a unified diff: {line!r}")
        else:
            if line[:1] != "+":
                hunks[-1].before.append(line[1:])
            if line[:1] != "-":
                hunks[-1].after.append(line[1:])
    if not files or not all(files.values()):
        raise PatchError(f"{name}: the patch changes nothing")
    return files
