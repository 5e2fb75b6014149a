"""What the door reads of an incident's metadata, in the words of any version that may have written it."""

from __future__ import annotations

import msgspec
import pytest

from bridge.statuspage.door import METADATA_NAME, incident_row
from bridge.statuspage.models import Incident

BEFORE = {"v": 1, "key": "k", "episode": 5, "sequence": 1, "op": "o", "components": {}}
"""As it was written before `announced` was."""


def read(metadata: dict[str, object] | None, *asked: bool | None) -> Incident:
    """An incident with one update for each answer to whether it asked to notify."""
    updates = [{"id": str(number), "deliver_notifications": answer} for number, answer in enumerate(asked)]
    document: dict[str, object] = {"id": "x", "status": "investigating", "incident_updates": updates}
    if metadata is not None:
        document["metadata"] = {METADATA_NAME: metadata}
    return msgspec.convert(document, Incident)


@pytest.mark.parametrize(
    ("metadata", "asked", "announced"),
    [
        pytest.param(BEFORE, (False,), True, id="older versions announced whatever they opened"),
        pytest.param({**BEFORE, "announced": True}, (False,), True, id="what we say we announced"),
        pytest.param({**BEFORE, "announced": False}, (False,), False, id="what we created silently"),
        pytest.param({**BEFORE, "announced": False}, (None,), False, id="a page that does not tell"),
        pytest.param({**BEFORE, "announced": False}, (True, False), True, id="what a person announced"),
    ],
)
def test_an_incident_is_announced_unless_all_that_can_be_read_says_that_it_is_not(
    metadata: dict[str, object], asked: tuple[bool | None, ...], *, announced: bool
) -> None:
    row = incident_row(read(metadata, *asked))
    assert (row.key, row.announced) == ("k", announced)


def test_a_member_that_we_do_not_know_hides_nothing() -> None:
    assert incident_row(read({**BEFORE, "later": 1}, True)).key == "k"


def test_another_version_is_not_read() -> None:
    assert incident_row(read({**BEFORE, "v": 2}, True)).key is None
