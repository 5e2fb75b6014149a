"""The maintenances that rule files plan, as they are to stand on the page: each with its own identity and its times. Knows what was told of none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bridge.core.holds import NEVER
from bridge.core.rules import IncidentRuleId
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import Automation
from bridge.core.windows import Recurring, Span, next_span, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.incidents import IncidentKey
    from bridge.core.maintenance_rules import MaintenanceRule
    from bridge.core.page import Page
    from bridge.core.windows import Window

MINUTE = 60.0
MOST_AHEAD = 50
"""Of one rule: no page is to be flooded by a schedule that comes every minute."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a maintenance; times by the page's clock."""

    rule: MaintenanceRule
    key: IncidentKey
    span: Span


def wall_clock(page: Page, now: float) -> float:
    """The page's clock, by which windows go."""
    return now + page.clock_offset


def occurrence(page: Page, rule: MaintenanceRule, span: Span) -> Occurrence:
    """One time of a maintenance. What comes once keeps its identity when it is moved; of what recurs, each time has its own."""
    group = NO_LABELS
    if isinstance(rule.window, Recurring):
        group = Labels({"begins_at": str(int(span.begins_at))})
    return Occurrence(rule, page.own_key((IncidentRuleId(f"maintenance:{rule.id}"), group)), span)


def occurrences(page: Page, now: float) -> Iterator[Occurrence]:
    """Every time that is to stand on the page now: what lasts, and what begins soon enough to be announced. Cost: the rules, and a calendar for each once a minute."""
    wall = wall_clock(page, now)
    for one in begun_or_near(page, now, over_for=0.0):
        if one.span.ends_at > wall:
            yield one


def begun_or_near(page: Page, now: float, *, over_for: float) -> Iterator[Occurrence]:
    """The same with the last one of each rule that is over for less than its grace and `over_for` seconds more. Cost: as of `occurrences`."""
    wall = wall_clock(page, now)
    for rule in page.ruleset.maintenances:
        if rule.automation is Automation.FULL:
            behind = rule.grace + over_for
            for span in _around(rule.window, behind, rule.announce, int(wall // MINUTE)):
                if span.ends_at > wall - behind and span.begins_at <= wall + rule.announce:
                    yield occurrence(page, rule, span)


def next_announcement(page: Page, now: float) -> float:
    """When the next one is to be announced, our clock; infinity for never."""
    wall, soonest = wall_clock(page, now), NEVER
    for rule in page.ruleset.maintenances:
        if rule.automation is Automation.FULL:
            for span in _around(rule.window, 0.0, rule.announce, int(wall // MINUTE)):
                if span.begins_at > wall + rule.announce:
                    soonest = min(soonest, span.begins_at - rule.announce - page.clock_offset)
    return soonest


def still_planned(rule: MaintenanceRule, begins_at: float) -> bool:
    """Whether a schedule has a time that begins then."""
    span = next_span(rule.window, begins_at)
    return span is not None and span.begins_at == begins_at


@lru_cache(maxsize=4096)
def _around(window: Window, behind: float, announce: float, minute: int) -> tuple[Span, ...]:
    """The last span that is over, the spans that may matter within a minute, and the one after them: asked for each plan, worked out once a minute."""
    begin = minute * MINUTE
    found, ahead = list[Span](), 0
    for span in spans(window, begin - behind, NEVER):
        if found and found[-1].ends_at <= begin:
            found.pop()  # only the last one of them counts
        found.append(span)
        ahead += span.begins_at > begin
        if span.begins_at > begin + MINUTE + announce or ahead > MOST_AHEAD:
            break
    return tuple(found)
