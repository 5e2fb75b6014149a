"""One document of a rule file: what it declares, each thing with its place.

Everything that can be told from the document alone is checked here; what needs the other files is left to `compile`. Must not know which files there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.config.component_rules import DeclaredRule, Defaults, read_component_rule, read_defaults
from bridge.config.document import Node, Scalar
from bridge.config.fields import (
    Fields,
    read_fields,
    read_list,
    read_mapping,
    read_text,
)
from bridge.config.incidents import DeclaredIncident, read_incident
from bridge.config.metrics import DeclaredMetric, read_metric
from bridge.config.names import NamingError, component_name, normalise
from bridge.config.probes import DeclaredProbe, read_probe
from bridge.config.problems import Place, Placed, Problems, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from bridge.core.rules import ComponentName

_KNOWN = {
    "page": None,
    "components": None,
    "incidents": None,
    "probes": None,
    "metrics": None,
    "defaults": None,
    "groups": "this is no file of Prometheus rules; list rules by component, under components",
    "rules": "list rules by component, under components",
}


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """What one document declares. A faulty part is left out after it has been reported.

    Attributes:
        place: where the document begins.
        page: as written, or None.
        needs_page: whether anything in it belongs to a page; probes alone do not.
        components: every component that has rules, faulty ones too.
        rules: the component rules.
        incidents: with their components not expanded.
        probes: by id; faulty ones too.
        metrics: with probes and servers not checked.
        defaults: what holds in it.
        defaults_alone: it says defaults and nothing else: they hold for the documents after it in its file.
    """

    place: Place
    page: Placed[str] | None
    needs_page: bool
    components: tuple[Placed[ComponentName], ...]
    rules: tuple[DeclaredRule, ...]
    incidents: tuple[DeclaredIncident, ...]
    probes: tuple[DeclaredProbe, ...]
    metrics: tuple[DeclaredMetric, ...]
    defaults: Defaults = field(default_factory=Defaults)
    defaults_alone: bool = False


def read_rule_document(
    node: Node,
    problems: Problems,
    variables: Table[str, str] | None = None,
    *,
    outer: Defaults | None = None,
) -> RuleDocument | None:
    """Read one document; None when it is not a mapping at all. `outer` are the defaults of what is around it."""
    fields = read_fields(
        node, problems, what="a rule file", known=_KNOWN, example="begin with page: and components:"
    )
    if fields is None:
        return None
    defaults = read_defaults(fields.get("defaults"), problems, outer)
    page = fields.text("page")
    components: list[Placed[ComponentName]] = []
    rules: list[DeclaredRule] = []
    for name, rule_nodes in _components(fields, problems):
        components.append(name)
        rules.extend(
            rule for item in rule_nodes if (rule := read_component_rule(item, problems, name.value, defaults))
        )
    incidents = [
        read_incident(item, problems, defaults.incident_automation)
        for item in _section(fields, problems, "incidents")
    ]
    probes = [read_probe(item, problems, variables) for item in _section(fields, problems, "probes")]
    metrics = [read_metric(item, problems) for item in _section(fields, problems, "metrics")]
    return RuleDocument(
        place=fields.place,
        page=None if page is None else Placed(normalise(page.value), page.place),
        needs_page="page" not in fields
        and any(key in fields for key in ("components", "incidents", "metrics")),
        components=tuple(components),
        rules=tuple(rules),
        incidents=tuple(incident for incident in incidents if incident),
        probes=tuple(probe for probe in probes if probe),
        metrics=tuple(metric for metric in metrics if metric),
        defaults=defaults,
        defaults_alone="defaults" in fields and not any(key in fields for key in _KNOWN if key != "defaults"),
    )


def _section(fields: Fields, problems: Problems, key: str) -> tuple[Node, ...]:
    """The entries of a top-level list; none when all of them are commented out."""
    node = fields.get(key)
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return ()
    return read_list(node, problems, what=f'"{key}"', of=key)


def _components(
    fields: Fields, problems: Problems
) -> Iterator[tuple[Placed[ComponentName], tuple[Node, ...]]]:
    node = fields.get("components")
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return
    example = 'write the component as key and its rules as list: "Checkout / API:"'
    mapping = read_mapping(node, problems, what='"components"', example=example)
    for key, value in mapping.entries if mapping else ():
        text = read_text(key, problems, what="a component's name")
        if text is None:
            continue
        try:
            name = component_name(text.value)
        except NamingError as error:
            problems.add(text.place, f"{shown(text.value)}: {error}", error.hint)
            continue
        yield Placed(name, text.place), read_list(value, problems, what=shown(name), of="rules")
