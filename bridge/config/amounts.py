"""How many are enough, as rule files write it: a count, a share, and of what it is a share.

A share is exact: `2/3` of three is two, and 60% of five is three. Must not know what is counted.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from bridge.config.document import Faulty, Mapping, Node, Scalar, Sequence
from bridge.config.fields import read_list, read_text
from bridge.config.problems import Place, Problems, shown

LARGEST = 100_000
"""Of a count and of a population: as many signals as the bridge is made for."""
MAXIMUM_VALUES = 1000

_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?) ?%", re.ASCII)
_FRACTION = re.compile(r"([0-9]{1,6}) ?/ ?([0-9]{1,6})", re.ASCII)
_AMOUNTS = "write a count such as 3, or a share such as 60% or 2/3"
_POPULATIONS = "write {region: [eu, us]}, a number such as 12, probes, or queries"
PROBES = "probes"
QUERIES = "queries"


@dataclass(frozen=True, slots=True)
class Amount:
    """A count, or a share of a population: one of the two is there."""

    place: Place
    text: str
    count: int | None
    share: Fraction | None

    def of(self, size: int | None, problems: Problems, *, what: str) -> int | None:
        """How many are enough; None when that cannot be, which is reported.

        Args:
            size: of the population; None where nothing says of what.
            problems: where mistakes go.
            what: how messages call the amount.
        """
        if size is None:
            if self.share is not None:
                message = f"{what} is a share, and nothing says of what"
                hint = "add of: {region: [eu, us]}, of: 12, of: probes or of: queries; alerts are there only while they fire, so their number is not known"
                problems.add(self.place, message, hint)
                return None
            return self.count
        if self.share is not None:
            return math.ceil(self.share * size)
        if self.count is not None and self.count > size:
            problems.add(self.place, f"{what} is {self.count} of {size}", f"write {size} or less")
            return None
        return self.count


def read_amount(node: Node, problems: Problems, *, what: str) -> Amount | None:
    """`3`, `60%` or `2/3`."""
    text = read_text(node, problems, what=what)
    if text is None:
        return None
    count: int | None = None
    share: Fraction | None = None
    if _COUNT.fullmatch(text.value):
        count = int(text.value)
    elif found := _PERCENT.fullmatch(text.value):
        share = Fraction(found[1]) / 100
    elif (found := _FRACTION.fullmatch(text.value)) and int(found[2]):
        share = Fraction(int(found[1]), int(found[2]))
    else:
        problems.add(text.place, f"{what} cannot be {shown(text.value)}", _AMOUNTS)
        return None
    if (share is not None and not 0 < share <= 1) or (count is not None and not 1 <= count <= LARGEST):
        hint = f"from 1 to {LARGEST:,}" if share is None else "more than nothing, and 100% at most"
        problems.add(text.place, f"{what} cannot be {shown(text.value)}", hint)
        return None
    return Amount(text.place, text.value, count, share)


@dataclass(frozen=True, slots=True)
class Of:
    """A population as written: the values of a label, a number, or the probes or queries that match."""

    place: Place
    label: str = ""
    values: tuple[str, ...] = ()
    number: int = 0
    observed: str = ""
    """`PROBES` or `QUERIES`, or nothing."""


def read_of(node: Node, problems: Problems) -> Of | None:
    """The value of `of`."""
    match node:
        case Scalar():
            return _number_or_observed(node, problems)
        case Mapping(entries=((label, values),)):
            return _values(label, values, problems)
        case Mapping() | Sequence():
            problems.add(
                node.place,
                '"of" must be one label with its values, a number, probes, or queries',
                _POPULATIONS,
            )
        case Faulty():
            pass
    return None


def _number_or_observed(node: Scalar, problems: Problems) -> Of | None:
    text = read_text(node, problems, what='"of"')
    if text is None:
        return None
    if text.value in {PROBES, QUERIES}:
        return Of(text.place, observed=text.value)
    if _COUNT.fullmatch(text.value) and 1 <= int(text.value) <= LARGEST:
        return Of(text.place, number=int(text.value))
    problems.add(text.place, f'"of" cannot be {shown(text.value)}', _POPULATIONS)
    return None


def _values(label: Scalar, node: Node, problems: Problems) -> Of | None:
    name = read_text(label, problems, what='the label of "of"')
    what = f"the list of values of {shown(label.text)}"
    items = read_list(node, problems, what=what, of="values")
    if len(items) > MAXIMUM_VALUES:
        problems.add(node.place, f"{what} has {len(items):,}", f"at most {MAXIMUM_VALUES:,} are allowed")
        return None
    values: dict[str, None] = {}
    sound = bool(items)
    for item in items:
        text = read_text(item, problems, what="a value")
        if text is None or text.value in values:
            sound = False
            if text is not None:
                problems.add(text.place, f"the value {shown(text.value)} stands twice")
            continue
        values[text.value] = None
    return Of(label.place, name.value, tuple(values)) if sound and name is not None else None


def ascending(counts: list[int]) -> bool:
    """Whether each is more than the one before it."""
    return all(before < after for before, after in pairwise(counts))
