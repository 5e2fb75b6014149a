"""What a person means by a name that is to be explained: components and incidents, by the names of rule files and of the page, and by ids. Must not know what is explained of them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from bridge.core.incident_explanation import said_place
from bridge.core.matching import MatcherSyntaxError, MatchOperator, parse_matchers
from bridge.core.observed import resolve_component
from bridge.core.recollection import Subject
from bridge.core.rules import ComponentName, IncidentRuleId
from bridge.core.signals import NO_LABELS, Labels
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.desired import IncidentPlace
    from bridge.core.page import Page

NEAR = 5
"""Names that are told where one is wrong."""


class UnknownNameError(BridgeError):
    """Nothing of the page is called so; the text says what comes close."""


def named_components(page: Page, name: str) -> tuple[ComponentName, ...]:
    """The components that a name means: as rule files write it, as the page shows it, or an id, with `id:` before it or without. Several where that is not certain."""
    if name in page.ruleset.component_names:
        return (ComponentName(name),)
    components = page.observed.components
    ids = (name,) if name in components else resolve_component(ComponentName(name), components)
    by_id = {page.component_id(one): one for one in page.ruleset.component_names}
    return tuple(by_id.get(one, ComponentName(components[one].display_name)) for one in ids)


def named_incidents(page: Page, name: str) -> tuple[IncidentPlace, ...]:
    """The incidents that a name means: by rule, with its group or for all groups that there were; or by its id on the page.

    Raises:
        UnknownNameError: the braces hold no group of that rule.
    """
    of_id = tuple(dict.fromkeys(_by_id(page, name)))
    if of_id:
        return of_id
    rule, brace, _ = name.partition("{")
    places = tuple(_of_rule(page, IncidentRuleId(rule.strip())))
    if not brace or not places:
        return places
    group = _group(page, IncidentRuleId(rule.strip()), name[len(rule) :])
    return ((places[0][0], group),)


def require_known(page: Page, name: str) -> tuple[tuple[ComponentName, ...], tuple[IncidentPlace, ...]]:
    """What a name means.

    Raises:
        UnknownNameError: nothing.
    """
    components, incidents = named_components(page, name), named_incidents(page, name)
    if components or incidents:
        return components, incidents
    shown = [one.display_name for one in page.observed.components.values()]
    there = dict.fromkeys([*page.ruleset.component_names, *shown, *page.ruleset.incident_rules])
    raise UnknownNameError(
        f"{page.name} has no component and no incident {name}; near are: {near(name, list(there))}"
    )


def component_subject(page: Page, name: ComponentName) -> Subject:
    """A component by everything that the journal may call it."""
    component_id = page.component_id(name)
    return Subject(name, frozenset(_aliases(page, name)), component_id or "")


def incident_subject(page: Page, place: IncidentPlace) -> Subject:
    """An incident by everything that the journal may call it, and what it covers."""
    rule, memory = page.ruleset.incident_rules.get(place[0]), page.desired.incidents.get(place)
    names = (
        *(rule.components if rule is not None else ()),
        *(memory.components if memory is not None else ()),
    )
    former = page.ruleset.incident_names.get(place[0], ())
    told = page.incidents_told.get(page.key(place))
    return Subject(
        said_place(place),
        frozenset(alias for name in names for alias in _aliases(page, name)),
        rules=frozenset((place[0], *former)),
        group=place[1],
        incident_ids=frozenset((told.incident_id,) if told is not None and told.incident_id else ()),
    )


def _aliases(page: Page, name: ComponentName) -> Iterator[str]:
    """The names of a component: in the rules of now and of before, and on the page."""
    yield name
    component_id = page.component_id(name)
    if component_id is None:
        return
    yield from (one for one, bound in page.component_ids.items() if bound == component_id)
    observed = page.observed.components.get(component_id)
    if observed is not None:
        yield observed.display_name


def near(name: str, there: list[str]) -> str:
    """The names that come close to one, for a person."""
    found = difflib.get_close_matches(name, there, NEAR, 0.4)
    if not found:
        # A part of a long name is like none of them by its letters.
        found = [one for one in there if name.casefold() in one.casefold()]
    return ", ".join((found or sorted(there))[:NEAR]) or "none"


def _by_id(page: Page, name: str) -> Iterator[IncidentPlace]:
    for told in page.incidents_told.values():
        if told.incident_id == name:
            yield page.place_now(told.place)
    observed = page.observed.incidents.get(name)
    place = page.places().get(observed.key) if observed is not None and observed.key is not None else None
    if place is not None:
        yield place


def _of_rule(page: Page, rule: IncidentRuleId) -> Iterator[IncidentPlace]:
    """Every group of which there was an incident; the one without labels where there was none."""
    now = page.ruleset.former_incidents.get(rule, rule)
    remembered = [place for place in page.desired.incidents if place[0] == now]
    if remembered:
        yield from remembered
    elif now in page.ruleset.incident_rules:
        yield now, NO_LABELS


def _group(page: Page, rule: IncidentRuleId, text: str) -> Labels:
    now = page.ruleset.former_incidents.get(rule, rule)
    found = page.ruleset.incident_rules.get(now)
    names = found.group_by if found is not None else ()
    takes = f"write {rule}{{{', '.join(f'{name}=…' for name in names)}}}" if names else f"write {rule} alone"
    group = group_of(text, takes)
    if not set(group) <= set(names):
        raise UnknownNameError(f"{rule} has no group {text}; {takes}")
    return group


def group_of(text: str, takes: str = 'write it as in {region="eu"}') -> Labels:
    """The group that a text in braces names.

    Raises:
        UnknownNameError: it names none; `takes` says what would.
    """
    try:
        matchers = parse_matchers(text)
    except MatcherSyntaxError as error:
        raise UnknownNameError(f"{text} is no group: {error}; {takes}") from None
    if any(one.operator is not MatchOperator.EQUAL for one in matchers):
        raise UnknownNameError(f"{text} is no group; {takes}")
    return Labels({one.name: one.value for one in matchers})
