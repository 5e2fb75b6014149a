"""Component rules as rule files write them.

Must not know which other rules there are.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bridge.config.causes import read_cause
from bridge.config.conditions import NamedConditions, read_expression, read_names
from bridge.config.declared_conditions import DeclaredCombination
from bridge.config.declared_rules import DeclaredRule
from bridge.config.fields import (
    Fields,
    read_fields,
    read_identifier,
    read_list,
    read_one_or_more,
    read_text,
)
from bridge.config.rule_defaults import AUTOMATION_HINTS, HOLD, RULE_AUTOMATION, Defaults
from bridge.config.rule_statuses import STATUS_EXAMPLE, DeclaredLadder, read_status
from bridge.config.targets import Target, read_target
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    RuleId,
)
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from bridge.config.declared_conditions import DeclaredExpression
    from bridge.config.document import Node
    from bridge.config.problems import Placed, Problems

_LONGEST_DERIVED = 120

_RULE_KNOWN = {
    "id": None,
    "was": None,
    "alert": None,
    "probe": None,
    "query": None,
    "matchers": None,
    "at_least": None,
    "of": None,
    "no_data": None,
    "value": None,
    "all": None,
    "any": None,
    "status": None,
    "for": None,
    "keep_firing_for": None,
    "automation": None,
    "cause": None,
    "component": "it stands below its component; rules that name theirs stand under rules",
    "expr": "rules match signals; declare the expression under queries, and write query: its-id and a value",
    "severity": "the severity is a label of the signal; write status: {severity: {critical: major_outage}}",
}
_OWN_KNOWN = {**_RULE_KNOWN, "component": None}
"""Of a rule that stands below no component."""


def read_component_rule(
    node: Node, problems: Problems, target: Target | None, *, defaults: Defaults, named: NamedConditions
) -> DeclaredRule | None:
    """One rule; None when it is no mapping, or names no component.

    Its id is the one that is written, else the name of its alert, probe or query, else what it matches or names: each below the component's name.

    Args:
        node: what was written.
        problems: where mistakes go.
        target: what it claims; None where the rule names its component itself.
        defaults: of its document.
        named: the conditions of its document.
    """
    known = _RULE_KNOWN if target is not None else _OWN_KNOWN
    example = "write - alert: CheckoutErrors"
    fields = read_fields(node, problems, what="a component rule", known=known, example=example)
    if fields is None:
        return None
    if target is None:
        component = fields.need("component", "write component: Checkout / API")
        target = None if component is None else read_target(component, problems)
    id_node = fields.get("id")
    identifier = None if id_node is None else read_identifier(id_node, problems, what='"id"')
    status_node = fields.need("status", STATUS_EXAMPLE)
    status = None if status_node is None else read_status(status_node, problems)
    ladder = status if isinstance(status, DeclaredLadder) else None
    asked = read_expression(fields, problems, named, what="a component rule", counted=ladder is not None)
    if ladder is not None and "at_least" in fields:
        message = '"at_least" stands beside a status by how many are failing'
        problems.add(fields.key_place("at_least"), message, "the status says how many are enough for what")
        asked = None
    if isinstance(asked, DeclaredCombination) and not isinstance(status, ComponentStatus | None):
        message = f'a rule with "{asked.how}" has one status'
        problems.add(fields.key_place("status"), message, "write status: partial_outage")
        asked = None
    for_ = fields.duration("for", defaults.for_, span=HOLD)
    keep_firing_for = fields.duration("keep_firing_for", defaults.keep_firing_for, span=HOLD)
    automation = fields.word("automation", defaults.automation, words=RULE_AUTOMATION, hints=AUTOMATION_HINTS)
    place = identifier.place if identifier else fields.place
    names = read_names(fields)
    own = (identifier.value if identifier else "") or names.first or _derived(asked)
    was = _was(fields, problems)
    cause = read_cause(fields)
    if target is None:
        return None
    if asked is None or status is None:
        return DeclaredRule(
            place, target, own, None, asked, names.probe, was=was, cause=cause, query=names.query
        )
    rule = ComponentRule(
        id=RuleId(own),
        component=ComponentName(""),
        matchers=(),
        status=status.rungs[0][1] if isinstance(status, DeclaredLadder) else status,
        for_=for_,
        keep_firing_for=keep_firing_for,
        automation=automation,
        cause=cause.text.value if cause is not None else "",
    )
    return DeclaredRule(place, target, own, rule, asked, names.probe, ladder, was, cause, names.query)


def _was(fields: Fields, problems: Problems) -> tuple[Placed[str], ...]:
    """The ids that the rule had before below its component, written ones or the alerts, probes and queries that it was called after."""
    node = fields.get("was")
    if node is None:
        return ()
    nodes = read_one_or_more(node) or read_list(node, problems, what='"was"', of="ids")
    texts = (read_text(item, problems, what="a former id") for item in nodes)
    return tuple(text for text in texts if text)


def _derived(asked: DeclaredExpression | None) -> str:
    """An id for a rule that has none: what it matches, or which conditions it names. Its position would move when a rule is put before it, and its hold to another rule."""
    if asked is None:
        return ""
    if isinstance(asked, DeclaredCombination):
        text = f"{asked.how}({','.join(asked.names)})"
    else:
        text = ",".join(str(matcher) for matcher in asked.matchers)
    if len(text) <= _LONGEST_DERIVED:
        return text
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
