"""What the page of a rehearsal shows at one instant, in the words of the rule files. Reads the simulator's model and its ledgers; the bridge is asked which rule a key stands for, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.core.rules import IncidentRuleId
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.windows import Recurring
from bridge.simulation.rehearsal.printed import instant, listed
from bridge.simulation.rehearsal.written import Names, calls_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.core.page import Page
    from bridge.simulation.world import World
    from bridge.simulator.records.incidents import Incident

OPERATIONAL = "operational"


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An incident of the bridge, or one of its maintenances, as the page has it; or a draft.

    Attributes:
        id: Statuspage's; of a draft its own.
        rule: the id of its rule.
        status: the page's word; of a draft where it stands.
        facts: what else can be asked of it, by the key of a test, as it is printed.
        updates: the statuses told so far, oldest first.
        live: whether it is not over.
        hash: of a draft, what an approval names.
    """

    id: str
    rule: str
    group: Labels
    status: str
    facts: Mapping[str, str]
    updates: tuple[str, ...] = ()
    live: bool = True
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The page.

    Attributes:
        components: by name, those that are not operational.
        would_have: by name, what rules in shadow would show.
        all_incidents: every incident of the bridge, in the order in which they were opened.
        all_maintenances: every maintenance of the bridge, in the order in which they were announced.
        drafts: what waits for a person, or was answered by one and is remembered.
        notifications: how often subscribers were told.
        calls: every write that was accepted, a line each, oldest first.
    """

    components: Mapping[str, str]
    would_have: Mapping[str, str]
    all_incidents: tuple[ShownEntry, ...]
    all_maintenances: tuple[ShownEntry, ...]
    drafts: tuple[ShownEntry, ...]
    notifications: int
    calls: tuple[str, ...]

    @property
    def incidents(self) -> tuple[ShownEntry, ...]:
        """The unresolved ones."""
        return tuple(one for one in self.all_incidents if one.live)

    @property
    def maintenances(self) -> tuple[ShownEntry, ...]:
        """Those that are to come or go on."""
        return tuple(one for one in self.all_maintenances if one.live)

    def told(self, rule: str) -> tuple[str, ...]:
        """The statuses told so far in all incidents, or maintenances, of a rule."""
        entries = [one for one in (*self.all_incidents, *self.all_maintenances) if one.rule == rule]
        return tuple(status for one in entries for status in one.updates)


def look(world: World) -> Shown:
    """What the page shows now."""
    engine = world.engine
    page = engine.pages[0] if engine is not None else None
    names = component_names(world)
    shown = world.simulator.page(world.page_id).components.values()
    statuses = {names[one.id]: str(one.status) for one in shown}
    incidents = _incidents(world, page, names)
    maintenances = _maintenances(world, page, names)
    rules = {one.id: (one.rule, one.group) for one in (*incidents, *maintenances)}
    ours = [one for one in world.simulator.incidents(world.page_id) if one.id in rules]
    keys = {_key(one): rules[one.id] for one in ours}
    return Shown(
        {name: status for name, status in statuses.items() if status != OPERATIONAL},
        {str(name): str(status) for name, status in page.desired.would_have.items()} if page else {},
        incidents,
        maintenances,
        tuple(_drafts(page, names)) if page else (),
        len(world.simulator.notifications),
        tuple(calls_of(world, Names(names, rules, keys))),
    )


def component_names(world: World) -> dict[str, str]:
    """The names of the page's components by their ids, as rule files write them."""
    page = world.simulator.page(world.page_id)
    groups = {group.id: group.name for group in page.groups.values()}
    return {
        one.id: f"{groups[one.group_id]} / {one.name}" if one.group_id in groups else one.name
        for one in page.components.values()
    }


def _incidents(world: World, page: Page | None, names: Mapping[str, str]) -> tuple[ShownEntry, ...]:
    places = page.places() if page is not None else {}
    found = []
    for incident in world.simulator.incidents(world.page_id):
        place = places.get(_key(incident))
        if place is not None:
            facts = {
                "title": incident.name,
                "body": incident.updates[-1].body,
                "impact": str(incident.impact),
            }
            found.append(_entry(incident, place[0], place[1], {**facts, **_components(incident, names)}))
    return tuple(found)


def _maintenances(world: World, page: Page | None, names: Mapping[str, str]) -> tuple[ShownEntry, ...]:
    found = []
    for incident in world.simulator.incidents(world.page_id):
        rule = _maintenance_rule(page, incident) if page is not None and incident.scheduled_for else None
        if rule is not None:
            facts = {
                "title": incident.name,
                "body": incident.updates[-1].body,
                "starts": instant(incident.scheduled_for),
                "ends": instant(incident.scheduled_until),
            }
            found.append(_entry(incident, rule, NO_LABELS, {**facts, **_components(incident, names)}))
    return tuple(found)


def _maintenance_rule(page: Page, incident: Incident) -> str | None:
    """Of what is over the bridge forgets after a day that it was its own; of what is not moved the key tells it still."""
    key = _key(incident)
    told = page.maintenances_told.get(key)
    if told is not None:
        return told.rule
    for rule in page.ruleset.maintenances:
        group = NO_LABELS
        if isinstance(rule.window, Recurring):
            group = Labels({"begins_at": str(int(incident.scheduled_for or 0.0))})
        if key == page.own_key((IncidentRuleId(f"maintenance:{rule.id}"), group)):
            return rule.id
    return None


def _drafts(page: Page, names: Mapping[str, str]) -> Iterator[ShownEntry]:
    for draft in page.drafts.values():
        rule, group = page.place_now(draft.place)
        told = draft.proposal
        yield ShownEntry(
            draft.id,
            rule,
            group,
            draft.state,
            {
                "title": told.title,
                "body": told.body,
                "impact": str(told.impact),
                "components": listed(names[one] for one in told.component_ids if one in names),
            },
            hash=draft.hash,
        )


def _entry(incident: Incident, rule: str, group: Labels, facts: Mapping[str, str]) -> ShownEntry:
    updates = tuple(str(update.status) for update in incident.updates)
    return ShownEntry(
        incident.id, rule, group, str(incident.status), facts, updates, live=not incident.closed
    )


def _components(incident: Incident, names: Mapping[str, str]) -> dict[str, str]:
    return {"components": listed(names[one] for one in incident.component_ids if one in names)}


def _key(incident: Incident) -> Any:
    return incident.metadata.get("bridge", {}).get("key")
