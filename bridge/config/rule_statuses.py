"""What a component rule claims, as rule files declare it: a status, one by the value of a label, or one by how many are failing.

Must not know what is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.amounts import Amount, ascending, read_amount
from bridge.config.document import Faulty, Mapping, Node, Scalar, Sequence
from bridge.config.fields import read_mapping, read_text, read_word
from bridge.config.problems import shown
from bridge.core.rules import CountLadder, StatusLadder
from bridge.core.statuses import CLAIMABLE, ComponentStatus

if TYPE_CHECKING:
    from bridge.config.problems import Problems
_STATUS_HINTS = {
    "operational": "a rule claims what is wrong; without a claim nothing is",
    "under_maintenance": "a rule claims what is wrong; maintenance is announced on the page",
}
AT_LEAST = "at_least"
STATUS_EXAMPLE = (
    "write partial_outage, or {severity: {critical: major_outage, warning: degraded_performance}}"
)
_COUNT_EXAMPLE = "write {at_least: {30%: degraded_performance, 60%: major_outage}}"


@dataclass(frozen=True, slots=True)
class DeclaredLadder:
    """A status by how many are failing, each with its place."""

    rungs: tuple[tuple[Amount, ComponentStatus], ...]

    def compiled(self, size: int | None, problems: Problems) -> CountLadder | None:
        """The ladder over a population of this size; None when it cannot be, which is reported."""
        found = [
            (amount.of(size, problems, what=f"the step {shown(amount.text)}"), status)
            for amount, status in self.rungs
        ]
        rungs = tuple((count, status) for count, status in found if count is not None)
        if len(rungs) < len(found):
            return None
        if not ascending([count for count, _ in rungs]):
            of = "" if size is None else f" of {size}"
            message = f"the steps do not grow: {', '.join(str(count) for count, _ in rungs)}{of}"
            problems.add(
                self.rungs[0][0].place, message, "write the smallest first, each for one more at least"
            )
            return None
        if not ascending([status.severity for _, status in rungs]):
            message = "more that fail must be worse: a later step has a milder status, or the same"
            problems.add(self.rungs[0][0].place, message, _COUNT_EXAMPLE)
            return None
        return CountLadder(rungs)


def read_status(node: Node, problems: Problems) -> ComponentStatus | StatusLadder | DeclaredLadder | None:
    """The value of `status`; None when faulty."""
    match node:
        case Faulty():
            return None
        case Scalar():
            return read_word(node, problems, what='"status"', words=CLAIMABLE, hints=_STATUS_HINTS)
        case Mapping(entries=((label, rungs),)) if label.text == AT_LEAST:
            return _count_ladder(rungs, problems)
        case Mapping(entries=((label, rungs),)):
            return _ladder(label, rungs, problems)
        case Mapping() | Sequence():
            problems.add(node.place, '"status" must be a status, or one label with statuses', STATUS_EXAMPLE)
            return None


def _ladder(label: Scalar, node: Node, problems: Problems) -> StatusLadder | None:
    name = read_text(label, problems, what="the label of the status")
    what = f"the status by {shown(label.text)}"
    mapping = read_mapping(node, problems, what=what, example=STATUS_EXAMPLE)
    if name is None or mapping is None:
        return None
    if not mapping.entries:
        problems.add(mapping.place, f"{what} lists no value", STATUS_EXAMPLE)
    rungs = []
    for value, status_node in mapping.entries:
        status = read_word(
            status_node,
            problems,
            what=f"the status of {shown(value.text)}",
            words=CLAIMABLE,
            hints=_STATUS_HINTS,
        )
        if status is not None:
            rungs.append((value.text, status))
    return StatusLadder(name.value, tuple(rungs)) if len(rungs) == len(mapping.entries) > 0 else None


def _count_ladder(node: Node, problems: Problems) -> DeclaredLadder | None:
    what = 'the status by "at_least"'
    mapping = read_mapping(node, problems, what=what, example=_COUNT_EXAMPLE)
    if mapping is None:
        return None
    if not mapping.entries:
        problems.add(mapping.place, f"{what} lists no step", _COUNT_EXAMPLE)
    rungs = []
    for step, status_node in mapping.entries:
        amount = read_amount(step, problems, what="a step")
        status = read_word(
            status_node,
            problems,
            what=f"the status of {shown(step.text)}",
            words=CLAIMABLE,
            hints=_STATUS_HINTS,
        )
        if amount is not None and status is not None:
            rungs.append((amount, status))
    return DeclaredLadder(tuple(rungs)) if len(rungs) == len(mapping.entries) > 0 else None
