"""`group_by` is edited while an alert fires. That says nothing about the component, and nothing about the incident that is open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.people import orphans
from bridge.core.rule_changes import trial_of
from bridge.simulation.world import alert
from tests.simulation.adversity.test_renamed_rules import HOW, changed
from tests.simulation.commands.operating import LONG, accepted, operated
from tests.simulation.shop import API, MONITOR_FOR, incident_id, notified, shop_rules, status, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World

GROUPINGS = pytest.mark.parametrize(
    ("before", "after"),
    [((), ("region",)), (("region",), ()), (("region",), ("region", "zone")), (("region",), ("zone",))],
    ids=["finer", "coarser", "finer still", "otherwise"],
)
REGION = {"region": "eu", "zone": "a"}
FOR, KEEP_FIRING_FOR = 300.0, 0.0
"""With a hold that is longer than what is kept, a claim that began anew would leave the component green in between."""


def grouped(*labels: str) -> RuleSet:
    rules = shop_rules()
    components = tuple(replace(rule, for_=FOR, keep_firing_for=KEEP_FIRING_FOR) for rule in rules.components)
    (incident,) = rules.incidents
    return replace(rules, components=components, incidents=(replace(incident, group_by=labels),))


def tell(world: World, since: float, *regions: str, firing: bool = True) -> None:
    until = 0.0 if firing else world.now()
    world.send_alerts(
        [
            alert("CheckoutErrors", firing=firing, since=since, until=until, region=region, zone="a")
            for region in regions or ("eu",)
        ]
    )


def shown_for(world: World, seconds: float) -> set[str]:
    """What the component shows meanwhile."""
    shown = set()
    for _ in range(int(seconds / 10.0)):
        world.run_for(10.0)
        shown.add(status(world, API))
    return shown


@HOW
@GROUPINGS
def test_the_component_and_the_incident_stay_while_the_alert_fires(
    before: tuple[str, ...], after: tuple[str, ...], how: str
) -> None:
    with operated(grouped(*before)) as (world, _):
        since = world.now()
        tell(world, since)
        world.run_for(FOR + LONG)
        assert (status(world, API), updates(world)) == ("major_outage", [["investigating"]])
        changed(world, grouped(*after), how)
        assert shown_for(world, FOR + MONITOR_FOR + 3 * LONG) == {"major_outage"}
        assert (updates(world), notified(world)) == ([["investigating"]], ["investigating"])
        assert world.engine is not None
        assert [one.incident_id for one in orphans(world.engine.pages[0])] == [incident_id(world)]


@GROUPINGS
def test_an_operator_has_it_go_on_in_its_new_group(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with operated(grouped(*before)) as (world, _):
        since = world.now()
        tell(world, since)
        world.run_for(FOR + LONG)
        changed(world, grouped(*after), "by a reload")
        world.run_for(LONG)
        group = {label: REGION[label] for label in after}
        accepted(world, "adopt", incident=incident_id(world), rule="checkout", group=group)
        world.run_for(LONG)
        tell(world, since, firing=False)
        world.run_for(MONITOR_FOR + 2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        assert (status(world, API), notified(world)) == ("operational", ["investigating", "resolved"])


@GROUPINGS
def test_what_has_ended_is_lowered_as_before(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with operated(grouped(*before)) as (world, _):
        since = world.now()
        tell(world, since)
        world.run_for(FOR + LONG)
        changed(world, grouped(*after), "by a reload")
        world.run_for(LONG)
        tell(world, since, firing=False)
        world.run_for(LONG)
        assert status(world, API) == "operational"


def test_a_reload_that_would_group_otherwise_waits_for_a_confirmation_and_says_why() -> None:
    with operated(grouped("region")) as (world, _):
        tell(world, world.now())
        world.run_for(FOR + LONG)
        assert world.engine is not None
        (reconciler,) = world.engine.reconcilers.values()
        for labels, orphaned in (
            (("region",), ()),
            ((), (incident_id(world),)),
            (("zone",), (incident_id(world),)),
        ):
            weighed = trial_of(reconciler.page, reconciler.state, grouped(*labels), world.now()).run()
            assert tuple(one for _, one in weighed.orphans) == orphaned
            assert weighed.exceeds(100) is bool(orphaned)
            told = f"incident {incident_id(world)} is open, and its rule checkout would group by other labels"
            assert (told in weighed.texts()) is bool(orphaned)


def test_another_incident_that_groups_the_same_component_changes_nothing_of_the_first() -> None:
    with operated(grouped()) as (world, _):
        since = world.now()
        tell(world, since)
        world.run_for(FOR + LONG)
        rules = grouped()
        (incident,) = rules.incidents
        other = replace(incident, id=type(incident.id)("regional"), components=(API,), group_by=("region",))
        changed(
            world,
            replace(rules, incidents=(incident, replace(other, automation=other.automation.SHADOW))),
            "by a reload",
        )
        assert shown_for(world, FOR + 2 * LONG) == {"major_outage"}
        assert updates(world) == [["investigating"]]
        tell(world, since, firing=False)
        world.run_for(MONITOR_FOR + 2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


def test_a_region_that_ended_before_holds_nothing_up() -> None:
    with operated(grouped("region")) as (world, _):
        since = world.now()
        tell(world, since, "eu", "us")
        world.run_for(FOR + LONG)
        tell(world, since, "us", firing=False)
        changed(world, grouped(), "by a reload")
        assert shown_for(world, FOR + LONG) == {"major_outage"}
        tell(world, since, "eu", firing=False)
        world.run_for(LONG)
        assert status(world, API) == "operational"
