"""Two thousand broken rule files are given to a daemon that has an outage on the page: what was in force stays in force, and each time somebody is told where the mistake is."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - a seeded instance alone
import re
from typing import TYPE_CHECKING

from bridge.app.rulebook import Rulebook
from bridge.config.settings import load_settings
from bridge.simulation.world import PAGE, World, WorldSettings
from bridge.telemetry.metrics import Metrics
from tests.simulation.judge import violations
from tests.simulation.shop import API, PROBE, fire, notified, resolve, status, updates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bridge.config.compile import LoadedRules
    from bridge.web.ports import ReloadResult

REFUSED = 2000
RULES = f"""
page: {PAGE}
defaults: {{automation: full}}
conditions:
  errors: {{alert: CheckoutErrors, at_least: 1}}
  broken: {{probe: web, no_data: ignore}}
components:
  Checkout / API:
    - id: api
      any: [errors, broken]
      status: major_outage
      for: 60s
      keep_firing_for: 5m
  Search:
    - alert: SearchErrors
      matchers: ['severity=~"critical|page"', 'environment!="staging"']
      status: {{severity: {{critical: major_outage, page: degraded_performance}}}}
incidents:
  - id: checkout
    components: [Checkout / *]
    title: "Checkout is having problems[ in {{region}}]"
    public_labels: [region]
    display: {{region: {{eu: Europe}}}}
    open_at: partial_outage
    monitor_for: 10m
    notify: [open, escalate, resolve]
    texts: {{resolved: "All is well with {{components}}."}}
probes:
  - {{id: web, every: 30s, http: {{url: "https://shop.example/health", expect: {{status: 2xx, within: 3s}}}}}}
metrics:
  - {{metric: Latency, probe: web, value: latency}}
"""
PLACED = re.compile(r"rules\.yaml:(\d+):(\d+): \S")
SPLICES = (
    *"[]{}:'\"#&*!|>%@`~,?-\t\n\\",
    *("\n  ", ": ", "- ", "null", "9" * 40, "\u2028", "\x00", "é", "*x", "${", "status:", "60%", "{x}"),
)


class LiveRules:
    """The rule files of a daemon that runs, as it reloads them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rules.yaml"
        self.path.write_text(RULES)
        settings = load_settings(
            {
                "BRIDGE_RULES": str(folder),
                "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
                f"BRIDGE_PAGES__{PAGE.upper()}__ID": "kctbh9vrtdwd",
                f"BRIDGE_PAGES__{PAGE.upper()}__TOKEN": "the-token-of-acme",
                "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
            }
        )
        self.metrics = Metrics(pages=(PAGE,))
        self.rulebook = Rulebook(settings, metrics=self.metrics, now=lambda: 0.0)

    def reload(self, content: bytes, apply: Callable[[LoadedRules], None]) -> ReloadResult:
        """Save the file, and have it loaded."""
        self.path.write_bytes(content)
        return asyncio.run(self.rulebook.reload(apply))

    @property
    def successful(self) -> float | None:
        """The gauge of the last reload."""
        return self.metrics.registry.get_sample_value("bridge_config_last_reload_successful")


def mutated(randomness: random.Random) -> bytes:
    """The file with a few mistakes of a hand, or of a disk."""
    content = RULES
    for _ in range(randomness.randint(1, 3)):
        at = randomness.randrange(len(content))
        match randomness.randrange(5):
            case 0:
                content = content[:at] + randomness.choice(SPLICES) + content[at:]
            case 1:
                content = content[:at] + content[at + randomness.randint(1, 8) :]
            case 2:
                content = content[:at] + randomness.choice(SPLICES) + content[at + 1 :]
            case 3:
                lines = content.splitlines(keepends=True)
                lines.insert(randomness.randrange(len(lines)), randomness.choice(lines))
                content = "".join(lines)
            case _:
                words = re.findall(r"\w+", content)
                content = content.replace(randomness.choice(words), randomness.choice(words), 1)
    return content.encode()


def test_two_thousand_broken_rule_files_change_nothing_and_each_is_told_with_its_place(
    tmp_path: Path,
) -> None:
    live = LiveRules(tmp_path)
    randomness = random.Random(7)
    rules = live.rulebook.rule_sets[PAGE]
    with World(7, rules, WorldSettings(probes=(PROBE,), metrics=("Latency",))) as world:
        world.start()
        world.run_for(20)
        since = fire(world, "CheckoutErrors")
        world.run_for(120)
        assert status(world, API) == "major_outage"
        engine = world.engine
        assert engine is not None

        def apply(loaded: LoadedRules) -> None:
            with world.loop.outside():
                engine.replace_rules({PAGE: live.rulebook.rule_sets_of(loaded)[PAGE]}, loaded.digest)

        refused = 0
        while refused < REFUSED:
            before = live.rulebook.loaded
            result = live.reload(mutated(randomness), apply)
            if not result.problems:  # another file, but a sound one: back to ours before anything comes of it
                assert live.reload(RULES.encode(), apply).problems == ()
                continue
            refused += 1
            assert all(PLACED.search(problem) for problem in result.problems), result.problems
            assert live.rulebook.loaded is before
            assert live.successful == 0
            if refused % 100 == 0:
                world.run_for(1)
                assert status(world, API) == "major_outage"
        assert live.reload(RULES.encode(), apply).problems == ()
        assert live.successful == 1
        assert updates(world) == [["investigating"]]
        resolve(world, "CheckoutErrors", since)
        world.run_for(300 + 600 + 60)
        assert status(world, API) == "operational"
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        assert notified(world) == ["investigating", "resolved"]
        assert violations(world) == []
