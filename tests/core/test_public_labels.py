"""Which values stand behind claims: counted as they come and go, and what an incident remembers of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.claims import HoldKey
from bridge.core.incidents import Coverage, IncidentMemory, IncidentPhase, advance_incident
from bridge.core.public_labels import MOST_VALUES, PublicLabel, PublishedValues, joined
from bridge.core.rules import RuleId
from bridge.core.signals import NO_LABELS, Fingerprint, Labels, SignalKey
from tests.core.pages import API, MAJOR, OPERATIONAL, PARTIAL, SHOP

if TYPE_CHECKING:
    from bridge.core.public_labels import LabelValues

REGION = PublicLabel("region")
EUROPE = PublicLabel("region", (("r7", "Europe"), ("r3", "Europe")))
HOLD = HoldKey(RuleId("rule"), PARTIAL, NO_LABELS)


def key(number: int) -> SignalKey:
    return SignalKey("alertmanager", Fingerprint(f"{number:016x}"))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 30))))
def test_counted_as_signals_come_and_go_is_what_a_count_of_all_gives(
    events: list[tuple[bool, int, int]],
) -> None:
    published, there = PublishedValues(), dict[int, str]()
    for enters, number, value in events:
        published.leave(key(number))
        there.pop(number, None)
        if enters:
            there[number] = f"r{value}"
            published.enter(key(number), HOLD, Labels({"region": f"r{value}"}))
    values = tuple(sorted(set(there.values()))[:MOST_VALUES])
    assert published.behind([HOLD], (REGION,)) == ((("region", values),) if values else ())
    shown = tuple(sorted({"r3", "r7"} & set(there.values())))
    assert published.behind([HOLD], (EUROPE,)) == ((("region", shown),) if shown else ())


def test_a_hold_is_made_of_signals_of_its_own_status_and_worse() -> None:
    published = PublishedValues()
    worse = HoldKey(HOLD.rule, MAJOR, HOLD.group)
    published.enter(key(1), HOLD, Labels({"region": "eu"}))
    published.enter(key(2), worse, Labels({"region": "us"}))
    assert published.behind([HOLD], (REGION,)) == (("region", ("eu", "us")),)
    assert published.behind([worse], (REGION,)) == (("region", ("us",)),)


def test_what_is_remembered_does_not_depend_on_what_came_first() -> None:
    sets: list[LabelValues] = [(("region", (f"r{n:02}",)),) for n in range(30)]
    forth = joined((REGION,), *sets)
    assert forth == joined((REGION,), *reversed(sets))
    assert forth == (("region", tuple(f"r{n:02}" for n in range(MOST_VALUES))),)
    assert joined((), *sets) == ()
    assert joined((PublicLabel("zone"),), *sets) == ()


def test_an_incident_remembers_what_took_part_until_it_opens_anew() -> None:
    rule = SHOP.__class__(SHOP.id, SHOP.components, "x", public_labels=(REGION,), monitor_for=10.0)

    def advanced(memory: IncidentMemory, labels: LabelValues, now: float) -> IncidentMemory:
        status = MAJOR if labels else OPERATIONAL
        coverage = Coverage(status, (API,) if labels else (), blind=False, labels=labels)
        return advance_incident(memory, rule, coverage, now)[0]

    memory = advanced(IncidentMemory(rule.id, NO_LABELS), (("region", ("us",)),), 1.0)
    memory = advanced(memory, (("region", ("eu",)),), 2.0)
    assert memory.labels == (("region", ("eu", "us")),)
    memory = advanced(memory, (), 3.0)
    assert (memory.phase, memory.labels) == (IncidentPhase.MONITORING, (("region", ("eu", "us")),))
    memory = advanced(memory, (), 20.0)
    memory = advanced(memory, (("region", ("asia",)),), 30.0)
    assert memory.labels == (("region", ("asia",)),)
