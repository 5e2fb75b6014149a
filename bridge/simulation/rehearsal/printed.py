"""How times and lists of components are printed, both where a test expects them and where the page shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def instant(at: float | None) -> str:
    """A time: `2026-08-01T22:00:00Z`; empty for none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def listed(names: Iterable[str]) -> str:
    """Components, in order."""
    return ", ".join(sorted(names))
