"""Which sources say that what a guard holds is so. Knows neither when they are enough nor what is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.rules import CountLadder
from bridge.core.tallies import NOTHING

if TYPE_CHECKING:
    from bridge.core.blast import Caps
    from bridge.core.state import State


def sources_behind(state: State, caps: Caps) -> set[str]:
    """The sources of failing signals that claim more than a held component may show."""
    return {
        source
        for name, cap in caps.items()
        for key, claim in state.claims.get(name, {}).items()
        if not claim.shadow
        # That enough fail for something milder says nothing for the worse rungs of the same rule.
        if claim.status.severity > cap.severity or not isinstance(state.rules[key.rule].status, CountLadder)
        for source in state.tallies.get((key.rule, key.group), NOTHING).sources_above(cap)
    }
