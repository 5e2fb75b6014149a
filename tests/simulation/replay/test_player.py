"""The player publishes what the whole daemon publishes on simulated time, and neither flaps nor what nobody saw."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from typing import TYPE_CHECKING

import pytest

from bridge.config.compile import load_rules
from bridge.config.observed_names import Observed
from bridge.core.signals import Labels, SignalState
from bridge.simulation.rehearsal.cases import Case, Expectation, GivenAlert
from bridge.simulation.rehearsal.stage import Stage
from bridge.simulation.rehearsal.timeline import Turn
from bridge.simulation.replay.history import Change, SightChange, SignalChange, history_of
from bridge.simulation.replay.player import Player
from bridge.simulation.replay.published import Published, published
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.config.compile import LoadedRules
    from bridge.core.reasons import Reason

BEGIN = 1_790_000_000.0
HOUR = 3600.0

RULES = """
page: acme
defaults: {for: 1m, keep_firing_for: 2m, automation: full}
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: {severity: {critical: major_outage, warning: degraded_performance}}
  Checkout / Web:
    - {alert: WebErrors, at_least: 2, status: partial_outage}
  Search:
    - {alert: SearchErrors, status: partial_outage, for: 0}
incidents:
  - {id: checkout, components: [Checkout / *], title: Checkout is having problems, monitor_for: 5m}
  - {id: search, components: [Search], title: "Search is down[ in {region}]", group_by: [region], public_labels: [region]}
