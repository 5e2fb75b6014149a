"""The judge of the kills can say each thing that it is there for, and the draws hold every moment. The runs themselves are `make kills`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from bridge.simulator.ledgers import Arrival, Notification
from bridge.simulator.statuses import IncidentStatus
from tests.kills.daemon import Kept
from tests.kills.judge import CHANGE, CREATE, NEVER, READ, broken, incidents, lost
from tests.kills.moments import Moment, draw_kills
from tests.kills.sender import Alert
from tests.kills.shop import CAUSES, INSTANCES, Shop

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = {"s": "Search", "p": "Payments", "a": "Checkout / API"}
SEARCH_IS_DOWN = frozenset({("alertname", "ServiceDown"), ("service", "search")})


class Ledger:
    """A ledger that is written by hand, as the simulator writes it."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.notifications: list[Notification] = []

    def create(self, at: float, *, about: str = "s", name: str = "A service is down") -> str:
        """An incident is opened and announced. Returns its id."""
        written = {"name": name, "status": "investigating", "component_ids": [about]}
        self._arrive(at, CREATE, {}, {"incident": {**written, "deliver_notifications": True}}, status=201)
        incident_id = f"incident {len(self.arrivals)}"
        self._notify(at, incident_id, "investigating")
        return incident_id

    def resolve(self, at: float, incident_id: str, *, read_before: float = 1.0) -> None:
        """It is read, and told to be over."""
        self._arrive(at - read_before, READ, {"incident_id": incident_id})
        written = {"status": "resolved", "body": "It is over.", "deliver_notifications": True}
        self._arrive(at, CHANGE, {"incident_id": incident_id}, {"incident": written})
        self._notify(at, incident_id, "resolved")

    def read(self, at: float, *, status: int = 200) -> None:
        """The components are read."""
        self._arrive(at, ("GET", "/pages/{page_id}/components"), {}, status=status)

    def findings(self, **outages: int) -> list[str]:
        """What the judge finds, after so many outages of each service."""
        counted = {f"service {name}": count for name, count in outages.items()}
        return broken(self.arrivals, self.notifications, names=NAMES, outages=counted)

    def _arrive(
        self,
        at: float,
        kind: tuple[str, str],
        targets: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
    ) -> None:
        self.arrivals.append(Arrival(at, "0", kind[0], kind[1], kind[1], targets, body, status))

    def _notify(self, at: float, incident_id: str, status: str) -> None:
        said = (f"update {at}", IncidentStatus(status), f"It is {status}.", len(self.arrivals) - 1)
        self.notifications.append(Notification(at, "page", incident_id, *said))


def test_an_ordinary_ledger_is_found_to_be_in_order() -> None:
    ledger = Ledger()
    for begin in (0.0, 100.0):
        ledger.resolve(begin + 20.0, ledger.create(begin))
    ledger.create(30.0, about="p")
    assert ledger.findings(Search=2, Payments=1) == []
    found = incidents(ledger.arrivals, ledger.notifications, NAMES)
    assert [(one.place, one.opened_at, one.resolved_at) for one in found] == [
        ("service Search", 0.0, 20.0),
        ("service Search", 100.0, 120.0),
        ("service Payments", 30.0, NEVER),
    ]


def test_a_second_live_incident_of_one_group_is_found_and_one_of_another_group_is_none() -> None:
    ledger = Ledger()
    ledger.create(0.0)
    ledger.create(1.0, about="p")
    ledger.create(2.0)
    (found,) = ledger.findings(Search=2, Payments=1)
    assert found == "I2: a second incident 'service Search' was opened at 2.0; the first lived on"


def test_more_incidents_than_outages_are_found_though_they_follow_each_other() -> None:
    ledger = Ledger()
    for begin in (0.0, 100.0):
        ledger.resolve(begin + 20.0, ledger.create(begin))
    assert ledger.findings(Search=1) == ["I3: 2 incidents 'service Search' for 1 outages"]


def test_an_end_that_is_told_twice_is_found() -> None:
    ledger = Ledger()
    incident_id = ledger.create(0.0)
    ledger.resolve(20.0, incident_id)
    ledger.resolve(26.0, incident_id)
    (found,) = ledger.findings(Search=1)
    assert found.startswith("I3: 2 notifications of")


def test_a_refusal_for_the_limit_is_found() -> None:
    ledger = Ledger()
    ledger.read(0.0, status=420)
    assert ledger.findings() == ["I4: rejected at 0.0"]


def test_the_sixty_first_request_of_a_minute_is_found() -> None:
    ledger = Ledger()
    for number in range(61):
        ledger.read(number * 0.99)
    assert [found[:2] for found in ledger.findings()] == ["I4"]


def test_an_update_that_was_not_read_just_before_is_found() -> None:
    ledger = Ledger()
    ledger.resolve(20.0, ledger.create(0.0), read_before=15.0)
    (found,) = ledger.findings(Search=1)
    assert found.startswith("I6: ")


def test_a_call_that_its_work_does_not_need_is_found() -> None:
    ledger = Ledger()
    ledger.arrivals.append(Arrival(0.0, "0", "DELETE", "", CHANGE[1], {}, None, 204))
    assert [found[:2] for found in ledger.findings()] == ["I9"]


@pytest.mark.parametrize(
    ("kept", "is_lost"),
    [
        pytest.param(None, True, id="nothing is stored"),
        pytest.param(Kept("ok", 90.0), True, id="what was before it is stored"),
        pytest.param(Kept("failing", 100.0), False, id="it is stored"),
        pytest.param(Kept("ok", 110.0), False, id="something newer is stored"),
        pytest.param(Kept("failing", 90.0), False, id="it repeats what is stored"),
    ],
)
def test_an_acknowledged_alert_is_lost_unless_it_or_something_newer_is_stored(
    kept: Kept | None, *, is_lost: bool
) -> None:
    told = Alert(SEARCH_IS_DOWN, firing=True, began_at=100.0, since=100.0)
    found = lost({SEARCH_IS_DOWN: told}, {} if kept is None else {SEARCH_IS_DOWN: kept})
    assert bool(found) is is_lost
    assert all(one.startswith("I1: ") for one in found)


def test_a_component_is_as_bad_as_the_worst_that_breaks_it_and_an_outage_begins_once() -> None:
    shop = Shop()
    for cause in ("slow search", "search"):
        for instance in INSTANCES:
            shop.turn(cause, instance, broken=True)
    assert shop.components() == {
        "Checkout / API": "operational",
        "Checkout / Web": "operational",
        "Search": CAUSES["search"].status,
        "Payments": "operational",
    }
    assert (shop.places(), shop.outages) == ({"service Search"}, {"service Search": 1})
    for instance in INSTANCES:
        shop.turn("search", instance, broken=False)
    assert (shop.components()["Search"], shop.places()) == ("degraded_performance", set())


def test_thirty_kills_of_any_seed_are_drawn_the_same_again_and_many_hold_every_moment() -> None:
    assert all(draw_kills(seed, 30) == draw_kills(seed, 30) for seed in "abc")
    kills = [kill for seed in range(20) for kill in draw_kills(str(seed), 15)]
    counted = Counter(kill.moment for kill in kills)
    assert min(counted[moment] for moment in Moment) >= 20
    assert len(kills) == 300


def test_a_run_of_fifteen_kills_has_each_moment() -> None:
    for seed in range(50):
        assert {kill.moment for kill in draw_kills(str(seed), 15)} == set(Moment)
