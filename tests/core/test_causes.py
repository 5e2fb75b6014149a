"""When an incident is identified: each cause once in an episode, the one that is live first, and nothing about a cause that was told before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.causes import MOST_CAUSES
from bridge.core.incident_plan import plan_incidents
from bridge.core.incidents import Coverage, IncidentMemory, IncidentPhase, advance_incident
from bridge.core.operations import WriteIncident
from bridge.core.reasons import Reason
from bridge.core.signals import NO_LABELS
from bridge.core.statuses import ComponentStatus, IncidentStatus
from tests.core.pages import (
    API,
    EPISODE,
    MAJOR,
    NOW,
    PARTIAL,
    SHOP,
    memory,
    page_of,
    tell_incident,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

DISK, CABLE = "The disk is full.", "The cable is cut."
CLOSED, INVESTIGATING, IDENTIFIED, MONITORING = IncidentPhase
S = IncidentStatus


def raised(*causes: str) -> Coverage:
    return Coverage(PARTIAL, (API,), blind=False, causes=causes)


WELL = Coverage(ComponentStatus.OPERATIONAL, (), blind=False)
FAILS = raised()


def lived(*shown: Coverage) -> tuple[IncidentMemory, list[Reason]]:
    """An incident after these, a second apart, and everything that happened in it."""
    one = IncidentMemory(SHOP.id, NO_LABELS)
    reasons: list[Reason] = []
    for second, coverage in enumerate(shown):
        one, more = advance_incident(one, SHOP, coverage, 1000.0 + second)
        reasons += more
    return one, reasons


IDENTIFICATIONS: dict[str, tuple[Sequence[Coverage], IncidentPhase, tuple[str, ...]]] = {
    "a cause that is there from the beginning": ([raised(DISK)], IDENTIFIED, (DISK,)),
    "a cause that shows later": ([FAILS, raised(DISK)], IDENTIFIED, (DISK,)),
    "a cause that stays is told once": ([raised(DISK)] * 3, IDENTIFIED, (DISK,)),
    "of two, the one of the first rule": ([raised(DISK, CABLE)] * 2, IDENTIFIED, (DISK,)),
    "the other when the first is gone": ([raised(DISK, CABLE), raised(CABLE)], IDENTIFIED, (DISK, CABLE)),
    "and not the first again": (
        [raised(DISK), raised(CABLE), raised(DISK), raised(CABLE)],
        IDENTIFIED,
        (DISK, CABLE),
    ),
    "what was identified stays so when its cause is gone": ([raised(DISK), FAILS], IDENTIFIED, (DISK,)),
    "an identified incident recovers": ([raised(DISK), WELL], MONITORING, (DISK,)),
    "what returns by the same cause is investigated again": (
        [raised(DISK), WELL, raised(DISK)],
        INVESTIGATING,
        (DISK,),
    ),
    "what returns by another one is identified": (
        [raised(DISK), WELL, raised(CABLE)],
        IDENTIFIED,
        (DISK, CABLE),
    ),
    "nothing of a cause that was gone before it opened": ([WELL, FAILS], INVESTIGATING, ()),
}


@pytest.mark.parametrize(("shown", "phase", "causes"), IDENTIFICATIONS.values(), ids=IDENTIFICATIONS)
def test_identifications(shown: Sequence[Coverage], phase: IncidentPhase, causes: tuple[str, ...]) -> None:
    one, reasons = lived(*shown)
    assert (one.phase, one.causes) == (phase, causes)
    assert reasons.count(Reason.IDENTIFIED) == len(causes)


def test_a_new_episode_knows_no_cause() -> None:
    one, _ = lived(raised(DISK), WELL)
    one, _ = advance_incident(one, SHOP, WELL, 5000.0)
    assert one.phase is CLOSED
    one, reasons = advance_incident(one, SHOP, raised(DISK), 6000.0)
    assert (one.causes, one.identified_at, reasons) == ((DISK,), 2, (Reason.OPENED, Reason.IDENTIFIED))


def test_what_an_operator_says_goes_before_what_rules_know_and_is_told_once() -> None:
    def told(*causes: str) -> Coverage:
        return replace(raised(*causes), said=CABLE)

    one, reasons = lived(raised(DISK), told(DISK), raised(DISK), told(), WELL, told(DISK))
    assert (one.causes, one.phase) == ((DISK, CABLE), INVESTIGATING)
    assert reasons.count(Reason.IDENTIFIED) == 2
    opened, _ = lived(told(DISK))
    assert opened.causes == (CABLE,)


def test_what_an_operator_says_opens_nothing() -> None:
    one, reasons = lived(replace(WELL, said=CABLE))
    assert (one.phase, reasons) == (CLOSED, [])


def test_an_episode_tells_no_more_causes_than_anybody_reads() -> None:
    one, reasons = lived(*(raised(str(number)) for number in range(MOST_CAUSES + 5)))
    assert len(one.causes) == reasons.count(Reason.IDENTIFIED) == MOST_CAUSES


def test_an_empty_store_takes_what_is_live_for_what_was_told() -> None:
    found = memory(IDENTIFIED, sequence=2, identified_at=2, reason=Reason.ADOPTED)
    after, reasons = advance_incident(found, SHOP, raised(DISK), NOW)
    assert (after.causes, reasons) == ((DISK,), ())
    after, reasons = advance_incident(after, SHOP, raised(CABLE), NOW)
    assert (after.causes, reasons) == ((DISK, CABLE), (Reason.IDENTIFIED,))


# --- what is told of it


FOUND = memory(IDENTIFIED, sequence=2, identified_at=2, causes=(DISK,))


def told_next(
    remembered: IncidentMemory,
    status: IncidentStatus | None,
    *,
    identified_at: int = 0,
    episode: int = EPISODE,
) -> WriteIncident | None:
    """The next write, where this was told last."""
    page = page_of({}, remembered)
    if status is not None:
        tell_incident(page, status, identified_at=identified_at, episode=episode)
    operations = plan_incidents(page, {}, NOW).operations
    assert len(operations) <= 1
    for operation in operations:
        assert isinstance(operation, WriteIncident)
        return operation
    return None


def test_it_is_opened_first_and_identified_then() -> None:
    opening = told_next(FOUND, None)
    assert opening is not None
    assert (opening.reason, opening.status, opening.sequence) == (Reason.OPENED, S.INVESTIGATING, 1)
    assert opening.identified_at == 0
    assert DISK not in opening.body
    telling = told_next(FOUND, S.INVESTIGATING)
    assert telling is not None
    assert (telling.reason, telling.status, telling.sequence) == (Reason.IDENTIFIED, S.IDENTIFIED, 2)
    assert telling.identified_at == 2
    assert DISK in telling.body
    assert not telling.notify


def test_what_was_told_is_not_told_again() -> None:
    assert told_next(FOUND, S.IDENTIFIED, identified_at=2) is None


def test_what_was_told_in_an_earlier_episode_does_not_count() -> None:
    telling = told_next(FOUND, S.IDENTIFIED, identified_at=2, episode=EPISODE - 1)
    assert telling is not None
    assert telling.reason is Reason.IDENTIFIED


def test_growth_does_not_take_back_that_it_is_identified_nor_say_it_too_early() -> None:
    grown = replace(FOUND, high_water=MAJOR)
    for status, identified_at in ((S.IDENTIFIED, 2), (S.INVESTIGATING, 0)):
        telling = told_next(grown, status, identified_at=identified_at)
        assert telling is not None
        assert (telling.reason, telling.status) == (Reason.ESCALATED, status)
        assert telling.identified_at == identified_at


def test_what_returns_by_another_cause_returns_first() -> None:
    again = replace(FOUND, sequence=5, fired_at=4, identified_at=5, causes=(DISK, CABLE))
    telling = told_next(again, S.MONITORING, identified_at=2)
    assert telling is not None
    assert (telling.reason, telling.status, telling.identified_at) == (
        Reason.RETURNED,
        S.INVESTIGATING,
        2,
    )


def test_a_cause_that_recovered_untold_is_not_told() -> None:
    telling = told_next(replace(FOUND, phase=MONITORING, sequence=3), S.INVESTIGATING)
    assert telling is not None
    assert telling.reason is Reason.RECOVERED
    assert DISK not in telling.body
