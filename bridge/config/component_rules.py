"""Component rules as rule files declare them, and the defaults that a document gives them.

Must not know which other rules there are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.config.amounts import Amount, ascending, read_amount
from bridge.config.causes import read_cause
from bridge.config.conditions import DeclaredCombination, DeclaredCondition, Named, read_expression
from bridge.config.document import Faulty, Mapping, Node, Scalar, Sequence
from bridge.config.fields import (
    Fields,
    Span,
    read_fields,
    read_identifier,
    read_list,
    read_mapping,
    read_one_or_more,
    read_text,
    read_word,
)
from bridge.config.incidents import MAXIMUM_HOLD
from bridge.config.problems import Place, Placed, Problems, shown
from bridge.config.targets import Target, read_target
from bridge.core.conditions import NoData
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    CountLadder,
    RuleId,
    StatusLadder,
    UnmappedRule,
)
from bridge.core.statuses import CLAIMABLE, Automation, ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from bridge.config.causes import DeclaredCause
    from bridge.config.conditions import DeclaredExpression
    from bridge.core.matching import Matchers
    from bridge.core.observation import Probe

DEFAULT_FOR = 120.0
DEFAULT_KEEP_FIRING_FOR = 300.0

_HOLD = Span(0.0, MAXIMUM_HOLD)
_RULE_AUTOMATION = (Automation.SHADOW, Automation.FULL)
_LONGEST_DERIVED = 120

_DEFAULTS_KNOWN = {"for": None, "keep_firing_for": None, "automation": None}
_RULE_KNOWN = {
    "id": None,
    "was": None,
    "alert": None,
    "probe": None,
    "matchers": None,
    "at_least": None,
    "of": None,
    "no_data": None,
    "all": None,
    "any": None,
    "status": None,
    "for": None,
    "keep_firing_for": None,
    "automation": None,
    "cause": None,
    "component": "it stands below its component; rules that name theirs stand under rules",
    "expr": "rules match signals, they do not query; write alert, probe or matchers",
    "severity": "the severity is a label of the signal; write status: {severity: {critical: major_outage}}",
}
_OWN_KNOWN = {**_RULE_KNOWN, "component": None}
"""Of a rule that stands below no component."""
_STATUS_HINTS = {
    "operational": "a rule claims what is wrong; without a claim nothing is",
    "under_maintenance": "a rule claims what is wrong; maintenance is announced on the page",
}
AT_LEAST = "at_least"
_STATUS_EXAMPLE = (
    "write partial_outage, or {severity: {critical: major_outage, warning: degraded_performance}}"
)
_COUNT_EXAMPLE = "write {at_least: {30%: degraded_performance, 60%: major_outage}}"
_AUTOMATION_HINTS = {
    "draft": "only an incident can be drafted; a rule is shadow or full",
    "statuses": "it says what an incident does; a rule is shadow or full",
}


@dataclass(frozen=True, slots=True)
class DeclaredLadder:
    """A status by how many are failing, each with its place."""

    rungs: tuple[tuple[Amount, ComponentStatus], ...]

    def compiled(self, size: int | None, problems: Problems) -> CountLadder | None:
        """The ladder over a population of this size; None when it cannot be, which is reported."""
        found = [
            (amount.of(size, problems, what=f"the step {shown(amount.text)}"), status)
            for amount, status in self.rungs
        ]
        rungs = tuple((count, status) for count, status in found if count is not None)
        if len(rungs) < len(found):
            return None
        if not ascending([count for count, _ in rungs]):
            of = "" if size is None else f" of {size}"
            message = f"the steps do not grow: {', '.join(str(count) for count, _ in rungs)}{of}"
            problems.add(
                self.rungs[0][0].place, message, "write the smallest first, each for one more at least"
            )
            return None
        if not ascending([status.severity for _, status in rungs]):
            message = "more that fail must be worse: a later step has a milder status, or the same"
            problems.add(self.rungs[0][0].place, message, _COUNT_EXAMPLE)
            return None
        return CountLadder(rungs)


@dataclass(frozen=True, slots=True)
class DeclaredRule:
    """A component rule unless it is faulty, its id with its place, and what of it takes all files to complete.

    Attributes:
        place: its id's, or its own.
        target: what it claims; each component of several has a rule of its own.
        own: its id below a component's; empty where it is faulty and has none.
        rule: without component and condition.
        asked: its condition as declared.
        probe: the probe that it names, faulty or not.
        ladder: its status by how many are failing; `rule.status` is then the mildest.
        was: what `own` was before.
        cause: what is said to be the cause while it claims.
    """

    place: Place
    target: Target
    own: str
    rule: ComponentRule | None
    asked: DeclaredExpression | None
    probe: Placed[str] | None
    ladder: DeclaredLadder | None = None
    was: tuple[Placed[str], ...] = ()
    cause: DeclaredCause | None = None

    def id(self, component: ComponentName) -> RuleId | None:
        """What the rule for a component is called."""
        return RuleId(f"{component}:{self.own}") if self.own else None

    def formers(self, component: ComponentName) -> tuple[Placed[RuleId], ...]:
        """What the rule for a component was called before."""
        return tuple(Placed(RuleId(f"{component}:{former.value}"), former.place) for former in self.was)

    def compiled(
        self, component: ComponentName, about: Matchers, probes: Collection[Probe], problems: Problems
    ) -> ComponentRule | None:
        """The rule for a component with its condition; None when it cannot be, which is reported.

        Args:
            component: one of the target's.
            about: what a signal must match to be about that component.
            probes: all that are declared.
            problems: where mistakes go.
        """
        identifier = self.id(component)
        if self.rule is None or self.asked is None or identifier is None:
            return None
        asked = self.asked.narrowed(about)
        rule = replace(
            self.rule,
            id=identifier,
            component=component,
            matchers=asked.matchers if isinstance(asked, DeclaredCondition) else (),
            was=tuple(former.value for former in self.formers(component)),
        )
        condition = asked.compiled(probes, problems, rule.label_ladder)
        if condition is None:
            return None
        if isinstance(asked, DeclaredCombination):
            return replace(rule, condition=condition)
        if self.ladder is not None:
            size, _ = asked.size(probes, problems, None)
            ladder = self.ladder.compiled(size, problems)
            return None if ladder is None else replace(rule, status=ladder, condition=condition)
        plain = asked.at_least is None and asked.no_data is NoData.HOLD
        return rule if plain else replace(rule, condition=condition)

    def unmapped(self) -> UnmappedRule | None:
        """What is left of a rule that takes its component from a label; None of another."""
        if not self.target.label or self.asked is None:
            return None
        asked = self.asked.narrowed(self.target.unmapped)
        return UnmappedRule(self.own, tuple(one.matchers for one in asked.declared()))


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds in one document for all that do not say otherwise."""

    for_: float = DEFAULT_FOR
    keep_firing_for: float = DEFAULT_KEEP_FIRING_FOR
    rule_automation: Automation = Automation.FULL
    incident_automation: Automation = Automation.SHADOW


