"""The judge itself: what the document does not have is found, in a request and in an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.documents.examples import example
from tests.documents.openapi import Operation
from tests.documents.validation import answer_problems, request_problems

CREATE = Operation("POST", "/pages/{page_id}/incidents")
TEMPLATE = Operation("POST", "/pages/{page_id}/incident_templates")
GROUP = Operation("POST", "/pages/{page_id}/component-groups")
SUBSCRIBE = Operation("POST", "/pages/{page_id}/subscribers")
UNSUBSCRIBE = Operation("POST", "/pages/{page_id}/subscribers/unsubscribe")
POINT = Operation("POST", "/pages/{page_id}/metrics/{metric_id}/data")
LISTING = Operation("GET", "/pages/{page_id}/subscribers")
DELETE = Operation("DELETE", "/pages/{page_id}/components/{component_id}")


@pytest.mark.parametrize(
    ("operation", "right", "wrong"),
    [
        (CREATE, {"incident": {"name": "x"}}, {"incident": {"name": "x", "scheduled_for": "tomorrow"}}),
        (CREATE, {"incident": {"name": "x"}}, {"incident": {"name": "x", "wanted": 1}}),
        (CREATE, {"incident": {"name": "x", "status": "resolved"}}, {"incident": {"status": "resolved"}}),
        (CREATE, {"incident": {"name": "x"}}, {"incident": {"name": "x"}, "wanted": 1}),
        (
            CREATE,
            {"incident": {"name": "x", "components": {"a": "operational", "b": "operational"}}},
            {"incident": {"name": "x", "components": {"a": "well"}}},
        ),
        (TEMPLATE, {"template": {"name": "a", "title": "b", "body": "c"}}, {"incident_template": {}}),
        (
            GROUP,
            {"component_group": {"name": "x", "components": ["a"], "description": "y"}},
            {"component_group": {"name": "x", "components": ["a"], "descriptions": "y"}},
        ),
        (UNSUBSCRIBE, {"subscribers": "all"}, {"subscribers": "none"}),
        (UNSUBSCRIBE, {"subscribers": ["a"]}, {"subscribers": []}),
        (POINT, {"data": {"timestamp": 2**31 - 1, "value": 1.5}}, {"data": {"timestamp": 2**31, "value": 1}}),
    ],
)
def test_a_request_that_the_document_does_not_describe_is_told(
    operation: Operation, right: Any, wrong: Any
) -> None:
    assert request_problems(operation, json.dumps(right).encode()) == []
    assert len(request_problems(operation, json.dumps(wrong).encode())) == 1


def test_a_body_is_there_where_the_document_has_one_and_nowhere_else() -> None:
    assert request_problems(DELETE, b"") == []
    assert request_problems(DELETE, b"{}") == ["a body where the document has none"]
    assert len(request_problems(SUBSCRIBE, b"")) == 1


def test_an_answer_that_the_document_does_not_have_is_found() -> None:
    status, [row] = example(LISTING)

    def problems(**changed: Any) -> list[str]:
        return answer_problems(LISTING, status, json.dumps([{**row, **changed}]).encode())

    assert problems() == []
    assert problems(more="than it knows") == []
    assert len(problems(created_at="yesterday")) == 1
    lacking = [{name: row[name] for name in row if name != "mode"}]
    assert len(answer_problems(LISTING, status, json.dumps(lacking).encode())) == 1
    assert answer_problems(LISTING, 201, b"[]") == ["the document has no 201"]
    assert answer_problems(DELETE, 204, b"") == []
    assert answer_problems(DELETE, 204, b"null") == ["a body where the document has none: b'null'"]
