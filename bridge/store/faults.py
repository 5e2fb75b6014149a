"""Kinds of failure that only the store itself tells apart; for everybody else they are what they derive from."""

from __future__ import annotations

from bridge.errors import StoreError, StoreUnavailableError


class StoreFullError(StoreUnavailableError):
    """There is no room for a transaction; a smaller one may still find some."""


class StoreDamagedError(StoreError):
    """The database itself is wrong (damaged, removed, replaced): no commit will succeed until a person acts."""
