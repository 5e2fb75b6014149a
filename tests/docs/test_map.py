"""ARCHITECTURE.md is a map of what is there, and no link of any page leads nowhere."""

from __future__ import annotations

import configparser
import re

import pytest

from tests.docs.diagrams import ARCHITECTURE, DIAGRAMS, marked, written
from tests.docs.pages import PAGES, ROOT, DocumentationPage, cells_of, code_in, page

MAP = page("ARCHITECTURE.md")
LARGEST_IMAGE = 300_000
"""Bytes: the README is read over slow lines too."""


def test_the_diagrams_are_what_the_transition_tables_say() -> None:
    text = ARCHITECTURE.read_text()
    assert marked(text) == list(DIAGRAMS)
    assert written(text) == text, "run: python -m tests.docs.diagrams"


def test_the_layers_are_those_that_the_contract_holds() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = contracts["importlinter:contract:layers"]["layers"].split("\n")
    held = [[name.strip() for name in line.split("|")] for line in layers if line.strip()]
    assert [code_in(row[0]) for row in MAP.rows("Layers")] == held


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_file_that_a_page_names_is_there(document: DocumentationPage) -> None:
    for name in code_in(document.prose):
        if re.fullmatch(
            r"(?:bridge|tests|helm|rules|docs)/[\w./-]*|[A-Z]+\.md|Makefile|\.importlinter", name
        ):
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_no_link_leads_nowhere(document: DocumentationPage) -> None:
    for target in document.links():
        name, _, anchor = target.partition("#")
        path = (document.path.parent / name).resolve() if name else document.path
        assert "://" not in name, f"{target}: pages of others move"
        assert path.exists(), target
        if anchor:
            assert anchor in DocumentationPage(path).anchors(), target


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_table_has_as_many_cells_in_each_row(document: DocumentationPage) -> None:
    widths: set[int] = set()
    for line in [*document.prose.splitlines(), ""]:
        if line.startswith("|"):
            widths.add(len(cells_of(line)))
        else:
            assert len(widths) <= 1, f"above: {line}"
            widths = set()


def test_every_page_of_the_documentation_is_linked_from_the_readme() -> None:
    linked = {target.partition("#")[0] for target in page("README.md").links()}
    assert {document.name for document in PAGES} - {"README.md"} <= linked


def test_images_are_small_enough_for_a_slow_line() -> None:
    images = sorted((ROOT / "docs/images").iterdir())
    assert [image.name for image in images if image.stat().st_size > LARGEST_IMAGE] == []
    linked = {target for document in PAGES for target in document.links()}
    assert {f"docs/images/{image.name}" for image in images} <= linked


def test_the_changelog_says_what_kind_each_change_is() -> None:
    entries = re.findall(r"^- (.*)$", page("CHANGELOG.md").text, re.MULTILINE)
    assert entries
    for entry in entries:
        assert re.match(r"\[(FEATURE|CHANGE|BUGFIX)\] ", entry), entry
