"""What operators had ordered at an instant, by the commands that were acknowledged, and what of it was broken (I6, I15).

Between the first attempt of a command and its acknowledgement nobody can say whether it was in force; so each order has a span in which it *may* stand and one in which it *must*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.config.durations import parse_duration
from tests.simulation.operators import NEVER, Given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.simulation.evidence import Evidence, Sent

PLANNED = 6.0
"""Seconds from a plan to its request, at most: what was planned before a command may leave after it."""

RAN_OUT_LATE = 1.0
"""Seconds by which a command's end may be noticed late, beside the time in which nobody watched."""


@dataclass(frozen=True, slots=True)
class Order:
    """Something that an operator told, and when it held.

    Attributes:
        subject: component or incident id; empty for the page.
        value: an override's status.
        may_begin, must_begin, must_end, may_end: Unix seconds.
    """

    subject: str
    value: str
    may_begin: float
    must_begin: float
    must_end: float = NEVER
    may_end: float = NEVER

    def may_stand(self, at: float) -> bool:
        """Whether it can have been in force."""
        return self.may_begin <= at <= self.may_end + PLANNED

    def must_stand(self, at: float) -> bool:
        """Whether it was in force, for all that was planned since."""
        return self.must_begin + PLANNED <= at < self.must_end


class Orders:
    """Every order of a run."""

    def __init__(self, evidence: Evidence, *, clock_set: bool) -> None:
        """Work out what stood when.

        Args:
            evidence: of the run.
            clock_set: whether the machine's clock was set; nobody can say then when an instant of the day has come.
        """
        self._evidence = evidence
        self._clock_set = clock_set
        self.overrides: list[Order] = []
        self.yields: list[Order] = []
        self.pauses: list[Order] = []
        self.left: list[Order] = []
        """Incidents that were yielded or released."""
        self.handed_back: list[Given] = []
        """Commands that took a component from whoever had it."""
        self.adopted: list[Given] = []
        """Commands that gave an incident back to the rules."""
        for given in sorted(evidence.commands, key=lambda one: one.first_at):
            if not given.refused:
                self._enter(given)
        # An override ends when somebody changes its component on the page afterwards.
        for component_id, at in [(act.what, act.at) for act in evidence.on_components]:
            for number, order in enumerate(self.overrides):
                if order.subject == component_id and order.may_begin < at < order.must_end:
                    self.overrides[number] = replace(order, must_end=at)

    def overridden(self, component_id: str, at: float) -> set[str]:
        """The statuses to which a component may be overridden then, or have been just before."""
        return {
            order.value for order in self.overrides if order.subject == component_id and order.may_stand(at)
        }

    def taken_back(self, component_id: str, after: float, before: float) -> bool:
        """Whether an operator took the component in hand between two instants."""
        return any(_between(given, component_id, after, before) for given in self.handed_back)

    def given_back(self, incident_id: str, after: float, before: float) -> bool:
        """Whether an operator gave the incident back to the rules between two instants."""
        return any(_between(given, incident_id, after, before) for given in self.adopted)

    def released_at(self, incident_id: str) -> float:
        """When an operator let an incident go; infinity for never."""
        released = [
            given.first_at
            for given in self._evidence.commands
            if given.kind == "release" and given.subject == incident_id and given.told.accepted
        ]
        return min(released, default=NEVER)

    def findings(self, names: Mapping[str, str]) -> Iterator[str]:
        """What was sent against an order."""
        for sent in self._evidence.sent:
            if sent.method == "GET":
                continue
            if any(order.must_stand(sent.at) for order in self.pauses):
                yield f"I15: {sent.method} {sent.path} left at {sent.at}, while the page was paused"
            for component_id, status in sent.components.items():
                yield from self._component(sent, component_id, names.get(component_id, component_id), status)
            incident_id = sent.path.rpartition("/")[2]
            if sent.method == "PATCH" and sent.incident is not None:
                for order in self.left:
                    if order.subject == incident_id and order.must_stand(sent.at):
                        yield f"I6: {sent.path} was written to at {sent.at}, after an operator had it left alone"

    def _component(self, sent: Sent, component_id: str, name: str, status: str) -> Iterator[str]:
        for order in self.yields:
            if order.subject == component_id and order.must_stand(sent.at):
                yield f"I15: {name} was set to {status} at {sent.at}, though it was manual"
        allowed = self.overridden(component_id, sent.at)
        for order in self.overrides:
            if order.subject == component_id and order.must_stand(sent.at) and status not in allowed:
                yield f"I15: {name} was set to {status} at {sent.at}, though it was overridden to {order.value}"

    def _enter(self, given: Given) -> None:
        subject = given.subject
        match given.kind:
            case "override_set":
                _close(subject, given, self.overrides, self.yields)
                self.handed_back.append(given)
                self.overrides.append(self._order(given, str(given.told.document["status"])))
            case "yield_component":
                _close(subject, given, self.overrides, self.yields)
                self.yields.append(self._order(given))
            case "override_clear":
                _close(subject, given, self.overrides, self.yields)
                self.handed_back.append(given)
            case "pause":
                _close(subject, given, self.pauses)
                self.pauses.append(self._order(given))
            case "resume":
                _close(subject, given, self.pauses)
            case "yield_incident" | "release":
                self.left.append(self._order(given))
            case "adopt":
                _close(subject, given, self.left)
                self.adopted.append(given)
            case kind:
                raise AssertionError(f"{kind} is no command of operators")

    def _order(self, given: Given, value: str = "") -> Order:
        order = Order(given.subject, value, given.first_at, given.acknowledged_at)
        lasting = given.told.document.get("for")
        if lasting is None:
            return order
        if self._clock_set:
            return replace(order, must_end=order.must_begin)
        seconds = parse_duration(str(lasting))
        ends_at = given.acknowledged_at + seconds + RAN_OUT_LATE
        # While nobody watched, a command does not run out: no clock is believed across a restart.
        missed = 0.0 if ends_at == NEVER else self._evidence.missed(given.first_at, ends_at)
        return replace(order, must_end=given.first_at + seconds - RAN_OUT_LATE, may_end=ends_at + missed)


def _between(given: Given, subject: str, after: float, before: float) -> bool:
    """Whether the command may have come into force between two instants."""
    return given.subject == subject and given.acknowledged_at > after and given.first_at < before


def _close(subject: str, given: Given, *kinds: list[Order]) -> None:
    for kind in kinds:
        for number, order in enumerate(kind):
            if order.subject == subject:
                kind[number] = replace(
                    order,
                    must_end=min(order.must_end, given.first_at),
                    may_end=min(order.may_end, given.acknowledged_at),
                )
