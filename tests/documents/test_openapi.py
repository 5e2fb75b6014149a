"""The document itself: what of it is in scope, and that each of its known defects is still one."""

from __future__ import annotations

from tests.documents.openapi import operations_of, original, vendor_document


def test_the_scope_is_that_of_the_nine_resources_with_providers_and_incident_subscribers() -> None:
    inside = operations_of(vendor_document())
    assert (len(operations_of(original())), len(inside)) == (112, 68)
