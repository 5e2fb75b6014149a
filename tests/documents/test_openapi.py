"""The document itself: what of it is in scope."""

from __future__ import annotations

from tests.documents.defects import vendor_document
from tests.documents.openapi import operations_of, original


def test_the_scope_is_that_of_the_nine_resources_with_providers_and_incident_subscribers() -> None:
    inside = operations_of(vendor_document())
    assert (len(operations_of(original())), len(inside)) == (112, 68)
