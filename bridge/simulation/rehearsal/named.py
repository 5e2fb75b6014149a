"""What a test names of the rules: a name that is misspelt would be expected in vain, or would pass for ever. Must not know how a test is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bridge.config.observed_names import Observed
    from bridge.core.rules import RuleSet
    from bridge.simulation.rehearsal.cases import Case, Expectation


class RehearsalError(BridgeError):
    """A test cannot be played; the text says why."""


def check_names(case: Case, ruleset: RuleSet, there: Observed) -> None:
    """See that the rules have what a test names.

    Raises:
        RehearsalError: they lack a probe, a query, an incident or a maintenance.
    """
    incidents = [rule.id for rule in ruleset.incidents]
    maintenances = [rule.id for rule in ruleset.maintenances]
    known: dict[str, Collection[str]] = {
        "probe": [probe.id for probe in there.probes],
        "query": [query.id for query in there.queries],
        "incident": incidents,
        "maintenance": maintenances,
        "incident or maintenance": [*incidents, *maintenances],
    }
    for at, what, name in _named(case):
        if name not in known[what]:
            listed = ", ".join(sorted(known[what])) or "none"
            raise RehearsalError(f"{at}the rules have no {what} {name}; they have {listed}")


def _named(case: Case) -> Iterator[tuple[str, str, str]]:
    """Where something is named, what it is said to be, and its name."""
    for given in case.probes:
        yield "", "probe", given.id
    for query in case.queries:
        yield "", "query", query.id
    for expectation in case.expectations:
        for what, name in _expected(expectation):
            yield f"{expectation.place}: ", what, name
    for command in case.commands:
        if command.meant is not None:
            yield f"{command.place}: ", "incident", command.meant.rule
    for deed in case.deeds:
        if deed.incident is not None:
            yield f"{deed.place}: ", "incident", deed.incident.rule
        if deed.maintenance is not None:
            yield f"{deed.place}: ", "maintenance", deed.maintenance.rule


def _expected(expectation: Expectation) -> Iterator[tuple[str, str]]:
    for entry in (*(expectation.incidents or ()), *(expectation.drafts or ())):
        yield "incident", entry.id
    for entry in expectation.maintenances or ():
        yield "maintenance", entry.id
    for name in expectation.updates or ():
        yield "incident or maintenance", name
