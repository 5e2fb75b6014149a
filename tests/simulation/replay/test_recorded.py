"""A daemon's journal, played again by the rules that it ran with, tells what it published; and what the journal lacks is unknown."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from bridge.config.compile import load_rules
from bridge.core.changes import Changes
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.page import PlanSettings
from bridge.core.reasons import Reason
from bridge.core.signals import Labels, Signal, SignalState
from bridge.errors import StoreError
from bridge.simulation.replay.history import SignalChange
from bridge.simulation.replay.player import SETTINGS, Player
from bridge.simulation.replay.published import published, shown_on, stories_of
from bridge.simulation.replay.recorded import recorded_history
from bridge.simulation.world import EPOCH, PAGE, World, WorldSettings, alert
from bridge.store.database import Database
from bridge.store.onlooker import Onlooker
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.config.compile import LoadedRules
    from bridge.core.journal import Fact
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
  - {{id: payments, components: [Payments], title: "Payments fail[ in {{region}}]", group_by: [region], public_labels: [region], public_annotations: [summary], texts: {{investigating: "Payments fail.[ {{summary}}.]"}}}}
silences:
  - {{comment: the nightly deployment, probe: web, schedule: {{cron: "0 3 * * *", duration: 45m, time_zone: UTC}}}}
probes:
  - {{id: web, every: 2m, timeout: 10s, http: {{url: "{URLS["web"]}"}}}}
  - {{id: eu, every: 5m, http: {{url: "{URLS["eu"]}"}}, labels: {{team: search}}}}
  - {{id: us, every: 5m, http: {{url: "{URLS["us"]}"}}, labels: {{team: search}}}}
  - {{id: asia, every: 5m, http: {{url: "{URLS["asia"]}"}}, labels: {{team: search}}}}
"""

