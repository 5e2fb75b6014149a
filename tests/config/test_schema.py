"""The JSON Schema of rule files says what the readers say, as far as a schema can, and is shipped as it is made."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.cli.schema import schema_text
from bridge.config import metrics
from bridge.config.compile import load_rules
from bridge.config.files import TESTS_SUFFIXES
from bridge.config.problems import RuleFileError
from bridge.config.schema import rule_file_schema
from tests.cli.terminal import call
from tests.docs.pages import ROOT, code_in, page

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = rule_file_schema()
VALIDATOR = jsonschema_rs.Draft7Validator(SCHEMA)
SHIPPED = ROOT / "rules" / "schema.json"
SHIPPED_RULES = [
    path for path in sorted((ROOT / "rules").glob("*.yaml")) if not path.name.endswith(TESTS_SUFFIXES)
]

FULL: dict[str, Any] = {
    "page": "acme",
    "defaults": {"for": "1m", "keep_firing_for": 0, "automation": "shadow"},
    "public_labels": ["region"],
    "display": {"region": {"eu": "Europe"}},
    "conditions": {
        "errors": {"alert": "A", "at_least": 2, "of": {"region": ["eu", "us"]}, "no_data": "fail"},
        "slow": {"matchers": ['alertname="B"', "severity=a"], "at_least": "60%", "of": 12},
        "late": {"probe": "shop", "value": ">= 2s"},
        "ratio": {"query": "errors", "value": "> 0.05", "no_data": "ignore"},
        "queues": {"matchers": "team=queue", "value": "< 1e3", "at_least": "1/2", "of": "queries"},
        "both": {"all": ["errors", "slow", "late"]},
    },
    "components": {
        "Checkout / API": [
            {
                "id": "a",
                "was": ["old", "older"],
                "alert": "A",
                "matchers": ['severity=~"a|b"'],
                "status": {"severity": {"a": "major_outage", "b": "degraded_performance"}},
                "for": "1h30m",
            },
            {
                "probe": "shop",
                "was": "then",
                "status": "partial_outage",
                "keep_firing_for": "5m",
                "automation": "full",
            },
        ],
        "Search": [{"matchers": 'alertname="B"', "status": "degraded_performance"}],
        "Checkout / *": [{"any": ["both", "slow", "ratio", "queues"], "status": "partial_outage"}],
        "Bare": [],
        "Shop / Web": [{"alert": "D", "status": "partial_outage"}],
    },
    "rules": [
        {
            "component": {"group": "Checkout", "name": "A / B"},
            "matchers": "team=shop",
            "of": "probes",
            "status": {"at_least": {"1/2": "degraded_performance", "100%": "major_outage"}},
        },
        {
            "id": "teams",
            "component": {
                "label": "team",
                "map": {"bare": "Bare", "api": {"group": "Checkout", "name": "API"}},
            },
            "alert": "C",
            "status": "partial_outage",
        },
    ],
    "incidents": [
        {
            "id": "shop",
            "was": "once",
            "components": ["Search", {"group": "Shop", "name": "Web"}],
            "title": "The shop is down",
            "public_labels": ["severity", "region"],
            "public_annotations": ["summary"],
            "display": {"severity": {"a": "bad"}},
            "notify": ["open", "resolve"],
            "impact": "major",
            "open_at": "major_outage",
            "close_at": "operational",
            "group_by": ["region"],
            "monitor_for": "10m",
            "on_yield": "resolve",
            "automation": "draft",
            "publish_after": "15m",
            "components_while_drafted": "with_draft",
            "texts": {"investigating": "We look.", "resolved": "It works."},
        }
    ],
    "probes": [
        {
            "id": "shop",
            "every": "30s",
            "timeout": "5s",
            "labels": {"team": "shop"},
            "http": {
                "url": "https://shop.example/healthz",
                "method": "GET",
                "headers": {"Accept": "text/html"},
                "expect": {"status": [200, "2xx"], "within": "1s", "body": "a+"},
            },
        },
        {"id": "till", "labels": {"team": "shop"}, "http": {"url": "https://till.example/"}},
    ],
    "queries": [
        {"id": "errors", "query": "sum(errors) / sum(requests)", "prometheus": "main", "every": "15s"},
        {"id": "queue", "query": "up", "prometheus": "main", "labels": {"team": "queue"}},
    ],
    "metrics": [
        {"metric": "M", "probe": "shop", "value": "up"},
        {"metric": "N", "query": "up", "prometheus": "main", "every": "1m"},
    ],
}

BEYOND = re.compile(
    r"there is no (probe|query)|the bound of \"value\", \S+, has no unit|a query gives a number|no component with rules is|stands twice|match a signal without|the matcher|is longer than"
    r"|must be milder|is not a placeholder|is not a regular expression|\"url\" (is not a URL|begins|holds|has no usable)|is too (long|short)|the former id"
    r"|: (a rule claims|a wildcard|the group|not an id|a component has|one component)|is not the name of a header"
    r"|no condition is called|is a share, and nothing|is \d+ of \d+|\"of\" (stands without|cannot be told)"
    r"|no (probe|query) is one of|the steps do not grow|more that fail must be worse|stands beside a status|has one status"
    r"|is among public_labels and public_annotations|no component is named for|no rule claims|is not among public_labels|would be withheld|nothing is left of it"
)
"""What no schema can say: other files, languages in texts, how two values go together."""

VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, "", "  ", 0, 7, 404, True, False, "1m", "2 m", "90", "1h30m", "full", "shadow", "nothing", "up", "operational",
        "partial_outage", "a", "A b", [], {}, ["a"], [[]], [None], {"a": "b"}, {"for": "1m"}, ["a", "a b"], {"a": []}, "2xx", 999,
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "was", "for", "status", "title", "name", "expr", "probe", "query", "value", "every", "labels", "texts", "within", "prometheus", "queries"]
)  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(["drop", "put", "add", "wrap"]), VALUES, KEYS),
    min_size=1,
    max_size=3,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with each of its keys or positions."""
    items = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    for key, inner in items:
        yield value, key
        yield from places(inner)


