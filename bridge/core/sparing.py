"""What is spared for a while, entered into an evaluation under way: signals under a silence, holds of components under maintenance. Says what has to be looked at again; counts and judges nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.desired import SilenceDecision
from bridge.core.matching import match_all
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.rules import ComponentName
    from bridge.core.signals import Signal
    from bridge.core.state import Instance, State


@dataclass(frozen=True, slots=True)
class Turned:
    """Silences that began or ended, and the signals that they cover."""

    decisions: tuple[SilenceDecision, ...]
    signals: tuple[Signal, ...]


NOTHING_TURNED = Turned((), ())


def turn_silences(state: State, now: float) -> Turned:
    """Let silences begin and end. Cost: nothing between their edges; at one, a comparison for each signal."""
    turned = state.silences.turn(now)
    if not turned:
        return NOTHING_TURNED
    decisions = tuple(
        SilenceDecision(silence, Reason.SILENCE_BEGAN if lasts else Reason.SILENCE_ENDED)
        for silence, lasts in turned
    )
    matchers = [silence.matchers for silence, _ in turned]
    covered = (
        signal
        for signal in state.signals.values()
        if any(match_all(each, signal.labels) for each in matchers)
    )
    return Turned(decisions, tuple(covered))


def maintain(state: State, maintained: Mapping[ComponentName, float] | None) -> dict[Instance, None]:
    """Enter what is under maintenance; None leaves it as it is. Returns the rules and groups of components for which that changed. Cost: nothing where nothing did, else all that is counted or held."""
    before = state.maintained
    if maintained is None or maintained == before:
        return {}
    changed = {name for name in before.keys() | maintained.keys() if before.get(name) != maintained.get(name)}
    state.maintained = dict(maintained)
    held = ((key.rule, key.group) for key in state.memory.holds)
    known = dict.fromkeys((*state.tallies, *held, *state.always_known))
    return {instance: None for instance in known if state.rules[instance[0]].component in changed}
