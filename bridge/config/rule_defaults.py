"""What holds for the rules and incidents of a document that say nothing themselves.

Must not know where defaults are written: in the document, or for a whole directory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.fields import Span, read_fields
from bridge.config.incidents import MAXIMUM_HOLD
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Problems

DEFAULT_FOR = 120.0
DEFAULT_KEEP_FIRING_FOR = 300.0
DEFAULT_AUTOMATION = Automation.SHADOW
"""Of rules and incidents alike: nothing is published that nobody asked for."""

HOLD = Span(0.0, MAXIMUM_HOLD)
RULE_AUTOMATION = (Automation.SHADOW, Automation.FULL)

_KNOWN = {"for": None, "keep_firing_for": None, "automation": None}
AUTOMATION_HINTS = {
    "draft": "only an incident can be drafted; a rule is shadow or full",
    "statuses": "it says what an incident does; a rule is shadow or full",
}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds in one document for all that do not say otherwise."""

    for_: float = DEFAULT_FOR
    keep_firing_for: float = DEFAULT_KEEP_FIRING_FOR
    automation: Automation = DEFAULT_AUTOMATION


def read_defaults(node: Node | None, problems: Problems, outer: Defaults | None = None) -> Defaults:
    """The value of `defaults`; what it does not say is as in `outer`, and without that as in the language."""
    example = "write defaults: {for: 2m}"
    written = (
        None if node is None else read_fields(node, problems, what="defaults", known=_KNOWN, example=example)
    )
    plain = outer if outer is not None else Defaults()
    if written is None:
        return plain
    return Defaults(
        for_=written.duration("for", plain.for_, span=HOLD),
        keep_firing_for=written.duration("keep_firing_for", plain.keep_firing_for, span=HOLD),
        automation=written.word(
            "automation", plain.automation, words=RULE_AUTOMATION, hints=AUTOMATION_HINTS
        ),
    )
