"""One group of units: committed together, or, where that fails because of one of them, each alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import StoreError, StoreUnavailableError
from bridge.store.faults import StoreDamagedError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.core.changes import Changes
    from bridge.store.database import Database


def apply_group(database: Database, units: Sequence[Changes]) -> list[StoreError | None]:
    """Commit units in their order.

    Returns:
        For each unit None, or why it was not committed.
    """
    error = _attempt(database, units)
    if error is None or len(units) == 1 or _concerns_all(error):
        return [error] * len(units)
    errors: list[StoreError | None] = []
    for unit in units:
        if error is None or not _concerns_all(error):
            error = _attempt(database, (unit,))
        errors.append(error)
    return errors


def _attempt(database: Database, units: Sequence[Changes]) -> StoreError | None:
    try:
        database.apply(units)
    except StoreError as error:
        return error
    return None


def _concerns_all(error: StoreError) -> bool:
    # To wait for the same lock a hundred times over would be five seconds each.
    if isinstance(error, StoreFullError):
        return False
    return isinstance(error, StoreUnavailableError | StoreDamagedError)
