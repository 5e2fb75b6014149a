"""Rules whose incident shows a label, and worlds that run them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.public_labels import PublicLabel
from tests.simulation.shop import shop_rules

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World

NAMES = (("eu-1", "Europe"), ("us-1", "North America"))


def regional_rules(
    *,
    display: tuple[tuple[str, str], ...] | None = None,
    group_by: tuple[str, ...] = (),
    summary: bool = False,
) -> RuleSet:
    """The shop's rules, whose incident tells the region of its alerts, and the annotation `summary` if asked."""
    rules = shop_rules()
    (incident,) = rules.incidents
    told = replace(
        incident,
        title="Checkout is having problems[ in {region}]",
        texts=replace(
            incident.texts,
            investigating="We look into {components}[ for customers in {region}]."
            + ("[ {summary}]" if summary else ""),
            monitoring="Checkout recovers[ in {region}].",
            resolved="Checkout works[ in {region}] again.",
        ),
        group_by=group_by,
        public_labels=(
            PublicLabel("region", display),
            *((PublicLabel("summary", annotation=True),) if summary else ()),
        ),
    )
    return replace(rules, incidents=(told,))


def told(world: World) -> dict[str, list[str]]:
    """The bodies told in each incident, oldest first, by its name."""
    return {
        str(incident.name): [str(update.body) for update in incident.updates]
        for incident in world.simulator.incidents(world.page_id)
    }
