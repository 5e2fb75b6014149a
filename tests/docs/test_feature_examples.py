"""docs/examples has a rule file and tests for each capability of the rule language: every key and every word of the schema stands in one of them, and all of them pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bridge.config.files import TESTS_SUFFIXES
from bridge.config.lint_names import Lint
from bridge.config.probes import Method
from bridge.config.schema import rule_file_schema
from tests.cli.terminal import call
from tests.docs.pages import ROOT, code_in, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = ROOT / "docs" / "examples"
TESTS = sorted(path for path in EXAMPLES.glob("*.yaml") if path.name.endswith(TESTS_SUFFIXES))
RULES = sorted(path for path in EXAMPLES.rglob("*.yaml") if path not in TESTS)
FEATURES = [path.name.removesuffix(TESTS_SUFFIXES[0]) for path in TESTS]

NO_CAPABILITIES = {*Method, *Lint}
"""Words of HTTP; and lints, each of which has its own pair of files (tests/config/lints)."""


def rules_of(feature: str) -> Path:
    """The rule file of a feature, or its directory."""
    folder = EXAMPLES / feature
    return folder if folder.is_dir() else EXAMPLES / f"{feature}.yaml"


def documents() -> Iterator[Any]:
    """What stands in the rule files."""
    for path in RULES:
        yield from yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def keys_in(value: Any) -> Iterator[str]:
    """Every key in what was written."""
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


def texts_in(value: Any) -> Iterator[str]:
    """Every text in what was written."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_in(inner)


def keys_of(schema: Any) -> Iterator[str]:
    """Every key that the schema knows."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from keys_of(inner)


def words_of(schema: Any) -> Iterator[str]:
    """Every word of the schema's closed sets."""
    if isinstance(schema, dict):
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from words_of(inner)


SCHEMA = rule_file_schema()
KEYS = sorted(set(keys_of(SCHEMA)))
WORDS = sorted(set(words_of(SCHEMA)) - NO_CAPABILITIES)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_the_language_is_played_in_an_example(key: str) -> None:
    assert key in set(keys_in(list(documents())))


@pytest.mark.parametrize("word", WORDS)
def test_every_word_that_a_key_can_have_stands_in_an_example(word: str) -> None:
    assert word in set(texts_in(list(documents())))


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_has_rules_that_check_clean(feature: str) -> None:
    ended = call("check", "--fatal", str(rules_of(feature)))
    assert (ended.code, ended.errors) == (0, "")


def test_no_rule_file_is_without_tests() -> None:
    assert FEATURES
    tested = {rules_of(feature) for feature in FEATURES}
    assert [path for path in RULES if path not in tested and path.parent not in tested] == []


@pytest.mark.parametrize("feature", FEATURES)
def test_the_tests_of_a_feature_pass_and_show_all_of_its_rules(feature: str) -> None:
    ended = call("test", str(EXAMPLES / f"{feature}.test.yaml"), "--coverage", "--threshold", "100", "--diff")
    assert ended.code == 0, ended.output + ended.errors


def test_editors_find_the_schema_from_every_example() -> None:
    for path in RULES:
        up = "../" * len(path.relative_to(ROOT).parents[:-1])
        assert path.read_text().splitlines()[0] == f"# yaml-language-server: $schema={up}rules/schema.json"


def test_the_table_of_examples_names_each_feature() -> None:
    told = [code_in(row[0])[0] for row in page("docs/rules.md").rows("Examples that are played")]
    assert sorted(told) == sorted(FEATURES)
