"""Rule files to compiled rules: merges what the files declare for each page, and checks what takes more than one document to check.

Either everything is sound and comes out compiled, or every problem comes out at once. Must not know YAML, nor what a page really holds: that is asked online.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.config.causes import check_causes, warn_of_unused
from bridge.config.coverage import Coverage
from bridge.config.defaults import DirectoryDefaults
from bridge.config.document import read_documents
from bridge.config.durations import format_duration
from bridge.config.files import DEFAULTS_NAME, digest_of, read_rule_files
from bridge.config.formers import check_formers
from bridge.config.lock import Lock, read_locks
from bridge.config.metrics import LONGEST_GAP, ProbeValue
from bridge.config.names import by_pattern, group_of, is_group, own_name
from bridge.config.naming import Named
from bridge.config.problems import Place, Placed, Problem, Problems, RuleFileError, shown
from bridge.config.rulefile import RuleDocument, read_rule_document
from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, MetricRule, RuleSet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from bridge.config.component_rules import DeclaredRule, Defaults
    from bridge.config.conditions import DeclaredExpression
    from bridge.config.files import RuleFile
    from bridge.config.incidents import DeclaredIncident
    from bridge.config.lock import Locks
    from bridge.config.metrics import DeclaredMetric
    from bridge.config.probes import DeclaredProbe
    from bridge.config.targets import Target
    from bridge.core.observation import Probe, Query
    from bridge.core.rules import RuleId, Series

MAXIMUM_COMPONENTS = 1100
"""Of one page (issue 4, the simulator's limits)."""
MAXIMUM_INCIDENTS = 1000
MAXIMUM_RULES = 20_000
"""Of one page, with each component of a rule over several counted."""


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """All rule files, compiled.

    Attributes:
        rule_sets: by the page's name in the settings, or as written where the settings were not given.
        probes: all probes, in the order of the files.
        queries: the queries of all metrics, each once.
        warnings: what is allowed and probably not meant, by place.
        digest: SHA-256 over the contents, in hexadecimal.
        named: the names that the rules of each page use, with their places.
        locks: what lock files bind, by the page's id.
    """

    rule_sets: Mapping[str, RuleSet]
    probes: tuple[Probe, ...]
    queries: tuple[Query, ...]
    warnings: tuple[Problem, ...]
    digest: str
    named: Mapping[str, Named] = field(default_factory=dict)
    locks: Locks = field(default_factory=dict)


def load_rules(
    paths: Sequence[Path],
    *,
    pages: Mapping[str, str] | None = None,
    prometheuses: Collection[str] | None = None,
    variables: Mapping[str, str] | None = None,
    default_page: str | None = None,
) -> LoadedRules:
    """Read and compile rule files. None for any of the settings means that they are not known, and every name is accepted.

    Args:
        paths: files, and directories to search for `*.yaml` and `*.yml`.
        pages: the settings' pages, name to id. A file may use either.
        prometheuses: the names of the settings' Prometheus servers.
        variables: what `${NAME}` in a probe's URL stands for. With None it is left as it stands, and the probes must not be run.
        default_page: the page of documents that name none.

    Raises:
        RuleFileError: with every problem. Nothing else is raised, whatever the files hold.
    """
    problems = Problems()
    files = read_rule_files(paths, problems)
    documents: list[RuleDocument] = []
    locks = read_locks((file for file in files if file.is_lock), problems)
    directories = DirectoryDefaults((file for file in files if file.is_defaults), problems)
    for file in files:
        if not (file.is_lock or file.is_defaults):
            documents.extend(_documents(file, problems, variables, directories.of(file)))
    lock = Lock(locks, problems, exists=any(file.is_lock for file in files))
    compiler = _Compiler(problems, pages, prometheuses, lock)
    for document in documents:
        compiler.add(document, default_page)
    rules = compiler.compiled(digest_of(files))
    if errors := problems.errors:
        raise RuleFileError(errors, problems.warnings)
    return rules


def _documents(
    file: RuleFile, problems: Problems, variables: Mapping[str, str] | None, outer: Defaults
) -> list[RuleDocument]:
    """A file's documents. One that holds defaults alone holds for those after it."""
    documents: list[RuleDocument] = []
    for node in read_documents(file.path, file.content, problems):
        document = read_rule_document(node, problems, variables, outer=outer)
        if document is not None:
            documents.append(document)
            outer = document.defaults if document.defaults_alone else outer
    if documents and documents[-1].defaults_alone:
        hint = f"write them before the rules; for a whole directory they stand in {DEFAULTS_NAME}"
        problems.warn(documents[-1].place, "nothing follows these defaults in their file", hint)
    return documents


@dataclass(slots=True)
class _Page:
    """What all documents declare for one page, in the order of the files."""

    components: list[Placed[ComponentName]] = field(default_factory=list)
    bare: list[Placed[ComponentName]] = field(default_factory=list)
    rules: list[DeclaredRule] = field(default_factory=list)
    incidents: list[DeclaredIncident] = field(default_factory=list)
    metrics: list[DeclaredMetric] = field(default_factory=list)

    @property
    def named(self) -> Named:
        """The names that the rules use, each where it stands first."""
        components: dict[str, Placed[str]] = {}
        for component in self.components:
            components.setdefault(component.value, Placed(component.value, component.place))
        metrics: dict[str, Placed[str]] = {}
        for metric in self.metrics:
            if metric.metric is not None:
                metrics.setdefault(metric.metric.value, metric.metric)
        return Named(tuple(components.values()), tuple(metrics.values()))


class _Compiler:
    def __init__(
        self,
        problems: Problems,
        pages: Mapping[str, str] | None,
        prometheuses: Collection[str] | None,
        lock: Lock,
    ) -> None:
        self._problems = problems
        self._pages_known = pages
        self._prometheuses = prometheuses
        self._lock = lock
        self._pages: dict[str, _Page] = {}
        self._probes: list[DeclaredProbe] = []
        self._conditions: list[DeclaredExpression] = []

    def add(self, document: RuleDocument, default_page: str | None) -> None:
        self._probes.extend(document.probes)
        self._conditions.extend(document.conditions)
        if document.page is None and document.needs_page and default_page is None:
            self._problems.add(
                document.place,
                'the document has no "page"',
                "name a page of the settings, such as page: acme",
            )
        name = self._page_name(document.page, default_page)
        if not (document.components or document.rules or document.incidents or document.metrics):
            return
        page = self._pages.setdefault(name, _Page())
        page.components.extend(document.components)
        page.bare.extend(document.bare)
        page.rules.extend(document.rules)
        page.incidents.extend(document.incidents)
        page.metrics.extend(document.metrics)

    def _page_name(self, written: Placed[str] | None, default_page: str | None) -> str:
        if written is None:
            return default_page or ""
        known = self._pages_known
        if known is None or written.value in known:
            return written.value
        for name, identifier in known.items():
            if written.value == identifier:
                return name
        message = f"the settings have no page {shown(written.value)}"
        hint = f"they have {', '.join(known)}" if known else "they have none"
        self._problems.add_unknown(written.place, message, word=written.value, known=known.keys(), hint=hint)
        return written.value

    def compiled(self, digest: str) -> LoadedRules:
        probes = self._unique_probes()
        there = tuple(probe.probe for probe in probes.values() if probe.probe)
        for condition in self._conditions:
            self._check_condition(condition, probes)
            condition.compiled(there, self._problems)
        queries: dict[Series, Query] = {}
        rule_sets: dict[str, RuleSet] = {}
        for name, page in self._pages.items():
            self._check_components(page)
            for rule in page.rules:
                self._check_probe(rule.probe, probes)
                self._check_condition(rule.asked, probes)
            metrics = self._metrics(page, probes, queries)
            rules = self._unique_rules(page, there)
            unmapped = tuple(left for rule in page.rules if (left := rule.unmapped()) is not None)
            bound = self._bound(name, page)
            incidents = self._incidents(page)
            rule_sets[name] = RuleSet(name, rules, incidents, metrics, unmapped, *bound)
            self._check_populations(page, rule_sets[name])
            warn_of_unused(
                page.incidents, check_causes(page.rules, incidents, self._problems), self._problems
            )
        return LoadedRules(
            rule_sets=rule_sets,
            probes=there,
            queries=tuple(queries.values()),
            warnings=self._problems.warnings,
            digest=digest,
            named={name: page.named for name, page in self._pages.items()},
            locks=self._lock.locks,
        )

    def _bound(self, name: str, page: _Page) -> tuple[Mapping[ComponentName, str], Mapping[str, str]]:
        """The ids that the lock gives the page's components and metrics."""
        known = self._pages_known
        ids = self._lock.of(name, known.get(name) if known is not None else None)
        named = page.named
        self._lock.warn(name, ids, named.components)
        self._lock.warn(name, ids, named.metrics, metrics=True)
        if ids is None:
            return {}, {}
        return (
            {
                one.value: ids.components[one.value].value
                for one in page.components
                if one.value in ids.components
            },
            {one.value: ids.metrics[one.value].value for one in named.metrics if one.value in ids.metrics},
        )

    def _twice(self, place: Place, what: str, first: Place, hint: str = "") -> None:
        also = f"the first is at {first}"
        self._problems.add(place, f"{what} stands twice", f"{also}; {hint}" if hint else also)

    def _unique_probes(self) -> dict[str, DeclaredProbe]:
        probes: dict[str, DeclaredProbe] = {}
        for probe in self._probes:
            first = probes.setdefault(probe.id.value, probe)
            if first is not probe:
                self._twice(probe.id.place, f"the probe {shown(probe.id.value)}", first.id.place)
        return probes

    def _unique_rules(self, page: _Page, probes: Sequence[Probe]) -> tuple[ComponentRule, ...]:
        places: dict[RuleId, Place] = {}
        formers: list[Placed[RuleId]] = []
        compiled: list[ComponentRule] = []
        patterns = by_pattern(dict.fromkeys(component.value for component in page.components))
        for declared in page.rules:
            self._check_target(declared.target, patterns)
            for component, about in declared.target.expanded(patterns):
                if len(compiled) == MAXIMUM_RULES:
                    message = f"more than {MAXIMUM_RULES:,} rules on one page, each component's counted"
                    self._problems.add(declared.place, message)
                    return tuple(compiled)
                identifier = declared.id(component)
                first = places.setdefault(identifier, declared.place) if identifier else declared.place
                if first is not declared.place:
                    what = f"the rule {shown(identifier or '')}"
                    self._twice(declared.place, what, first, "give one of them an id of its own")
                formers.extend(declared.formers(component))
                rule = declared.compiled(component, about, probes, self._problems)
                if rule is not None:
                    compiled.append(rule)
        check_formers(formers, places, self._problems, what="rule")
        self._check_bare(page, patterns)
        return tuple(compiled)

    def _check_target(self, target: Target, patterns: Mapping[str, tuple[ComponentName, ...]]) -> None:
        if target.label or target.pattern in patterns or self._problems.incomplete:
            return
        message = f"no component is named for which {shown(target.pattern)} stands"
        hint = "name those of the group, such as Checkout / API: []"
        known = [pattern for pattern in patterns if is_group(pattern)]
        self._problems.add_unknown(target.place, message, word=target.pattern, known=known, hint=hint)

    def _check_bare(self, page: _Page, patterns: Mapping[str, tuple[ComponentName, ...]]) -> None:
        claimed = {name for rule in page.rules for name, _ in rule.target.expanded(patterns)}
        for component in page.bare:
            if component.value not in claimed and not self._problems.incomplete:
                message = f"no rule claims {shown(component.value)}"
                self._problems.add(component.place, message, "list rules below it, or leave it out")

    def _check_condition(self, asked: DeclaredExpression | None, probes: Mapping[str, DeclaredProbe]) -> None:
        for condition in asked.declared() if asked is not None else ():
            self._check_probe(condition.probe, probes)

    def _check_populations(self, page: _Page, rule_set: RuleSet) -> None:
        """Refuse what is counted over the groups of an incident: within one group, the others are missing."""
        patterns = by_pattern(rule_set.component_names)
        for declared in page.rules:
            asked = declared.asked
            counted = [] if asked is None else [one.of for one in asked.declared() if one.of is not None]
            if not counted:
                continue
            grouped = {
                label: None
                for component, _ in declared.target.expanded(patterns)
                for label in rule_set.group_labels(component)
            }
            for of in counted:
                if grouped and (of.probes or of.label in grouped):
                    by = ", ".join(shown(label) for label in grouped)
                    message = f'"of" cannot be told where incidents are grouped by {by}'
                    hint = "each group counts for itself; count another label, or leave group_by out"
                    self._problems.add(of.place, message, hint)

    def _check_components(self, page: _Page) -> None:
        places: dict[ComponentName, Place] = {}
        for component in page.components:
            places.setdefault(component.value, component.place)
        if len(places) > MAXIMUM_COMPONENTS:
            place = list(places.values())[MAXIMUM_COMPONENTS]
            self._problems.add(place, f"more than {MAXIMUM_COMPONENTS:,} components on one page")
        grouped = {own_name(name): name for name in places if group_of(name)}
        for name, place in places.items():
            if name in grouped:
                message = f"{shown(name)} may be the same component as {shown(grouped[name])}"
                self._problems.warn(place, message, "spell a component in one way")

    def _check_probe(self, named: Placed[str] | None, probes: Mapping[str, DeclaredProbe]) -> None:
        if named is None or named.value in probes or self._problems.incomplete:
            return
        message = f"there is no probe {shown(named.value)}"
        hint = "declare it under probes"
        self._problems.add_unknown(named.place, message, word=named.value, known=probes.keys(), hint=hint)

    def _incidents(self, page: _Page) -> tuple[IncidentRule, ...]:
        names = dict.fromkeys(component.value for component in page.components)
        coverage = Coverage(tuple(names)[:MAXIMUM_COMPONENTS], self._problems)
        if len(page.incidents) > MAXIMUM_INCIDENTS:
            place = page.incidents[MAXIMUM_INCIDENTS].place
            self._problems.add(place, f"more than {MAXIMUM_INCIDENTS:,} incidents on one page")
        places: dict[str, Place] = {}
        incidents: list[IncidentRule] = []
        for incident in page.incidents[:MAXIMUM_INCIDENTS]:
            if incident.id is not None:
                first = places.setdefault(incident.id.value, incident.id.place)
                if first is not incident.id.place:
                    self._twice(incident.id.place, f"the incident {shown(incident.id.value)}", first)
            incidents.append(coverage.expanded(incident))
        formers = (former for incident in page.incidents for former in incident.was)
        check_formers(formers, places, self._problems, what="incident")
        return tuple(incidents)

    def _metrics(
        self, page: _Page, probes: Mapping[str, DeclaredProbe], queries: dict[Series, Query]
    ) -> tuple[MetricRule, ...]:
        metrics: list[MetricRule] = []
        places: dict[str, Place] = {}
        for metric in page.metrics:
            series = self._from_query(metric, queries) or self._from_probe(metric, probes)
            if metric.metric is None:
                continue
            first = places.setdefault(metric.metric.value, metric.metric.place)
            if first is not metric.metric.place:
                self._twice(metric.metric.place, f"the metric {shown(metric.metric.value)}", first)
            if series is not None:
                metrics.append(MetricRule(metric.metric.value, series))
        return tuple(metrics)

    def _from_query(self, metric: DeclaredMetric, queries: dict[Series, Query]) -> Series | None:
        query, server = metric.query, metric.prometheus
        if query is None or server is None:
            return None
        known = self._prometheuses
        if known is not None and server.value not in known:
            message = f"the settings have no Prometheus {shown(server.value)}"
            hint = f"they have {', '.join(sorted(known))}" if known else "they have none"
            self._problems.add_unknown(server.place, message, word=server.value, known=known, hint=hint)
        # Two metrics of one query share its values, as often as the more frequent of them asks.
        other = queries.get(query.series, query)
        queries[query.series] = min(other, query, key=lambda one: one.every)
        return query.series

    def _from_probe(self, metric: DeclaredMetric, probes: Mapping[str, DeclaredProbe]) -> Series | None:
        if metric.probe is None:
            return None
        self._check_probe(metric.probe, probes)
        declared = probes.get(metric.probe.value)
        probe = declared.probe if declared else None
        if probe is None:
            return None
        if probe.every > LONGEST_GAP:
            message = f"the probe {shown(probe.id)} runs every {format_duration(probe.every)}"
            self._problems.warn(
                metric.probe.place, message, "a metric without a point for five minutes shows a gap"
            )
        return probe.latency if metric.value is ProbeValue.LATENCY else probe.up
