"""Conditions as rule files write them: which signals, how many of them, and several conditions under names.

Must not know what a condition is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.amounts import PROBES, QUERIES, read_amount, read_of
from bridge.config.declared_conditions import DeclaredCombination, DeclaredCondition
from bridge.config.document import Node, Scalar
from bridge.config.fields import (
    Fields,
    read_fields,
    read_identifier,
    read_list,
    read_mapping,
    read_one_or_more,
    read_text,
)
from bridge.config.lint_names import Lint
from bridge.config.problems import Placed, Problems, shown
from bridge.config.thresholds import read_threshold
from bridge.core.conditions import Combination, NoData
from bridge.core.matching import (
    Matcher,
    Matchers,
    MatcherSyntaxError,
    MatchOperator,
    match_all,
    parse_matchers,
)
from bridge.core.observation import PROBE_LABEL, QUERY_LABEL
from bridge.core.signals import NO_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.config.amounts import Of
    from bridge.config.declared_conditions import DeclaredExpression
    from bridge.config.problems import Place
    from bridge.config.thresholds import DeclaredThreshold

MAXIMUM_PARTS = 100
"""Counting conditions in one rule, those that its named conditions consist of included."""
MAXIMUM_CONDITIONS = 1000

NAMING_KEYS = ("alert", "probe", "query")
"""Of these, a condition or a silence takes one."""
SIGNAL_KEYS = (*NAMING_KEYS, "matchers")
COMBINING_KEYS = ("all", "any")
COUNTING_KEYS = ("value", "at_least", "of", "no_data")
_KNOWN = dict.fromkeys((*SIGNAL_KEYS, *COMBINING_KEYS, *COUNTING_KEYS)) | {
    "status": "it belongs to the component rules",
    "for": "it belongs to the component rules",
    "keep_firing_for": "it belongs to the component rules",
}
_EXAMPLE = "write checkout-errors: {alert: CheckoutErrors}"


class NamedConditions:
    """The conditions of one document by name. A faulty one is there too, as None."""

    def __init__(self) -> None:
        self._conditions: dict[str, DeclaredExpression | None] = {}
        self._places: dict[str, Place] = {}
        self._used: set[str] = set()

    def __iter__(self) -> Iterator[DeclaredExpression]:
        return (one for one in self._conditions.values() if one is not None)

    def add(self, name: Placed[str], condition: DeclaredExpression | None) -> None:
        """Make a condition known to those that stand below it."""
        self._conditions[name.value] = condition
        self._places[name.value] = name.place

    def use(self, name: Placed[str], problems: Problems) -> DeclaredExpression | None:
        """The condition of that name; None when it is faulty, or when there is none, which is reported."""
        self._used.add(name.value)
        if name.value not in self._conditions:
            message = f"no condition is called {shown(name.value)}"
            hint = "declare it under conditions; one that uses others stands below them"
            problems.add_unknown(
                name.place, message, word=name.value, known=self._conditions.keys(), hint=hint
            )
        return self._conditions.get(name.value)

    def warn_of_unused(self, problems: Problems) -> None:
        """Tell what was declared for nothing."""
        for name, place in self._places.items():
            if name not in self._used:
                problems.warn(
                    place,
                    f"no rule uses the condition {shown(name)}",
                    "leave it out",
                    lint=Lint.UNUSED_CONDITION,
                )


def read_conditions(node: Node | None, problems: Problems) -> NamedConditions:
    """The value of `conditions`. Each may use those above it."""
    named = NamedConditions()
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return named
    mapping = read_mapping(node, problems, what='"conditions"', example=_EXAMPLE)
    for number, (key, value) in enumerate(mapping.entries if mapping else ()):
        if number == MAXIMUM_CONDITIONS:
            problems.add(key.place, f"more than {MAXIMUM_CONDITIONS:,} conditions in one document")
            break
        name = read_identifier(key, problems, what="a condition's name")
        fields = read_fields(value, problems, what="a condition", known=_KNOWN, example=_EXAMPLE)
        condition = None if fields is None else read_expression(fields, problems, named, what="a condition")
        if name is not None:
            named.add(name, condition)
    return named


def read_expression(
    fields: Fields, problems: Problems, named: NamedConditions, *, what: str, counted: bool = False
) -> DeclaredExpression | None:
    """What a rule or a named condition asks; None when faulty.

    Args:
        fields: its keys, others too.
        problems: where mistakes go.
        named: the conditions that `all` and `any` may name.
        what: how messages call it.
        counted: whether the status says how many are enough.
    """
    if any(key in fields for key in COMBINING_KEYS):
        return _combination(fields, problems, named, what=what)
    names = read_names(fields)
    matchers = read_matchers(fields, problems, names, what=what)
    amount_node, of_node = fields.get("at_least"), fields.get("of")
    amount = None if amount_node is None else read_amount(amount_node, problems, what='"at_least"')
    of = None if of_node is None else read_of(of_node, problems)
    no_data = fields.word("no_data", NoData.HOLD, words=tuple(NoData))
    value_node = fields.get("value")
    value = None if value_node is None else read_threshold(value_node, problems)
    if value_node is not None and names.alert is not None:
        message = "an alert has no value that is measured"
        hint = "take a probe or a query, or put the threshold into the alerting rule"
        problems.add(fields.key_place("value"), message, hint)
        return None
    if of_node is not None and amount_node is None and not counted:
        problems.add(fields.key_place("of"), '"of" stands without "at_least"', "write at_least: 60%")
        return None
    written = ((amount_node, amount), (of_node, of), (value_node, value))
    faulty = any(node is not None and read is None for node, read in written)
    if not _fits(fields, problems, of, value, what=what) or matchers is None or faulty:
        return None
    condition = DeclaredCondition(
        fields.place, matchers, amount, of, no_data, names.probe, value, names.query
    )
    if of is None and amount is not None and amount.share is not None:
        amount.of(None, problems, what='"at_least"')
        return None
    return condition


def _fits(
    fields: Fields, problems: Problems, of: Of | None, value: DeclaredThreshold | None, *, what: str
) -> bool:
    """Whether the value is one of what is asked; if not, that is reported."""
    observed = of.observed if of is not None else ""
    of_queries = "query" in fields or observed == QUERIES
    if of_queries and "value" not in fields:
        place = fields.key_place("query" if "query" in fields else "of")
        message = f'{what} goes by a query and has no "value"'
        problems.add(place, message, 'a query says nothing but a number; write a threshold, value: "> 0.05"')
        return False
    of_probes = "probe" in fields or observed == PROBES
    if value is None or not (of_queries or of_probes):
        return True
    return value.fits(problems, of_time=of_probes)


def _combination(
    fields: Fields, problems: Problems, named: NamedConditions, *, what: str
) -> DeclaredCombination | None:
    keys = [key for key in COMBINING_KEYS if key in fields]
    for key in (*keys[1:], *(key for key in (*SIGNAL_KEYS, *COUNTING_KEYS) if key in fields)):
        message = f'"{key}" stands beside "{keys[0]}"'
        hint = "declare what it says under conditions, and name that"
        problems.add(fields.key_place(key), message, hint)
    node = fields.get(keys[0])
    items = () if node is None else read_list(node, problems, what=f'"{keys[0]}"', of="conditions")
    found: dict[str, DeclaredExpression | None] = {}
    for item in items:
        name = read_text(item, problems, what="a condition's name")
        if name is not None and name.value in found:
            problems.add(name.place, f"the condition {shown(name.value)} stands twice")
        elif name is not None:
            found[name.value] = named.use(name, problems)
    if len(items) == 1:
        problems.add(items[0].place, f'"{keys[0]}" of one condition', "name two or more")
    parts = tuple(one for one in found.values() if one is not None)
    if len(keys) > 1 or len(items) < 2 or len(parts) < len(items):  # noqa: PLR2004 - one alone is no combination
        return None
    combination = DeclaredCombination(fields.place, Combination(keys[0]), tuple(found), parts)
    if combination.parts > MAXIMUM_PARTS:
        message = f"{what} of {combination.parts} conditions, those within others included"
        problems.add(fields.key_place(keys[0]), message, f"at most {MAXIMUM_PARTS} are allowed")
        return None
    return combination


@dataclass(frozen=True, slots=True)
class SignalNames:
    """What a condition or a silence names; of several, which is a mistake, each."""

    alert: Placed[str] | None
    probe: Placed[str] | None
    query: Placed[str] | None

    @property
    def first(self) -> str:
        """The name, or nothing."""
        return next((one.value for one in (self.alert, self.probe, self.query) if one is not None), "")


def read_names(fields: Fields) -> SignalNames:
    """The values of `alert`, `probe` and `query`."""
    return SignalNames(*(fields.text(key) for key in NAMING_KEYS))


def read_matchers(fields: Fields, problems: Problems, names: SignalNames, *, what: str) -> Matchers | None:
    """All that a signal must match, by what is named and by `matchers`; None when faulty."""
    if not any(key in fields for key in SIGNAL_KEYS):
        message = f"{what} matches nothing in particular"
        hint = 'write alert: Name, probe: id, query: id, or matchers: [severity="critical"]'
        problems.add(fields.place, message, hint)
        return None
    written = [key for key in NAMING_KEYS if key in fields]
    if len(written) > 1:
        message = f"{what} takes an alert, a probe or a query, one of them"
        problems.add(fields.key_place(written[1]), message, "write two rules: their claims add up")
        return None
    labels = (("alertname", names.alert), (PROBE_LABEL, names.probe), (QUERY_LABEL, names.query))
    matchers = [Matcher(label, MatchOperator.EQUAL, name.value) for label, name in labels if name is not None]
    if written and not matchers:
        return None
    node = fields.get("matchers")
    more = () if node is None else _written_matchers(node, problems)
    if more is None:
        return None
    matchers.extend(more)
    if node is not None and match_all(tuple(matchers), NO_LABELS):
        message = "the matchers match a signal without any label, and so nearly every signal"
        problems.add(
            node.place, message, 'add one that a missing label fails, such as alertname="CheckoutErrors"'
        )
        return None
    return tuple(matchers)


def _written_matchers(node: Node, problems: Problems) -> Matchers | None:
    matchers: list[Matcher] = []
    sound = True
    nodes = read_one_or_more(node) or read_list(node, problems, what='"matchers"', of="matchers")
    for item in nodes:
        text = read_text(item, problems, what="a matcher")
        if text is None or not isinstance(item, Scalar):
            sound = False
            continue
        try:
            found = parse_matchers(item.text)
        except MatcherSyntaxError as error:
            sound = False
            message = f"the matcher {shown(text.value)} cannot be read: {error}"
            problems.add(item.at(error.position), message, error.hint)
            continue
        if not found:
            sound = False
            problems.add(item.place, f"the matcher {shown(text.value)} is empty", 'write severity="critical"')
        matchers.extend(found)
    return tuple(matchers) if sound and nodes else None
