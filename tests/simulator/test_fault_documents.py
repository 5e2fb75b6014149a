"""A plan as JSON: each bad document beside its messages, and rules that come back as they went."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulator.fault_documents import FaultDocumentError, read_document, write_rules
from bridge.simulator.faults import Ending, FaultBody, FaultKind, FaultRule
from bridge.simulator.model import Simulator
from bridge.simulator.options import RetryAfterForm

TEMPLATES = Simulator().templates
WORDS = "status_before, status_after, delay, answer_lost, dropped, late, cut_body, empty_body, html"


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        (None, ["a plan must be an object with the key rules"]),
        ([], ["a plan must be an object with the key rules"]),
        ({}, ["rules: must be a list of at most 1000 rules"]),
        ({"rules": [], "speed": 1}, ["speed: no such key"]),
        ({"rules": [], "seed": "7"}, ["seed: must be an integer of at most 2**53, not '7'"]),
        ({"rules": [], "seed": True}, ["seed: must be an integer of at most 2**53, not True"]),
        (
            {"rules": [], "seed": 10**4000},
            ["seed: must be an integer of at most 2**53, not a very large number"],
        ),
        ({"rules": [1]}, ["rules[0]: must be an object, not 1"]),
        ({"rules": [{}]}, [f"rules[0].kind: is missing; it is one of {WORDS}"]),
        ({"rules": [{"kind": "slow"}]}, [f"rules[0].kind: must be one of {WORDS}, not 'slow'"]),
        (
            {"rules": [{"kind": "refused"}]},
            [
                "rules[0].kind: a server cannot refuse a connection that it has; take dropped with the ending reset"
            ],
        ),
        ({"rules": [{"kind": "late", "share": "0.5"}]}, ["rules[0].share: must be a number, not '0.5'"]),
        (
            {"rules": [{"kind": "late", "share": 10**400}]},
            ["rules[0].share: must be a number, not a very large number"],
        ),
        ({"rules": [{"kind": "late", "share": 2}]}, ["rules[0]: share must be from 0 to 1, not 2.0"]),
        (
            {"rules": [{"kind": "late", "times": 1.5}]},
            ["rules[0].times: must be an integer of at most 2**53, not 1.5"],
        ),
        (
            {"rules": [{"kind": "late", "seconds": [1, 2, 3]}]},
            ["rules[0].seconds: must be a number of seconds, or the shortest and the longest"],
        ),
        ({"rules": [{"kind": "late", "method": {}}]}, ["rules[0].method: must be a text, not an object"]),
        (
            {"rules": [{"kind": "late", "ending": ["reset"]}]},
            ["rules[0].ending: must be one of silence, reset, whole, not a list"],
        ),
        (
            {"rules": [{"kind": "late", "path": "/pages/{page_id}/incident"}]},
            ["rules[0].path: no operation of the simulator has the path '/pages/{page_id}/incident'"],
        ),
        (
            {"rules": [{"kind": "late"}, {"kind": "late", "form": 1, "share": []}, 2]},
            [
                "rules[1].form: no such key",
                "rules[1].share: must be a number, not a list",
                "rules[2]: must be an object, not 2",
            ],
        ),
    ],
)
def test_a_bad_plan_is_told_all_that_is_wrong_with_it(document: object, problems: list[str]) -> None:
    with pytest.raises(FaultDocumentError) as caught:
        read_document(document, templates=TEMPLATES)
    assert caught.value.problems == problems


@pytest.mark.parametrize(
    "rule",
    [
        *(FaultRule(kind=kind) for kind in FaultKind if kind is not FaultKind.REFUSED),
        FaultRule(kind=FaultKind.DROPPED, share=0.25, method="PATCH", ending=Ending.RESET),
        FaultRule(kind=FaultKind.LATE, seconds=(31.0, 45.5), from_=60.0, until=600.0, times=3),
        FaultRule(kind=FaultKind.EMPTY_BODY, path="/pages/{page_id}/components/abc"),
        FaultRule(
            kind=FaultKind.STATUS_BEFORE,
            status=420,
            body=FaultBody.HTML,
            retry_after=30,
            retry_after_form=RetryAfterForm.DATE,
        ),
    ],
)
def test_a_rule_comes_back_as_it_went(rule: FaultRule) -> None:
    written = json.loads(json.dumps({"seed": 5, "rules": write_rules([rule])}))
    read = read_document(written, templates=TEMPLATES)
    assert (read.rules, read.seed) == ((rule,), 5)


def test_what_a_rule_does_not_restrict_is_not_written() -> None:
    assert write_rules([FaultRule(kind=FaultKind.DROPPED)]) == [
        {"kind": "dropped", "share": 1.0, "ending": "silence"}
    ]


def test_one_number_of_seconds_is_the_shortest_and_the_longest() -> None:
    read = read_document({"rules": [{"kind": "delay", "seconds": 3}]}, templates=TEMPLATES)
    assert read.rules[0].seconds == (3.0, 3.0)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(
    [
        "kind",
        "share",
        "method",
        "path",
        "from",
        "until",
        "times",
        "status",
        "body",
        "retry_after",
        "retry_after_form",
        "seconds",
        "ending",
    ]
)


@given(st.lists(st.dictionaries(keys, values, max_size=6) | values, max_size=3), values)
def test_no_document_raises_anything_else(rules: list[Any], seed: object) -> None:
    for rule in rules:
        if isinstance(rule, dict):
            rule.setdefault("kind", "late")
    try:
        read_document({"rules": rules, "seed": seed}, templates=TEMPLATES)
    except FaultDocumentError as error:
        assert error.problems  # noqa: PT017 - either it is read or it is told
