"""What the vendor has and the product has not says so, instead of looking like a page or a path that is not there."""

import json

from bridge.simulator.model import Request, Response
from tests.documents.openapi import in_scope, operations_of, original
from tests.simulator.desk import NOW, Desk

NAMES = (
    "component_id",
    "id",
    "incident_id",
    "metric_id",
    "organization_id",
    "page_access_group_id",
    "page_access_user_id",
    "user_id",
)


def answered(desk: Desk, method: str, template: str) -> Response:
    path = template.format(**dict.fromkeys(NAMES, "x"), page_id=desk.page_id)
    return desk.simulator.handle(Request(method, f"/v1{path}", {}, desk.headers, b""), now=NOW)


def test_what_is_out_of_scope_says_so(desk: Desk) -> None:
    outside = [operation for operation in operations_of(original()) if not in_scope(original(), operation)]
    for operation in outside:
        answer = answered(desk, *operation)
        assert answer.status == 404, operation
        assert json.loads(answer.body)["error"].endswith("outside the scope of this simulator."), operation
    assert len(outside) == 44


def test_what_is_out_of_scope_is_told_to_nobody_without_a_token(desk: Desk) -> None:
    desk.headers = {}
    assert answered(desk, "GET", "/pages/{page_id}/status_embed_config").status == 401