def changed(document: Any, changes: list[tuple[int, str, Any, str]]) -> Any:
    """A document with some of it dropped, replaced, added or put into a list."""
    document = copy.deepcopy(document)
    for number, how, value, key in changes:
        there = list(places(document))
        if not there:
            break
        container, at = there[number % len(there)]
        match how:
            case "drop":
                del container[at]
            case "put":
                container[at] = copy.deepcopy(value)
            case "add" if isinstance(container, dict):
                container[key] = copy.deepcopy(value)
            case _:
                container[at] = [container[at]]
    return document


def problems_of(document: Any) -> tuple[str, ...]:
    """What the readers say; JSON is YAML."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "rules.yaml")
        path.write_text(json.dumps(document))
        try:
            load_rules([path], default_page="acme")
        except RuleFileError as error:
            return tuple(problem.message for problem in error.problems)
    return ()


@settings(max_examples=400)
@given(changes=CHANGES)
def test_the_schema_accepts_what_the_readers_accept_and_refuses_what_they_refuse(
    changes: list[tuple[int, str, Any, str]],
) -> None:
    document = changed(FULL, changes)
    problems = problems_of(document)
    refused = [error.message for error in VALIDATOR.iter_errors(document)]
    expected = [problem for problem in problems if not BEYOND.search(problem)]
    assert bool(refused) == bool(expected), (refused, problems)


def test_a_whole_document_is_accepted_by_both() -> None:
    assert problems_of(FULL) == ()
    VALIDATOR.validate(FULL)


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


def test_the_rules_that_are_shipped_and_the_examples_are_accepted() -> None:
    texts = [path.read_text() for path in SHIPPED_RULES]
    texts += [
        block.text
        for block in page("docs/rules.md").blocks("yaml")
        if not block.text.startswith("# mistakes")
    ]
    for text in texts:
        for document in yaml.safe_load_all(text):
            VALIDATOR.validate(with_text_keys(document))


def with_text_keys(value: Any) -> Any:
    """As an editor sees it: the key of `{2: partial_outage}` is a text."""
    if isinstance(value, dict):
        return {str(key): with_text_keys(inner) for key, inner in value.items()}
    return [with_text_keys(inner) for inner in value] if isinstance(value, list) else value


def test_what_is_shipped_is_what_is_made() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text(), "run: bridge schema > rules/schema.json"
    assert call("schema").output == schema_text()


def keys_of(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that the schema knows, with what it says of it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for inner in schema.values():
            yield from keys_of(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keys_of(inner)


def test_every_key_of_the_schema_stands_in_a_table_of_the_reference() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \|", page("docs/rules.md").prose, re.MULTILINE))
    assert {key for key, _ in keys_of(SCHEMA)} == told


def test_every_key_is_explained_to_whoever_hovers_over_it() -> None:
    assert [key for key, said in keys_of(SCHEMA) if len(said.get("description", "")) < 8] == []


def test_a_key_that_a_reader_takes_and_the_schema_lacks_is_an_error_when_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "_KNOWN", {**metrics._KNOWN, "unit": None})
    with pytest.raises(ValueError, match="only the schema has: unit"):
        rule_file_schema()


def test_editors_find_the_schema_of_the_rules_that_are_shipped() -> None:
    assert SHIPPED_RULES
    for path in SHIPPED_RULES:
        assert path.read_text().splitlines()[0] == "# yaml-language-server: $schema=schema.json"
    assert code_in(page("docs/rules.md").section("In an editor"))
