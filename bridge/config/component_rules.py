"""Component rules as rule files declare them, and the defaults that a document gives them.

Must not know which other rules there are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

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
from bridge.core.matching import (
    Matcher,
    Matchers,
    MatcherSyntaxError,
    MatchOperator,
    match_all,
    parse_matchers,
)
from bridge.core.observation import PROBE_LABEL
from bridge.core.rules import ComponentName, ComponentRule, RuleId, StatusLadder
from bridge.core.signals import NO_LABELS
from bridge.core.statuses import CLAIMABLE, Automation, ComponentStatus

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
    "status": None,
    "for": None,
    "keep_firing_for": None,
    "automation": None,
    "expr": "rules match signals, they do not query; write alert, probe or matchers",
    "severity": "the severity is a label of the signal; write status: {severity: {critical: major_outage}}",
}
_STATUS_HINTS = {
    "operational": "a rule claims what is wrong; without a claim nothing is",
    "under_maintenance": "a rule claims what is wrong; maintenance is announced on the page",
}
_STATUS_EXAMPLE = (
    "write partial_outage, or {severity: {critical: major_outage, warning: degraded_performance}}"
)
_AUTOMATION_HINTS = {
    "draft": "only an incident can be drafted; a rule is shadow or full",
    "statuses": "it says what an incident does; a rule is shadow or full",
}


@dataclass(frozen=True, slots=True)
class DeclaredRule:
    """A component rule unless it is faulty, its id with its place, the probe that it names, and the ids that it had before."""

    place: Place
    id: RuleId | None
    rule: ComponentRule | None
    probe: Placed[str] | None
    was: tuple[Placed[RuleId], ...] = ()


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
    node: Node, problems: Problems, component: ComponentName, defaults: Defaults
) -> DeclaredRule | None:
    """One rule of a component; None when it is no mapping.

    Its id is the one that is written, else the alert's or the probe's name, else what it matches: each below the component's name.
    """
    fields = read_fields(
        node, problems, what="a component rule", known=_RULE_KNOWN, example="write - alert: CheckoutErrors"
    )
    if fields is None:
        return None
    id_node = fields.get("id")
    identifier = None if id_node is None else read_identifier(id_node, problems, what='"id"')
    alert = fields.text("alert")
    probe = fields.text("probe")
    matchers = _matchers(fields, problems, alert, probe)
    status_node = fields.need("status", _STATUS_EXAMPLE)
    status = None if status_node is None else _status(status_node, problems)
    for_ = fields.duration("for", defaults.for_, span=_HOLD)
    keep_firing_for = fields.duration("keep_firing_for", defaults.keep_firing_for, span=_HOLD)
    automation = fields.word(
        "automation", defaults.rule_automation, words=_RULE_AUTOMATION, hints=_AUTOMATION_HINTS
    )
    place = identifier.place if identifier else fields.place
    own = next((source.value for source in (identifier, alert, probe) if source), "")
    if not own and matchers:
        own = _derived(matchers)
    rule_id = RuleId(f"{component}:{own}")
    was = _was(fields, problems, component)
    if matchers is None or status is None:
        return DeclaredRule(place, rule_id if own else None, None, probe, was)
    rule = ComponentRule(
        id=rule_id,
        component=component,
        matchers=matchers,
        status=status,
        for_=for_,
        keep_firing_for=keep_firing_for,
        automation=automation,
        was=tuple(former.value for former in was),
    )
    return DeclaredRule(place, rule_id, rule, probe, was)


def _was(fields: Fields, problems: Problems, component: ComponentName) -> tuple[Placed[RuleId], ...]:
    """The ids that the rule had before, written ones or the alerts and probes that it was called after."""
    node = fields.get("was")
    if node is None:
        return ()
    nodes = read_one_or_more(node) or read_list(node, problems, what='"was"', of="ids")
    texts = (read_text(item, problems, what="a former id") for item in nodes)
    return tuple(Placed(RuleId(f"{component}:{text.value}"), text.place) for text in texts if text)


def _derived(matchers: Matchers) -> str:
    """An id for a rule that has none: what it matches. Its position would move when a rule is put before it, and its hold to another rule."""
    text = ",".join(str(matcher) for matcher in matchers)
    if len(text) <= _LONGEST_DERIVED:
        return text
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _matchers(
    fields: Fields, problems: Problems, alert: Placed[str] | None, probe: Placed[str] | None
) -> Matchers | None:
    """All that a signal must match; None when faulty."""
    if not any(key in fields for key in ("alert", "probe", "matchers")):
        message = "a component rule matches nothing in particular"
        problems.add(
            fields.place, message, 'write alert: Name, probe: id, or matchers: [severity="critical"]'
        )
        return None
    if "alert" in fields and "probe" in fields:
        message = "a component rule takes an alert or a probe, not both"
        problems.add(fields.key_place("probe"), message, "write two rules: their claims add up")
        return None
    if ("alert" in fields and alert is None) or ("probe" in fields and probe is None):
        return None
    matchers: list[Matcher] = []
    if alert is not None:
        matchers.append(Matcher("alertname", MatchOperator.EQUAL, alert.value))
    if probe is not None:
        matchers.append(Matcher(PROBE_LABEL, MatchOperator.EQUAL, probe.value))
    node = fields.get("matchers")
    written = () if node is None else _written_matchers(node, problems)
    if written is None:
        return None
    matchers.extend(written)
    if node is not None and match_all(tuple(matchers), NO_LABELS):
        message = "the matchers match a signal without any label, and so nearly every signal"
        problems.add(
            node.place, message, 'add one that a missing label fails, such as alertname="CheckoutErrors"'
        )
        return None
    return tuple(matchers)


def _written_matchers(node: Node, problems: Problems) -> Matchers | None:
    matchers: list[Matcher] = []
    sound = True
    nodes = read_one_or_more(node) or read_list(node, problems, what='"matchers"', of="matchers")
    for item in nodes:
        text = read_text(item, problems, what="a matcher")
        if text is None or not isinstance(item, Scalar):
            sound = False
            continue
        try:
            found = parse_matchers(item.text)
        except MatcherSyntaxError as error:
            sound = False
            message = f"the matcher {shown(text.value)} cannot be read: {error}"
            problems.add(item.at(error.position), message, error.hint)
            continue
        if not found:
            sound = False
            problems.add(item.place, f"the matcher {shown(text.value)} is empty", 'write severity="critical"')
        matchers.extend(found)
    return tuple(matchers) if sound and nodes else None


def _status(node: Node, problems: Problems) -> ComponentStatus | StatusLadder | None:
    match node:
        case Faulty():
            return None
        case Scalar():
            return read_word(node, problems, what='"status"', words=CLAIMABLE, hints=_STATUS_HINTS)
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
