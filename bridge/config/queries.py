"""Queries as rule files declare them: one PromQL expression, asked again and again.

The compiled types are core's (`bridge.core.observation`), because sources consume them. Must not know which Prometheus servers there are; `compile` checks that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.fields import Length, Span, read_fields, read_identifier
from bridge.config.signal_labels import read_signal_labels
from bridge.core.observation import Query

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Placed, Problems

DEFAULT_EVERY = 30.0
LONGEST_EXPRESSION = 10_000

_EVERY = Span(5.0, 3600.0)
_EXAMPLE = "write - {id: error-ratio, query: sum(…) / sum(…), prometheus: main}"
_KNOWN = {
    "id": None,
    "query": None,
    "prometheus": None,
    "every": None,
    "labels": None,
    "expr": 'it is called "query"',
    "interval": 'it is called "every"',
    "value": 'it belongs to the rules that go by the query: query: error-ratio, value: "> 0.05"',
}


@dataclass(frozen=True, slots=True)
class DeclaredQuery:
    """A query's id with its place, the Prometheus that it names, and the query unless it is faulty."""

    id: Placed[str]
    prometheus: Placed[str] | None
    query: Query | None


def read_query(node: Node, problems: Problems) -> DeclaredQuery | None:
    """One entry of `queries`; None when not even its id can be read."""
    fields = read_fields(node, problems, what="a query", known=_KNOWN, example=_EXAMPLE)
    if fields is None:
        return None
    id_node = fields.need("id", "it names the query in rules")
    identifier = None if id_node is None else read_identifier(id_node, problems, what='"id"')
    expression = fields.need_text(
        "query", "write PromQL that gives one value", length=Length(LONGEST_EXPRESSION, lines=True)
    )
    prometheus = fields.need_text("prometheus", "name a Prometheus of the settings")
    every = fields.duration("every", DEFAULT_EVERY, span=_EVERY)
    labels = read_signal_labels(fields, problems)
    if identifier is None:
        return None
    query = None
    if expression is not None and prometheus is not None:
        query = Query(identifier.value, expression.value, prometheus.value, every, labels)
    return DeclaredQuery(identifier, prometheus, query)
