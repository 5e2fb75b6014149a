"""The examples of the rule reference, as rules of a simulated page: what stands there is what happens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.simulation.world import PAGE
from tests.config.loading import load_text
from tests.docs.pages import page

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.rules import RuleSet


def documented(folder: Path, heading: str) -> RuleSet:
    """The rules of the first example under a heading of docs/rules.md."""
    prose = page("docs/rules.md")
    text = prose.text[prose.text.index(f"# {heading}\n") :]
    _, _, example = text.partition("```yaml\n")
    (rules,) = load_text(folder, example.partition("```")[0]).rule_sets.values()
    return replace(rules, page=PAGE)
