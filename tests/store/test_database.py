"""The contract of a database: what was committed comes back as it was, and nothing else does."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from sqlalchemy import text

from bridge.core.changes import Changes, Stored
from bridge.core.claims import HoldKey
from bridge.core.commands import CommandId, Issued, Standing, StandingKind
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import INACTIVE, Hold, HoldPhase
from bridge.core.incidents import IncidentKey, IncidentMemory
from bridge.core.intents import LIVE, IntentState, OperationId
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.ledger import ComponentTold, IncidentTold
from bridge.core.people import Taken
from bridge.core.points import PointHour
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, IncidentRuleId, RuleId, Series
from bridge.core.signals import NO_LABELS, SignalState
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.errors import StoreError, StoreUnavailableError
from tests.store import strategies
from tests.store.values import NOW, entry, intent, signal, slot, unit, unstorable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.store.database import Database


def subjects(database: Database) -> list[str]:
    return [entry.subject for _, entry in database.journal()]


def shown(stored: Stored) -> dict[str, Any]:
    """Each list by its parts' repr, which gives every bit of a float and takes NaN for equal, without order."""
    return {
        "signals": sorted(map(repr, stored.signals)),
        "holds": sorted(repr((page, pair)) for page, holds in stored.holds.items() for pair in holds.items()),
        "incidents": sorted(repr((page, one)) for page, some in stored.incidents.items() for one in some),
        "intents": sorted(map(repr, stored.intents)),
        "slots": sorted(repr((budget, one)) for budget, some in stored.slots.items() for one in some),
        "components_told": sorted(map(repr, stored.components_told)),
        "incidents_told": sorted(map(repr, stored.incidents_told)),
        "bindings": sorted(
            repr((page, pair)) for page, some in stored.bindings.items() for pair in some.items()
        ),
        "standing": sorted(map(repr, stored.standing)),
        "taken": sorted(map(repr, stored.taken)),
        "guards": sorted(map(repr, stored.guards)),
        "points": sorted(repr((page, one)) for page, some in stored.points.items() for one in some),
    }


def expected_of(units: list[Changes]) -> Stored:
    """What plain dictionaries hold after the same units."""
    signals, holds, incidents, intents, slots, components, told, bindings, points = ({} for _ in range(9))
    standing, taken, guards = ({} for _ in range(3))
    for one in units:
        signals.update({item.key: item for item in one.signals})
        for page, key, hold in one.holds:
            holds[page, key] = hold
        incidents.update({(page, item.rule, item.group): item for page, item in one.incidents})
        intents.update({item.operation: item for item in one.intents})
        slots.update({item.operation: (budget, item) for budget, item in one.slots})
        components.update({(item.page, item.component_id): item for item in one.components_told})
        told.update({item.key: item for item in one.incidents_told})
        bindings.update({(page, name): component for page, name, component in one.bindings})
        standing.update({(item.page, item.key): item for item in one.standing})
        taken.update({(item.page, item.component_id): item for item in one.taken})
        guards.update({(item.page, item.key): item for item in one.guards})
        points.update({(page, item.series, item.hour): item for page, item in one.points})
    stored = Stored(
        signals=list(signals.values()),
        intents=[item for item in intents.values() if item.state in LIVE],
        components_told=list(components.values()),
        incidents_told=list(told.values()),
        standing=list(standing.values()),
        taken=list(taken.values()),
        guards=list(guards.values()),
    )
    for (page, key), hold in holds.items():
        if hold.phase is not HoldPhase.INACTIVE:
            stored.holds.setdefault(page, {})[key] = hold
    for (page, _, _), memory in incidents.items():
        stored.incidents.setdefault(page, []).append(memory)
    for budget, item in slots.values():
        stored.slots.setdefault(budget, []).append(item)
    for (page, name), component in bindings.items():
        stored.bindings.setdefault(page, {})[name] = component
    for (page, _, _), hour in points.items():
        stored.points.setdefault(page, []).append(hour)
    return stored


