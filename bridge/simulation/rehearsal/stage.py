"""The stage of a rehearsal: the timeline of one test carried out on a world, and looks at the page when the test asks.

Everything the daemon does is what it does in production; its peers are models.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Self

from bridge.simulation.rehearsal.actors import Actors
from bridge.simulation.rehearsal.cases import AlertTurn, ProbeTurn, QueryTurn
from bridge.simulation.rehearsal.named import check_names
from bridge.simulation.rehearsal.shown import Shown, look
from bridge.simulation.rehearsal.staged_world import StagedWorld
from bridge.simulation.world import alert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.config.observed_names import Observed
    from bridge.core.rules import RuleSet
    from bridge.simulation.rehearsal.cases import Case, Expectation, GivenAlert, GivenProbe, GivenQuery
    from bridge.simulation.rehearsal.timeline import Turn

FOLLOWS_WITHIN = 1.0
"""Seconds after the instant that a test names at which the page is looked at: what is decided in that instant has to be told."""

REPEATED_EVERY = 4 * 3600.0
"""Seconds after which Alertmanager tells again of what goes on firing: its default `repeat_interval`."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What Alertmanager tells of an alert at one instant; `until` is None while it fires. All in seconds after the beginning."""

    given: GivenAlert
    at: float
    since: float
    until: float | None = None

    def document(self, begin: float) -> dict[str, object]:
        """It as it is delivered; `begin` is the beginning by the wall clock."""
        document = alert(
            self.given.labels["alertname"],
            firing=self.until is None,
            since=begin + self.since,
            until=0.0 if self.until is None else begin + self.until,
        )
        return document | {
            "labels": dict(self.given.labels),
            "annotations": dict(self.given.annotations),
        }


class Stage:
    """One test under way. A context manager; closing it ends everything."""

    def __init__(self, case: Case, ruleset: RuleSet, there: Observed) -> None:
        """Set the stage.

        Args:
            case: what is played.
            ruleset: the rules of its page.
            there: the probes and queries of the rules.

        Raises:
            RehearsalError: the test names what the rules lack.
        """
        check_names(case, ruleset, there)
        self._case = case
        self.world = StagedWorld(ruleset, there, begins_at=case.starts)
        self._actors = Actors(self.world)
        for template in case.templates:
            self._actors.write(template)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.world.loop.close()

    def play(self) -> Iterator[tuple[Expectation, Shown]]:
        """Play the test; each expectation comes with what the page shows then.

        Raises:
            RehearsalError: a command was not answered as the test says, or a person's deed did not work.
        """
        order = count()
        queue: list[tuple[float, int, Callable[[], None]]] = []
        for at, act in self._acts():
            queue.append((at, next(order), act))
        queue.sort(key=lambda one: one[:2])
        self.world.start()
        pending = iter(queue)
        due = next(pending, None)
        for expectation in self._case.expectations:
            until = expectation.at + FOLLOWS_WITHIN
            while due is not None and due[0] < until:
                self.world.loop.run_until(due[0])
                due[2]()
                due = next(pending, None)
            self.world.loop.run_until(until)
            self._actors.check()
            yield expectation, look(self.world)

    def _acts(self) -> Iterator[tuple[float, Callable[[], None]]]:
        # Alertmanager groups by the alert's name, as the README has it: what changes in one instant is one delivery.
        deliveries: dict[tuple[float, str], list[_Told]] = {}
        for given in self._case.alerts:
            for told in self._tellings(given):
                deliveries.setdefault((told.at, given.labels["alertname"]), []).append(told)
        for (at, _), tellings in deliveries.items():
            yield at, lambda tellings=tellings: self._tell(tellings)  # type: ignore[misc]
        for probe in self._case.probes:
            yield from self._probe(probe)
        for query in self._case.queries:
            yield from self._query(query)
        for command in self._case.commands:
            if command.read_at is not None:
                yield command.read_at, lambda command=command: self._actors.read(command)  # type: ignore[misc]
            yield command.at, lambda command=command: self._actors.command(command)  # type: ignore[misc]
        for deed in self._case.deeds:
            yield deed.at, lambda deed=deed: self._actors.do(deed)  # type: ignore[misc]

    def _tellings(self, given: GivenAlert) -> Iterator[_Told]:
        ends = [turn.at for turn in given.turns[1:]] + [self._case.length + FOLLOWS_WITHIN]
        fired_at: float | None = None
        for turn, end in zip(given.turns, ends, strict=True):
            if turn.state == AlertTurn.FIRING:
                fired_at = turn.at
                at = turn.at
                while at < end:
                    yield _Told(given, at, since=fired_at)
                    at += REPEATED_EVERY
            elif turn.state == AlertTurn.RESOLVED and fired_at is not None:
                yield _Told(given, turn.at, since=fired_at, until=turn.at)
                fired_at = None

    def _tell(self, tellings: list[_Told]) -> None:
        begin = self.world.now() - self.world.loop.time()
        self.world.send_alerts([told.document(begin) for told in tellings])

    def _probe(self, given: GivenProbe) -> Iterator[tuple[float, Callable[[], None]]]:
        url = self.world.addresses[given.id]
        for turn in given.turns:

            def find(turn: Turn = turn) -> None:
                self.world.services[url] = 0 if turn.state == ProbeTurn.FAILING else 200
                self.world.slowness[url] = turn.takes
                if turn.state == ProbeTurn.UNKNOWN:
                    self.world.unknown.add(url)
                else:
                    self.world.unknown.discard(url)

            yield turn.at, find

    def _query(self, given: GivenQuery) -> Iterator[tuple[float, Callable[[], None]]]:
        for turn in given.turns:

            def answer(turn: Turn = turn) -> None:
                if turn.state == QueryTurn.UNKNOWN:
                    self.world.leave_unanswered(given.id)
                else:
                    self.world.answer(given.id, None if turn.state == QueryTurn.NONE else float(turn.state))

            yield turn.at, answer
