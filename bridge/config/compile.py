"""Rule files to compiled rules: merges what the files declare for each page, and checks what takes more than one document to check.

Either everything is sound and comes out compiled, or every problem comes out at once. Must not know YAML, nor what a page really holds: that is asked online.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bridge.config.absorbing import check_absorbing
from bridge.config.causes import check_causes, warn_of_unused
from bridge.config.coverage import Coverage
from bridge.config.declared_page import DeclaredPage
from bridge.config.defaults import DirectoryDefaults
from bridge.config.document import read_documents
from bridge.config.expansion import expanded_rules
from bridge.config.files import DEFAULTS_NAME, digest_of, read_rule_files
from bridge.config.formers import check_formers
from bridge.config.known import Known
from bridge.config.lint_names import Lint
from bridge.config.lints import lint
from bridge.config.lock import Lock, read_locks
from bridge.config.maintenances import MAXIMUM_MAINTENANCES
from bridge.config.metric_series import MetricSeries
from bridge.config.names import group_of, own_name
from bridge.config.observed_names import Observed, ObservedNames
from bridge.config.populations import check_populations
from bridge.config.problems import Problems, RuleFileError, shown
from bridge.config.prometheuses import Prometheuses, polls_of
from bridge.config.rulefile import RuleDocument, read_rule_document
from bridge.config.silences import MAXIMUM_SILENCES
from bridge.core.rules import RuleSet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from bridge.config.declared_conditions import DeclaredExpression
    from bridge.config.files import RuleFile
    from bridge.config.lock import Locks
    from bridge.config.naming import Named
    from bridge.config.probes import DeclaredProbe
    from bridge.config.problems import Place, Placed, Problem
    from bridge.config.queries import DeclaredQuery
    from bridge.config.rule_defaults import Defaults
    from bridge.core.maintenance_rules import MaintenanceRule
    from bridge.core.observation import Poll, Probe, Query
    from bridge.core.rules import ComponentName, IncidentRule
    from bridge.core.silences import Silence

MAXIMUM_COMPONENTS = 1100
"""Of one page (issue 4, the simulator's limits)."""
MAXIMUM_INCIDENTS = 1000


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """All rule files, compiled.

    Attributes:
        rule_sets: by the page's name in the settings, or as written where the settings were not given.
        probes: all probes, in the order of the files.
        queries: all queries by which rules go, in the order of the files.
        polls: what is asked of Prometheus servers, for queries and metrics, each expression once.
        warnings: what is allowed and probably not meant, by place.
        digest: SHA-256 over the contents, in hexadecimal.
        named: the names that the rules of each page use, with their places.
        locks: what lock files bind, by the page's id.
    """

    rule_sets: Mapping[str, RuleSet]
    probes: tuple[Probe, ...]
    queries: tuple[Query, ...]
    polls: tuple[Poll, ...]
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
    lints: bool = False,
) -> LoadedRules:
    """Read and compile rule files. None for any of the settings means that they are not known, and every name is accepted.

    Args:
        paths: files, and directories to search for `*.yaml` and `*.yml`.
        pages: the settings' pages, name to id. A file may use either.
        prometheuses: the names of the settings' Prometheus servers.
        variables: what `${NAME}` in a probe's URL stands for. With None it is left as it stands, and the probes must not be run.
        default_page: the page of documents that name none.
        lints: whether to look for what is allowed and probably not meant, beyond what is noticed on the way.

    Raises:
        RuleFileError: with every problem. Nothing else is raised, whatever the files hold.
    """
    problems = Problems()
    files = read_rule_files(paths, problems)
    known = Known(pages, prometheuses, variables, default_page)
    return _compiled(files, problems, known, lints=lints)


def compile_rules(files: Sequence[RuleFile], known: Known) -> LoadedRules:
    """Compile rule files that were read elsewhere; what lies beside them is taken to be what is beside them in their paths.

    Raises:
        RuleFileError: with every problem. Nothing else is raised, whatever the files hold.
    """
    return _compiled(files, Problems(), known, lints=False)