@given(first=strategies.changes, second=strategies.changes, third=strategies.changes)
def test_whatever_is_committed_comes_back_to_the_last_bit_alone_or_in_a_group(
    new_database: Callable[[], Database], first: Changes, second: Changes, third: Changes
) -> None:
    database = new_database()
    database.apply([first])
    database.apply([second, third])
    assert shown(database.load()) == shown(expected_of([first, second, third]))
    journal = [*first.journal, *second.journal, *third.journal]
    assert repr([entry for _, entry in database.journal()]) == repr(
        [replace(entry, detail=dict(sorted(entry.detail.items()))) for entry in journal]
    )
    database.close()  # a long search would else run out of files


def test_what_is_deleted_is_gone_and_what_was_never_there_is_no_error(database: Database) -> None:
    told = ComponentTold("acme", "c1", ComponentStatus.MAJOR_OUTAGE, OperationId("a"), told_at=NOW)
    key = HoldKey(RuleId("rule"), ComponentStatus.MAJOR_OUTAGE, NO_LABELS)
    hour = PointHour(Series("s"), 7200, (math.nan,) * 120, 0)
    issued = Issued(CommandId("k1"), NOW, "ana")
    pause = Standing("acme", StandingKind.PAUSE, "", "", None, issued)
    taken = Taken("acme", "c1", ComponentStatus.OPERATIONAL, since=NOW)
    blast = GuardRecord("acme", GuardKind.BLAST, "", NOW)
    incident_told = IncidentTold(
        "acme",
        (IncidentRuleId("shop"), NO_LABELS),
        IncidentKey("key"),
        "i1",
        1,
        1,
        IncidentStatus.MONITORING,
        ComponentStatus.MAJOR_OUTAGE,
        (),
        OperationId("a"),
        told_at=NOW,
    )
    database.apply(
        [
            Changes(
                signals=[signal("one"), signal("two")],
                holds=[("acme", key, Hold(HoldPhase.FIRING, NOW))],
                slots=[("token", slot("a")), ("token", slot("b"))],
                components_told=[told],
                incidents_told=[incident_told],
                points=[("acme", hour)],
                standing=[pause],
                taken=[taken],
                guards=[blast],
            )
        ]
    )
    gone = Changes(
        signals_gone=[signal("one").key, signal("three").key],
        holds=[("acme", key, INACTIVE)],
        slots_gone=[OperationId("a")],
        components_told_gone=[("acme", "c1")],
        incidents_told_gone=[incident_told.key],
        points_gone=[("acme", Series("s"), 7200)],
        standing_gone=[("acme", *pause.key)],
        taken_gone=[("acme", "c1")],
        guards_gone=[("acme", *blast.key)],
    )
    database.apply([gone])
    database.apply([gone])
    assert shown(database.load()) == shown(Stored(signals=[signal("two")], slots={"token": [slot("b")]}))


def test_of_several_changes_of_one_key_in_a_group_the_last_one_holds(database: Database) -> None:
    put, put_again = Changes(signals=[signal("one")]), Changes(signals=[signal("one", SignalState.OK)])
    gone = Changes(signals_gone=[signal("one").key])
    database.apply([put, gone, put_again])
    assert database.load().signals == [signal("one", SignalState.OK)]
    database.apply([gone, put, gone])
    assert database.load().signals == []


def test_an_intent_that_became_final_is_not_read_back(database: Database) -> None:
    database.apply([Changes(intents=[intent("a"), intent("b")])])
    database.apply([Changes(intents=[replace(intent("a"), state=IntentState.DONE, reason=Reason.DONE)])])
    assert [one.operation for one in database.load().intents] == ["b"]


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_time_that_is_no_number_is_refused_by_name(database: Database, value: float) -> None:
    with pytest.raises(StoreError, match=rf"a slot's held_until is {value}: only finite numbers are stored"):
        database.apply([Changes(slots=[("token", replace(slot("a"), held_until=value))])])
    key = HoldKey(RuleId("rule"), ComponentStatus.MAJOR_OUTAGE, NO_LABELS)
    with pytest.raises(StoreError, match="a hold's frozen_at"):
        database.apply([Changes(holds=[("acme", key, Hold(HoldPhase.FIRING, NOW, value))])])
    assert shown(database.load()) == shown(Stored())


