"""Several files, documents and directories are one set of rules for each page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.config.compile import load_rules
from bridge.config.problems import RuleFileError
from tests.config.loading import PAGES, load, load_text, told, write

SEARCH = "components: {Search: [{alert: %s, status: partial_outage}]}"
PROBE = "probes: [{id: %s, http: {url: 'https://shop.example'}}]"


def page_of(rules: str, page: str = "acme") -> str:
    return f"page: {page}\n{rules}\n"


def test_rules_of_one_component_in_two_files_add_up_in_the_order_of_the_names(tmp_path: Path) -> None:
    write(tmp_path, b=page_of(SEARCH % "Second"), a=page_of(SEARCH % "First"))
    rules = load(tmp_path).rule_sets["acme"].components
    assert [rule.id for rule in rules] == ["Search:First", "Search:Second"]


def test_a_file_may_hold_several_documents(tmp_path: Path) -> None:
    text = f"# shared\n---\n{page_of(SEARCH % 'A')}---\n{page_of(SEARCH % 'B')}---\n"
    assert len(load_text(tmp_path, text).rule_sets["acme"].components) == 2


def test_a_page_may_be_named_by_its_id(tmp_path: Path) -> None:
    write(tmp_path, a=page_of(SEARCH % "A"), b=page_of(SEARCH % "B", PAGES["acme"]))
    assert list(load(tmp_path).rule_sets) == ["acme"]


def test_pages_have_rule_sets_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, a=page_of(SEARCH % "A", "one"), b=page_of(SEARCH % "A", "two"))
    rule_sets = load_rules([tmp_path]).rule_sets
    assert {name: len(rules.components) for name, rules in rule_sets.items()} == {"one": 1, "two": 1}


def test_a_document_without_a_page_takes_the_default(tmp_path: Path) -> None:
    write(tmp_path, a=SEARCH % "A")
    assert list(load_rules([tmp_path], default_page="acme").rule_sets) == ["acme"]


def test_an_incident_covers_components_of_other_files_of_its_page_only(tmp_path: Path) -> None:
    incident = "incidents: [{id: all, components: ['*'], title: All}]"
    other = "components: {Mail: [{alert: A, status: partial_outage}]}"
    write(tmp_path, a=page_of(incident, "one"), b=page_of(SEARCH % "A", "one"), c=page_of(other, "two"))
    assert load_rules([tmp_path]).rule_sets["one"].incidents[0].components == ("Search",)


def test_a_rule_may_name_a_probe_of_another_file(tmp_path: Path) -> None:
    rules = "components: {Search: [{probe: shop, status: partial_outage}]}"
    write(tmp_path, a=page_of(rules), b=PROBE % "shop")
    assert [str(matcher) for matcher in load(tmp_path).rule_sets["acme"].components[0].matchers] == [
        'probe="shop"'
    ]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        pytest.param(
            page_of(SEARCH % "A"),
            page_of(SEARCH % "A"),
            '{b}:2:23: the rule "Search:A" stands twice'
            " (hint: the first is at {a}:2:23; give one of them an id of its own)",
            id="a rule",
        ),
        pytest.param(
            PROBE % "shop",
            PROBE % "shop",
            '{b}:1:15: the probe "shop" stands twice (hint: the first is at {a}:1:15)',
            id="a probe",
        ),
        pytest.param(
            page_of("incidents: [{id: search, components: [Search], title: Slow}]\n" + SEARCH % "A"),
            page_of("incidents: [{id: search, components: [Search], title: Slow}]\n" + SEARCH % "B"),
            '{b}:2:18: the incident "search" stands twice (hint: the first is at {a}:2:18)',
            id="an incident",
        ),
        pytest.param(
            page_of("metrics: [{metric: Orders, query: a, prometheus: main}]"),
            page_of("metrics: [{metric: ' Orders', query: b, prometheus: main}]"),
            '{b}:2:20: the metric "Orders" stands twice (hint: the first is at {a}:2:20)',
            id="a metric",
        ),
    ],
)
def test_what_stands_twice_names_both_places(tmp_path: Path, first: str, second: str, message: str) -> None:
    write(tmp_path, a=first, b=second)
    with pytest.raises(RuleFileError) as caught:
        load(tmp_path)
    assert str(caught.value) == message.format(a=tmp_path / "a.yaml", b=tmp_path / "b.yaml")


def test_the_problems_of_all_files_come_at_once_by_place(tmp_path: Path) -> None:
    write(tmp_path, b="pgae: acme", a="page: [", c="probes: x")
    with pytest.raises(RuleFileError) as caught:
        load(tmp_path)
    assert [Path(problem.path).name for problem in caught.value.problems] == ["a.yaml", "b.yaml", "c.yaml"]


def test_directories_are_searched_to_the_bottom_for_both_endings(tmp_path: Path) -> None:
    folder = tmp_path / "shop" / "search"
    folder.mkdir(parents=True)
    write(folder, deep=page_of(SEARCH % "A"))
    (tmp_path / "top.yml").write_text(page_of(SEARCH % "B"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not: [read", encoding="utf-8")
    assert len(load(tmp_path).rule_sets["acme"].components) == 2


def test_a_mounted_config_map_is_read_once(tmp_path: Path) -> None:
    version = tmp_path / "..2026_01_01"
    version.mkdir()
    write(version, shop=page_of(SEARCH % "A"))
    (tmp_path / "..data").symlink_to(version.name)
    (tmp_path / "shop.yaml").symlink_to("..data/shop.yaml")
    assert len(load(tmp_path).rule_sets["acme"].components) == 1


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, shop=page_of(SEARCH % "A"))
    assert len(load(tmp_path, tmp_path / "shop.yaml").rule_sets["acme"].components) == 1


def test_a_file_that_is_named_needs_no_ending(tmp_path: Path) -> None:
    (tmp_path / "rules").write_text(page_of(SEARCH % "A"), encoding="utf-8")
    assert list(load(tmp_path / "rules").rule_sets) == ["acme"]


def test_a_missing_file_is_a_problem_of_the_file_as_a_whole(tmp_path: Path) -> None:
    assert told(tmp_path / "missing.yaml") == ["cannot be read: No such file or directory"]


def test_a_directory_without_rule_files_is_a_problem(tmp_path: Path) -> None:
    assert told(tmp_path) == ["no rule files are in this directory (hint: rule files end in .yaml or .yml)"]


def test_no_path_at_all_is_a_problem() -> None:
    assert told() == ["no rule files were named"]


def test_a_path_that_no_system_accepts_is_a_problem() -> None:
    assert told(Path("a\0b")) == ["cannot be read: embedded null byte"]


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert told(tmp_path) == ["not a regular file"]


def test_a_link_to_itself_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert told(tmp_path) == ["cannot be read: Too many levels of symbolic links"]


def test_a_file_name_that_is_no_text_can_still_be_told(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.yaml")).write_text("pgae: x", encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load(tmp_path)
    assert str(caught.value).encode().startswith(os.fsencode(tmp_path))


def test_the_digest_follows_the_contents_and_not_the_names(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder, text in zip(folders, ("A", "A", "B"), strict=True):
        folder.mkdir()
        write(folder, **{folder.name: page_of(SEARCH % text)})
    first, same, other = (load(folder).digest for folder in folders)
    assert first == same != other


def test_without_settings_every_page_server_and_variable_is_accepted(tmp_path: Path) -> None:
    text = """page: any
probes: [{id: shop, http: {url: "${ANY}/healthz"}}]
metrics: [{metric: Orders, query: sum(orders), prometheus: any}]
"""
    loaded = load_rules([write(tmp_path, rules=text)])
    assert list(loaded.rule_sets) == ["any"]
    assert loaded.probes[0].check.url == "${ANY}/healthz"


def test_a_page_beyond_the_limit_of_components_is_refused(tmp_path: Path) -> None:
    rules = "".join(f"  C{n}: [{{alert: A, status: major_outage}}]\n" for n in range(1101))
    assert told(write(tmp_path, rules=f"page: acme\ncomponents:\n{rules}")) == [
        "1103:3: more than 1,100 components on one page"
    ]
