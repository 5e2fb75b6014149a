"""A small storm; the whole one is `make contract`."""

from __future__ import annotations

from tests.documents.fuzzing import all_operations, storm


def test_random_requests_to_every_operation_are_answered_as_the_document_says() -> None:
    answered = dict(storm(all_operations(), per_operation=4))
    assert [*answered] == all_operations()
    assert all(statuses for statuses in answered.values())
