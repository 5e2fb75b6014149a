"""Incidents as rule files declare them.

What an incident covers is written as names and patterns; `compile` expands them once every file has been read. Must not know which components there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING

from bridge.config.document import Mapping
from bridge.config.fields import (
    Fields,
    Span,
    read_fields,
    read_identifier,
    read_identifiers,
    read_list,
    read_text,
    read_word,
)
from bridge.config.incident_templates import NEEDED, read_declared_text
from bridge.config.names import NamingError, component_pattern
from bridge.config.problems import Place, Placed, Problems, shown
from bridge.config.public_labels import NONE, check_template, read_public_labels
from bridge.config.reopening import read_reopen_within
from bridge.config.targets import read_name
from bridge.config.updates import check_updates, read_updates
from bridge.core.incident_templates import TITLE
from bridge.core.reasons import Reason
from bridge.core.rules import (
    DEFAULT_NOTIFY,
    MONITORING_UNCHANGED,
    IncidentRule,
    IncidentRuleId,
    IncidentTexts,
    LowerAt,
    Notify,
    OnYield,
    Postmortem,
    WhileDrafted,
)
from bridge.core.statuses import CLAIMABLE, Automation, ComponentStatus, Impact

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.public_labels import DeclaredLabels
    from bridge.core.public_labels import PublicLabel

MAXIMUM_HOLD = 7 * 86_400.0
"""Seconds; a longer hold is a slip of the pen."""
SOONEST = 60.0
"""Seconds in which somebody can read a draft; what is to be told sooner needs none."""

_KNOWN = {
    "id": None,
    "was": None,
    "components": None,
    "title": None,
    "open_at": None,
    "close_at": None,
    "automation": None,
    "publish_after": None,
    "components_while_drafted": None,
    "monitor_for": None,
    "group_by": None,
    "on_yield": None,
    "texts": None,
    "public_labels": None,
    "public_annotations": None,
    "display": None,
    "notify": None,
    "updates": None,
    "postmortem": None,
    "impact": None,
    "lower_at": None,
    "absorbs": None,
    "reopen_within": None,
    "name": 'it is called "title"',
    "for": "it belongs to the component rules",
    "keep_firing_for": "it belongs to the component rules",
}
_TEXTS = {field.name: None for field in fields_of(IncidentTexts)}
_NOTIFY_HINTS = {
    "none": "to publish without a mail, list [open] and set BRIDGE_NOTIFICATIONS_PER_HOUR=0",
    "all": f"list them: [{', '.join(Notify)}]",
    "join": "a component that joins is added quietly",
    "investigating": "write open for the beginning, return for what fires again",
    "escalated": "write escalate",
    "identified": "write identify",
    "still": "write update",
    "updates": "write update",
    "returned": "write return",
    "reopen": "what opens again is told as open",
    "reopened": "what opens again is told as open",
    "monitoring": "write monitor",
    "resolved": "write resolve",
}
_POSTMORTEM_HINTS = {"publish": "a person publishes it; write draft", "full": "write draft"}
_IMPACT_HINTS = {
    "maintenance": "an incident is none, minor, major or critical",
    "degraded_performance": "write minor",
    "partial_outage": "write major",
    "major_outage": "write critical",
}
_LOWER_HINTS = {
    "recovered": "write monitoring: it begins when everything has recovered",
    "closed": "write resolved",
}
_WHILE_DRAFTED_HINTS = {
    "never": "with_draft waits for the approval; a rule that is to publish nothing is shadow",
    "later": "write with_draft",
    "after": "write with_draft",
}
_CLOSING = (ComponentStatus.OPERATIONAL, *CLAIMABLE[:-1])


@dataclass(frozen=True, slots=True)
class DeclaredIncident:
    """An incident whose components are not expanded yet: `rule.components` is empty.

    Attributes:
        unused: public labels of its own that no text of it shows.
        absorbs: ids of incidents, which may not be there.
        templates: the names of the page's incident templates that it uses.
    """

    place: Place
    id: Placed[str] | None
    patterns: tuple[Placed[str], ...]
    rule: IncidentRule
    was: tuple[Placed[str], ...] = ()
    unused: tuple[Placed[str], ...] = ()
    absorbs: tuple[Placed[str], ...] = ()
    templates: tuple[Placed[str], ...] = ()


def read_incident(
    node: Node, problems: Problems, automation: Automation, public: DeclaredLabels = NONE
) -> DeclaredIncident | None:
    """One entry of `incidents`; `automation` and the public labels are the document's."""
    fields = read_fields(node, problems, what="an incident", known=_KNOWN, example="write - id: checkout")
    if fields is None:
        return None
    id_node = fields.need(
        "id", "it is written into the incident's metadata; if it changes, was: names the old one"
    )
    identifier = None if id_node is None else read_identifier(id_node, problems, what='"id"')
    patterns = tuple(read_patterns(fields, problems))
    title_node = fields.need("title", "it is the incident's public name")
    titled = None if title_node is None else read_declared_text(title_node, problems, TITLE)
    title = titled.text if titled is not None else None
    public = read_public_labels(fields, problems, public)
    labels, used = public.labels, set[str]()
    if titled is not None and title is not None:
        used |= check_template(title, titled.node, problems, labels=labels, components=False)
    lower_at = fields.word("lower_at", LowerAt.MONITORING, words=tuple(LowerAt), hints=_LOWER_HINTS)
    texts, templates = _texts(fields, problems, labels, used)
    if titled is not None and titled.template is not None:
        templates[TITLE] = titled.template
    if lower_at is LowerAt.RESOLVED:
        texts = {"monitoring": MONITORING_UNCHANGED, **texts}
    written = public.names if "public_labels" in fields else ()
    written += public.annotations if "public_annotations" in fields else ()
    unused = tuple(name for name in written if name.value not in used)
    open_at = fields.word("open_at", ComponentStatus.PARTIAL_OUTAGE, words=CLAIMABLE)
    close_at = fields.word("close_at", ComponentStatus.OPERATIONAL, words=_CLOSING)
    if close_at.severity >= open_at.severity:
        message = f'"close_at" ({close_at}) must be milder than "open_at" ({open_at})'
        hint = (
            "the incident opens at the one and has recovered at the other; left out, close_at is operational"
        )
        problems.add(fields.key_place("close_at" if "close_at" in fields else "open_at"), message, hint)
    updates, notify = read_updates(fields, problems), _notify(fields, problems)
    check_updates(
        fields, problems, updates=updates, notify=notify, said=str(Reason.STILL) in {*texts, *templates}
    )
    reopen_within = read_reopen_within(fields, problems, said=str(Reason.REOPENED) in {*texts, *templates})
    was_node = fields.get("was")
    was = () if was_node is None else read_identifiers(was_node, problems, what='"was"')
    absorbs_node = fields.get("absorbs")
    absorbs = () if absorbs_node is None else read_identifiers(absorbs_node, problems, what='"absorbs"')
    rule = IncidentRule(
        id=IncidentRuleId(identifier.value if identifier else ""),
        components=(),
        title=title.value if title else "",
        group_by=tuple(_group_by(fields, problems)),
        open_at=open_at,
        close_at=close_at,
        texts=IncidentTexts(**texts),
        monitor_for=fields.duration("monitor_for", 600.0, span=Span(0.0, MAXIMUM_HOLD)),
        automation=fields.word("automation", automation, words=tuple(Automation)),
        publish_after=_publish_after(fields),
        components_while_drafted=fields.word(
            "components_while_drafted",
            WhileDrafted.NOW,
            words=tuple(WhileDrafted),
            hints=_WHILE_DRAFTED_HINTS,
        ),
        on_yield=fields.word("on_yield", OnYield.LEAVE, words=tuple(OnYield)),
        public_labels=labels,
        notify=notify,
        updates=updates,
        postmortem=fields.word(
            "postmortem", Postmortem.NONE, words=tuple(Postmortem), hints=_POSTMORTEM_HINTS
        ),
        impact=fields.word("impact", Impact.AUTO, words=tuple(Impact), hints=_IMPACT_HINTS),
        was=tuple(IncidentRuleId(former.value) for former in was),
        lower_at=lower_at,
        absorbs=tuple(IncidentRuleId(one.value) for one in absorbs),
        reopen_within=reopen_within,
        templates=tuple((text, template.value) for text, template in templates.items()),
    )
    named = tuple(templates.values())
    return DeclaredIncident(fields.place, identifier, patterns, rule, was, unused, absorbs, named)


