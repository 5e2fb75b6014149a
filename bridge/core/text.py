"""What is said in public: titles and bodies from a rule's own texts and the names of components. Nothing that came in with a signal reaches this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.rules import IncidentRule

NAME_LIMIT = 255
"""Code points in an incident's name (statuspage-api.md, 2.2)."""

BODY_LIMIT = 25_000
"""Code points in an update's body (statuspage-api.md, 2.2)."""

PLACEHOLDER = "{components}"
"""The only placeholder of a text in a rule file."""

TWIN_BODY = "This incident was opened twice by mistake. Updates follow in the other one."
"""The only public text that no rule file can change: it tells of a mistake of ours, not of a service."""


def incident_title(rule: IncidentRule) -> str:
    """The incident's name on the page."""
    return rule.title[:NAME_LIMIT]


def incident_body(rule: IncidentRule, reason: Reason, components: tuple[str, ...]) -> str:
    """The body of the update that tells a transition; `components` are the names that readers of the page know."""
    texts = rule.texts
    by_reason = {
        Reason.OPENED: texts.investigating,
        Reason.ESCALATED: texts.escalated,
        Reason.RETURNED: texts.returned,
        Reason.RECOVERED: texts.monitoring,
        Reason.MONITORED_FOR: texts.resolved,
    }
    return by_reason[reason].replace(PLACEHOLDER, _enumerated(components))[:BODY_LIMIT]


def _enumerated(components: tuple[str, ...]) -> str:
    if not components:
        return "this service"
    *others, last = components
    return f"{', '.join(others)} and {last}" if others else last
