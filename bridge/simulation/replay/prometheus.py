"""A history from a range of a Prometheus: what `ALERTS` says fired, what expressions say of probes, and when it had nothing to say.

An alert is a series: where a step lacks its sample it has ended. That is known to a step, and so is everything here. Where no `up` has a sample, Prometheus was down or was not kept: then alerts are
missing too, and that is blindness, never an end. Alertmanager's own waiting, grouping and silences are not in it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bridge.core.observation import PROBE_LABEL
from bridge.core.signals import Labels, SignalState
from bridge.errors import ConfigurationError
from bridge.simulation.replay.history import ALERTMANAGER, SightChange, SignalChange, history_of
from bridge.sources.probes.http import PROBE_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bridge.core.observation import Probe
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
    known: Iterable[Probe],
    progress: Callable[[float], None] = lambda _: None,
) -> History:
    """The history of a range.

    Args:
        reader: the Prometheus.
        over: from when to when, and how exactly.
        probes: for the ids of probes, the expression that says how each was: 0 for failing, nothing for unknown, anything else for ok.
        known: the probes of the rules.
        progress: is told how much is read, from 0 to 1.

    Raises:
        QueryError: Prometheus gives no such result.
        ConfigurationError: an id is none of a probe, or an expression gives several series.
    """
    named = {probe.id: probe for probe in known}
    for name in probes:
        if name not in named:
            among = ", ".join(named) or "none"
            raise ConfigurationError(f"{name} is no probe of the rules; they have: {among}")
    asked = len(probes) + 2

    def told(number: int) -> Callable[[float], None]:
        return lambda part: progress((number + part) / asked)

    changes: list[Change] = list(_sights(await reader.read(UP, over, told(0)), over))
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
    failing = sum(0 in series.values for series in alerts)
    remarks = []
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


def _sights(found: list[RangeSeries], over: Range) -> Iterator[SightChange]:
    seen = {number for series in found for number in series.values}
    for number in range(over.steps + 1):
        if (number in seen) is not (number - 1 in seen or number == 0):
            yield SightChange(over.at(number), ALERTMANAGER, blind=number not in seen)


def _probe(probe: Probe, found: list[RangeSeries], over: Range) -> Iterator[SignalChange]:
    labels = Labels({**probe.labels, PROBE_LABEL: probe.id})
    values = found[0].values if found else {}
    last: SignalState | None = None
    for number in range(over.steps + 1):
        state = _state(values.get(number, math.nan))
        if state is not last:
            yield SignalChange(over.at(number), PROBE_SOURCE, labels, state)
        last = state


def _state(value: float) -> SignalState:
    if math.isnan(value):
        return SignalState.UNKNOWN
    return SignalState.OK if value else SignalState.FAILING
