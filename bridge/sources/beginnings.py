"""Since when a source of ours says what it says: a state that goes on keeps its beginning, through restarts and reloads. Knows nothing of what is observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.signals import SignalState

_TICK = 0.001
"""Seconds by which a new state begins after the former one, though our clock was set back meanwhile: `merge` believes the later."""


class Beginnings:
    """What was reported last under each id, and since when it is so."""

    def __init__(self, known: Mapping[str, tuple[SignalState, float]]) -> None:
        """Go on from what is known: a state and when it began, by id."""
        self._last = dict(known)

    def state(self, identifier: str) -> SignalState | None:
        """What was reported last; None for nothing."""
        known = self._last.get(identifier)
        return known[0] if known is not None else None

    def since(self, identifier: str, state: SignalState, now: float) -> float:
        """Since when the state holds that is reported now."""
        known = self._last.get(identifier)
        if known is None:
            since = now
        elif known[0] is state:
            since = known[1]
        else:
            since = max(now, known[1] + _TICK)
        self._last[identifier] = (state, since)
        return since
