"""Rule files that are wrong when they are loaded again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bridge.app.rulebook import Rulebook
from bridge.config.settings import load_settings
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from bridge.config.compile import LoadedRules

GOOD = """
page: acme
components:
  Search:
    - alert: SearchErrors
      status: partial_outage
"""
FAULTY = GOOD.replace("partial_outage", "broken")


def a_faulty_rule_file() -> list[str]:
    """I5: a rule file is saved with a mistake in it; what was in force stays so."""
    with TemporaryDirectory(prefix="rules-") as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(GOOD)
        settings = load_settings(
            {
                "BRIDGE_RULES": folder,
                "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
                "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
                "BRIDGE_PAGES__ACME__TOKEN": "the-token-of-acme",
                "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
            }
        )
        rulebook = Rulebook(settings, metrics=Metrics(pages=("acme",)), now=lambda: 0.0)
        applied: list[LoadedRules] = []
        path.write_text(FAULTY)
        result = asyncio.run(rulebook.reload(applied.append))
        assert result.problems
        in_force = [rulebook.loaded, *applied]
        if all("acme" in rules.rule_sets and rules.rule_sets["acme"].components for rules in in_force):
            return []
        return ["I5: after a faulty rule file no rule says anything about Search"]
