"""`bridge migrate DATABASE_URL`."""

from __future__ import annotations

import sys

from bridge.store.migrate import upgrade
from bridge.store.schema import REVISION


def upgrade_store(url: str) -> None:
    """Upgrade and say from where to where."""
    before = upgrade(url)
    was = "and is new" if before is None else f"and was at {before}"
    sys.stdout.write(f"the store is at {REVISION} {was}\n")
