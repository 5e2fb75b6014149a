"""Claims: what firing rules say about components, and which of them is worst. Knows neither incidents nor the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bridge.core.statuses import ComponentStatus, worst

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.rules import ComponentName, RuleId
    from bridge.core.signals import Labels


class HoldKey(NamedTuple):
    """What has a hold of its own: one status of one rule, for one set of group labels."""

    rule: RuleId
    status: ComponentStatus
    group: Labels


@dataclass(frozen=True, slots=True)
class Claim:
    """A rule that fires (or keeps firing) says that a component has a status.

    Attributes:
        key: the hold that makes the claim.
        component: as the rule file names it.
        status: what is claimed.
        group: the group labels of the signals behind it.
        shadow: decided, counted and shown, but invisible to everything that is published.
    """

    key: HoldKey
    component: ComponentName
    status: ComponentStatus
    group: Labels
    shadow: bool = False


def worst_claim(claims: Iterable[Claim]) -> ComponentStatus | None:
    """The most severe status claimed, or None where nothing is claimed."""
    statuses = [claim.status for claim in claims]
    return worst(statuses) if statuses else None