def test_a_measured_value_that_is_no_number_does_not_stop_its_journal_entry(database: Database) -> None:
    detail: dict[str, str | float | None] = {"value": math.nan, "limit": math.inf, "text": "\ud800"}
    database.apply(
        [Changes(journal=[JournalEntry(NOW, JournalKind.SIGNAL, "", "probe", Reason.DONE, detail)])]
    )
    ((_, read),) = database.journal()
    assert read.detail == {"limit": "inf", "text": "\ud800", "value": "nan"}


def test_a_unit_that_fails_leaves_nothing_of_its_transaction(database: Database) -> None:
    with pytest.raises(StoreError, match="lone surrogate"):
        database.apply([Changes(signals=[signal("one")]), unstorable("bad"), unit("after")])
    assert database.load().signals == []
    assert subjects(database) == []
    database.apply([unit("later")])
    assert subjects(database) == ["later"]


def test_a_number_beyond_the_database_is_a_clear_error(database: Database) -> None:
    memory = replace(IncidentMemory(IncidentRuleId("checkout"), NO_LABELS), episode=2**80)
    with pytest.raises(StoreError, match="OverflowError"):
        database.apply([Changes(incidents=[("acme", memory)])])


def test_the_journal_is_read_by_page_and_onwards_from_a_number(database: Database) -> None:
    database.apply([Changes(journal=[entry("a"), entry("b", page="other"), entry("c", page="")])])
    database.apply([Changes(journal=[entry("d")])])
    assert subjects(database) == ["a", "b", "c", "d"]
    assert [one.subject for _, one in database.journal(page="acme")] == ["a", "c", "d"]
    (number, _), *_ = database.journal(limit=1)
    assert [one.subject for _, one in database.journal(after=number, limit=2)] == ["b", "c"]


def test_a_clone_goes_its_own_way(database: Database) -> None:
    database.apply([Changes(signals=[signal("one")], journal=[entry("before")])])
    clone = database.clone()
    clone.apply([Changes(signals=[signal("two")])])
    database.apply([unit("after")])
    assert [one.labels["alertname"] for one in database.load().signals] == ["one"]
    assert len(clone.load().signals) == 2
    assert subjects(clone) == ["before"]
    clone.close()


def test_a_question_cannot_change_what_is_stored(database: Database) -> None:
    def intrude(connection: Any) -> None:
        connection.execute(text("INSERT INTO bindings (page, name, component_id) VALUES ('a', 'b', 'c')"))

    try:
        database.read(intrude)
    except StoreError as error:
        assert "read-only" in str(error)  # noqa: PT017 - in memory it is rolled back instead
    assert database.load().bindings == {}


def test_old_final_intents_and_the_beginning_of_the_journal_are_forgotten_in_batches(
    database: Database,
) -> None:
    final = replace(intent("final"), state=IntentState.NOT_APPLIED)
    young = replace(intent("young", began_at=NOW + 10), state=IntentState.DONE)
    old = [entry(f"old {number}", at=NOW - 60 + number) for number in range(5)]
    database.apply([Changes(intents=[final, young, intent("open")], journal=[*old, entry("young", at=NOW)])])
    assert database.forget(NOW, most=3) == 3
    assert subjects(database) == ["old 3", "old 4", "young"]
    assert database.forget(NOW, most=3) == 2
    assert database.forget(NOW + 5) == 2
    assert database.forget(NOW + 5) == 0
    assert subjects(database) == []
    assert database.read(
        lambda connection: list(
            connection.execute(text("SELECT operation FROM intents ORDER BY 1")).scalars()
        )
    ) == ["open", "young"]


def test_a_row_that_this_program_cannot_read_is_an_error_that_names_it(database: Database) -> None:
    database.apply([Changes(bindings=[("acme", ComponentName("api"), "c1")], slots=[("token", slot("a"))])])
    with database._backend.writer.begin() as connection:
        connection.execute(text("UPDATE slots SET lane = 'overtaking'"))
    with pytest.raises(StoreError, match=r"table slots has a row that cannot be read \(a\): 'overtaking'"):
        database.load()


def test_a_closed_database_takes_and_tells_nothing(new_database: Callable[[], Database]) -> None:
    database = new_database()
    database.close()
    database.close()
    for use in (lambda: database.apply([unit("a")]), database.load, database.check, database.clone):
        with pytest.raises(StoreUnavailableError, match="the store is closed"):
            use()
