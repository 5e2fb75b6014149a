"""`bridge explain --store`: the past as a store's file has it, while the daemon is down. Reads the file and claims nothing; what the rules are, and what the page shows now, it cannot know."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bridge.cli.exits import WrongUseError
from bridge.clock import read_wall_clock
from bridge.core.recollection import Subject
from bridge.core.signals import NO_LABELS
from bridge.store.known_names import known_names, known_pages
from bridge.store.onlooker import onlooking
from bridge.store.past import recorded
from bridge.web.explained_instants import InstantError, asked_instant
from bridge.web.explanation_names import UnknownNameError, group_of, near
from bridge.web.instants import instant
from bridge.web.past_documents import past_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.signals import Labels
    from bridge.store.known_names import Known


def explain_from(url: str, name: str, *, at: str | None, page: str | None) -> dict[str, Any]:
    """The same document as the daemon's.

    Args:
        url: of the store, as for the daemon.
        name: of a component or an incident, as the rules name it, or its id.
        at: the instant; None for the journal's last line.
        page: its name; None where the store knows one page alone.

    Raises:
        WrongUseError: the instant is none.
        UnknownNameError: the store knows no such name or page.
        StoreError: the store cannot be read.
    """
    with onlooking(url) as store:
        of_page = _page(store.ask(known_pages), page)
        known = store.ask(partial(known_names, page=of_page))
        until = known.ends_at
        if at is not None:
            try:
                until = asked_instant(at, read_wall_clock(), lambda wall: wall)
            except InstantError as error:
                raise WrongUseError(str(error)) from None
        subjects = list(_subjects(known, name))
        if not subjects:
            there = [*known.components, *known.incident_rules]
            raise UnknownNameError(
                f"the store knows no component and no incident {name}; near are: {near(name, there)}"
            )
        names = {one for subject in subjects for one in subject.components}
        past = store.ask(partial(recorded, page=of_page, names=names, until=until))
    if past.begins_at is None or until < past.begins_at:
        raise UnknownNameError(f"the journal begins at {instant(past.begins_at, 0.0)}")
    return {
        "page": of_page,
        "at": instant(until, 0.0),
        "live": False,
        "accounts": [past_document(one, past, until, offset=0.0, rules={}) for one in subjects],
    }


def _page(pages: tuple[str, ...], page: str | None) -> str:
    if page is None and len(pages) == 1:
        return pages[0]
    if page is None:
        raise WrongUseError(f"--page: which page? The store knows: {', '.join(pages) or 'none'}")
    if page not in pages:
        raise UnknownNameError(f"the store knows no page {page}; near are: {near(page, list(pages))}")
    return page


def _subjects(known: Known, name: str) -> Iterator[Subject]:
    component_id = name.removeprefix("id:")
    named = [
        one for one, bound in known.components.items() if name == one or (bound and bound == component_id)
    ]
    named = named or [one for one in known.components if one.rpartition(" / ")[2] == name]
    for one in dict.fromkeys(named):
        yield Subject(one, _aliases(known, one), known.components[one])
    rule, brace, _ = name.partition("{")
    group = group_of(name[len(rule) :]) if brace else None
    for of, its in _places(known, rule.strip(), name, group):
        covered = next((one.components for one in known.incidents if (one.rule, one.group) == (of, its)), ())
        aliases = frozenset(alias for component in covered for alias in _aliases(known, component))
        ids = frozenset(one.incident_id for one in known.told if one.place == (of, its) and one.incident_id)
        called = f"{of}{its!r}" if its else of
        yield Subject(called, aliases, rules=frozenset((of,)), group=its, incident_ids=ids)


def _places(known: Known, rule: str, name: str, group: Labels | None) -> Iterator[tuple[str, Labels]]:
    """Rules with their groups that a name means."""
    places: dict[tuple[str, Labels], None] = {}
    for told in known.told:
        if told.incident_id == name:
            places[told.place] = None
    for memory in known.incidents:
        if memory.rule == rule and group in {None, memory.group}:
            places[memory.rule, memory.group] = None
    if not places and rule in known.incident_rules:
        places[rule, group or NO_LABELS] = None
    yield from places


def _aliases(known: Known, name: str) -> frozenset[str]:
    component_id = known.components.get(name, "")
    same = (one for one, bound in known.components.items() if component_id and bound == component_id)
    return frozenset((name, *same))