def read_defaults(node: Node | None, problems: Problems, outer: Defaults | None = None) -> Defaults:
    """The value of `defaults`; what it does not say is as in `outer`, and without that as in the language."""
    example = "write defaults: {for: 2m}"
    written = (
        None
        if node is None
        else read_fields(node, problems, what="defaults", known=_DEFAULTS_KNOWN, example=example)
    )
    plain = outer if outer is not None else Defaults()
    if written is None:
        return plain
    return Defaults(
        for_=written.duration("for", plain.for_, span=_HOLD),
        keep_firing_for=written.duration("keep_firing_for", plain.keep_firing_for, span=_HOLD),
        rule_automation=written.word(
            "automation", plain.rule_automation, words=_RULE_AUTOMATION, hints=_AUTOMATION_HINTS
        ),
        incident_automation=written.word(
            "automation", plain.incident_automation, words=_RULE_AUTOMATION, hints=_AUTOMATION_HINTS
        ),
    )


def read_component_rule(
    node: Node, problems: Problems, target: Target | None, *, defaults: Defaults, named: Named
) -> DeclaredRule | None:
    """One rule; None when it is no mapping, or names no component.

    Its id is the one that is written, else the alert's or the probe's name, else what it matches or names: each below the component's name.

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
    status_node = fields.need("status", _STATUS_EXAMPLE)
    status = None if status_node is None else _status(status_node, problems)
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
    for_ = fields.duration("for", defaults.for_, span=_HOLD)
    keep_firing_for = fields.duration("keep_firing_for", defaults.keep_firing_for, span=_HOLD)
    automation = fields.word(
        "automation", defaults.rule_automation, words=_RULE_AUTOMATION, hints=_AUTOMATION_HINTS
    )
    place = identifier.place if identifier else fields.place
    probe = fields.text("probe")
    sources = (identifier, fields.text("alert"), probe)
    own = next((source.value for source in sources if source), "") or _derived(asked)
    was = _was(fields, problems)
    cause = read_cause(fields)
    if target is None:
        return None
    if asked is None or status is None:
        return DeclaredRule(place, target, own, None, asked, probe, was=was, cause=cause)
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
    return DeclaredRule(place, target, own, rule, asked, probe, ladder, was, cause)


def _was(fields: Fields, problems: Problems) -> tuple[Placed[str], ...]:
    """The ids that the rule had before below its component, written ones or the alerts and probes that it was called after."""
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


def _status(node: Node, problems: Problems) -> ComponentStatus | StatusLadder | DeclaredLadder | None:
    match node:
        case Faulty():
            return None
        case Scalar():
            return read_word(node, problems, what='"status"', words=CLAIMABLE, hints=_STATUS_HINTS)
        case Mapping(entries=((label, rungs),)) if label.text == AT_LEAST:
            return _count_ladder(rungs, problems)
        case Mapping(entries=((label, rungs),)):
            return _ladder(label, rungs, problems)
        case Mapping() | Sequence():
            problems.add(node.place, '"status" must be a status, or one label with statuses', _STATUS_EXAMPLE)
            return None


def _ladder(label: Scalar, node: Node, problems: Problems) -> StatusLadder | None:
    name = read_text(label, problems, what="the label of the status")
    what = f"the status by {shown(label.text)}"
    mapping = read_mapping(node, problems, what=what, example=_STATUS_EXAMPLE)
    if name is None or mapping is None:
        return None
    if not mapping.entries:
        problems.add(mapping.place, f"{what} lists no value", _STATUS_EXAMPLE)
    rungs = []
    for value, status_node in mapping.entries:
        status = read_word(
            status_node,
            problems,
            what=f"the status of {shown(value.text)}",
            words=CLAIMABLE,
            hints=_STATUS_HINTS,
        )
        if status is not None:
            rungs.append((value.text, status))
    return StatusLadder(name.value, tuple(rungs)) if len(rungs) == len(mapping.entries) > 0 else None


def _count_ladder(node: Node, problems: Problems) -> DeclaredLadder | None:
    what = 'the status by "at_least"'
    mapping = read_mapping(node, problems, what=what, example=_COUNT_EXAMPLE)
    if mapping is None:
        return None
    if not mapping.entries:
        problems.add(mapping.place, f"{what} lists no step", _COUNT_EXAMPLE)
    rungs = []
    for step, status_node in mapping.entries:
        amount = read_amount(step, problems, what="a step")
        status = read_word(
            status_node,
            problems,
            what=f"the status of {shown(step.text)}",
            words=CLAIMABLE,
            hints=_STATUS_HINTS,
        )
        if amount is not None and status is not None:
            rungs.append((amount, status))
    return DeclaredLadder(tuple(rungs)) if len(rungs) == len(mapping.entries) > 0 else None
