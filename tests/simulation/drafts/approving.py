"""What the scenarios of drafts share: a shop whose incident waits for a person, and that person."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bridge.core.rules import WhileDrafted
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import WorldSettings
from bridge.web.draft_documents import drafts_document
from tests.simulation.adversity.interference import claim, prompt_rules
from tests.simulation.commands.operating import accepted, answered, operated
from tests.simulation.shop import API, EVERYTHING_AT_ONCE, WEB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.drafts import Draft
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import Told, World
    from tests.simulation.adversity.interference import Interference


def drafting_rules(
    *,
    publish_after: float | None = None,
    while_drafted: WhileDrafted = WhileDrafted.NOW,
    automation: Automation = Automation.DRAFT,
) -> RuleSet:
    """The shop's rules without any waiting, but for a person."""
    rules = prompt_rules()
    incidents = tuple(
        replace(
            rule, automation=automation, publish_after=publish_after, components_while_drafted=while_drafted
        )
        for rule in rules.incidents
    )
    return replace(rules, incidents=incidents)


def wider_rules() -> RuleSet:
    """The same, with an alert that breaks the other component of the incident, and one that makes the first mildly worse."""
    rules = drafting_rules()
    more = claim("web-alert", WEB, "WebErrors", ComponentStatus.MAJOR_OUTAGE)
    milder = claim("api-slow", API, "ApiSlow", ComponentStatus.PARTIAL_OUTAGE)
    components = tuple(
        replace(rule, for_=0.0, keep_firing_for=0.0) for rule in (*rules.components, more, milder)
    )
    return replace(rules, components=components)


WITH_DRAFT = drafting_rules(while_drafted=WhileDrafted.WITH_DRAFT)


@contextmanager
def drafting(
    rules: RuleSet | None = None, settings: WorldSettings | None = None
) -> Iterator[tuple[World, Interference]]:
    """A world that has read its page, and drafts its incident."""
    with operated(rules or drafting_rules(), settings or WorldSettings(plan=EVERYTHING_AT_ONCE)) as opened:
        yield opened


def drafts(world: World) -> list[Draft]:
    """What is remembered of drafts, the discarded among them."""
    assert world.engine is not None
    (page,) = world.engine.pages
    return list(page.drafts.values())


def listed(world: World) -> list[dict[str, Any]]:
    """The drafts as an operator reads them."""
    assert world.engine is not None
    (page,) = world.engine.pages
    return drafts_document(page, 0.0)


def the_draft(world: World) -> dict[str, Any]:
    """The only one that waits, as an operator reads it."""
    (draft,) = listed(world)
    return draft


def approve(world: World, draft: dict[str, Any] | None = None) -> Told:
    """Approve what was read; by default, what is there now."""
    draft = draft or the_draft(world)
    return accepted(world, "draft_approve", draft=draft["draft"], hash=draft["hash"])


def refused(world: World, command: str, draft: dict[str, Any]) -> str:
    """Why a command about a draft is not obeyed."""
    told = answered(world, command, draft=draft["draft"], hash=draft["hash"])
    assert told.status == 422, told.answer
    return str(told.answer["error"])


def journal(world: World, *reasons: str) -> list[tuple[str, object]]:
    """What was written down about drafts: reason, and why one was withdrawn."""
    return [
        (str(entry.reason), entry.detail.get("because"))
        for _, entry in world.database.journal(limit=100_000)
        if entry.reason in reasons and "draft" in entry.detail
    ]
