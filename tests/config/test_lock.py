"""`ids.lock.yaml`: read with the rules, by the page's id, and written the same whenever the same is bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config.compile import load_rules
from bridge.config.files import RuleFile
from bridge.config.lock import lock_text, read_locks
from bridge.config.naming import components_of
from bridge.config.problems import Problems
from tests.config.loading import PAGES, load, told, write

if TYPE_CHECKING:
    from pathlib import Path

PAGE_ID = PAGES["acme"]
RULES = "page: acme\ncomponents: {Search: [{alert: A, status: partial_outage}]}\n"
OTHER = "zyxwvutsrqpo"


def lock(folder: Path, text: str) -> Path:
    """Write a lock file."""
    folder.mkdir(exist_ok=True)
    (folder / "ids.lock.yaml").write_text(text)
    return folder


def test_the_part_of_the_page_with_that_id_counts_and_no_other(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES)
    lock(
        tmp_path,
        f"{OTHER}: {{page: acme, components: {{Search: 000000000000}}}}\n"
        f"{PAGE_ID}: {{page: acme, components: {{Search: 8kbf7d35c070, Old: 000000000001}}}}\n",
    )
    assert load(tmp_path).rule_sets["acme"].component_ids == {"Search": "8kbf7d35c070"}


def test_a_change_of_the_lock_is_a_change_of_the_rules(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES)
    before = load(tmp_path).digest
    lock(tmp_path, f"{PAGE_ID}: {{page: acme, components: {{Search: 8kbf7d35c070}}}}\n")
    assert load(tmp_path).digest != before


def test_a_directory_with_a_lock_alone_holds_no_rules(tmp_path: Path) -> None:
    lock(tmp_path, f"{PAGE_ID}: {{page: acme}}\n")
    assert told(tmp_path) == ["no rule files are in this directory (hint: rule files end in .yaml or .yml)"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "1:1: a lock file must be a mapping, not a list (hint: run bridge bind)"),
        (
            "acme: {page: acme}",
            '1:1: a page\'s id cannot be "acme" (hint: an id is twelve small letters and digits, such as 8kbf7d35c070)',
        ),
        (
            f"{PAGE_ID}: {{components: {{}}}}",
            '1:15: a page of a lock file has no "page" (hint: it is what the rule files call the page)',
        ),
        (
            f"{PAGE_ID}: {{page: acme, component: {{}}}}",
            '1:28: unknown key "component" in a page of a lock file (hint: did you mean "components"?)',
        ),
        (
            f"{PAGE_ID}: {{page: acme, metrics: {{Latency: 12}}}}",
            '1:47: an id cannot be "12" (hint: an id is twelve small letters and digits, such as 8kbf7d35c070)',
        ),
        (
            f"{PAGE_ID}: {{page: acme, components: {{Search / *: 8kbf7d35c070}}}}",
            '1:41: "Search / *": one component is meant here, not a wildcard (hint: name each component)',
        ),
    ],
)
def test_a_lock_that_cannot_be_read_is_told_at_its_place(tmp_path: Path, text: str, problem: str) -> None:
    write(tmp_path, rules=RULES)
    lock(tmp_path, text)
    assert told(tmp_path) == [problem]


def test_a_name_in_two_locks_is_a_problem_that_names_both_places(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES)
    text = f"{PAGE_ID}: {{page: acme, components: {{Search: %s}}}}\n"
    lock(tmp_path, text % "8kbf7d35c070")
    lock(tmp_path / "team", text % "8kbf7d35c071")
    assert told(tmp_path) == [
        f'1:41: "Search" is bound twice (hint: the first is at {tmp_path}/ids.lock.yaml:1:41; keep one of them)'
    ]


def test_without_settings_a_page_is_found_by_its_name_or_its_id(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES, more=RULES.replace("acme", PAGE_ID))
    lock(tmp_path, f"{PAGE_ID}: {{page: acme, components: {{Search: 8kbf7d35c070}}}}\n")
    loaded = load_rules([tmp_path])
    assert {name: rules.component_ids for name, rules in loaded.rule_sets.items()} == {
        "acme": {"Search": "8kbf7d35c070"},
        PAGE_ID: {"Search": "8kbf7d35c070"},
    }
    assert loaded.warnings == ()


names = (
    st.text(
        st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), exclude_characters="*/"), min_size=1
    )
    .filter(lambda name: not name.startswith("id:"))
    .map(lambda name: " ".join(name.split()))
    .filter(bool)
)
ids = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=12, max_size=12)


@given(
    pages=st.dictionaries(
        ids,
        st.tuples(names, st.dictionaries(names, ids, max_size=5), st.dictionaries(names, ids, max_size=3)),
        max_size=3,
    )
)
def test_what_is_written_is_read_again(
    pages: dict[str, tuple[str, dict[str, str], dict[str, str]]],
) -> None:
    problems = Problems()
    locks = read_locks([RuleFile("ids.lock.yaml", lock_text(pages).encode())], problems)
    assert problems.errors == ()
    assert {
        page_id: (
            found.page,
            {name: one.value for name, one in found.components.items()},
            {name: one.value for name, one in found.metrics.items()},
        )
        for page_id, found in locks.items()
    } == pages


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("Chekout / API", ["Checkout / API", "Checkout / Web"]),
        ("checkout / api", ["Checkout / API", "Checkout / Web"]),
        ("Shop / Web", ["Checkout / Web"]),
        ("API", ["Checkout / API"]),
        ("Mail", []),
    ],
)
def test_what_comes_close_to_a_name(name: str, close: list[str]) -> None:
    page = components_of([("a", "API", "Checkout"), ("b", "Web", "Checkout"), ("c", "Search", "")])
    assert list(page.close(name)) == close