def read_patterns(fields: Fields, problems: Problems) -> list[Placed[str]]:
    """What stands under `components`: names, and patterns over them."""
    node = fields.need("components", "list the components that it covers, such as [Checkout / *]")
    items = () if node is None else read_list(node, problems, what='"components"', of="components")
    patterns: list[Placed[str]] = []
    for item in items:
        if isinstance(item, Mapping):
            name = read_name(item, problems)
            if name is not None:
                patterns.append(Placed(str(name.value), name.place))
            continue
        text = read_text(item, problems, what="a component")
        if text is None:
            continue
        try:
            patterns.append(Placed(component_pattern(text.value), text.place))
        except NamingError as error:
            problems.add(text.place, f"{shown(text.value)}: {error}", error.hint)
    return patterns


def _group_by(fields: Fields, problems: Problems) -> dict[str, None]:
    """The names of labels, each once, in the order of the file."""
    node = fields.get("group_by")
    names: dict[str, None] = {}
    for item in () if node is None else read_list(node, problems, what='"group_by"', of="labels"):
        text = read_text(item, problems, what="a label's name")
        if text is not None and text.value in names:
            problems.add(text.place, f"the label {shown(text.value)} stands twice")
        elif text is not None:
            names[text.value] = None
    return names


def _publish_after(fields: Fields) -> float | None:
    """Seconds until a draft is told by itself; None where it waits for a person."""
    if "publish_after" not in fields:
        return None
    return fields.duration("publish_after", 0.0, span=Span(SOONEST, MAXIMUM_HOLD))


