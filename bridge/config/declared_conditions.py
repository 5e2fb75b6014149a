"""Conditions as they were declared, until all files are read: the probes and queries that they go by are known only then.

Must not know how they are written, nor what a condition is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.config.amounts import PROBES
from bridge.config.durations import format_duration
from bridge.core.conditions import (
    Combination,
    Combined,
    Comparison,
    Condition,
    Expression,
    NoData,
    Population,
)
from bridge.core.matching import Matcher, MatchOperator, match_all
from bridge.core.observation import PROBE_LABEL, QUERY_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.config.amounts import Amount, Of
    from bridge.config.observed_names import Observed
    from bridge.config.problems import Place, Placed, Problems
    from bridge.config.thresholds import DeclaredThreshold
    from bridge.core.matching import Matchers
    from bridge.core.observation import Probe, Query
    from bridge.core.rules import StatusLadder


@dataclass(frozen=True, slots=True)
class DeclaredCondition:
    """Signals that match, and how many of them.

    Attributes:
        place: where it stands.
        matchers: all must match.
        at_least: how many, or None for one.
        of: of what, or None.
        no_data: what a silent signal counts for.
        probe: the probe that it names.
        query: the query that it names.
        value: what makes a signal fail, or None for its own state.
    """

    place: Place
    matchers: Matchers
    at_least: Amount | None
    of: Of | None
    no_data: NoData
    probe: Placed[str] | None
    value: DeclaredThreshold | None = None
    query: Placed[str] | None = None

    @property
    def parts(self) -> int:
        """One."""
        return 1

    def size(
        self, there: Observed, problems: Problems, ladder: StatusLadder | None
    ) -> tuple[int | None, Population | None]:
        """How many there are that can fail, if that is known, and what is counted where not each signal counts for itself."""
        of = self.of
        if of is None:
            return None, None
        if of.number:
            return of.number, None
        if of.values:
            return len(of.values), Population(of.label, frozenset(of.values))
        of_probes = of.observed == PROBES
        all_of_them: tuple[Probe | Query, ...] = there.probes if of_probes else there.queries
        counted = [
            one.id
            for one in all_of_them
            if match_all(self.matchers, one.signal_labels)
            and (ladder is None or ladder.status(one.signal_labels.get(ladder.label)) is not None)
        ]
        if not counted:
            if not problems.incomplete:
                message = f"no {'probe' if of_probes else 'query'} is one of those that match"
                hint = f"declare them under {of.observed}, with labels that match"
                problems.add(of.place, message, hint)
            return None, None
        label = PROBE_LABEL if of_probes else QUERY_LABEL
        return len(counted), Population(label, frozenset(counted), reports_ok=True)

    def compiled(
        self, there: Observed, problems: Problems, ladder: StatusLadder | None = None
    ) -> Condition | None:
        """The condition; None when it cannot be, which is reported.

        Args:
            there: the probes and queries that are declared.
            problems: where mistakes go.
            ladder: the statuses by label of the rule whose condition it is. A probe or query that can claim none is not counted.
        """
        size, population = self.size(there, problems, ladder)
        if self.of is not None and size is None:
            return None
        needed = 1
        if self.at_least is not None:
            found = self.at_least.of(size, problems, what='"at_least"')
            if found is None:
                return None
            needed = found
        if self.value is None:
            return Condition(self._without_queries(there), needed, population, self.no_data)
        of_time = self.value.of_time
        sound = (
            self._measured(self.value, there, problems)
            if of_time
            else self._queried(self.value, there, problems)
        )
        if not sound:
            return None
        # Whatever else matches has no value, or another one, and would be unknown for ever.
        measured = Matcher(PROBE_LABEL if of_time else QUERY_LABEL, MatchOperator.NOT_EQUAL, "")
        return Condition((*self.matchers, measured), needed, population, self.no_data, self.value.threshold)

    def _without_queries(self, there: Observed) -> Matchers:
        """The matchers, of signals that have a verdict: a query says nothing but its value, and what Prometheus does not tell makes nothing else unknown."""
        if any(match_all(self.matchers, query.signal_labels) for query in there.queries):
            return (*self.matchers, Matcher(QUERY_LABEL, MatchOperator.EQUAL, ""))
        return self.matchers

    def _queried(self, value: DeclaredThreshold, there: Observed, problems: Problems) -> bool:
        """Whether a query gives what the threshold is on; if none does, that is reported."""
        matches = any(match_all(self.matchers, query.signal_labels) for query in there.queries)
        if matches or problems.incomplete or self.query is not None:
            return True  # that the query is not there is told elsewhere
        hint = 'declare them under queries, with labels that match; the time that a probe takes has a unit, as in "> 2s"'
        problems.add(value.place, "no query is one of those that match", hint)
        return False

    def _measured(self, value: DeclaredThreshold, there: Observed, problems: Problems) -> bool:
        """Whether a probe can meet the threshold; if none can, that is reported."""
        matching = [probe for probe in there.probes if match_all(self.matchers, probe.signal_labels)]
        if problems.incomplete or (self.probe is not None and not matching):
            return True  # that the probe is not there is told elsewhere
        if not matching:
            hint = 'declare them under probes, with labels that match; what a query gives has no unit, as in "> 0.05"'
            problems.add(value.place, "no probe is one of those that match", hint)
            return False
        longest = max(probe.timeout for probe in matching)
        threshold = value.threshold
        if threshold.comparison in {Comparison.ABOVE, Comparison.AT_LEAST} and threshold.bound >= longest:
            took = format_duration(longest)
            message = f"no answer takes so long: after {took} the probe gives up, and that is a failure"
            problems.add(value.place, message, "write a shorter time, or give the probe a longer timeout")
            return False
        return True

    def narrowed(self, matchers: Matchers) -> DeclaredCondition:
        """The same of signals that match these too."""
        return replace(self, matchers=(*self.matchers, *matchers)) if matchers else self

    def declared(self) -> Iterator[DeclaredCondition]:
        """Itself."""
        yield self


@dataclass(frozen=True, slots=True)
class DeclaredCombination:
    """All, or any, of conditions that were declared under names."""

    place: Place
    how: Combination
    names: tuple[str, ...]
    of: tuple[DeclaredExpression, ...]

    @property
    def parts(self) -> int:
        """How many counting conditions it consists of."""
        return sum(one.parts for one in self.of)

    def compiled(
        self, there: Observed, problems: Problems, ladder: StatusLadder | None = None
    ) -> Expression | None:
        """The condition; None when it cannot be, which is reported."""
        parts = [one.compiled(there, problems, ladder) for one in self.of]
        sound = tuple(part for part in parts if part is not None)
        return Combined(self.how, sound) if len(sound) == len(parts) else None

    def narrowed(self, matchers: Matchers) -> DeclaredCombination:
        """The same of signals that match these too."""
        return replace(self, of=tuple(one.narrowed(matchers) for one in self.of)) if matchers else self

    def declared(self) -> Iterator[DeclaredCondition]:
        """The counting conditions that it consists of."""
        for one in self.of:
            yield from one.declared()


DeclaredExpression = DeclaredCondition | DeclaredCombination
