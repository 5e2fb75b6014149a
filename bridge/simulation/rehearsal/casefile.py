"""Reading tests of rules: YAML, strict keys, every problem at once with file, line and column. Must not know how a test is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.document import read_documents
from bridge.config.fields import Length, read_fields, read_list, read_one_or_more, read_text
from bridge.config.problems import Place, Problems, RuleFileError, shown
from bridge.core.statuses import Automation
from bridge.simulation.rehearsal.case_fields import read_instant, read_listed
from bridge.simulation.rehearsal.cases import Case, CaseFile
from bridge.simulation.rehearsal.expectations import read_expectation
from bridge.simulation.rehearsal.givens import (
    read_alert,
    read_command,
    read_deed,
    read_probes,
    read_queries,
    read_templates,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.config.document import Node

_TOP = {"rules": None, "page": None, "automation": None, "tests": None}
_CASE = {
    "name": None,
    "automation": None,
    "starts": None,
    "templates": None,
    "alerts": None,
    "probes": None,
    "queries": None,
    "commands": None,
    "people": None,
    "expect": None,
    "at": 'it belongs below "expect"',
}


def read_case_file(path: Path) -> CaseFile:
    """The tests of one file.

    Raises:
        RuleFileError: with every problem of the file.
    """
    problems = Problems()
    found: CaseFile | None = None
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.add(Place(str(path)), f"cannot be read: {error.strerror}")
    else:
        documents = read_documents(str(path), content, problems)
        if len(documents) != 1 and not problems.errors:
            problems.add(Place(str(path)), f"{len(documents)} documents", "a file of tests is one document")
        found = _read_file(path, documents[0], problems) if documents else None
    if problems.errors or found is None:
        raise RuleFileError(problems.errors, problems.warnings)
    return found


def _read_file(path: Path, node: Node, problems: Problems) -> CaseFile | None:
    example = "write rules: [shop.yaml] and tests:"
    fields = read_fields(node, problems, what="a file of tests", known=_TOP, example=example)
    if fields is None:
        return None
    rules_node = fields.need("rules", "the rule files that are tested, relative to this file")
    named = () if rules_node is None else read_one_or_more(rules_node)
    rules = [read_text(one, problems, what="a rule file", length=Length(4096)) for one in named]
    page = fields.text("page")
    automation = fields.word("automation", Automation.SHADOW, words=tuple(Automation))
    tests_node = fields.need("tests", "list them, each with a name")
    nodes = () if tests_node is None else read_list(tests_node, problems, what='"tests"', of="tests")
    cases = [case for one in nodes if (case := _read_case(one, automation, problems)) is not None]
    names: dict[str, Place] = {}
    for case in cases:
        if case.name in names:
            problems.add_twice(case.place, f"the test {shown(case.name)}", names[case.name])
        names.setdefault(case.name, case.place)
    return CaseFile(
        str(path),
        tuple(path.parent / one.value for one in rules if one is not None),
        page.value if page is not None else None,
        tuple(cases),
    )


def _read_case(node: Node, automation: Automation, problems: Problems) -> Case | None:
    fields = read_fields(node, problems, what="a test", known=_CASE, example="write - name: …")
    if fields is None:
        return None
    name = fields.need_text("name", "say what it shows")
    alerts = [read_alert(one, problems) for one in read_listed(fields, "alerts", "alerts", problems)]
    probes = read_probes(fields, problems)
    queries = read_queries(fields, problems)
    commands = [read_command(one, problems) for one in read_listed(fields, "commands", "commands", problems)]
    deeds = [read_deed(one, problems) for one in read_listed(fields, "people", "deeds", problems)]
    expect = fields.need("expect", "say what the page shows, and when")
    nodes = () if expect is None else read_list(expect, problems, what='"expect"', of="expectations")
    expectations = [one for each in nodes if (one := read_expectation(each, problems)) is not None]
    if name is None or not expectations:
        return None
    return Case(
        name.value,
        name.place,
        tuple(one for one in alerts if one is not None),
        tuple(probes),
        tuple(queries),
        tuple(one for one in commands if one is not None),
        tuple(one for one in deeds if one is not None),
        tuple(sorted(expectations, key=lambda one: one.at)),
        fields.word("automation", automation, words=tuple(Automation)),
        read_instant(fields, "starts", problems),
        tuple(read_templates(fields, problems)),
    )
