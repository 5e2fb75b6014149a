"""Rules whose component is named otherwise in the files now: they are the rules of before, and their holds go on.

A rule's id holds its component's name, so a new name for the same component of the page would end every claim on it while its alerts fire. Which names mean one component is what was bound.
Pure; what moves is left to `bridge.core.renames`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.rules import RuleId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.page import Page
    from bridge.core.rules import ComponentName, RuleSet

_ID = "id:"


def with_former_names(page: Page, ruleset: RuleSet, remembered: Iterable[RuleId]) -> RuleSet:
    """The rules, each with the ids that it had by other names of its component.

    Args:
        page: what was bound on it.
        ruleset: the rules of now.
        remembered: the ids of rules of which a hold is remembered.
    """
    ids = {rule.id: rule.id for rule in ruleset.components}
    known = {**ruleset.former_rules, **ids}
    lost = set(remembered) - known.keys()
    if not lost:
        return ruleset
    names: dict[str, list[ComponentName]] = {}
    for name in ruleset.component_names:
        if component_id := _bound_now(page, ruleset, name):
            names.setdefault(component_id, []).append(name)
    was: dict[RuleId, list[RuleId]] = {}
    for rule in sorted(lost):
        for component_id, own in _meant(page, rule):
            for name in names.get(component_id, ()):
                now = known.get(RuleId(f"{name}:{own}"))
                if now is not None:
                    was.setdefault(now, []).append(rule)
    components = tuple(
        replace(rule, was=(*rule.was, *was[rule.id])) if rule.id in was else rule
        for rule in ruleset.components
    )
    return replace(ruleset, components=components) if was else ruleset


def _bound_now(page: Page, ruleset: RuleSet, name: ComponentName) -> str | None:
    """The id that a name means, as far as that is certain, before the page was read too."""
    if name.startswith(_ID):
        return name.removeprefix(_ID)
    return ruleset.component_ids.get(name) or page.component_ids.get(name) or page.component_id(name)


def _meant(page: Page, rule: RuleId) -> Iterator[tuple[str, str]]:
    """The component ids that a rule's id may begin with, each with what is left of it."""
    for name, component_id in page.component_ids.items():
        if rule.startswith(f"{name}:"):
            yield component_id, rule[len(name) + 1 :]
    if rule.startswith(_ID):
        component_id, _, own = rule.removeprefix(_ID).partition(":")
        yield component_id, own
