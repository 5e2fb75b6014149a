"""Finding and reading rule files, before anything is known of their contents.

Directories are searched for `*.yaml` and `*.yml`. Names that begin with a dot are passed over: a mounted ConfigMap holds each file twice, once below `..data`. So are tests of rules, `*.test.yaml`. Must not know YAML.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.config.problems import Place, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAXIMUM_SIZE = 1 << 20
"""Bytes of one file."""
MAXIMUM_FILES = 1000

LOCK_NAME = "ids.lock.yaml"
"""The file of ids beside the rules; `bridge.config.lock` reads it."""

DEFAULTS_NAME = "_defaults.yaml"
"""The file of a directory's defaults; `bridge.config.defaults` reads it."""

TESTS_SUFFIXES = (".test.yaml", ".test.yml")
"""How the names of tests of rules end (`bridge test`): they lie beside the rules, and are none."""

_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file as the user named it, and its bytes."""

    path: str
    content: bytes

    @property
    def is_lock(self) -> bool:
        """Whether it is the file of ids."""
        return Path(self.path).name == LOCK_NAME

    @property
    def is_defaults(self) -> bool:
        """Whether it holds a directory's defaults."""
        return Path(self.path).name == DEFAULTS_NAME


def read_rule_files(paths: Sequence[Path], problems: Problems) -> tuple[RuleFile, ...]:
    """The files that the paths name, each once, directories in the order of the names."""
    files: list[RuleFile] = []
    seen: set[str] = set()
    for path in paths:
        for found in _found(path, problems):
            resolved = os.path.realpath(found)
            if resolved in seen:
                continue
            if len(seen) >= MAXIMUM_FILES:
                problems.incomplete = True
                problems.add(_place(path), f"more than {MAXIMUM_FILES} rule files")
                return tuple(files)
            seen.add(resolved)
            content = _read(found, problems)
            if content is not None:
                files.append(RuleFile(_spelled(found), content))
    if not paths:
        problems.add(Place("rules"), "no rule files were named")
    return tuple(files)


def digest_of(files: Sequence[RuleFile]) -> str:
    """A SHA-256 over the contents in their order, in hexadecimal. Names do not count: a ConfigMap moves its files at every change."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(len(file.content).to_bytes(8, "big") + file.content)
    return digest.hexdigest()


def is_rule_file(path: Path) -> bool:
    """Whether a file of a directory is taken, by its name alone."""
    hidden = path.name.startswith(".") or path.name.endswith(TESTS_SUFFIXES)
    return not hidden and path.suffix in _SUFFIXES


def _found(path: Path, problems: Problems) -> Iterator[Path]:
    try:
        is_directory = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        _report(path, error, problems)
        return
    if not is_directory:
        yield path
        for name in (LOCK_NAME, DEFAULTS_NAME):
            beside = path.with_name(name)
            if beside != path and beside.is_file():
                yield beside
        return
    empty = True
    for folder, folders, names in os.walk(path, onerror=lambda error: _report(path, error, problems)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if is_rule_file(Path(name)):
                empty = empty and name in {LOCK_NAME, DEFAULTS_NAME}
                yield Path(folder, name)
    if empty:
        problems.add(_place(path), "no rule files are in this directory", "rule files end in .yaml or .yml")


def _read(path: Path, problems: Problems) -> bytes | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            problems.incomplete = True
            problems.add(_place(path), "not a regular file")
            return None
        with path.open("rb") as file:
            content = file.read(MAXIMUM_SIZE + 1)
    except (OSError, ValueError) as error:
        _report(path, error, problems)
        return None
    if len(content) > MAXIMUM_SIZE:
        problems.incomplete = True
        problems.add(_place(path), "larger than 1 MiB", "divide it into several files")
        return None
    return content


def _report(path: Path, error: OSError | ValueError, problems: Problems) -> None:
    problems.incomplete = True
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    problems.add(_place(path), f"cannot be read: {reason}")


def _place(path: Path) -> Place:
    return Place(_spelled(path))


def _spelled(path: Path) -> str:
    """The path as text that can be printed, whatever bytes the name holds."""
    spelled = os.fsencode(path).decode(errors="replace")
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in spelled
    )
