"""A history from a range of a Prometheus: what `ALERTS` says fired, what expressions say of probes, what queries gave, and when it had nothing to say.

An alert is a series: where a step lacks its sample it has ended. That is known to a step, and so is everything here. Where no `up` has a sample, Prometheus was down or was not kept: then alerts are
missing too, and that is blindness, never an end. Alertmanager's own waiting, grouping and silences are not in it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.observation import PROBE_LABEL
from bridge.core.signals import Labels, SignalState
from bridge.errors import ConfigurationError
from bridge.simulation.replay.history import ALERTMANAGER, SightChange, SignalChange, history_of
from bridge.sources.probes.http import PROBE_SOURCE
from bridge.sources.promql import source_of
from bridge.sources.queries import expiry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bridge.config.observed_names import Observed
    from bridge.core.observation import Probe, Query
    from bridge.simulation.replay.history import Change, History
    from bridge.sources.promql_range import Range, RangeReader, RangeSeries

ALERTS = 'ALERTS{alertstate="firing"}'
UP = "count(up)"
"""Has a sample wherever Prometheus looked at anything."""


async def read_range(
    reader: RangeReader,
    over: Range,
    *,
    probes: Mapping[str, str],
    known: Observed,
    progress: Callable[[float], None] = lambda _: None,
) -> History:
    """The history of a range.

    Args:
        reader: the Prometheus.
        over: from when to when, and how exactly.
        probes: for the ids of probes, the expression that says how each was: 0 for failing, nothing for unknown, anything else for ok.
        known: the probes and queries of the rules. All queries are asked of this Prometheus, by their own expressions.
        progress: is told how much is read, from 0 to 1.

    Raises:
        QueryError: Prometheus gives no such result.
        ConfigurationError: an id is none of a probe, or an expression gives several series.
    """
    named = {probe.id: probe for probe in known.probes}
    for name in probes:
        if name not in named:
            among = ", ".join(named) or "none"
            raise ConfigurationError(f"{name} is no probe of the rules; they have: {among}")
    asked = len(probes) + len(known.queries) + 2

    def told(number: int) -> Callable[[float], None]:
        return lambda part: progress((number + part) / asked)

    seen = {number for series in await reader.read(UP, over, told(0)) for number in series.values}
    sources = dict.fromkeys([ALERTMANAGER, *(source_of(query.prometheus) for query in known.queries)])
    changes: list[Change] = [sight for source in sources for sight in _sights(seen, over, source)]
    alerts = await reader.read(ALERTS, over, told(1))
    for series in alerts:
        changes += _alert(series, over)
    for number, (name, expression) in enumerate(probes.items(), 2):
        found = await reader.read(expression, over, told(number))
        if len(found) > 1:
            raise ConfigurationError(
                f"the expression of the probe {name} gives {len(found)} series; write one that gives one"
            )
        changes += _probe(named[name], found, over)
    for number, query in enumerate(known.queries, 2 + len(probes)):
        changes += _query(query, await reader.read(query.expression, over, told(number)), over, seen=seen)
    failing = sum(0 in series.values for series in alerts)
    remarks = []
    if len(sources) > 2:  # noqa: PLR2004 - Alertmanager and one Prometheus
        remarks.append(f"all queries were asked of one Prometheus, those of {', '.join(list(sources)[1:])}")
    if failing:
        remarks.append(
            f"{failing} alerts were firing already when it begins: since when is not known, and holds count from then"
        )
    return history_of(changes, begin=over.begin, end=over.at(over.steps), remarks=remarks)


def _alert(series: RangeSeries, over: Range) -> Iterator[SignalChange]:
    labels = Labels({name: value for name, value in series.labels.items() if name != "alertstate"})
    for number in sorted(series.values):
        if number - 1 not in series.values:
            yield SignalChange(over.at(number), ALERTMANAGER, labels, SignalState.FAILING)
        if number + 1 not in series.values and number < over.steps:
            yield SignalChange(over.at(number + 1), ALERTMANAGER, labels, SignalState.OK)


def _sights(seen: set[int], over: Range, source: str) -> Iterator[SightChange]:
    for number in range(over.steps + 1):
        if (number in seen) is not (number - 1 in seen or number == 0):
            yield SightChange(over.at(number), source, blind=number not in seen)


def _probe(probe: Probe, found: list[RangeSeries], over: Range) -> Iterator[SignalChange]:
    labels = Labels({**probe.labels, PROBE_LABEL: probe.id})
    values = found[0].values if found else {}
    last: SignalState | None = None
    for number in range(over.steps + 1):
        state = _state(values.get(number, math.nan))
        if state is not last:
            yield SignalChange(over.at(number), PROBE_SOURCE, labels, state)
        last = state


def _query(query: Query, found: list[RangeSeries], over: Range, *, seen: set[int]) -> Iterator[SignalChange]:
    """What a query gave: a change for each other number, for several series, and when the last number has expired while Prometheus was there."""
    values = found[0].values if len(found) == 1 else {}
    ambiguous = {number for series in found for number in series.values} if len(found) > 1 else set()
    unheard = SignalChange(over.at(0), source_of(query.prometheus), query.signal_labels, SignalState.OK)
    last, heard_at = unheard, over.at(0)
    for number in range(over.steps + 1):
        at, value = over.at(number), values.get(number, math.nan)
        change = last
        if number in ambiguous:
            change = replace(unheard, state=SignalState.UNKNOWN)
        elif math.isfinite(value):
            change = replace(unheard, value=value)
        elif number in seen and last.state is SignalState.UNKNOWN:
            change, heard_at = unheard, at
        elif number in seen and at - heard_at >= expiry(query):
            change = replace(last, silent=True)
        if number in ambiguous or number not in seen or math.isfinite(value):
            heard_at = at
        if replace(change, at=last.at) != last or number == 0:
            last = replace(change, at=at)
            yield last


def _state(value: float) -> SignalState:
    if math.isnan(value):
        return SignalState.UNKNOWN
    return SignalState.OK if value else SignalState.FAILING