"""

ALERTS = (
    {"alertname": "CheckoutErrors", "severity": "critical"},
    {"alertname": "CheckoutErrors", "severity": "warning"},
    {"alertname": "WebErrors", "instance": "a"},
    {"alertname": "WebErrors", "instance": "b"},
    {"alertname": "SearchErrors", "region": "eu"},
    {"alertname": "SearchErrors", "region": "us"},
    {"alertname": "Unrelated"},
)


@pytest.fixture
def rules(tmp_path: Path) -> LoadedRules:
    (tmp_path / "rules.yaml").write_text(RULES)
    return load_rules([tmp_path / "rules.yaml"])


def replayed(rules: LoadedRules, changes: list[Change], hours: float) -> Published:
    history = history_of(changes, begin=BEGIN, end=BEGIN + hours * HOUR)
    reasons: list[Reason] = []
    player = Player(
        rules.rule_sets["acme"],
        begin=BEGIN,
        metrics=Metrics(pages=["acme"], budgets=[]),
        decided=lambda _, decision: reasons.append(decision.reason),
    )
    player.play(history)
    return published(player, history, reasons)


def alert(name: str, begin: float, end: float | None = None, **labels: str) -> list[Change]:
    """An alert that fires from one second after the beginning to another."""
    about = Labels({"alertname": name, **labels})
    fires: list[Change] = [SignalChange(BEGIN + begin, "alertmanager", about, SignalState.FAILING)]
    if end is not None:
        fires.append(SignalChange(BEGIN + end, "alertmanager", about, SignalState.OK))
    return fires


def drawn_turns(seed: int) -> dict[Labels, list[Turn]]:
    """Alerts that come and go, no two changes within half a minute: what is decided at once, the daemon tells in its own order."""
    drawn = random.Random(seed)
    turns: dict[Labels, list[Turn]] = {Labels(labels): [Turn(0.0, "resolved")] for labels in ALERTS}
    at = 120.0
    while at < 3 * HOUR:
        chosen = turns[drawn.choice(list(turns))]
        chosen.append(Turn(at, "resolved" if chosen[-1].state == "firing" else "firing"))
        at += drawn.choice((31.0, 95.0, 400.0)) + drawn.random()
    return turns


@pytest.mark.parametrize("seed", range(12))
def test_it_publishes_what_the_daemon_publishes(rules: LoadedRules, seed: int) -> None:
    turns = drawn_turns(seed)
    changes: list[Change] = [
        SignalChange(
            BEGIN + turn.at,
            "alertmanager",
            labels,
            SignalState.FAILING if turn.state == "firing" else SignalState.OK,
        )
        for labels, its in turns.items()
        for turn in its[1:]
    ]
    fast = replayed(rules, changes, 4)
    alerts = tuple(GivenAlert(labels, {}, tuple(its)) for labels, its in turns.items())
    place = next(iter(rules.named["acme"].components)).place
    case = Case("", place, alerts, (), (), (), (), (Expectation(4 * HOUR, place, calls=()),))
    with Stage(case, rules.rule_sets["acme"], Observed()) as stage:
        ((_, shown),) = stage.play()
        page = stage.world.simulator.page(stage.world.page_id)
        statuses = {
            one.name: [str(change.status) for change in one.changes] for one in page.components.values()
        }
    assert {
        name.rpartition(" / ")[2]: [one.status for one in spans] for name, spans in fast.components.items()
    } == statuses
    assert [(one.title, [told.status for told in one.told]) for one in fast.stories] == [
        (one.facts["title"], list(one.updates)) for one in shown.all_incidents
    ]
    assert [[told.body for told in one.told][-1] for one in fast.stories] == [
        one.facts["body"] for one in shown.all_incidents
    ]
    assert (fast.notifications, fast.calls) == (shown.notifications, len(shown.calls))


def test_an_outage_is_told_with_its_times(rules: LoadedRules) -> None:
    told = replayed(rules, alert("CheckoutErrors", 600, 1800, severity="critical"), 2)
    assert [
        (span.status, span.begin - BEGIN, span.end - BEGIN) for span in told.components["Checkout / API"]
    ] == [
        ("operational", 0.0, 660.0),
        ("major_outage", 660.0, 1920.0),
        ("operational", 1920.0, 7200.0),
    ]
    assert told.seconds("Checkout / API") == {"major_outage": 1260}
    (story,) = told.stories
    assert [(one.status, one.at - BEGIN, one.notified) for one in story.told] == [
        ("investigating", 660.0, True),
        ("monitoring", 1920.0, False),
        ("resolved", 2220.0, True),
    ]
    assert (story.impact, story.components, story.end) == ("critical", ("Checkout / API",), BEGIN + 2220.0)
    assert (told.notifications, told.calls, told.flaps) == (2, 3, 0)


def test_flaps_are_counted_and_not_told(rules: LoadedRules) -> None:
    flaps = [
        one for n in range(30) for one in alert("CheckoutErrors", 200 * n, 200 * n + 59, severity="critical")
    ]
    told = replayed(rules, flaps, 2)
    assert (told.stories, told.notifications, told.calls, told.flaps) == ((), 0, 0, 60)  # two statuses each


def test_what_happens_while_the_source_is_blind_is_not_told(rules: LoadedRules) -> None:
    blind: list[Change] = [
        SightChange(BEGIN + 500, "alertmanager", blind=True),
        SightChange(BEGIN + 3000, "alertmanager", blind=False),
    ]
    # One breaks and is mended unseen; one was broken before, and its end is told when it can be.
    changes = [
        *alert("SearchErrors", 600, 2900, region="eu"),
        *alert("CheckoutErrors", 100, 700, severity="critical"),
    ]
    told = replayed(rules, [*changes, *blind], 2)
    assert told.seconds("Search") == {}
    assert [
        (span.status, span.begin - BEGIN, span.end - BEGIN) for span in told.components["Checkout / API"]
    ] == [
        ("operational", 0.0, 160.0),
        ("major_outage", 160.0, 3120.0),
        ("operational", 3120.0, 7200.0),
    ]


def test_what_goes_on_at_the_end_is_not_over(rules: LoadedRules) -> None:
    told = replayed(rules, alert("SearchErrors", 600, region="eu"), 1)
    (story,) = told.stories
    assert (story.title, story.end) == ("Search is down in eu", None)
    assert told.components["Search"][-1].end == BEGIN + HOUR
