"""The stage of a rehearsal: the daemon and a page on virtual time, the timeline of one test carried out on them, and looks at the page when the test asks.

Everything the daemon does is what it does in production; its peers are models. The page has the components that the rules name, the network is quick, and nothing fails.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Self

from bridge.core.bindings import bound_component
from bridge.core.observation import HttpCheck
from bridge.errors import BridgeError
from bridge.simulation.network import NetworkConditions
from bridge.simulation.rehearsal.cases import AlertTurn, ProbeTurn
from bridge.simulation.rehearsal.shown import Shown, look
from bridge.simulation.world import World, WorldSettings, alert
from bridge.simulator.model import Request
from bridge.sources.exchange import Answer, Failure, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.core.observation import Probe
    from bridge.core.rules import ComponentName, RuleSet
    from bridge.engine.engine import PageSetup
    from bridge.simulation.rehearsal.cases import (
        Case,
        Expectation,
        GivenAlert,
        GivenCommand,
        GivenDeed,
        GivenProbe,
    )

FOLLOWS_WITHIN = 1.0
"""Seconds after the instant that a test names at which the page is looked at: what is decided in that instant has to be told."""

REPEATED_EVERY = 4 * 3600.0
"""Seconds after which Alertmanager tells again of what goes on firing: its default `repeat_interval`."""

LATENCY = (0.01, 0.05)
PERSON = "1" * 64


class RehearsalError(BridgeError):
    """A test cannot be played; the text says why."""


class RehearsalWorld(World):
    """A world with one page of any rules, whose probes find what a test says."""

    def __init__(self, ruleset: RuleSet, probes: tuple[Probe, ...]) -> None:
        """Make the page that the rules need; nothing runs yet."""
        self.unknown: set[str] = set()
        """Addresses of probes that find nothing out."""
        self.addresses = {probe.id: f"http://{number}.probe.invalid/" for number, probe in enumerate(probes)}
        names = tuple(dict.fromkeys([*ruleset.component_names, *_covered(ruleset)]))
        super().__init__(
            0,
            # Ids of a lock file are the real page's.
            replace(ruleset, component_ids={}, metric_ids={}),
            WorldSettings(
                components=tuple(name for name in names if not name.startswith("id:")),
                metrics=tuple(dict.fromkeys(metric.metric for metric in ruleset.metrics)),
                # Each asks an address of its own, and is content with any answer: what it finds is the test's to say.
                probes=tuple(replace(probe, check=HttpCheck(self.addresses[probe.id])) for probe in probes),
                conditions=NetworkConditions(latency=LATENCY),
            ),
        )
        for name in names:
            if name.startswith("id:"):
                self._add_by_id(name.removeprefix("id:"))

    def _add_by_id(self, component_id: str) -> None:
        page = self.simulator.page(self.page_id)
        drawn = self.simulator.add_component(self.page_id, f"id:{component_id}", now=self.now())
        component = page.components.pop(drawn)
        component.id = component_id
        component.touch(self.now())
        page.components[component_id] = component

    def setups(self) -> list[PageSetup]:
        """The one page, under its own name."""
        (setup,) = super().setups()
        return [setup]

    async def fetch(self, check: HttpCheck, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in Fetch
        """What a probe finds now."""
        if check.url in self.unknown:
            return Failure(Fault.LOCAL)
        return await super().fetch(check, timeout=timeout)


def _covered(ruleset: RuleSet) -> Iterator[ComponentName]:
    for incident in ruleset.incidents:
        yield from incident.components


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

    def __init__(self, case: Case, ruleset: RuleSet, probes: tuple[Probe, ...]) -> None:
        """Set the stage.

        Args:
            case: what is played.
            ruleset: the rules of its page.
            probes: those of the rules.

        Raises:
            RehearsalError: the test names a probe that the rules lack.
        """
        known = {probe.id for probe in probes}
        for given in case.probes:
            if given.id not in known:
                raise RehearsalError(f"the rules have no probe {given.id}; they have {_listed(known)}")
        self._case = case
        self.world = RehearsalWorld(ruleset, probes)
        self.world.simulator.add_token(PERSON)
        self._refused: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.world.loop.close()

    def play(self) -> Iterator[tuple[Expectation, Shown]]:
        """Play the test; each expectation comes with what the page shows then.

        Raises:
            RehearsalError: a command was refused, or a person's deed did not work.
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
            if self._refused:
                raise RehearsalError(self._refused[0])
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
        for command in self._case.commands:
            yield command.at, lambda command=command: self._command(command)  # type: ignore[misc]
        for deed in self._case.deeds:
            yield deed.at, lambda deed=deed: self._deed(deed)  # type: ignore[misc]

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

            def find(state: str = turn.state) -> None:
                self.world.services[url] = 0 if state == ProbeTurn.FAILING else 200
                if state == ProbeTurn.UNKNOWN:
                    self.world.unknown.add(url)
                else:
                    self.world.unknown.discard(url)

            yield turn.at, find

    def _command(self, given: GivenCommand) -> None:
        fields = dict(given.document)
        told = self.world.command(fields.pop("command"), **fields)
        self.world.loop.run_for(0.5)
        if not told.accepted:
            said = told.answer.get("error", told.status)
            self._refused.append(f"{given.place}: the command was refused: {said}")

    def _deed(self, deed: GivenDeed) -> None:
        shown = look(self.world)
        if deed.component is not None:
            component_id = self._component_id(deed.component)
            path, body = f"/components/{component_id}", {"component": {"status": deed.status}}
        else:
            ours = [one for one in shown.incidents if one.rule == deed.incident]
            if not ours:
                raise RehearsalError(f"{deed.place}: no incident {deed.incident} is open then")
            said = {"body": deed.body} if deed.body else {}
            path, body = f"/incidents/{ours[-1].incident_id}", {"incident": {"status": deed.status, **said}}
        request = Request(
            "PATCH",
            f"/pages/{self.world.page_id}{path}",
            {},
            {"Authorization": f"OAuth {PERSON}", "Content-Type": "application/json"},
            json.dumps(body).encode(),
        )
        answer = self.world.simulator.handle(request, now=self.world.now())
        if answer.status >= 300:  # noqa: PLR2004
            raise RehearsalError(f"{deed.place}: the page refused it: {answer.body.decode()}")

    def _component_id(self, name: ComponentName) -> str | None:
        engine = self.world.engine
        return None if engine is None else bound_component(engine.pages[0], name)


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
