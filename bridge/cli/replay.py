"""`bridge replay`: what rules would have published of a history of signals."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

from bridge.cli.exits import Exit, WrongUseError
from bridge.cli.histories import progress
from bridge.config.compile import load_rules
from bridge.config.observed_names import Observed
from bridge.simulation.replay.html_report import html_report
from bridge.simulation.replay.player import Player
from bridge.simulation.replay.published import published
from bridge.simulation.replay.timeline_lines import remark_lines, table_lines, timeline_lines
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bridge.cli.histories import Given
    from bridge.core.observation import Probe, Query
    from bridge.core.reasons import Reason
    from bridge.core.rules import RuleSet
    from bridge.simulation.replay.history import History
    from bridge.simulation.replay.published import Published


def replay(
    paths: Sequence[Path],
    given: Given,
    *,
    against: Sequence[Path],
    page: str | None,
    html: Path | None,
) -> Exit:
    """Replay a history through one set of rules, or two, and tell what they would have published.

    Raises:
        RuleFileError: rules or history have mistakes.
        StoreError: the journal cannot be read.
        QueryError: Prometheus gives no such result.
        WrongUseError: the rules are for several pages and none is named, or not one history is given.
    """
    # The engine's parts log what they do; here it is told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    probes: dict[str, Probe] = {}
    queries: dict[str, Query] = {}
    chosen = [(_called(paths), _rules_of(paths, page, probes, queries))]
    if against:
        chosen.append((_called(against), _rules_of(against, page, probes, queries)))
    known = Observed(tuple(probes.values()), tuple(queries.values()))
    history = given.history(chosen[0][1].page, known)
    replays = [(name, _played(name, ruleset, history)) for name, ruleset in chosen]
    for name, one in replays:
        if against:
            sys.stdout.write(f"{name}\n")
        sys.stdout.writelines(f"{line}\n" for line in timeline_lines(one))
        sys.stdout.write("\n")
    sys.stdout.writelines(f"{line}\n" for line in table_lines(replays))
    remarks = list(remark_lines(replays))
    if remarks:
        sys.stdout.write("\n")
        sys.stdout.writelines(f"{line}\n" for line in remarks)
    if html is not None:
        html.write_text(html_report(f"Replay of {chosen[0][1].page}", replays), encoding="utf-8")
    return Exit.GOOD


def _called(paths: Sequence[Path]) -> str:
    return " ".join(map(str, paths))


def _rules_of(
    paths: Sequence[Path], page: str | None, probes: dict[str, Probe], queries: dict[str, Query]
) -> RuleSet:
    """The rules of the page; their probes and queries are added to those of others."""
    loaded = load_rules(paths)
    probes.update({probe.id: probe for probe in loaded.probes})
    for query in loaded.queries:
        other = queries.setdefault(query.id, query)
        if (other.series, other.labels) != (query.series, query.labels):
            raise WrongUseError(
                f"the query {query.id} is another one in {_called(paths)}; replay one set of rules after the other"
            )
    pages = ", ".join(loaded.rule_sets) or "no page"
    if page is not None and page not in loaded.rule_sets:
        raise WrongUseError(f"{_called(paths)} are for {pages}, not for {page}")
    if page is None and len(loaded.rule_sets) != 1:
        raise WrongUseError(f"{_called(paths)} are for {pages}; give --page")
    return loaded.rule_sets[page if page is not None else next(iter(loaded.rule_sets))]


def _played(name: str, ruleset: RuleSet, history: History) -> Published:
    reasons: list[Reason] = []
    metrics = Metrics(pages=[ruleset.page], budgets=[])
    player = Player(
        ruleset,
        begin=history.begin,
        metrics=metrics,
        decided=lambda _, decision: reasons.append(decision.reason),
    )
    with progress(name) as told:
        player.play(history, told)
    return published(player, history, reasons)
