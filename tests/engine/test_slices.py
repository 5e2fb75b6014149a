"""What is evaluated in slices: what changes between two of them is seen, and nothing that a slice did to memory is lost."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.clock import Clock
from bridge.core.health import SourceHealth
from bridge.core.matching import parse_matchers
from bridge.core.page import Page
from bridge.core.rules import ComponentName, ComponentRule, RuleId, RuleSet
from bridge.core.signals import Labels, Signal, SignalState
from bridge.core.state import State
from bridge.core.statuses import Automation, ComponentStatus
from bridge.engine.intake import Intake
from bridge.engine.reconciler import Reconciler
from bridge.store.database import Database
from bridge.store.store import Store
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

MANY = 3000
"""Signals, more than one slice takes on."""
SOURCE = "alertmanager"
API, WEB = ComponentName("API"), ComponentName("Web")


def rule(name: str, component: ComponentName) -> ComponentRule:
    return ComponentRule(
        RuleId(name),
        component,
        parse_matchers(f'alertname="{name}"'),
        ComponentStatus.MAJOR_OUTAGE,
        for_=0.0,
        keep_firing_for=0.0,
        automation=Automation.FULL,
    )


RULES = RuleSet("page", (rule("ApiDown", API), rule("WebDown", WEB)))
WITHOUT_WEB = RuleSet("page", (rule("ApiDown", API),))


def signal(alertname: str, number: int, now: float, state: SignalState = SignalState.FAILING) -> Signal:
    labels = Labels({"alertname": alertname, "instance": str(number)})
    return Signal(SOURCE, labels, state, since=now, received_at=now, expires_at=now + 3600.0)


class Evaluated:
    """A page with many signals, and what is done between two slices of its evaluation."""

    def __init__(self, database: Database, store: Store) -> None:
        self.database = database
        self.slices = 0
        self.between: Callable[[], None] = lambda: None
        clock = Clock()
        self.now = now = clock.now()
        signals = [signal("ApiDown", 0, now), *(signal("WebDown", number, now) for number in range(MANY))]
        metrics = Metrics(("page",), ("token",), (SOURCE,))
        intake = Intake(
            store=store, clock=clock, metrics=metrics, signals=signals, sources=(SourceHealth(SOURCE, now),)
        )
        self.page = Page("page", "page-id", b"secret", RULES)
        self.reconciler = Reconciler(
            self.page,
            State(RULES),
            intake=intake,
            store=store,
            clock=clock,
            metrics=metrics,
            compare=lambda: None,
            missed=lambda: 0.0,
            between_slices=self._between,
        )

    def _between(self) -> None:
        self.slices += 1
        self.between()

    def once(self, act: Callable[[], None]) -> None:
        """Do this between the first two slices of the next evaluation."""

        def acting() -> None:
            self.between = lambda: None
            act()

        self.between = acting

    async def evaluate(self) -> dict[ComponentName, ComponentStatus]:
        """Evaluate, and return what is desired. What is remembered is what is stored."""
        before = self.slices
        await self.reconciler.reconcile()
        assert self.slices > before
        assert self.database.load().holds.get("page", {}) == self.reconciler.state.memory.holds
        return dict(self.page.desired.components)


@asynccontextmanager
async def evaluated() -> AsyncIterator[Evaluated]:
    database = Database.in_memory()
    with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(1) as reader:
        store = Store(database, writer=writer, reader=reader)
        yield Evaluated(database, store)
        await store.close()
    database.close()


BOTH = dict.fromkeys((API, WEB), ComponentStatus.MAJOR_OUTAGE)


async def test_everything_is_evaluated_in_more_than_one_slice() -> None:
    async with evaluated() as one:
        assert await one.evaluate() == BOTH


async def test_an_alert_that_resolves_between_two_slices_claims_nothing() -> None:
    async with evaluated() as one:
        one.once(lambda: one.reconciler.offer([signal("ApiDown", 0, one.now + 1, SignalState.OK)]))
        assert await one.evaluate() == {WEB: ComponentStatus.MAJOR_OUTAGE}
        assert not any(key.rule == "ApiDown" for key in one.reconciler.state.memory.holds)


async def test_nothing_is_said_before_the_last_slice() -> None:
    async with evaluated() as one:
        said: list[bool] = []
        one.between = lambda: said.append(one.page.evaluated or bool(one.page.desired.components))
        await one.evaluate()
        assert said
        assert not any(said)


async def test_a_source_that_goes_blind_freezes_what_it_reported_and_lowers_nothing() -> None:
    async with evaluated() as one:
        await one.evaluate()
        one.reconciler.hear(SourceHealth(SOURCE, one.now - 60.0, stale_after=30.0))
        assert await one.evaluate() == BOTH
        assert all(hold.frozen_at is not None for hold in one.reconciler.state.memory.holds.values())


async def test_a_source_that_sees_again_between_two_slices_is_believed() -> None:
    async with evaluated() as one:
        await one.evaluate()
        blind = SourceHealth(SOURCE, one.now - 60.0, stale_after=30.0)
        one.reconciler.hear(blind)
        one.once(lambda: one.reconciler.hear(replace(blind, heard_at=one.now + 1000.0)))
        assert await one.evaluate() == BOTH
        assert all(hold.frozen_at is None for hold in one.reconciler.state.memory.holds.values())


async def test_a_reload_between_two_slices_counts_everything_by_the_new_rules() -> None:
    async with evaluated() as one:
        await one.evaluate()
        one.reconciler.replace_rules(RULES)
        one.once(lambda: one.reconciler.replace_rules(WITHOUT_WEB))
        assert await one.evaluate() == {API: ComponentStatus.MAJOR_OUTAGE}


async def test_a_hold_that_a_given_up_evaluation_let_go_is_let_go_in_the_store_too() -> None:
    async with evaluated() as one:
        await one.evaluate()
        one.reconciler.replace_rules(WITHOUT_WEB)
        given_up: list[bool] = []

        def give_up_when_the_hold_is_gone() -> None:
            holds = one.reconciler.state.memory.holds
            if not given_up and not any(key.rule == "WebDown" for key in holds):
                given_up.append(True)
                one.reconciler.replace_rules(RULES)
                one.reconciler.offer(
                    [signal("WebDown", number, one.now + 1, SignalState.OK) for number in range(MANY)]
                )

        one.between = give_up_when_the_hold_is_gone
        assert await one.evaluate() == {API: ComponentStatus.MAJOR_OUTAGE}
        assert given_up


async def test_whoever_waits_for_the_rules_of_now_waits_for_the_last_slice() -> None:
    async with evaluated() as one:
        await one.evaluate()
        one.reconciler.replace_rules(WITHOUT_WEB)
        waiting = asyncio.create_task(one.reconciler.current())
        ended: list[bool] = []
        one.between = lambda: ended.append(waiting.done())
        await one.evaluate()
        await waiting
        assert ended
        assert not any(ended)
