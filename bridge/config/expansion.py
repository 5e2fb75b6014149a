"""Component rules for each component that they claim. Must not know how a rule is written, nor what the page has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.formers import check_formers
from bridge.config.names import by_pattern, is_group
from bridge.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.config.declared_page import DeclaredPage
    from bridge.config.observed_names import Observed
    from bridge.config.problems import Place, Placed, Problems
    from bridge.config.targets import Target
    from bridge.core.rules import ComponentName, ComponentRule, RuleId

MAXIMUM_RULES = 20_000
"""Of one page, with each component of a rule over several counted."""


def expanded_rules(page: DeclaredPage, there: Observed, problems: Problems) -> tuple[ComponentRule, ...]:
    """The rules of a page, those over several components once for each; faulty ones are left out, and reported."""
    places: dict[RuleId, Place] = {}
    formers: list[Placed[RuleId]] = []
    compiled: list[ComponentRule] = []
    patterns = by_pattern(dict.fromkeys(component.value for component in page.components))
    for declared in page.rules:
        _check_target(declared.target, patterns, problems)
        for component, about in declared.target.expanded(patterns):
            if len(compiled) == MAXIMUM_RULES:
                message = f"more than {MAXIMUM_RULES:,} rules on one page, each component's counted"
                problems.add(declared.place, message)
                return tuple(compiled)
            identifier = declared.id(component)
            first = places.setdefault(identifier, declared.place) if identifier else declared.place
            if first is not declared.place:
                what = f"the rule {shown(identifier or '')}"
                problems.add_twice(declared.place, what, first, "give one of them an id of its own")
            formers.extend(declared.formers(component))
            rule = declared.compiled(component, about, there, problems)
            if rule is not None:
                compiled.append(rule)
    check_formers(formers, places, problems, what="rule")
    _check_bare(page, patterns, problems)
    return tuple(compiled)


def _check_target(
    target: Target, patterns: Mapping[str, tuple[ComponentName, ...]], problems: Problems
) -> None:
    if target.label or target.pattern in patterns or problems.incomplete:
        return
    message = f"no component is named for which {shown(target.pattern)} stands"
    hint = "name those of the group, such as Checkout / API: []"
    known = [pattern for pattern in patterns if is_group(pattern)]
    problems.add_unknown(target.place, message, word=target.pattern, known=known, hint=hint)


def _check_bare(
    page: DeclaredPage, patterns: Mapping[str, tuple[ComponentName, ...]], problems: Problems
) -> None:
    claimed = {name for rule in page.rules for name, _ in rule.target.expanded(patterns)}
    for component in page.bare:
        if component.value not in claimed and not problems.incomplete:
            message = f"no rule claims {shown(component.value)}"
            problems.add(component.place, message, "list rules below it, or leave it out")
