"""No bytes make `load_rules` do anything but load or raise its own error with places."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.config.problems import Problem, RuleFileError
from tests.config.loading import load

VALID = (Path(__file__).parents[2] / "rules" / "shop.yaml").read_bytes()
FULL = b"""
page: acme
defaults: {for: 1m, automation: shadow}
components:
  "Checkout / API":
    - {id: a, alert: A, matchers: ['severity=~"a|b"'], status: {severity: {a: major_outage}}, for: 1h30m}
    - {query: ratio, value: "> 0.05", no_data: fail, status: partial_outage}
    - {probe: shop, status: partial_outage, keep_firing_for: 0, automation: full}
incidents:
  - {id: shop, components: ['*'], title: T, group_by: [a], open_at: major_outage, texts: {resolved: "{components}"}}
probes:
  - {id: shop, http: {url: "${SHOP_URL}/", headers: {A: b}, expect: {status: 2xx, within: 1s, body: a+}}, labels: {a: b}}
metrics:
  - {metric: M, probe: shop, value: up}
  - {metric: N, query: up, prometheus: main, every: 1m}
queries:
  - {id: ratio, query: "sum(a) / sum(b)", prometheus: main, every: 5s, labels: {a: b}}
"""
SPLICES = st.sampled_from(
    [
        b"", b":", b": ", b"-", b"\n", b"\n  ", b"\t", b"[", b"]", b"{", b"}", b"'", b'"', b"#", b"&a ", b"*a", b"!", b"!!int ",
        b"|", b">", b"<<: ", b"? ", b"---\n", b"...\n", b"%", b"@", b"~", b"\0", b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf",
        b"\xe2\x80\xa8", b"\\", b"\\ud800", b"${", b"9" * 50, b"*", b" / ", b"id:", b"=~(", b"null", b"1.5m", b"\r",
    ]
)  # fmt: skip
MUTATIONS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 12), SPLICES), min_size=1, max_size=6)
WORDS = st.sampled_from(
    [
        "page",
        "components",
        "incidents",
        "probes",
        "queries",
        "metrics",
        "defaults",
        "acme",
        "id",
        "http",
        "url",
    ]
)
LEAVES = st.one_of(WORDS, st.text(max_size=8), st.just("{}"), st.just("2m"))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(LEAVES, inner, max_size=4)),
    max_leaves=25,
)


def problems_of(content: bytes) -> tuple[Problem, ...]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "rules.yaml")
        path.write_bytes(content)
        try:
            load(path)
        except RuleFileError as error:
            return error.problems
    return ()


def judge(content: bytes) -> None:
    # What YAML takes for a line break: CR, LF, NEL, LS and PS.
    breaks = sum(
        content.count(sign) for sign in (b"\n", b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
    )
    for problem in problems_of(content):
        assert problem.path.endswith("rules.yaml")
        assert 1 <= problem.line <= breaks + 2
        assert problem.column >= 1
        assert str(problem).isprintable()


def mutated(content: bytes, mutations: list[tuple[int, int, bytes]]) -> bytes:
    for position, length, splice in mutations:
        start = position % (len(content) + 1)
        content = content[:start] + splice + content[start + length :]
    return content


@pytest.mark.parametrize(
    "content", [VALID.replace(b"SEARCH_URL", b"SHOP_URL").replace(b"demo\n", b"acme\n", 1), FULL]
)
def test_the_files_that_are_mutated_are_sound(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rules.yaml").write_bytes(content)
    assert load(tmp_path).rule_sets


@settings(deadline=None)
@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b"")
@example(b"\x00")
@example(b"\xff\xfe\x00")
def test_random_bytes_load_or_raise_the_error_of_rule_files(content: bytes) -> None:
    judge(content)


@settings(deadline=None)
@given(MUTATIONS)
def test_a_mutated_example_loads_or_raises_the_error_of_rule_files(
    mutations: list[tuple[int, int, bytes]],
) -> None:
    judge(mutated(VALID, mutations))


@settings(deadline=None)
@given(MUTATIONS)
def test_a_mutated_file_of_every_key_loads_or_raises_the_error_of_rule_files(
    mutations: list[tuple[int, int, bytes]],
) -> None:
    judge(mutated(FULL, mutations))


@settings(deadline=None)
@given(st.dictionaries(WORDS, TREES, max_size=6))
def test_any_structure_loads_or_raises_the_error_of_rule_files(tree: dict[str, object]) -> None:
    import json  # YAML takes JSON, and json quotes whatever Hypothesis puts into a text

    judge(json.dumps(tree, ensure_ascii=False).encode(errors="replace"))
