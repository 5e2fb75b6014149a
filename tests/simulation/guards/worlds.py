"""Worlds in which something changes that a guard looks at: the page behind the settings, the cap, the rule files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.matching import parse_matchers
from bridge.core.rules import ComponentName, ComponentRule, MetricRule, RuleId, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.errors import BridgeError
from bridge.simulation.world import PAGE, TOKEN, World, WorldSettings
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from tests.simulation.adversity.interference import Interference, prompt_rules
from tests.simulation.shop import EVERYTHING_AT_ONCE, PROBE, SEARCH, status

if TYPE_CHECKING:
    from bridge.engine.engine import Engine, PageSetup
    from bridge.simulator.ledgers import Arrival

A_LITTLE = 30.0
"""Virtual seconds in which a start reads the page, or a decided change has reached it."""

SIX = tuple(ComponentName(f"Service {number}") for number in range(6))
"""One more than a reload may change by default."""


def service(name: ComponentName, alertname: str = "ServicesDown", *, for_: float = 0.0) -> ComponentRule:
    """A rule by which one alert breaks a service."""
    return ComponentRule(
        RuleId(f"{name}:{alertname}"),
        name,
        parse_matchers(f'alertname="{alertname}"'),
        ComponentStatus.PARTIAL_OUTAGE,
        for_=for_,
        keep_firing_for=0.0,
        automation=Automation.FULL,
    )


FEW = prompt_rules(*map(service, SIX[:5]))
ALL = prompt_rules(*map(service, SIX))
NONE = prompt_rules()
LATER = replace(NONE, components=(*NONE.components, *(service(name, "DiskFull", for_=300.0) for name in SIX)))
"""Other rules for the same services, on an alert that fires already and would be held."""
OTHER = prompt_rules(*(service(name, "Other") for name in SIX))
"""For the same services, on an alert that does not fire."""
WITHOUT_INCIDENT = replace(ALL, incidents=())


MANY = tuple(f"Service {number}" for number in range(40))
"""So many that writing them all takes a while."""


class TwoPages(World):
    """A world with a second page, to which the settings may be turned."""

    def __init__(self) -> None:
        rules = replace(prompt_rules(), metrics=(MetricRule("Latency", PROBE.latency),))
        super().__init__(7, rules, WorldSettings(probes=(PROBE,), metrics=("Latency",)))
        self.hand = self.network = Interference(self)
        self.other = self.simulator.add_page("Other", now=self.now() - 86_400.0)
        for name in ("API", "Web"):
            self.simulator.add_component(self.other, name, group="Checkout", now=self.now())
        self.simulator.add_component(self.other, "Search", now=self.now())
        self.served = self.page_id
        self.address = 0
        """Of the server; another number is another one in the settings."""

    def setups(self) -> list[PageSetup]:
        """The one page of the settings, with the id that they give now."""
        (setup,) = super().setups()
        door = StatuspageDoor(StatuspageClient(self.network.transport(TOKEN), self.served), setup.name)
        return [
            replace(setup, page_id=self.served, statuspage=door, reached_by=f"{self.address} {self.served}")
        ]

    def restart(self) -> None:
        """A stop and a start, as after a change of the settings."""
        self.crash()
        self.run_for(3.0)
        self.start()

    def made_anew(self, *, by: float) -> None:
        """The settings name another server, which has a page of the same id."""
        self.address += 1
        self.simulator.page(self.page_id).created_at += by

    def writes(self) -> list[Arrival]:
        """Everything that arrived and was no reading."""
        return [arrival for arrival in self.simulator.arrivals if arrival.method != "GET"]

    def held(self) -> tuple[str, ...]:
        """What guards hold, as readiness says it."""
        assert self.engine is not None
        return self.engine.held()


class CappedWorld(World):
    """A world with a level that is asked for, as it is asked of a file."""

    def __init__(self) -> None:
        rules = prompt_rules()
        pattern = next(rule for rule in rules.components if rule.component == SEARCH)
        made = (replace(pattern, id=RuleId(name), component=ComponentName(name)) for name in MANY)
        rules = replace(
            rules, components=(*rules.components, *made), metrics=(MetricRule("Latency", PROBE.latency),)
        )
        components = (*WorldSettings().components, *MANY)
        super().__init__(
            7,
            rules,
            WorldSettings(
                components=components, probes=(PROBE,), metrics=("Latency",), plan=EVERYTHING_AT_ONCE
            ),
        )
        self.hand = self.network = Interference(self)
        self.level: Automation | None = Automation.FULL

    def ask(self) -> Automation:
        """The level of now; None for a file that holds none."""
        if self.level is None:
            raise BridgeError("the file holds no level")
        return self.level

    def setups(self) -> list[PageSetup]:
        """With the level."""
        return [replace(setup, automation_max=self.ask) for setup in super().setups()]

    def begun_since(self, at: float) -> list[str]:
        """The writes that left since then."""
        return [
            f"{method} {path}" for begun, method, path in self.hand.requests if begun > at and method != "GET"
        ]


class ReloadedWorld(World):
    """A world whose rule files can be changed, while the daemon runs and while it does not."""

    def __init__(self, rules: RuleSet = ALL, *, seed: int = 7) -> None:
        super().__init__(
            seed,
            rules,
            WorldSettings(components=(*WorldSettings().components, *SIX), plan=EVERYTHING_AT_ONCE),
        )
        self.digest = "first"

    def setups(self) -> list[PageSetup]:
        """With the digest of the files as they are now."""
        return [replace(setup, rules_digest=self.digest) for setup in super().setups()]

    @property
    def running(self) -> Engine:
        """The daemon's engine."""
        assert self.engine is not None
        return self.engine

    def offer(self, rules: RuleSet, digest: str) -> tuple[str, ...]:
        """Reload, as the daemon does. Returns the objections."""
        weighed = self.running.trial({PAGE: rules})()
        objections = self.running.objections(weighed, digest)
        if not objections:
            with self.loop.outside():
                self.running.replace_rules({PAGE: rules}, digest)
            self.ruleset, self.digest = rules, digest
        return objections

    def restart(self, rules: RuleSet, digest: str) -> None:
        """A stop, and a start with these files."""
        self.crash()
        self.run_for(3.0)
        self.ruleset, self.digest = rules, digest
        self.start()
        self.run_for(A_LITTLE)

    def broken(self) -> int:
        """How many services the page shows as broken."""
        return sum(status(self, name) == "partial_outage" for name in SIX)
