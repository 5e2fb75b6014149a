"""Scenarios about what is said in public of labels. The first has a label that must not be published; the second has one with what nobody sees and with markup."""

from __future__ import annotations

from bridge.simulation.world import TOKEN, alert
from tests.mutants.scenarios.staging import LONG, opened
from tests.simulation.public_texts import regional_rules
from tests.simulation.shop import FOR


def _said_of(*regions: str) -> list[str]:
    """What the daemon writes of an outage in these regions."""
    with opened(regional_rules()) as (world, _):
        since = world.now()
        world.send_alerts(
            [alert("CheckoutErrors", firing=True, since=since, region=region) for region in regions]
        )
        world.run_for(FOR + LONG)
        return [
            str(arrival.body)
            for arrival in world.simulator.arrivals
            if arrival.token == TOKEN and arrival.method in {"POST", "PATCH"}
        ]


def a_public_label_that_leaks() -> list[str]:
    """I10: an address, an internal name and a secret in a label that a rule lists reach no write."""
    secrets = ("10.1.2.3", "db-1.prod.internal", "password=hunter2")
    return [
        f"I10: {secret} left in a public text"
        for secret in secrets
        for said in _said_of(secret)
        if secret in said
    ]


def a_public_label_with_markup() -> list[str]:
    """I10: a tag, and characters that nobody sees, reach no write."""
    said = _said_of("<b>eu</b>", "u\u202es")
    return [
        f"I10: {what!r} left in a public text"
        for what in ("<b>", "\u202e", "\\u202e")
        if what in "".join(said)
    ]
