"""Silences: signals that one covers raise nothing and lower nothing while it lasts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.matching import parse_matchers
from bridge.core.silences import Silence
from bridge.core.windows import Span
from bridge.simulation.world import EPOCH, WorldSettings
from bridge.sources.alertmanager import RESOLVED_KEPT
from tests.mutants.scenarios.staging import LONG, opened, restarted, shows
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import SEARCH, fire, resolve

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet

BEGINS = 600.0
ENDS = 9000.0
"""Seconds after a world's beginning."""

EXPIRY = 1200.0
"""Seconds for which an alert that nobody repeats is believed. One that has ended is remembered for an hour: less than the silence lasts."""


def silent_rules() -> RuleSet:
    """The shop, with Search silent for more than two hours."""
    window = Span(EPOCH + BEGINS, EPOCH + ENDS)
    silence = Silence(parse_matchers('alertname="SearchErrors"'), window, "We rebuild the index")
    return replace(prompt_rules(), silences=(silence,))


def an_outage_in_a_silence() -> list[str]:
    """I5: it is shown when it outlasts the silence, and not before."""
    with opened(silent_rules(), WorldSettings(alert_expiry=EXPIRY)) as (world, _):
        world.run_for(BEGINS)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        found = shows(world, SEARCH, "operational")
        world.run_for(EPOCH + ENDS - LONG - world.now())
        fire(world, "SearchErrors")
        world.run_for(LONG / 2)
        found += shows(world, SEARCH, "operational")
        world.run_for(LONG)
        return found + shows(world, SEARCH, "partial_outage")


def an_outage_that_ends_in_a_silence() -> list[str]:
    """I14: what is not known is no recovery, through a restart too; it is one when the silence is over."""
    with opened(silent_rules(), WorldSettings(alert_expiry=EXPIRY)) as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(BEGINS)
        resolve(world, "SearchErrors", since)
        world.run_for(RESOLVED_KEPT + LONG)
        restarted(world)
        world.run_for(EPOCH + ENDS - LONG - world.now())
        found = shows(world, SEARCH, "partial_outage", invariant="I14")
        world.run_for(2 * LONG)
        return found + shows(world, SEARCH, "operational")
