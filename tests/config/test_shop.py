"""The example that ships, and that the demo runs, compiles to exactly this."""

from __future__ import annotations

from pathlib import Path

from bridge.config.compile import load_rules
from bridge.core.matching import Matcher, MatchOperator
from bridge.core.observation import HttpCheck, HttpExpectation, Poll, Probe
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    IncidentRule,
    IncidentRuleId,
    IncidentTexts,
    MetricRule,
    RuleId,
    RuleSet,
    Series,
    StatusLadder,
)
from bridge.core.signals import Labels
from bridge.core.statuses import Automation, ComponentStatus

RULES = Path(__file__).parents[2] / "rules"
VARIABLES = {"SHOP_URL": "http://127.0.0.1:8481", "SEARCH_URL": "http://127.0.0.1:8482"}

API = ComponentName("Checkout / API")
WEB = ComponentName("Checkout / Web")
ORDERS = "sum(rate(orders_total[5m])) * 60"


def equal(name: str, value: str) -> Matcher:
    return Matcher(name, MatchOperator.EQUAL, value)


EXPECTED = RuleSet(
    page="demo",
    components=(
        ComponentRule(
            id=RuleId("Checkout / API:CheckoutErrors"),
            component=API,
            matchers=(equal("alertname", "CheckoutErrors"),),
            status=StatusLadder(
                "severity",
                (
                    ("critical", ComponentStatus.MAJOR_OUTAGE),
                    ("warning", ComponentStatus.DEGRADED_PERFORMANCE),
                ),
            ),
            for_=2.0,
            keep_firing_for=3.0,
            automation=Automation.FULL,
        ),
        ComponentRule(
            id=RuleId("Checkout / Web:checkout-web"),
            component=WEB,
            matchers=(equal("probe", "checkout-web"),),
            status=ComponentStatus.MAJOR_OUTAGE,
            for_=2.0,
            keep_firing_for=3.0,
            automation=Automation.FULL,
        ),
        ComponentRule(
            id=RuleId("Search:SearchErrors"),
            component=ComponentName("Search"),
            matchers=(equal("alertname", "SearchErrors"),),
            status=ComponentStatus.PARTIAL_OUTAGE,
            for_=5.0,
            keep_firing_for=3.0,
            automation=Automation.FULL,
        ),
        ComponentRule(
            id=RuleId("Payments:PaymentErrors"),
            component=ComponentName("Payments"),
            matchers=(
                equal("alertname", "PaymentErrors"),
                Matcher("severity", MatchOperator.REGEX, "critical|page"),
                Matcher("environment", MatchOperator.NOT_EQUAL, "staging"),
            ),
            status=ComponentStatus.PARTIAL_OUTAGE,
            for_=2.0,
            keep_firing_for=3.0,
            automation=Automation.FULL,
        ),
    ),
    incidents=(
        IncidentRule(
            id=IncidentRuleId("checkout"),
            components=(API, WEB),
            title="Checkout is having problems",
            texts=IncidentTexts(
                investigating="Some customers cannot complete their orders. We are looking into {components}.",
                monitoring="Orders go through again. We keep watching.",
                resolved="Checkout works as usual again.",
            ),
            monitor_for=8.0,
            automation=Automation.FULL,
        ),
    ),
    metrics=(
        MetricRule("Checkout latency", Series("probe:checkout-web:latency")),
        MetricRule("Search availability", Series("probe:search:up")),
        MetricRule("Orders per minute", Series(f"query:main:{ORDERS}")),
    ),
)


def test_the_example_compiles_to_the_rules_that_the_demo_needs() -> None:
    loaded = load_rules(
        [RULES / "shop.yaml"], pages={"demo": "x"}, prometheuses={"main"}, variables=VARIABLES
    )
    assert loaded.rule_sets == {"demo": EXPECTED}
    assert loaded.polls == (Poll(Series(f"query:main:{ORDERS}"), ORDERS, "main", every=30.0),)
    assert loaded.warnings == ()


def test_the_example_declares_the_probes_of_the_demo() -> None:
    loaded = load_rules([RULES / "shop.yaml"], variables=VARIABLES)
    assert loaded.probes == (
        Probe(
            id="checkout-web",
            check=HttpCheck(
                "http://127.0.0.1:8481/healthz", expect=HttpExpectation(statuses=((200, 200),), within=0.8)
            ),
            every=2.0,
            timeout=1.0,
            labels=Labels({"team": "shop"}),
        ),
        Probe(id="search", check=HttpCheck("http://127.0.0.1:8482/healthz"), every=2.0, timeout=1.0),
    )


def test_alert_and_probe_claim_the_same_so_that_the_incident_never_escalates() -> None:
    (incident,) = EXPECTED.incidents
    worst = {rule.statuses[-1] for rule in EXPECTED.components if rule.component in incident.components}
    assert worst == {ComponentStatus.MAJOR_OUTAGE}


def test_every_duration_of_the_example_tells_what_production_would_use() -> None:
    text = (RULES / "shop.yaml").read_text(encoding="utf-8")
    timed = [
        line
        for line in text.splitlines()
        if line.strip().startswith(("for:", "keep_firing_for:", "monitor_for:", "timeout:", "every: 2s"))
    ]
    assert len(timed) == 13
    assert all("# production: " in line for line in timed)


def test_the_folder_of_examples_checks_clean_without_settings() -> None:
    assert load_rules([RULES]).warnings == ()
