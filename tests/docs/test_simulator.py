"""docs/simulator.md against the simulator: its plan of faults is one, and its table names every kind that can be had over HTTP."""

from __future__ import annotations

import json
import re

from bridge.simulator.fault_documents import read_document
from bridge.simulator.faults import FaultKind
from bridge.simulator.model import Simulator
from bridge.simulator.options import questions
from tests.docs.pages import code_in, page

ONLY_SIMULATED = {FaultKind.REFUSED}
"""A server cannot refuse the connection that a request came on."""


def test_the_plan_of_faults_in_the_docs_is_one() -> None:
    (command,) = page("docs/simulator.md").blocks("sh")
    found = re.search(r"-d '(.*)'", command.text, re.DOTALL)
    assert found is not None
    plan = read_document(json.loads(found[1]), templates=Simulator().templates)
    assert [rule.kind for rule in plan.rules] == [
        FaultKind.ANSWER_LOST,
        FaultKind.STATUS_BEFORE,
        FaultKind.LATE,
    ]


def test_every_kind_of_fault_is_explained() -> None:
    rows = page("docs/simulator.md").rows("Faults")
    assert {str(row[0]).strip("`") for row in rows} == {
        str(kind) for kind in FaultKind if kind not in ONLY_SIMULATED
    }


def test_the_options_that_the_tables_of_decisions_name_are_options() -> None:
    docs = page("docs/simulator.md")
    named = {
        option
        for heading in ("Incidents", "Maintenances", "Postmortems")
        for row in docs.rows(heading)
        for option in code_in(row[2])
    }
    assert named - {question.name for question in questions()} == set()
    assert {"maintenance_components", "status_of_update", "publish_before_resolve"} <= named
