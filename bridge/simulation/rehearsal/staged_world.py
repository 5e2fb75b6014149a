"""The world of a rehearsal: one page that has what the rules name, a quick network on which nothing fails, and probes and queries that find what a test says. Must not know what a test does or expects."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.config.prometheuses import polls_of
from bridge.core.observation import HttpCheck
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import EPOCH, World, WorldSettings
from bridge.sources.exchange import Answer, Failure, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.config.observed_names import Observed
    from bridge.core.rules import ComponentName, RuleSet
    from bridge.engine.engine import PageSetup

LATENCY = (0.01, 0.05)
AT_ONCE = 0.05
"""Seconds until a probe has its answer, where a test says nothing else."""

GOOD = 200


class StagedWorld(World):
    """A world with one page of any rules, whose probes and queries find what a test says."""

    def __init__(self, ruleset: RuleSet, there: Observed, *, begins_at: float | None = None) -> None:
        """Make the page that the rules need; nothing runs yet. It begins at `begins_at`, Unix seconds, or some time."""
        self.unknown: set[str] = set()
        """Addresses of probes that find nothing out."""
        self.addresses = {
            probe.id: f"http://{number}.probe.invalid/" for number, probe in enumerate(there.probes)
        }
        names = tuple(dict.fromkeys([*ruleset.component_names, *_covered(ruleset)]))
        super().__init__(
            0,
            # Ids of a lock file are the real page's.
            replace(ruleset, component_ids={}, metric_ids={}),
            WorldSettings(
                components=tuple(name for name in names if not name.startswith("id:")),
                metrics=tuple(dict.fromkeys(metric.metric for metric in ruleset.metrics)),
                # Each asks an address of its own, and is content with any answer: what it finds is the test's to say.
                probes=tuple(
                    replace(probe, check=HttpCheck(self.addresses[probe.id])) for probe in there.probes
                ),
                # Each has an expression of its own: two that ask the same may be answered differently by a test.
                polls=polls_of((replace(query, expression=query.id) for query in there.queries), ()),
                conditions=NetworkConditions(latency=LATENCY),
                begins_at=begins_at if begins_at is not None else EPOCH,
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

    def answer(self, query: str, value: float | None) -> None:
        """From now on a query gives this; None for no data."""
        self.prometheus.faults.pop(query, None)
        self.prometheus.values[query] = value

    def leave_unanswered(self, query: str) -> None:
        """From now on Prometheus cannot be asked for a query."""
        self.prometheus.faults[query] = Failure(Fault.REFUSED)

    def setups(self) -> list[PageSetup]:
        """The one page, under its own name."""
        (setup,) = super().setups()
        return [setup]

    async def fetch(self, check: HttpCheck, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in Fetch
        """What a probe finds now."""
        if check.url in self.unknown:
            return Failure(Fault.LOCAL)
        takes = self.slowness.get(check.url) or AT_ONCE
        await asyncio.sleep(min(takes, timeout))
        if takes >= timeout:
            return Failure(Fault.TIMEOUT)
        status = self.services.get(check.url, GOOD)
        return Answer(status) if status else Failure(Fault.REFUSED)


def _covered(ruleset: RuleSet) -> Iterator[ComponentName]:
    for incident in ruleset.incidents:
        yield from incident.components
