"""Of which components a replay says that it was not known how they were, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.compile import load_rules
from bridge.core.signals import Labels, SignalState
from bridge.simulation.replay.history import EVERY_SOURCE, SightChange, SignalChange, history_of
from bridge.simulation.replay.unseen import Watch, unseen

if TYPE_CHECKING:
    from pathlib import Path

RULES = """
page: acme
components:
  Alerted: [{alert: A, status: partial_outage}]
  Probed: [{probe: web, status: partial_outage}]
  Either: [{matchers: ['team="shop"'], status: partial_outage}]
probes: [{id: web, every: 30s, http: {url: "https://shop.example/"}}]
"""


def blind(source: str, begin: float, end: float) -> list[SightChange]:
    return [SightChange(begin, source, blind=True), SightChange(end, source, blind=False)]


def test_what_is_not_known_is_so_for_whatever_listens_to_the_source(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES)
    ruleset = load_rules([tmp_path / "rules.yaml"]).rule_sets["acme"]
    history = history_of(
        [
            SignalChange(5.0, "probe", Labels({"probe": "web"}), SignalState.OK),
            *blind("alertmanager", 10.0, 20.0),
            *blind("probe", 30.0, 40.0),
            *blind(EVERY_SOURCE, 38.0, 60.0),
            SightChange(90.0, "alertmanager/eu", blind=True),
        ],
        begin=0.0,
        end=100.0,
    )
    assert unseen(ruleset, history, Watch()) == {
        "Alerted": ((10.0, 20.0), (38.0, 60.0), (90.0, 100.0)),
        # Before its first answer nothing was known of it.
        "Probed": ((0.0, 5.0), (30.0, 60.0)),
        "Either": ((10.0, 20.0), (30.0, 60.0), (90.0, 100.0)),
    }


def test_what_evaluation_noted_is_joined_with_it(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES)
    ruleset = load_rules([tmp_path / "rules.yaml"]).rule_sets["acme"]
    (alerted, *_) = ruleset.component_names
    watch = Watch()
    for at, names in ((15.0, [alerted]), (18.0, [alerted]), (25.0, [])):
        watch.note(names, at)
    history = history_of(blind("alertmanager", 10.0, 20.0), begin=0.0, end=100.0)
    assert unseen(ruleset, history, watch)[alerted] == ((10.0, 25.0),)
