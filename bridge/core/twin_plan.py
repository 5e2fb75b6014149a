"""The end of a second incident with one identity: resolved silently while nobody knows of it, and else left to a person. Knows what was observed and told; sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.operations import Operation, ReadIncident, WriteIncident
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation, IncidentStatus, least
from bridge.core.text import TWIN_BODY, incident_title

if TYPE_CHECKING:
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule, IncidentRuleId


def close_twin(
    page: Page, rules: dict[IncidentRuleId, IncidentRule], incident_id: str, now: float
) -> Operation | None:
    """The silent end of a second incident of ours, if nobody was ever told of it and nobody wrote in it. Any other is left to a person."""
    twin = page.observed.incidents.get(incident_id)
    told = page.incidents_told.get(twin.key) if twin is not None and twin.key is not None else None
    if twin is None or told is None or not twin.live or twin.announced or twin.updates != 1:
        return None
    rule = rules.get(told.place[0])
    if rule is None or least(rule.automation, page.automation_max).level < Automation.DRAFT.level:
        return None
    write = WriteIncident(
        page=page.name,
        place=told.place,
        key=told.key,
        incident_id=twin.id,
        episode=twin.episode,
        sequence=twin.sequence,
        name=incident_title(rule).text,  # told on create only
        status=IncidentStatus.RESOLVED,
        body=TWIN_BODY,
        component_ids=tuple(one for one in twin.component_ids if one in page.observed.components),
        components=(),  # they are the elder's
        high_water=told.high_water,
        notify=False,
        reason=Reason.TWIN,
        announced=False,
    )
    # A list may lag, and prove nothing of what a person wrote in it just now.
    if now - twin.verified_at > page.settings.verify_for and not page.is_parked(write):
        return ReadIncident(page.name, twin.id, told.key)
    return write
