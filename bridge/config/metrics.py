"""Metrics as rule files declare them: a metric of the page, and where its values come from.

Must not know which probes and which Prometheus servers there are; `compile` checks that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.config.fields import Fields, Length, Span, read_fields
from bridge.config.names import NamingError, identified
from bridge.config.problems import Placed, Problems, shown
from bridge.core.observation import Poll, query_series

if TYPE_CHECKING:
    from bridge.config.document import Node

DEFAULT_EVERY = 30.0
LONGEST_GAP = 300.0
"""Seconds; a metric without a point for longer shows a gap (users.md, 9)."""

_EVERY = Span(30.0, LONGEST_GAP)  # the page keeps one point per 30 s
_KNOWN = {"metric": None, "probe": None, "value": None, "query": None, "prometheus": None, "every": None}
_EITHER = "write probe and value, or query and prometheus"


class ProbeValue(StrEnum):
    """What a probe measures."""

    LATENCY = "latency"
    UP = "up"


@dataclass(frozen=True, slots=True)
class DeclaredMetric:
    """A metric unless its name is faulty, with exactly one of a probe's value and a query."""

    metric: Placed[str] | None
    probe: Placed[str] | None = None
    value: ProbeValue = ProbeValue.LATENCY
    query: Poll | None = None
    prometheus: Placed[str] | None = None


def read_metric(node: Node, problems: Problems) -> DeclaredMetric | None:
    """One entry of `metrics`; None when it cannot be told where its values come from."""
    fields = read_fields(
        node, problems, what="a metric", known=_KNOWN, example="write - metric: Checkout latency"
    )
    if fields is None:
        return None
    metric = _metric(fields, problems)
    if "probe" in fields and "query" in fields:
        problems.add(fields.key_place("query"), "a metric shows a probe or a query, not both", _EITHER)
        return None
    if "probe" in fields:
        return _from_probe(fields, problems, metric)
    if "query" in fields:
        return _from_query(fields, problems, metric)
    problems.add(fields.place, "a metric has neither a probe nor a query", _EITHER)
    return None


def _metric(fields: Fields, problems: Problems) -> Placed[str] | None:
    text = fields.need_text("metric", "it is the metric's name on the page, or id:…")
    if text is None:
        return None
    try:
        return Placed(identified(text.value), text.place)
    except NamingError as error:
        problems.add(text.place, f"{shown(text.value)}: {error}", error.hint)
        return None


def _refuse(fields: Fields, problems: Problems, key: str, hint: str) -> None:
    if key in fields:
        problems.add(fields.key_place(key), f'"{key}" does not go with {hint}')


def _from_probe(fields: Fields, problems: Problems, metric: Placed[str] | None) -> DeclaredMetric | None:
    _refuse(fields, problems, "prometheus", "a probe")
    _refuse(fields, problems, "every", "a probe, which has its own")
    probe = fields.text("probe")
    fields.need("value", "write latency or up")
    value = fields.word("value", ProbeValue.LATENCY, words=tuple(ProbeValue))
    return DeclaredMetric(metric, probe=probe, value=value) if probe else None


def _from_query(fields: Fields, problems: Problems, metric: Placed[str] | None) -> DeclaredMetric | None:
    _refuse(fields, problems, "value", "a query")
    expression = fields.text("query", length=Length(10_000, lines=True))
    prometheus = fields.need_text("prometheus", "name a Prometheus of the settings")
    every = fields.duration("every", DEFAULT_EVERY, span=_EVERY)
    if expression is None or prometheus is None:
        return None
    series = query_series(prometheus.value, expression.value)
    poll = Poll(series, expression.value, prometheus.value, every)
    return DeclaredMetric(metric, query=poll, prometheus=prometheus)
