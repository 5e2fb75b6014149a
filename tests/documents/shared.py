"""Where the documents lie: beside the repository, in `shared/`.

They are not ours to publish, so that a lone clone has none: there the tests skip, by name. With CI=true a missing one is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2].parent / "shared"

GUIDE = "quick-reference.md"
OPENAPI = "statuspage-openapi.json"


def read_shared(name: str) -> str:
    """The text of a document."""
    path = _FOLDER / name
    if not path.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} must lie beside the repository, in shared/", pytrace=False)
        pytest.skip(f"{name} does not lie beside the repository, in shared/", allow_module_level=True)
    return path.read_text("utf-8")
