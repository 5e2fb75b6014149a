"""One document of a rule file: what it declares, each thing with its place.

Everything that can be told from the document alone is checked here; what needs the other files is left to `compile`. Must not know which files there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.config.component_rules import read_component_rule
from bridge.config.conditions import read_conditions
from bridge.config.document import Node, Scalar, Sequence
from bridge.config.fields import (
    Fields,
    read_fields,
    read_list,
    read_mapping,
    read_word,
)
from bridge.config.incidents import DeclaredIncident, read_incident
from bridge.config.lint_names import Lint
from bridge.config.maintenances import DeclaredMaintenance, read_maintenance
from bridge.config.metrics import DeclaredMetric, read_metric
from bridge.config.names import normalise
from bridge.config.probes import DeclaredProbe, read_probe
from bridge.config.problems import Place, Placed, Problems, shown
from bridge.config.public_labels import read_public_labels
from bridge.config.queries import DeclaredQuery, read_query
from bridge.config.rule_defaults import Defaults, read_defaults
from bridge.config.silences import DeclaredSilence, read_silence
from bridge.config.targets import Target, read_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from bridge.config.declared_conditions import DeclaredExpression
    from bridge.config.declared_rules import DeclaredRule
    from bridge.core.rules import ComponentName

_KNOWN = {
    "page": None,
    "components": None,
    "incidents": None,
    "probes": None,
    "queries": None,
    "metrics": None,
    "silences": None,
    "maintenances": None,
    "defaults": None,
    "conditions": None,
    "rules": None,
    "public_labels": None,
    "public_annotations": None,
    "display": None,
    "disable_lints": None,
    "tests": "tests of rules are played by bridge test, and the names of their files end in .test.yaml",
    "groups": "this is no file of Prometheus rules; list rules by component, under components",
}


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """What one document declares. A faulty part is left out after it has been reported.

    Attributes:
        place: where the document begins.
        page: as written, or None.
        needs_page: whether anything in it belongs to a page; probes and queries alone do not.
        components: every component that has rules, faulty ones too.
        bare: those below which no rule stands; one for their group, or by label, must claim them.
        rules: the component rules.
        incidents: with their components not expanded.
        probes: by id; faulty ones too.
        queries: the same, with servers not checked.
        metrics: with probes and servers not checked.
        conditions: those under names.
        silences: faulty ones too.
        maintenances: the same, with their components not expanded.
        defaults: what holds in it.
        defaults_alone: it says defaults and nothing else: they hold for the documents after it in its file.
    """

    place: Place
    page: Placed[str] | None
    needs_page: bool
    components: tuple[Placed[ComponentName], ...]
    bare: tuple[Placed[ComponentName], ...]
    rules: tuple[DeclaredRule, ...]
    incidents: tuple[DeclaredIncident, ...]
    probes: tuple[DeclaredProbe, ...]
    metrics: tuple[DeclaredMetric, ...]
    conditions: tuple[DeclaredExpression, ...]
    queries: tuple[DeclaredQuery, ...] = ()
    silences: tuple[DeclaredSilence, ...] = ()
    maintenances: tuple[DeclaredMaintenance, ...] = ()
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
    named = read_conditions(fields.get("conditions"), problems)
    public = read_public_labels(fields, problems)
    page = fields.text("page")
    components: list[Placed[ComponentName]] = []
    bare: list[Placed[ComponentName]] = []
    rules: list[DeclaredRule] = []
    for target, rule_nodes in _components(fields, problems):
        components.extend(target.names())
        bare.extend(() if rule_nodes else target.names())
        rules.extend(
            rule
            for item in rule_nodes
            if (rule := read_component_rule(item, problems, target, defaults=defaults, named=named))
        )
    for item in _section(fields, problems, "rules"):
        rule = read_component_rule(item, problems, None, defaults=defaults, named=named)
        if rule is not None:
            components.extend(rule.target.names())
            rules.append(rule)
    named.warn_of_unused(problems)
    _switch_off(fields, problems)
    incidents = [
        read_incident(item, problems, defaults.automation, public)
        for item in _section(fields, problems, "incidents")
    ]
    probes = [read_probe(item, problems, variables) for item in _section(fields, problems, "probes")]
    queries = [read_query(item, problems) for item in _section(fields, problems, "queries")]
    metrics = [read_metric(item, problems) for item in _section(fields, problems, "metrics")]
    maintenances = [read_maintenance(item, problems) for item in _section(fields, problems, "maintenances")]
    silences = [read_silence(item, problems) for item in _section(fields, problems, "silences")]
    return RuleDocument(
        place=fields.place,
        page=None if page is None else Placed(normalise(page.value), page.place),
        needs_page="page" not in fields
        and any(
            key in fields
            for key in ("components", "rules", "incidents", "metrics", "silences", "maintenances")
        ),
        components=tuple(components),
        bare=tuple(bare),
        rules=tuple(rules),
        incidents=tuple(incident for incident in incidents if incident),
        probes=tuple(probe for probe in probes if probe),
        queries=tuple(query for query in queries if query),
        metrics=tuple(metric for metric in metrics if metric),
        maintenances=tuple(one for one in maintenances if one),
        silences=tuple(silence for silence in silences if silence),
        conditions=tuple(named),
        defaults=defaults,
        defaults_alone="defaults" in fields and not any(key in fields for key in _KNOWN if key != "defaults"),
    )


def _switch_off(fields: Fields, problems: Problems) -> None:
    """What is not to be warned of in this file."""
    node = fields.get("disable_lints")
    for item in () if node is None else read_list(node, problems, what='"disable_lints"', of="lints"):
        lint = read_word(item, problems, what="a lint", words=tuple(Lint))
        if lint is not None:
            problems.switch_off(fields.place.path, lint)


def _section(fields: Fields, problems: Problems, key: str) -> tuple[Node, ...]:
    """The entries of a top-level list; none when all of them are commented out."""
    node = fields.get(key)
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return ()
    return read_list(node, problems, what=f'"{key}"', of=key)


def _components(fields: Fields, problems: Problems) -> Iterator[tuple[Target, tuple[Node, ...]]]:
    node = fields.get("components")
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return
    example = 'write the component as key and its rules as list: "Checkout / API:"'
    mapping = read_mapping(node, problems, what='"components"', example=example)
    for key, value in mapping.entries if mapping else ():
        target = read_key(key, problems)
        if target is None:
            continue
        empty = isinstance(value, Sequence) and not value.items
        nodes = () if empty else read_list(value, problems, what=shown(target.pattern), of="rules")
        if nodes or empty:
            yield target, nodes
