"""Several alerts about one thing, alerts that come and go, and alerts that change how bad they are."""

from __future__ import annotations

import pytest

from tests.simulation.peers.shops import (
    FOR,
    KEEP_FIRING_FOR,
    LONG,
    MONITOR_FOR,
    breaks,
    mails,
    mended,
    shop,
    shown,
    told,
    writes,
)
from tests.simulation.shop import API, WEB, status

CHECKOUT = """
components:
  Checkout / API:
    - {alert: ApiErrors, status: major_outage}
    - {alert: ApiLatency, status: partial_outage}
incidents:
  - {id: checkout, components: [Checkout / API], title: Checkout is down}
"""

LADDER = """
components:
  Checkout / API:
    - alert: ApiErrors
      keep_firing_for: 0s
      for: 0s
      status: {severity: {warning: degraded_performance, critical: partial_outage}}
incidents:
  - {id: checkout, components: [Checkout / API], title: Checkout is down, open_at: degraded_performance}
"""

OVERLAP = """
components:
  Checkout / API:
    - {alert: ApiErrors, status: major_outage}
    - {alert: ApiLatency, status: degraded_performance, for: 0s}
  Checkout / Web:
    - {alert: WebDown, status: major_outage}
incidents:
  - {id: checkout, components: [Checkout / *], title: Checkout is down}
  - {id: orders, components: [Checkout / API], title: Orders fail, close_at: degraded_performance}
"""


def test_one_of_two_alerts_that_resolves_says_nothing_of_the_component() -> None:
    with shop(CHECKOUT) as world:
        errors, latency = breaks(world, "ApiErrors"), breaks(world, "ApiLatency")
        world.run_for(FOR + LONG)
        assert (status(world, API), told(world)) == ("major_outage", {"Checkout is down": ["investigating"]})
        begun = world.now()
        mended(world, "ApiErrors", errors)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert shown(world, API, begun) == ["partial_outage"]
        assert told(world) == {"Checkout is down": ["investigating"]}
        mended(world, "ApiLatency", latency)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert status(world, API) == "operational"
        assert mails(world) == [("Checkout is down", "investigating"), ("Checkout is down", "resolved")]


def test_the_same_alert_of_two_regions_ends_with_the_last() -> None:
    with shop(CHECKOUT) as world:
        eu, us = breaks(world, "ApiErrors", region="eu"), breaks(world, "ApiErrors", region="us")
        world.run_for(FOR + LONG)
        begun = world.now()
        mended(world, "ApiErrors", eu, region="eu")
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert writes(world, begun) == []
        mended(world, "ApiErrors", us, region="us")
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert told(world) == {"Checkout is down": ["investigating", "monitoring", "resolved"]}


def test_a_component_that_goes_between_degraded_and_partial_mails_once_for_the_worse() -> None:
    with shop(LADDER) as world:
        since = breaks(world, "ApiErrors", severity="warning")
        world.run_for(LONG)
        assert status(world, API) == "degraded_performance"
        for _ in range(4):
            worse = breaks(world, "ApiErrors", severity="critical")
            world.run_for(LONG)
            assert status(world, API) == "partial_outage"
            mended(world, "ApiErrors", worse, severity="critical")
            world.run_for(LONG)
            assert status(world, API) == "degraded_performance"
        mended(world, "ApiErrors", since, severity="warning")
        world.run_for(MONITOR_FOR + LONG)
        assert told(world) == {
            "Checkout is down": ["investigating", "investigating", "monitoring", "resolved"]
        }
        assert [status for _, status in mails(world)] == ["investigating", "investigating", "resolved"]
        (incident,) = world.simulator.incidents(world.page_id)
        assert incident.impact == "major"  # it was a partial outage, and is never said to have been less


def test_two_incidents_over_one_component_tell_each_its_own_and_neither_makes_it_green() -> None:
    with shop(OVERLAP) as world:
        web, errors = breaks(world, "WebDown"), breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        assert told(world) == {"Checkout is down": ["investigating"], "Orders fail": ["investigating"]}
        latency = breaks(world, "ApiLatency")
        begun = world.now()
        mended(world, "ApiErrors", errors)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert told(world) == {
            "Checkout is down": ["investigating"],
            "Orders fail": ["investigating", "monitoring", "resolved"],
        }
        assert shown(world, API, begun) == ["degraded_performance"]
        assert (status(world, API), status(world, WEB)) == ("degraded_performance", "major_outage")
        mended(world, "WebDown", web)
        mended(world, "ApiLatency", latency)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert (status(world, API), status(world, WEB)) == ("operational", "operational")
        assert sorted(mails(world)) == [
            (name, status)
            for name in ("Checkout is down", "Orders fail")
            for status in ("investigating", "resolved")
        ]


@pytest.mark.parametrize("seconds", [1.0, FOR / 2, FOR - 1.0])
def test_a_flap_shorter_than_for_never_reaches_the_page(seconds: float) -> None:
    with shop(CHECKOUT) as world:
        for _ in range(5):
            since = breaks(world, "ApiErrors")
            world.run_for(seconds)
            mended(world, "ApiErrors", since)
            world.run_for(10.0)
        world.run_for(FOR + LONG)
        assert (writes(world), told(world), mails(world)) == ([], {}, [])


@pytest.mark.parametrize("seconds", [1.0, KEEP_FIRING_FOR / 2, KEEP_FIRING_FOR - 1.0])
def test_a_recovery_shorter_than_keep_firing_for_changes_nothing(seconds: float) -> None:
    with shop(CHECKOUT) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        begun = world.now()
        for _ in range(3):
            mended(world, "ApiErrors", since)
            world.run_for(seconds)
            since = breaks(world, "ApiErrors")
            world.run_for(LONG)
        assert writes(world, begun) == []
        assert (status(world, API), told(world)) == ("major_outage", {"Checkout is down": ["investigating"]})


def test_a_recovery_shorter_than_monitor_for_returns_without_a_mail_and_is_no_second_incident() -> None:
    with shop(CHECKOUT) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        for _ in range(3):
            mended(world, "ApiErrors", since)
            world.run_for(KEEP_FIRING_FOR + MONITOR_FOR / 2)
            since = breaks(world, "ApiErrors")
            world.run_for(FOR + LONG)
        assert told(world) == {"Checkout is down": ["investigating", *["monitoring", "investigating"] * 3]}
        assert mails(world) == [("Checkout is down", "investigating")]
