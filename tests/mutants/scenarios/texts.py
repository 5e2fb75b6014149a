"""Scenarios about what is said in public of labels: one that must not be published, one with what nobody sees and with markup, and markup that hides the one from who looks for it."""

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


def an_annotation_that_nobody_lists() -> list[str]:
    """I10: one annotation is listed; another, by the name of a label that is listed, is not, and reaches no write."""
    with opened(regional_rules(summary=True)) as (world, _):
        one = alert("CheckoutErrors", firing=True, since=world.now(), region="eu")
        one["annotations"] = {"summary": "Orders fail.", "region": "the cellar"}
        world.send_alerts([one])
        world.run_for(FOR + LONG)
        said = [str(arrival.body) for arrival in world.simulator.arrivals if arrival.token == TOKEN]
    assert any("Orders fail." in text for text in said)
    return [f"I10: an annotation left in a public text: {text}" for text in said if "cellar" in text]


def public_labels_in_which_markup_hides_an_address() -> list[str]:
    """I10: an address in the last of many values reaches no write, whatever order the page would show them in."""
    said = _said_of("|10.1.2.3", *(f'"{letter}' for letter in "abcde"))
    return [f"I10: an address left in a public text: {text}" for text in said if "10.1.2.3" in text]