ALERTS: tuple[tuple[str, dict[str, str]], ...] = (
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
            told = alert(name, firing=True, since=since, until=0.0, **labels)
            seen = {"annotations": {"summary": f"Seen by {self.drawn.randrange(9)}"}}
            self.world.send_alerts([{**told, **seen}])

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


@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_is_what_was_published(rules: LoadedRules, seed: int) -> None:
    with (service := Service.open(rules, seed)).world as world:
        service.live(8.0)
        service.end()
        history = recorded(world)
        told = replayed(rules, history)
        assert_same(told, world)
        assert len(told.stories) > 2
        assert history.remarks == ()


@pytest.mark.parametrize("seed", range(3))
def test_two_days_with_times_in_which_nobody_watched_are_told_as_they_were(
    rules: LoadedRules, seed: int
) -> None:
    with (service := Service.open(rules, seed)).world as world:
        away = []
        for part in range(4):
            service.live(11.0)
            began = world.now()
            if part % 2:
                world.freeze()
            else:
                world.crash()
            world.run_for(1800.0)
            if part % 2:
                world.thaw()
            else:
                world.start()
            away.append((began, world.now()))
            world.run_for(300.0)
        service.end()
        told = replayed(rules, recorded(world))
        assert_same(told, world)
        assert len(told.stories) > 10
        for name in told.components:
            unseen = told.unseen[name]
            # The daemon was last seen alive up to half a minute before, and sees again what it sees.
            assert all(
                any(begin <= down and up <= end + SOON for begin, end in unseen) for down, up in away
            ), name


def test_what_operators_and_people_did_is_counted_and_not_played(rules: LoadedRules) -> None:
    with Service.open(rules, 1).world as world:
        world.send_alerts([alert("SearchErrors", firing=True, since=world.now())])
        world.run_for(300.0)
        world.command("override_set", component="Search", status="degraded_performance", **{"for": "1h"})
        world.run_for(60.0)
        assert world.commands[0].accepted, world.commands[0].answer
        history = recorded(world)
    assert history.remarks == ("not replayed: 1 commands of operators",)
    assert replayed(rules, history).components["Search"][-1].status == "major_outage"


def test_a_journal_whose_beginning_was_forgotten_knows_what_was_so_until_then(rules: LoadedRules) -> None:
    with (service := Service.open(rules, 1)).world as world:
        since = world.now()
        for name in ("SearchErrors", "PaymentErrors"):
            world.send_alerts([alert(name, firing=True, since=since)])
        world.services[URLS["web"]] = 503
        world.run_for(HOUR)
        forgotten = world.now()
        world.run_for(60.0)
        world.services[URLS["eu"]] = 503
        world.run_for(HOUR)
        world.send_alerts([alert("SearchErrors", firing=False, since=since, until=world.now())])
        world.run_for(HOUR)
        assert service.world.database.forget(forgotten) > 0
        history = recorded(world)
    told = replayed(rules, history)
    assert history.begin > forgotten
    assert history.remarks == (
        "the journal begins in the midst: what was before has been forgotten",
        "3 signals were failing already when it begins: since when is not known, and holds count from then",
    )
    statuses = {name: [one.status for one in its] for name, its in told.components.items()}
    assert statuses["Search"] == ["operational", "major_outage", "operational"]
    assert statuses["Payments"] == ["operational", "partial_outage"]
    assert statuses["Checkout / API"] == ["operational", "partial_outage"]


def entry(at: float, reason: Reason, subject: str = "", **detail: Fact) -> JournalEntry:
    kind = JournalKind.PROCESS if reason is Reason.STARTED else JournalKind.SIGNAL
    return JournalEntry(EPOCH + at, kind, "", subject, reason, detail)


def journal_of(*entries: JournalEntry, signals: tuple[Signal, ...] = ()) -> History:
    database = Database.in_memory()
    database.apply([Changes(journal=list(entries), signals=list(signals))])
    return database.read(lambda connection: recorded_history(Onlooker(connection), PAGE))


ERRORS = Labels({"alertname": "SearchErrors"})
SUBJECT = f"alertmanager:{ERRORS.fingerprint}"


def test_what_an_older_version_wrote_without_labels_is_left_out_and_told() -> None:
    old = entry(0.0, Reason.SIGNAL_CHANGED, "alertmanager:0123", state="failing", since=1.0, detail="")
    failing = Signal("alertmanager", ERRORS, SignalState.FAILING, EPOCH, EPOCH, EPOCH + 6 * HOUR)
    history = journal_of(old, entry(HOUR, Reason.STARTED, away=10.0), signals=(failing,))
    assert (history.begin, history.end) == (EPOCH + HOUR, EPOCH + HOUR)
    assert history.changes == (SignalChange(EPOCH + HOUR, "alertmanager", ERRORS, SignalState.FAILING),)
    assert history.remarks[0] == (
        "1 changes before it are of a version that kept no labels, and are left out"
    )


def test_a_firing_that_has_to_wait_counts_from_when_the_daemon_counted_it() -> None:
    labels: dict[str, Fact] = {"labels": ERRORS, "was": "ok", "state": "failing"}
    history = journal_of(
        entry(0.0, Reason.STARTED, away=0.0),
        entry(10.0, Reason.SIGNAL_CHANGED, SUBJECT, counts_from=EPOCH + 310.0, **labels),
        replace(entry(320.0, Reason.SIGNAL_CHANGED, SUBJECT), page=PAGE),
        replace(entry(320.0, Reason.SIGNAL_CHANGED, SUBJECT), page="other"),
    )
    assert [(one.at - EPOCH, one.state) for one in history.changes if isinstance(one, SignalChange)] == [
        (0.0, SignalState.OK),
        (10.0, SignalState.OK),
        (320.0, SignalState.FAILING),
    ]


def test_what_nobody_repeated_is_not_known_from_when_the_daemon_missed_it(rules: LoadedRules) -> None:
    labels = Labels({"alertname": "PaymentErrors"})
    subject = f"alertmanager:{labels.fingerprint}"
    history = journal_of(
        entry(0.0, Reason.STARTED, away=0.0),
        entry(10.0, Reason.SIGNAL_CHANGED, subject, labels=labels, was=None, state="failing"),
        replace(entry(HOUR, Reason.SIGNAL_EXPIRED, subject), page=PAGE),
        replace(entry(HOUR, Reason.SIGNAL_EXPIRED, subject), page="other"),
        entry(2 * HOUR, Reason.SIGNAL_CHANGED, subject, labels=labels, was="unknown", state="ok"),
        entry(3 * HOUR, Reason.STARTED, away=0.0),
    )
    told = replayed(rules, history)
    assert [(one.status, one.end - EPOCH) for one in told.components["Payments"]] == [
        ("operational", 70.0),
        ("partial_outage", 2 * HOUR + 180.0),
        ("operational", 3 * HOUR),
    ]
    assert [(begin - EPOCH, end - EPOCH) for begin, end in told.unseen["Payments"]] == [(HOUR, 2 * HOUR)]
    # Of its probes nothing was ever heard.
    assert [(begin - EPOCH, end - EPOCH) for begin, end in told.unseen["Search"]] == [(0.0, 3 * HOUR)]


def test_a_journal_without_a_start_is_refused() -> None:
    with pytest.raises(StoreError, match="nothing that can be replayed"):
        journal_of()
