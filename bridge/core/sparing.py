"""What is spared for a while, entered into an evaluation under way: signals under a silence, holds of components under maintenance. Says what has to be looked at again; counts and judges nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.desired import SilenceDecision
from bridge.core.holds import HoldPhase, Truth
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.claims import HoldKey
    from bridge.core.holds import Hold
    from bridge.core.rules import ComponentName, ComponentRule
    from bridge.core.state import Instance, State


def turn_silences(state: State, now: float) -> tuple[SilenceDecision, ...]:
    """Let silences begin and end. Cost: nothing between their edges. At one, every signal has to be looked at again."""
    return tuple(
        SilenceDecision(silence, Reason.SILENCE_BEGAN if lasts else Reason.SILENCE_ENDED)
        for silence, lasts in state.silences.turn(now)
    )


def is_judged(hold: Hold, until: float, for_: float, now: float) -> bool:
    """Whether what a condition says may not be claimed, and proves no recovery either, because of a maintenance that spares its component until then.

    That lasts for a `for` that begins anew with its end. What began to be pending meanwhile is judged when that is over, which may be a moment later: nobody wakes at the very instant.
    """
    pending = until > 0.0 and hold.phase is HoldPhase.PENDING and hold.since < until + for_
    return not hold.claims and (now < until + for_ or pending)


def note_spared(state: State, rule: ComponentRule, key: HoldKey, truth: Truth) -> None:
    """Enter whether a hold is true, or may be, and may not be claimed; false where neither is so. Incidents over its component are looked at."""
    known = state.spared.get(rule.component)
    if (Truth.FALSE if known is None else known.get(key, Truth.FALSE)) is truth:
        return
    of_component = state.spared.setdefault(rule.component, {})
    if truth is Truth.FALSE:
        del of_component[key]
    else:
        of_component[key] = truth
    if not of_component:
        del state.spared[rule.component]
    public = {
        one
        for held, one in of_component.items()
        if state.rules[held.rule].automation is not Automation.SHADOW
    }
    if public:
        state.desired.spared[rule.component] = Truth.TRUE if Truth.TRUE in public else Truth.UNKNOWN
    else:
        state.desired.spared.pop(rule.component, None)
    state.dirty(rule.component, key.group)


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
