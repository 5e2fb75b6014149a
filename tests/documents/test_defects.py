"""The table of the document's defects: each has a name of its own, and is told once the document has it no more."""

from __future__ import annotations

import copy

import pytest

from tests.documents.defects import DEFECTS, Defect, mend, vendor_document
from tests.documents.openapi import original


def test_every_defect_has_a_name_of_its_own_and_is_still_one() -> None:
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS) == 15
    assert vendor_document()["paths"]


@pytest.mark.parametrize(
    ("defect", "place"),
    [(defect, place) for defect in DEFECTS for place in range(len(defect.mends))],
    ids=lambda value: value.name if isinstance(value, Defect) else str(value + 1),
)
def test_a_defect_that_is_mended_at_one_of_its_places_already_is_none_there(
    defect: Defect, place: int
) -> None:
    document = copy.deepcopy(original())
    defect.mends[place](document)
    with pytest.raises(ValueError, match=f"{defect.name}: place {place + 1} "):
        mend(document, [defect])
