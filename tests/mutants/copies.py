"""A copy of the product with a mutant in it, for one process to import."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.mutants.patches import apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.patches import Mutant

ROOT = Path(__file__).parent.parent.parent
PRODUCT = "bridge"


@contextmanager
def copied(mutant: Mutant | None) -> Iterator[Path]:
    """A folder that holds nothing but the product, mutated; None copies it as it is.

    Raises:
        PatchError: the patch does not fit the source.
    """
    with TemporaryDirectory(prefix="mutant-") as folder:
        root = Path(folder)
        shutil.copytree(ROOT / PRODUCT, root / PRODUCT)
        if mutant is not None:
            for path, text in mutated(mutant).items():
                (root / path).write_text(text)
                # Copied with the rest, and by its time perhaps taken for the new one's.
                Path(cache_from_source(str(root / path))).unlink(missing_ok=True)
        yield root


def mutated(mutant: Mutant) -> dict[str, str]:
    """The texts of the files that a mutant changes.

    Raises:
        PatchError: the patch does not fit the source.
    """
    return {
        path: apply(hunks, (ROOT / path).read_text(), name=f"{mutant.name}: {path}")
        for path, hunks in mutant.hunks.items()
    }