def _notify(fields: Fields, problems: Problems) -> frozenset[Notify]:
    """The transitions of which subscribers are told."""
    node = fields.get("notify")
    if node is None:
        return DEFAULT_NOTIFY
    words: dict[Notify, None] = {}
    items = read_list(node, problems, what='"notify"', of="transitions")
    for item in items:
        word = read_word(item, problems, what='"notify"', words=tuple(Notify), hints=_NOTIFY_HINTS)
        if word in words:
            problems.add(item.place, f"{shown(word)} stands twice")
        elif word is not None:
            words[word] = None
    if items and Notify.OPEN not in words:
        hint = "add open: who did not hear it begin hears nothing of it"
        problems.add(node.place, '"notify" lacks open', hint)
    return frozenset(words)


def _texts(
    fields: Fields, problems: Problems, labels: tuple[PublicLabel, ...], used: set[str]
) -> tuple[dict[str, str], dict[str, Placed[str]]]:
    """The texts that are written, and the names of the page's templates; the labels that they show are added to `used`."""
    node = fields.get("texts")
    example = 'write texts: {resolved: "All is well again."}'
    written = (
        None if node is None else read_fields(node, problems, what="texts", known=_TEXTS, example=example)
    )
    if written is None:
        return {}, {}
    texts: dict[str, str] = {}
    templates: dict[str, Placed[str]] = {}
    for name in _TEXTS:
        node = written.get(name)
        declared = None if node is None else read_declared_text(node, problems, name)
        if declared is None:
            continue
        if declared.template is not None:
            templates[name] = declared.template
        text = declared.text
        if text is not None:
            used |= check_template(
                text,
                declared.node,
                problems,
                labels=labels,
                components=True,
                causes=name == Reason.IDENTIFIED,
                periods=name == Reason.REOPENED,
            )
            if name in NEEDED and f"{{{NEEDED[name][0]}}}" not in text.value:
                placeholder, said = NEEDED[name]
                problems.add(
                    text.place, f'"{name}" does not say {said}', f"write {{{placeholder}}} where it belongs"
                )
            texts[name] = text.value
    return texts, templates
