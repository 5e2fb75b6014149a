"""Why something is not as a test expects: the chain from the signals to the page, what was decided last, whom the page told, what was written. Must not know what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.explanation import explain_component
from bridge.core.explanation_lines import component_lines
from bridge.core.journal import JournalKind
from bridge.core.rules import ComponentName
from bridge.simulation.trace import arrival_lines, journal_lines, notification_lines, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.simulation.rehearsal.comparison import Difference
    from bridge.simulation.trace import TraceLine
    from bridge.simulation.world import World

MOST_LINES = 12
"""Lines of the journal, or of the page's account, that explain a difference."""


def because(world: World, difference: Difference) -> Iterator[str]:
    """What lies behind a difference, as the daemon and the page have it now."""
    engine = world.engine
    if engine is None:
        yield "the daemon is not running"
        return
    (reconciler,) = engine.reconcilers.values()
    now = engine.clock.now()
    names = dict.fromkeys(map(ComponentName, difference.about))
    for incident in reconciler.page.ruleset.incidents:
        if incident.id in difference.incidents:
            names.update(dict.fromkeys(incident.components))
    known = {rule.component for rule in reconciler.page.ruleset.components}
    for name in names:
        if name in known:
            yield from component_lines(explain_component(reconciler.state, reconciler.page, name, now), now)
        else:
            yield f"{name}: no rule is about it"
    begin = now - world.loop.time()
    yield from _last(_account(world, difference.what, {*names, *difference.incidents}), begin)


def _account(world: World, what: str, about: set[str]) -> Iterable[TraceLine]:
    entries = [entry for _, entry in world.database.journal(limit=1_000_000)]
    match what:
        case "notifications":
            decided = journal_lines(entry for entry in entries if entry.kind is JournalKind.INCIDENT)
            return [*decided, *notification_lines(world.simulator.notifications)]
        case "calls":
            return arrival_lines(world.simulator.arrivals)
        case _:
            return journal_lines(entry for entry in entries if entry.subject in about)


def _last(lines: Iterable[TraceLine], begin: float) -> Iterator[str]:
    ordered = sorted(lines, key=lambda line: line.at)
    yield from render(ordered[-MOST_LINES:], begin).splitlines()
