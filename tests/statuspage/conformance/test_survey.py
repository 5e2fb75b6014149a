"""A page that people use is told from one to be thrown away, and what will be done is said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.simulator.faults import FaultKind, FaultRule
from bridge.statuspage.conformance.survey import MOST_COMPONENTS, PageError, Survey, survey
from bridge.statuspage.conformance.visit import Itinerary, Part
from tests.statuspage.conformance.stage import ADDRESS, EPOCH, LedgerListener, Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable


def surveyed(set_up: Stage) -> Survey:
    return set_up.loop.run_until_complete(survey(set_up.asker()))


def test_a_quiet_page_shows_no_sign_of_use() -> None:
    with stage() as set_up:
        seen = surveyed(set_up)
        assert (seen.name, seen.signs_of_use) == ("Throw-away", ())
        assert (seen.active_subscribers, seen.open_incidents, seen.components) == (0, 0, 1)
        assert set_up.simulator.page(set_up.page_id).providers.keys() == seen.standing
        assert {arrival.method for arrival in set_up.simulator.arrivals} == {"GET"}


def subscribe(set_up: Stage) -> None:
    set_up.simulator.add_subscriber(set_up.page_id, email="reader@example.com", now=EPOCH)


def open_incident(set_up: Stage) -> None:
    from bridge.simulator.messages import Request

    token = {"Authorization": "OAuth canary-3f9c1d77e0b84a52", "Content-Type": "application/json"}
    body = b'{"incident": {"name": "Trouble"}}'
    path = f"/v1/pages/{set_up.page_id}/incidents"
    assert set_up.simulator.handle(Request("POST", path, {}, token, body), now=EPOCH).status == 201


def fill(set_up: Stage) -> None:
    for number in range(MOST_COMPONENTS):
        set_up.simulator.add_component(set_up.page_id, f"Service {number}", now=EPOCH)


@pytest.mark.parametrize(
    ("use", "sign"),
    [
        (subscribe, "it has 1 active subscriber"),
        (open_incident, "it has 1 open incident, or maintenances to come"),
        (fill, "it has 11 components, more than 10"),
    ],
)
def test_each_sign_of_use_is_seen(use: Callable[[Stage], None], sign: str) -> None:
    with stage() as set_up:
        use(set_up)
        assert surveyed(set_up).signs_of_use == (sign,)


def test_subscribers_that_cannot_be_counted_may_be_there() -> None:
    fault = FaultRule(
        kind=FaultKind.STATUS_BEFORE, status=403, path="/pages/{page_id}/subscribers/histogram_by_state"
    )
    with stage(faults=(fault,)) as set_up:
        assert surveyed(set_up).signs_of_use == ("its subscribers cannot be counted",)


def test_another_page_than_the_tokens_is_told_as_that() -> None:
    with stage() as set_up:
        asker = set_up.asker()
        asker.page_id = set_up.other_page
        with pytest.raises(PageError, match=f"there is no page {set_up.other_page}, or not for this token"):
            set_up.loop.run_until_complete(survey(asker))


def test_what_will_be_done_is_said_with_its_price() -> None:
    with stage() as set_up:
        listener = LedgerListener(set_up.simulator)
        told = "\n".join(Itinerary("mark", listener=listener).announcement())
        assert "TOLD TO EVERY SUBSCRIBER OF THE PAGE" in told
        assert ADDRESS not in told
        assert "2 maintenances, told to nobody, unless the page tells by itself" in told
        assert "refused for a minute" in told
        little = "\n".join(Itinerary("mark", frozenset(Part)).announcement())
        assert "TOLD TO EVERY" not in little
        assert "maintenances" not in little
        assert "refused" not in little


@pytest.mark.parametrize("skipped", [(), (Part.RATE_LIMIT,), tuple(Part)])
def test_it_makes_about_as_many_calls_as_it_says(skipped: tuple[Part, ...]) -> None:
    with stage() as set_up:
        listener = LedgerListener(set_up.simulator)
        calls, minutes = Itinerary("mark", frozenset(skipped), listener=listener).cost()
        set_up.probe(skip=skipped)
        assert abs(len(set_up.simulator.arrivals) - calls) <= 10
        assert set_up.loop.time() <= 60 * minutes
