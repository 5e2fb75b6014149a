"""What a name in the rule files means on the page: an id of `ids.lock.yaml`, else the one that the store remembers, else the only thing of that name.

A locked name is never guessed: where the lock and the page, or the lock and the store, say different things, it means nothing until a person has looked. Reads a page; knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.observed import ID_PREFIX, ListKind, resolve_component, resolve_metric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.page import Page
    from bridge.core.rules import ComponentName


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A locked name that means nothing now.

    Attributes:
        name: as the rule files have it.
        locked: the id that the lock gives it.
        remembered: the id that the store remembers, which is on the page too; empty where the locked one is not on the page.
    """

    name: str
    locked: str
    remembered: str = ""

    def __str__(self) -> str:
        if self.remembered:
            return f"{self.name}: the lock says {self.locked}, and until now it was {self.remembered}"
        return f"{self.name}: {self.locked} is not on the page"


def bound_component(page: Page, name: ComponentName) -> str | None:
    """The id of a component, if it is certain which one is meant and the page has it.

    A binding made once holds: a rename on the page changes nothing. A name that was never bound, or whose component was deleted, must mean exactly one.
    """
    components = page.observed.components
    remembered = page.component_ids.get(name)
    locked = page.ruleset.component_ids.get(name)
    if locked is not None:
        # What the store remembers and the page lacks is an old memory, and no contradiction.
        contradicted = remembered is not None and remembered != locked and remembered in components
        return locked if locked in components and not contradicted else None
    if remembered is not None and remembered in components:
        return remembered
    found = resolve_component(name, components)
    return found[0] if len(found) == 1 else None


def presumed_component(page: Page, name: ComponentName) -> str | None:
    """The same; before the first reading, the id that the lock or the store gives it: what is remembered of a component counts from the first moment of a life."""
    if page.observed.listings[ListKind.COMPONENTS].complete_at is not None:
        return bound_component(page, name)
    if name.startswith(ID_PREFIX):
        return name.removeprefix(ID_PREFIX)
    return page.ruleset.component_ids.get(name, page.component_ids.get(name))


def bound_metric(page: Page, name: str) -> str | None:
    """The id of a metric: the locked one, if the page has it; else, if exactly one has the name."""
    locked = page.ruleset.metric_ids.get(name)
    if locked is not None:
        return locked if locked in page.observed.metrics else None
    found = resolve_metric(name, page.observed.metrics)
    return found[0] if len(found) == 1 else None


def mismatches(page: Page) -> Iterator[Mismatch]:
    """The locked names that mean nothing now, once the page was read. Cost: the locked names."""
    listings = page.observed.listings
    if listings[ListKind.COMPONENTS].complete_at is not None:
        for name in page.ruleset.component_names:
            locked = page.ruleset.component_ids.get(name)
            if locked is not None and bound_component(page, name) is None:
                there = locked in page.observed.components
                yield Mismatch(name, locked, page.component_ids[name] if there else "")
    if listings[ListKind.METRICS].complete_at is not None:
        for rule in page.ruleset.metrics:
            locked = page.ruleset.metric_ids.get(rule.metric)
            if locked is not None and bound_metric(page, rule.metric) is None:
                yield Mismatch(rule.metric, locked)
