"""What nobody could know: for each component, the times in which a source that its rules listen to was blind, nobody watched, a probe was not heard of yet, or what was heard said that it is not known.

A component that shows `operational` then is not known to be; a report says so. The evaluation's own unknown is narrower: an alert that never fired is not missed by it while its source is blind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.holds import NEVER
from bridge.core.independence import PROMETHEUS
from bridge.core.matching import MatchOperator
from bridge.core.observation import OWN_LABELS, PROBE_LABEL, QUERY_LABEL
from bridge.simulation.replay.history import EVERY_SOURCE, SightChange, SignalChange
from bridge.sources.probes.http import PROBE_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.conditions import Condition
    from bridge.core.rules import ComponentName, RuleSet
    from bridge.core.signals import Labels
    from bridge.simulation.replay.history import History

Time = tuple[float, float]
"""From when to when, Unix seconds."""

_ALERT_LABEL = "alertname"


class Watch:
    """Notes, at each instant that is looked at, of which components something is not known."""

    def __init__(self) -> None:
        self._since: dict[ComponentName, float] = {}
        self.times: dict[ComponentName, list[Time]] = {}

    def note(self, unknown: Iterable[ComponentName], now: float) -> None:
        """From now on it is these."""
        names = set(unknown)
        for name in self._since.keys() - names:
            self.times.setdefault(name, []).append((self._since.pop(name), now))
        for name in names - self._since.keys():
            self._since[name] = now


def blind_times(history: History) -> dict[str, list[Time]]:
    """When each source was blind, as the history says, and when nobody watched (`EVERY_SOURCE`)."""
    since: dict[str, float] = {}
    times: dict[str, list[Time]] = {}
    for change in history.changes:
        if isinstance(change, SightChange):
            if change.blind:
                since.setdefault(change.source, max(change.at, history.begin))
            elif change.source in since:
                times.setdefault(change.source, []).append((since.pop(change.source), change.at))
    for source, begin in since.items():
        times.setdefault(source, []).append((begin, history.end))
    return times


def unseen(ruleset: RuleSet, history: History, watch: Watch) -> dict[ComponentName, tuple[Time, ...]]:
    """For each component that rules drive, when it was not known how it was; times do not overlap.

    Args:
        ruleset: the rules.
        history: what was played.
        watch: what evaluation noted, to the end of it.
    """
    blind, heard = blind_times(history), _first_heard(history)
    found: dict[ComponentName, list[Time]] = {name: [*times] for name, times in watch.times.items()}
    for rule in ruleset.components:
        times = found.setdefault(rule.component, [])
        for source in blind:
            if any(_listens(condition, source) for condition in rule.conditions):
                times.extend(blind[source])
        for condition in rule.conditions:
            begin = _heard_from(condition, heard)
            if begin is not None and begin > history.begin:
                times.append((history.begin, min(begin, history.end)))
    return {name: tuple(_merged(times)) for name, times in found.items()}


def _first_heard(history: History) -> dict[Labels, float]:
    """When each probe and each query was first heard of."""
    heard: dict[Labels, float] = {}
    for change in history.changes:
        if isinstance(change, SignalChange) and _label_of(change.source) in OWN_LABELS:
            heard.setdefault(change.labels, change.at)
    return heard


def _heard_from(condition: Condition, heard: dict[Labels, float]) -> float | None:
    """From when on every probe or query by which a condition goes was heard of; None where it goes by none."""
    ids = {
        (matcher.name, matcher.value)
        for matcher in condition.matchers
        if matcher.name in OWN_LABELS and matcher.operator is MatchOperator.EQUAL and matcher.value
    }
    if condition.of is not None and condition.of.label in OWN_LABELS:
        ids |= {(condition.of.label, value) for value in condition.of.values}
    if not ids:
        return None
    first = {(name, labels.get(name)): at for labels, at in heard.items() for name in OWN_LABELS}
    return max(first.get(one, NEVER) for one in ids)


def _listens(condition: Condition, source: str) -> bool:
    """Whether signals of a source may count in a condition, by the labels that these carry at all times."""
    if source == EVERY_SOURCE:
        return True
    required = {
        matcher.name
        for matcher in condition.matchers
        if (matcher.operator is MatchOperator.EQUAL and matcher.value)
        or (matcher.operator is MatchOperator.NOT_EQUAL and not matcher.value)
    }
    others = {_ALERT_LABEL, *OWN_LABELS} - {_label_of(source)}
    return not others & required


def _label_of(source: str) -> str:
    """The label that all signals of a source carry, and no others."""
    if source == PROBE_SOURCE:
        return PROBE_LABEL
    return QUERY_LABEL if source.startswith(PROMETHEUS) else _ALERT_LABEL


def _merged(times: Iterable[Time]) -> Iterator[Time]:
    begin = end = None
    for first, last in sorted(times):
        if begin is None or end is None or first > end:
            if begin is not None and end is not None and end > begin:
                yield begin, end
            begin, end = first, last
        else:
            end = max(end, last)
    if begin is not None and end is not None and end > begin:
        yield begin, end
