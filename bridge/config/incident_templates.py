"""A title or a text by the name of an incident template of the page: `{template: "Orders fail", text: "…"}`. Must not know what the page has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.config.document import Mapping
from bridge.config.fields import Length, read_fields, read_text
from bridge.core.incident_templates import TITLE
from bridge.core.reasons import Reason
from bridge.core.templates import CAUSE, PERIODS
from bridge.core.text import BODY_LIMIT, NAME_LIMIT

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Placed, Problems

EXAMPLE = 'write {template: "Orders fail"}'
NEEDED: Final[dict[str, tuple[str, str]]] = {
    Reason.IDENTIFIED: (CAUSE, "the cause"),
    Reason.REOPENED: (PERIODS, "when it lasted"),
}
"""By text that would be worth nothing without it: the placeholder that must stand in it, and what that says."""
KNOWN = {"template": None, "text": None, "body": 'it is called "text"', "name": 'it is called "template"'}


@dataclass(frozen=True, slots=True)
class DeclaredText:
    """A text as it was written.

    Attributes:
        text: of the rule's own, if any.
        node: where that stands.
        template: the name of the page's.
    """

    text: Placed[str] | None
    node: Node
    template: Placed[str] | None = None


def read_declared_text(node: Node, problems: Problems, name: str) -> DeclaredText | None:
    """A text, or the name of a template with what is said where the page has none of it."""
    length = Length(NAME_LIMIT) if name == TITLE else Length(BODY_LIMIT, lines=True)
    if not isinstance(node, Mapping):
        return DeclaredText(read_text(node, problems, what=f'"{name}"', length=length), node)
    fields = read_fields(node, problems, what=f'"{name}"', known=KNOWN, example=EXAMPLE)
    if fields is None:
        return None
    if name in NEEDED:
        problems.add(
            fields.place, f'"{name}" cannot be a template', f"it says {NEEDED[name][1]}; write a text"
        )
    fields.need("template", EXAMPLE)
    template = fields.text("template")
    if name == TITLE:
        # No incident waits for the templates to be read, and none goes without a name.
        fields.need("text", "it is the name where the page has no such template")
    return DeclaredText(fields.text("text", length=length), fields.get("text") or node, template)
