"""What stands between rules and page, in words: a line for each obstacle, with who, since when and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.reasons import Reason
from bridge.core.spans import spoken

if TYPE_CHECKING:
    from bridge.core.obstacles import Obstacle

_SAYS = {
    Reason.ANOTHER_PAGE: "the page is another one than before: nothing is read or written",
    Reason.READ_OBSERVED: "not read yet, and nothing is written before",
    Reason.BLAST_HELD: "the blast radius holds what got worse",
    Reason.UNBOUND: "its name means no component of the page, or several",
    Reason.PAUSED: "an operator paused the page",
    Reason.RULES_HELD: "changed rules wait for a confirmation",
    Reason.SHADOW: "automation allows no more than this",
    Reason.OVERRIDDEN: "an operator overrides it",
    Reason.YIELDED: "it is left to people",
    Reason.TAKEN: "a person's value stands on the page",
    Reason.DRAFTED: "its incident waits for a person: nothing gets worse there before that is told",
    Reason.DISCARDED: "a person discarded its draft",
    Reason.UNDER_MAINTENANCE: "it is under maintenance: nothing gets worse there",
    Reason.MAINTAINED: "something is true that may not be claimed, because of a maintenance",
    Reason.ABSORBED: "it is told in another incident",
    Reason.RECOVERED: "nothing that it covers itself is claimed any more, and for what goes on besides it is not opened",
    Reason.SILENCED: "the page's mails of this hour are used up: it is written silently",
    Reason.SOURCE_BLIND: "something is unknown, and what hangs on it stands still",
    Reason.SILENCE_BEGAN: "a silence makes signals unknown",
    Reason.APPROVED: "its draft was approved, and is to be told",
    Reason.RELEASED: "it was let go for good",
    Reason.BUSY: "a request about it is on its way",
    Reason.SETTLE_UNKNOWN: "the answer to a request about it was lost, and nothing is sent before it is settled",
    Reason.PARKED: "the page refused exactly this twice",
    Reason.BACKED_OFF: "the last request about it failed, and waits before it is tried again",
}


def obstacle_line(obstacle: Obstacle, now: float) -> str:
    """One obstacle. How long it lasts is from `now`."""
    says = _SAYS[obstacle.reason]
    about = f" [{obstacle.about}]" if obstacle.about else ""
    by = f", by {obstacle.by}" if obstacle.by else ""
    since = f", for {spoken(now - obstacle.since)}" if obstacle.since else ""
    until = f", {spoken(obstacle.until - now)} left" if obstacle.until is not None else ""
    return f"{says}{about}{by}{since}{until} ({obstacle.reason})"
