"""What would be sent to a page now: the calls in their order, each with its reason and what is behind it, and what else waits.

"Now" is everything that would be sent without the passing of a hold: as if each request were answered at once, and as if time stood still. What only time brings (a `for` that runs
out, `monitor_for`, a maintenance's edge, S after a lost write) is not in it, and is said to be waited for. Values alone; made by `bridge.engine.dry_run`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.holds import NEVER

if TYPE_CHECKING:
    from bridge.core.claims import HoldKey
    from bridge.core.holds import HoldPhase
    from bridge.core.intents import OperationId
    from bridge.core.operations import DraftPostmortem, PushPoints, Write
    from bridge.core.reasons import Reason
    from bridge.core.rules import ComponentName
    from bridge.core.signals import Signal

    Sendable = Write | PushPoints | DraftPostmortem


@dataclass(frozen=True, slots=True)
class Cause:
    """A hold that claims a status, and why.

    Attributes:
        component: of which.
        key: rule, status and group labels.
        phase: firing or keeping.
        since: our clock; when it came to that.
        signals: those that fail for it now, the first few.
        failing: how many fail in all.
    """

    component: ComponentName
    key: HoldKey
    phase: HoldPhase
    since: float
    signals: tuple[Signal, ...] = ()
    failing: int = 0


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call that would be sent.

    Attributes:
        operation: what it does.
        name: of the attempt. The daemon gives it another when it sends it.
        causes: the claims behind it; none where it says that something is over.
        presumes: what was taken for granted of the page and is read before it is sent; empty for nothing beyond what its lists show.
    """

    operation: Sendable
    name: OperationId
    causes: tuple[Cause, ...] = ()
    presumes: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that is not sent now, and what it waits for.

    Attributes:
        reason: in one word.
        text: the same for people.
        until: our clock; when that is over by itself. Infinity where it is not, or nobody knows.
    """

    reason: Reason
    text: str
    until: float = NEVER


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What would be sent to one page now.

    Attributes:
        page: its name in the settings.
        at: our clock.
        read_at: our clock; when the oldest reading began of the lists that this goes by. None for a page that was not read.
        calls: in the order in which they are sent.
        waits: what is not sent.
        next_at: our clock; when this would be another answer by itself. Infinity for never.
    """

    page: str
    at: float
    read_at: float | None
    calls: tuple[PlannedCall, ...]
    waits: tuple[Wait, ...]
    next_at: float = NEVER