def _compiled(files: Sequence[RuleFile], problems: Problems, known: Known, *, lints: bool) -> LoadedRules:
    documents: list[RuleDocument] = []
    locks = read_locks((file for file in files if file.is_lock), problems)
    directories = DirectoryDefaults((file for file in files if file.is_defaults), problems)
    for file in files:
        if not (file.is_lock or file.is_defaults):
            documents.extend(_documents(file, problems, known.variables, directories.of(file)))
    lock = Lock(locks, problems, exists=any(file.is_lock for file in files))
    compiler = _Compiler(problems, known.pages, known.prometheuses, lock)
    for document in documents:
        compiler.add(document, known.default_page)
    rules = compiler.compiled(digest_of(files))
    if errors := problems.errors:
        raise RuleFileError(errors, problems.warnings)
    return compiler.linted(rules) if lints else rules


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
        problems.warn(
            documents[-1].place,
            "nothing follows these defaults in their file",
            hint,
            lint=Lint.UNUSED_DEFAULTS,
        )
    return documents


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
        self._pages: dict[str, DeclaredPage] = {}
        self._probes: list[DeclaredProbe] = []
        self._queries: list[DeclaredQuery] = []
        self._conditions: list[DeclaredExpression] = []

    def add(self, document: RuleDocument, default_page: str | None) -> None:
        self._probes.extend(document.probes)
        self._queries.extend(document.queries)
        self._conditions.extend(document.conditions)
        if document.page is None and document.needs_page and default_page is None:
            self._problems.add(
                document.place,
                'the document has no "page"',
                "name a page of the settings, such as page: acme",
            )
        name = self._page_name(document.page, default_page)
        declared = (
            document.components,
            document.rules,
            document.incidents,
            document.metrics,
            document.silences,
            document.maintenances,
        )
        if not any(declared):
            return
        page = self._pages.setdefault(name, DeclaredPage(document.page))
        page.components.extend(document.components)
        page.bare.extend(document.bare)
        page.rules.extend(document.rules)
        page.incidents.extend(document.incidents)
        page.metrics.extend(document.metrics)
        page.silences.extend(document.silences)
        page.maintenances.extend(document.maintenances)

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
        names = ObservedNames(self._probes, self._queries, self._problems)
        there = names.sound
        for condition in self._conditions:
            names.check_condition(condition)
            condition.compiled(there, self._problems)
        servers = Prometheuses(self._prometheuses, self._problems)
        for query in self._queries:
            servers.check(query.prometheus)
        series = MetricSeries(names.probes, servers, self._problems)
        rule_sets: dict[str, RuleSet] = {}
        for name, page in self._pages.items():
            self._check_components(page)
            for rule in page.rules:
                names.probes.check(rule.probe)
                names.queries.check(rule.query)
                names.check_condition(rule.asked)
            metrics = series.of(page)
            rules = expanded_rules(page, there, self._problems)
            unmapped = tuple(left for rule in page.rules if (left := rule.unmapped()) is not None)
            bound = self._bound(name, page)
            incidents, silences = self._incidents(page), self._silences(page, names)
            rule_sets[name] = RuleSet(
                name, rules, incidents, metrics, unmapped, *bound, silences, self._maintenances(page)
            )
            check_populations(page, rule_sets[name], self._problems)
            causes = check_causes(page.rules, incidents, self._problems)
            warn_of_unused(page.incidents, causes, self._problems)
        return LoadedRules(
            rule_sets=rule_sets,
            probes=there.probes,
            queries=there.queries,
            polls=polls_of(there.queries, series.polls),
            warnings=self._problems.warnings,
            digest=digest,
            named={name: page.named for name, page in self._pages.items()},
            locks=self._lock.locks,
        )

    def linted(self, rules: LoadedRules) -> LoadedRules:
        """The rules, which are sound, with everything that is to be warned of."""
        for name, page in self._pages.items():
            lint(page, rules.rule_sets[name], Observed(rules.probes, rules.queries), self._problems)
        return replace(rules, warnings=self._problems.warnings)

    def _bound(self, name: str, page: DeclaredPage) -> tuple[Mapping[ComponentName, str], Mapping[str, str]]:
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

    def _check_components(self, page: DeclaredPage) -> None:
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
                self._problems.warn(
                    place, message, "spell a component in one way", lint=Lint.AMBIGUOUS_COMPONENT
                )

    def _silences(self, page: DeclaredPage, names: ObservedNames) -> tuple[Silence, ...]:
        for declared in page.silences:
            names.probes.check(declared.probe)
            names.queries.check(declared.query)
        if len(page.silences) > MAXIMUM_SILENCES:
            place = page.silences[MAXIMUM_SILENCES].place
            self._problems.add(place, f"more than {MAXIMUM_SILENCES:,} silences on one page")
        return tuple(declared.silence for declared in page.silences if declared.silence is not None)

    def _maintenances(self, page: DeclaredPage) -> tuple[MaintenanceRule, ...]:
        names = dict.fromkeys(component.value for component in page.components)
        coverage = Coverage(tuple(names)[:MAXIMUM_COMPONENTS], self._problems)
        if len(page.maintenances) > MAXIMUM_MAINTENANCES:
            place = page.maintenances[MAXIMUM_MAINTENANCES].place
            self._problems.add(place, f"more than {MAXIMUM_MAINTENANCES:,} maintenances on one page")
        places: dict[str, Place] = {}
        rules: list[MaintenanceRule] = []
        for one in page.maintenances[:MAXIMUM_MAINTENANCES]:
            if one.id is not None:
                first = places.setdefault(one.id.value, one.id.place)
                if first is not one.id.place:
                    self._problems.add_twice(one.id.place, f"the maintenance {shown(one.id.value)}", first)
            covered = coverage.covered(one.patterns)
            if one.rule is not None:
                rules.append(replace(one.rule, components=covered))
        return tuple(rules)

    def _incidents(self, page: DeclaredPage) -> tuple[IncidentRule, ...]:
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
                    self._problems.add_twice(
                        incident.id.place, f"the incident {shown(incident.id.value)}", first
                    )
            incidents.append(coverage.expanded(incident))
        formers = (former for incident in page.incidents for former in incident.was)
        check_formers(formers, places, self._problems, what="incident")
        check_absorbing(page.incidents[:MAXIMUM_INCIDENTS], self._problems)
        return tuple(incidents)
