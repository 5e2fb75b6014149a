"""`bridge migrate DATABASE_URL`."""

from __future__ import annotations

import sys

from bridge.store.migrate import upgrade


def upgrade_store(url: str) -> None:
    """Upgrade and say from where to where."""
    sys.stdout.write(f"the store is at {upgrade(url)}\n")
