"""Titles and texts that stand on the page, as incident templates by their names. Which rules name one, and what it says now.

A template was written by a person of the page: nothing in it is a placeholder of ours. Where it is not there, or its name means several, the rule's own text is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.core.cleaning import cleaned
from bridge.core.observed import ListKind
from bridge.core.reasons import Reason
from bridge.core.text import PublicText, Shown, incident_body, incident_title, written_body, written_title

if TYPE_CHECKING:
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule

TEXT_OF = {
    Reason.OPENED: "investigating",
    Reason.ESCALATED: "escalated",
    Reason.RETURNED: "returned",
    Reason.STILL: "still",
    Reason.RECOVERED: "monitoring",
    Reason.MONITORED_FOR: "resolved",
}
"""The text that tells a transition, where a template may say it. A cause is said by none, which would lack it, and no reopening, which would lack the periods."""


TITLE: Final = "title"
"""What a title is called among the texts that name a template."""


def names_templates(page: Page) -> bool:
    """Whether any rule names one: else the page is not asked for them."""
    return any(rule.templates for rule in page.ruleset.incidents)


def _template(page: Page, name: str) -> tuple[str, str]:
    """A template's title and body; both are empty where the page has none of that name, or several."""
    found = [(title, body) for called, title, body in page.observed.templates.values() if called == name]
    return found[0] if len(found) == 1 else ("", "")


def title_now(page: Page, rule: IncidentRule, shown: Shown) -> PublicText:
    """The name of an incident that would begin now."""
    written = _said(page, rule, TITLE)
    return written_title(written) if written is not None else incident_title(rule, shown)


def body_now(
    page: Page, rule: IncidentRule, reason: Reason, *, components: tuple[str, ...], shown: Shown
) -> PublicText:
    """What would tell a transition now; `components` are the names that readers of the page know."""
    written = _said(page, rule, TEXT_OF.get(reason, ""))
    return written_body(written) if written is not None else incident_body(rule, reason, components, shown)


def _said(page: Page, rule: IncidentRule, what: str) -> str | None:
    name = dict(rule.templates).get(what)
    title, body = _template(page, name) if name is not None else ("", "")
    words = title if what == TITLE else body
    # What nobody sees would leave an incident without a name, which the page refuses.
    return words if cleaned(words).strip() else None


def missing_templates(page: Page) -> tuple[str, ...]:
    """The names of those that say nothing, once the page was asked: there is none of that name, or several, or what is wanted of it is empty."""
    if page.observed.listings[ListKind.TEMPLATES].complete_at is None:
        return ()
    lacking = (
        name
        for rule in page.ruleset.incidents
        for what, name in rule.templates
        if _said(page, rule, what) is None
    )
    return tuple(dict.fromkeys(lacking))
