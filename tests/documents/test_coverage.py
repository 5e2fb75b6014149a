"""The client's requests and the simulator's answers, each operation once at least."""

from __future__ import annotations

from tests.documents.coverage import cover
from tests.documents.defects import vendor_document
from tests.documents.openapi import operations_of


async def test_every_operation_in_scope_is_asked_and_answered_as_the_document_says() -> None:
    coverage = await cover()
    assert coverage.problems == []
    assert coverage.missing() == []
    assert len(coverage.answered) == len(operations_of(vendor_document()))
