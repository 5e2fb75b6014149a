"""Texts that stand on the page, as incident templates by their names. Which rules name one, and what it says now.

A template was written by a person of the page: nothing in it is a placeholder of ours. Where it is not there, or its name means several, the rule's own text is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.observed import ListKind
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule

TEXT_OF = {
    Reason.OPENED: "investigating",
    Reason.ESCALATED: "escalated",
    Reason.RETURNED: "returned",
    Reason.REOPENED: "reopened",
    Reason.STILL: "still",
    Reason.RECOVERED: "monitoring",
    Reason.MONITORED_FOR: "resolved",
}
"""The text that tells a transition, where a template may say it. A cause is said by none: it would lack the cause."""


def names_templates(page: Page) -> bool:
    """Whether any rule names one: else the page is not asked for them."""
    return any(rule.templates for rule in page.ruleset.incidents)


def template_body(page: Page, name: str) -> str | None:
    """What a template says; None where the page has none of that name, or several."""
    found = [body for called, body in page.observed.templates.values() if called == name]
    return found[0] if len(found) == 1 and found[0].strip() else None


def said_by_template(page: Page, rule: IncidentRule, reason: Reason) -> str | None:
    """What the page's template says of a transition; None where the rule's own text is said."""
    name = dict(rule.templates).get(TEXT_OF.get(reason, ""))
    return template_body(page, name) if name is not None else None


def missing_templates(page: Page) -> tuple[str, ...]:
    """The names that mean no single template, once the page was asked."""
    if page.observed.listings[ListKind.TEMPLATES].complete_at is None:
        return ()
    names = dict.fromkeys(name for rule in page.ruleset.incidents for _, name in rule.templates)
    return tuple(name for name in names if template_body(page, name) is None)
