"""A daemon's journal, played again by the rules that it ran with, tells what it published; and what the journal lacks is unknown."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from bridge.config.compile import load_rules
from bridge.core.page import PlanSettings
from bridge.errors import StoreError
from bridge.simulation.replay.player import SETTINGS, Player
from bridge.simulation.replay.published import published, shown_on, stories_of
from bridge.simulation.replay.recorded import recorded_history
from bridge.simulation.world import EPOCH, PAGE, World, WorldSettings, alert
from bridge.store.onlooker import Onlooker
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bridge.config.compile import LoadedRules
    from bridge.core.reasons import Reason
    from bridge.simulation.replay.history import History
    from bridge.simulation.replay.published import Published, Story

HOUR = 3600.0
SOON = 15.0
"""Seconds within which the daemon brings the page to where the replay has it at once."""

URLS = {name: f"https://{name}.example/" for name in ("web", "eu", "us", "asia")}
RULES = f"""
page: {PAGE}
defaults: {{for: 1m, keep_firing_for: 3m, automation: full}}
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: {{severity: {{critical: major_outage, warning: degraded_performance}}}}
    - {{probe: web, status: partial_outage}}
  Checkout / Web:
    - {{alert: WebErrors, at_least: 2, status: partial_outage, for: 0}}
    - {{id: slow, probe: web, value: "> 2s", status: degraded_performance}}
  Search:
    - {{matchers: ['team="search"'], of: probes, at_least: 2, status: partial_outage}}
    - {{alert: SearchErrors, status: major_outage, cause: The index is being rebuilt.}}
  Payments:
    - {{alert: PaymentErrors, status: partial_outage}}
incidents:
  - {{id: checkout, components: [Checkout / *], title: Checkout is having problems, monitor_for: 10m, lower_at: resolved, updates: {{every: 30m, at_most: 2}}}}
  - {{id: search, components: [Search], title: Search is down, monitor_for: 5m, notify: [open, identify, resolve], reopen_within: 1h}}
  - {{id: payments, components: [Payments], title: "Payments fail[ in {{region}}]", group_by: [region], public_labels: [region]}}
silences:
  - {{comment: the nightly deployment, probe: web, schedule: {{cron: "0 3 * * *", duration: 45m, time_zone: UTC}}}}
probes:
  - {{id: web, every: 30s, timeout: 10s, http: {{url: "{URLS["web"]}"}}}}
  - {{id: eu, every: 60s, http: {{url: "{URLS["eu"]}"}}, labels: {{team: search}}}}
  - {{id: us, every: 60s, http: {{url: "{URLS["us"]}"}}, labels: {{team: search}}}}
  - {{id: asia, every: 60s, http: {{url: "{URLS["asia"]}"}}, labels: {{team: search}}}}
