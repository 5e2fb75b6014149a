"""Loads rule files from texts, with the settings that the tests agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.compile import LoadedRules, load_rules
from bridge.config.problems import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {"acme": "kctbh9vrtdwd"}
PROMETHEUSES = frozenset({"main"})
VARIABLES = {"SHOP_URL": "http://127.0.0.1:8481"}


def load(*paths: Path) -> LoadedRules:
    """Load with the agreed settings."""
    return load_rules(paths, pages=PAGES, prometheuses=PROMETHEUSES, variables=VARIABLES)


def write(folder: Path, **texts: str) -> Path:
    """Write `name=text` as `name.yaml` and give the folder back."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def load_text(folder: Path, text: str) -> LoadedRules:
    """Load one file of this text."""
    return load(write(folder, rules=text))


def told(*paths: Path) -> list[str]:
    """The problems of files that cannot be used, without their paths; empty when they can."""
    try:
        load(*paths)
    except RuleFileError as error:
        return [str(problem).removeprefix(f"{problem.path}:").strip() for problem in error.problems]
    return []
