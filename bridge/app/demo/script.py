"""The script of the demo: what breaks when, and therefore what the page may say when. The judgement of stale writes is made from it alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What happens on the stage."""

    FLAP_BEGINS = "flap_begins"
    FLAP_ENDS = "flap_ends"
    OUTAGE_BEGINS = "outage_begins"
    REPEAT = "repeat"
    OUTAGE_ENDS = "outage_ends"


@dataclass(frozen=True, slots=True)
class Cue:
    """One act and when it comes, in seconds from the start."""

    at: float
    act: Act
    told: str


FLAP = (4.0, 7.0)
"""Shorter than the `for: 5s` of the rule about search."""

OUTAGE = (12.0, 26.0)

CUES = (
    Cue(FLAP[0], Act.FLAP_BEGINS, "search hiccups: SearchErrors fires"),
    Cue(FLAP[1], Act.FLAP_ENDS, "search is fine again, before its rule believed it: the page never knew"),
    Cue(
        OUTAGE[0], Act.OUTAGE_BEGINS, "the checkout breaks: CheckoutErrors fires, and the health check fails"
    ),
    *(Cue(OUTAGE[0] + 2.0 * n, Act.REPEAT, "Alertmanager repeats itself: no update") for n in range(1, 7)),
    Cue(
        OUTAGE[1], Act.OUTAGE_ENDS, "the checkout is mended: CheckoutErrors resolves, the health check passes"
    ),
)

SEEN_AFTER = 3.0
"""Seconds until probe or alert have told of a change."""

KEPT = 3.0
"""`keep_firing_for` of the rules."""

DELIVERED = 3.0
"""Seconds that a decided write may take to arrive."""

BROKEN = {"Checkout / API": (OUTAGE,), "Checkout / Web": (OUTAGE,), "Search": (), "Payments": ()}
"""When each component is worse than operational, in truth. The flap is too short to count."""


def is_stale(component: str, status: str, at: float) -> bool:
    """Whether a write that arrived at `at` seconds said what was no longer, or never, so."""
    if status == "operational":
        return any(began + SEEN_AFTER < at < ended for began, ended in BROKEN[component])
    return not any(began <= at <= ended + SEEN_AFTER + KEPT + DELIVERED for began, ended in BROKEN[component])