"""

ALERTS = (
    ("CheckoutErrors", {"severity": "critical"}),
    ("CheckoutErrors", {"severity": "warning"}),
    ("WebErrors", {"instance": "a"}),
    ("WebErrors", {"instance": "b"}),
    ("SearchErrors", {}),
    ("PaymentErrors", {"region": "eu"}),
    ("PaymentErrors", {"region": "us"}),
    ("Unrelated", {"pod": "x"}),
)


@pytest.fixture
def rules(tmp_path: Path) -> LoadedRules:
    (tmp_path / "rules.yaml").write_text(RULES)
    return load_rules([tmp_path / "rules.yaml"])


@dataclass(slots=True)
class Service:
    """A world in which things come and go, as a seed draws it."""

    world: World
    drawn: random.Random
    firing: dict[int, float]

    @classmethod
    def open(cls, rules: LoadedRules, seed: int) -> Service:
        """Start the daemon."""
        settings = WorldSettings(
            components=("Checkout / API", "Checkout / Web", "Search", "Payments"),
            probes=rules.probes,
            plan=PlanSettings(read_every=600.0, blast_radius=1.0),
            alert_expiry=6 * HOUR,
        )
        world = World(seed, rules.rule_sets[PAGE], settings)
        world.start()
        world.run_for(60.0)
        return cls(world, random.Random(seed), {})

    def live(self, hours: float) -> None:
        """Let so many hours pass. No two things happen within a minute: what is decided at once, the daemon tells in its own order."""
        until = self.world.now() + hours * HOUR
        while self.world.now() < until:
            self.drawn.choice((self._turn_alert, self._turn_alert, self._turn_probe))()
            self.world.run_for(61.0 + self.drawn.choice((0.0, 35.0, 400.0, 1500.0)) + self.drawn.random())

    def end(self) -> None:
        """Let everything recover."""
        for number in list(self.firing):
            self._resolve(number)
            self.world.run_for(61.0)
        for url in URLS.values():
            self.world.services[url] = 200
            self.world.run_for(61.0)
        self.world.slowness.clear()
        self.world.run_for(2 * HOUR)

    def _turn_alert(self) -> None:
        number = self.drawn.randrange(len(ALERTS))
        if number in self.firing:
            self._resolve(number)
        else:
            name, labels = ALERTS[number]
            self.firing[number] = since = self.world.now()
            self.world.send_alerts([alert(name, firing=True, since=since, **labels)])

    def _resolve(self, number: int) -> None:
        name, labels = ALERTS[number]
        since = self.firing.pop(number)
        self.world.send_alerts([alert(name, firing=False, since=since, until=self.world.now(), **labels)])

    def _turn_probe(self) -> None:
        url = self.drawn.choice(list(URLS.values()))
        if self.drawn.random() < 0.3:
            web = URLS["web"]
            if self.world.slowness.pop(web, None) is None:
                self.world.slowness[web] = 3.0
        else:
            self.world.services[url] = 503 if self.world.services.get(url, 200) == 200 else 200


def recorded(world: World) -> History:
    return world.database.read(lambda connection: recorded_history(Onlooker(connection), PAGE))


def replayed(rules: LoadedRules, history: History) -> Published:
    reasons: list[Reason] = []
    player = Player(
        rules.rule_sets[PAGE],
        begin=history.begin,
        metrics=Metrics(pages=[PAGE], budgets=[]),
        decided=lambda _, decision: reasons.append(decision.reason),
        settings=replace(SETTINGS, blast_radius=1.0),
    )
    player.play(history)
    return published(player, history, reasons)


def assert_same(told: Published, world: World) -> None:
    """What the replay tells is what the simulator's own ledgers say was published, each change within moments of when it was."""
    page = world.simulator.page(world.page_id)
    truth = shown_on(page, told.begin, told.end)
    assert {name: [one.status for one in its] for name, its in told.components.items()} == {
        name: [one.status for one in its] for name, its in truth.items()
    }
    late = [
        (name, ours.status, there.begin - ours.begin)
        for name, its in truth.items()
        for ours, there in zip(told.components[name], its, strict=True)
        if abs(there.begin - ours.begin) > SOON
    ]
    assert late == []
    stories = stories_of(page)
    assert [_in_words(one) for one in told.stories] == [_in_words(one) for one in stories]
    for ours, there in zip(told.stories, stories, strict=True):
        assert all(abs(a.at - b.at) <= SOON for a, b in zip(ours.told, there.told, strict=True))
    assert told.notifications == len(world.simulator.notifications)


def _in_words(story: Story) -> tuple[object, ...]:
    told = [(one.status, one.body, one.notified) for one in story.told]
    return story.title, story.impact, sorted(story.components), told


@pytest.mark.parametrize("seed", range(4))
def test_a_day_is_told_as_it_was_published(rules: LoadedRules, seed: int) -> None:
    with (service := Service.open(rules, seed)).world as world:
        service.live(24.0)
        service.end()
        history = recorded(world)
        told = replayed(rules, history)
        assert_same(told, world)
        assert len(told.stories) > 5
