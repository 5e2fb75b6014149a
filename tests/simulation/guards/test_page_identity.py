"""The page that was served first is pinned; nothing is written to another one, whatever made it another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bridge.core.commands import ConfirmedGuard
from tests.mutants.scenarios import safeguards
from tests.simulation.adversity.interference import answered
from tests.simulation.guards.confirming import confirm
from tests.simulation.guards.worlds import A_LITTLE, TwoPages
from tests.simulation.judge import violations
from tests.simulation.shop import API, SEARCH, fire, resolve, status, updates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

LONG = 900.0


@pytest.fixture
def world() -> Iterator[TwoPages]:
    with TwoPages() as made:
        made.start()
        made.run_for(A_LITTLE)
        yield made
        assert violations(made) == []


def test_the_page_of_the_first_start_is_written_to_after_any_restart(world: TwoPages) -> None:
    world.restart()
    fire(world, "SearchErrors")
    world.run_for(A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"
    assert world.held() == ()


def test_a_renamed_page_is_the_same_page(world: TwoPages) -> None:
    page = world.simulator.page(world.page_id)
    page.name, page.subdomain, page.url = "Acme & Sons", "acme-and-sons", "https://sons.example"
    page.updated_at = world.now()
    world.restart()
    fire(world, "SearchErrors")
    world.run_for(A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"


def test_a_server_that_becomes_another_behind_its_address_is_noticed_at_a_start_five_minutes_later(
    world: TwoPages,
) -> None:
    world.simulator.page(world.page_id).created_at += 3600.0
    world.run_for(LONG)
    world.restart()
    written = len(world.writes())
    fire(world, "CheckoutErrors")
    world.run_for(LONG)
    assert (len(world.held()), world.writes()[written:]) == (1, [])


def test_in_a_crash_loop_the_page_itself_is_read_once_in_five_minutes(world: TwoPages) -> None:
    world.run_for(LONG)
    begun = len(world.hand.requests)
    for _ in range(300):
        world.crash()
        world.run_for(0.2)
        world.start()
        world.run_for(1.8)
    paths = [path for _, _, path in world.hand.requests[begun:]]
    assert 1 <= sum(path.endswith(f"/pages/{world.page_id}") for path in paths) <= 4


def test_the_page_itself_is_read_once_for_each_start_and_before_everything_else(world: TwoPages) -> None:
    world.run_for(LONG)
    world.restart()
    world.run_for(LONG)
    read = [path for _, _, path in world.hand.requests]
    itself = f"/v1/pages/{world.page_id}"
    bare = [
        number for number, path in enumerate(read) if path.removeprefix("/v1") == itself.removeprefix("/v1")
    ]
    assert len(bare) == 2
    assert bare[0] == 0


@pytest.mark.parametrize("how", ["another id", "another server"])
def test_to_another_page_nothing_is_written_neither_statuses_nor_incidents_nor_points(
    world: TwoPages, how: str
) -> None:
    world.run_for(LONG)
    fire(world, "SearchErrors")
    world.run_for(A_LITTLE)
    if how == "another id":
        world.served = world.other
    else:
        world.made_anew(by=3600.0)
    world.restart()
    written = len(world.writes())
    fire(world, "CheckoutErrors")
    world.run_for(LONG)
    assert world.writes()[written:] == []
    assert "nothing is written" in world.held()[0]
    # And after another restart, though what was read last is the other page.
    world.restart()
    world.run_for(LONG)
    assert world.writes()[written:] == []
    assert len(world.held()) == 1


def test_what_another_page_lacks_is_not_taken_for_what_a_person_did(world: TwoPages) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    assert updates(world) == [["investigating"]]
    world.served = world.other
    world.restart()
    world.run_for(LONG)
    world.served = world.page_id
    world.restart()
    world.run_for(LONG)
    resolve(world, "CheckoutErrors", since)
    world.run_for(LONG)
    assert updates(world) == [["investigating", "monitoring", "resolved"]]
    assert status(world, API) == "operational"


def test_a_confirmed_page_is_written_to_and_stays_so_after_a_restart(world: TwoPages) -> None:
    world.made_anew(by=3600.0)
    world.restart()
    fire(world, "SearchErrors")
    world.run_for(LONG)
    assert status(world, SEARCH) == "operational"
    (held,) = world.held()
    confirm(world, ConfirmedGuard.PAGE_IDENTITY, held.rpartition(" ")[2])
    world.run_for(A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"
    assert world.held() == ()
    world.restart()
    fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    assert status(world, API) == "major_outage"


def test_of_a_page_that_was_confirmed_nothing_is_known_from_the_one_before() -> None:
    assert safeguards.another_page_that_is_confirmed() == []


def test_a_confirmation_holds_for_the_page_that_it_names_alone_and_once(world: TwoPages) -> None:
    before = world.simulator.page(world.page_id).created_at
    world.made_anew(by=3600.0)
    world.restart()
    world.run_for(A_LITTLE)
    (held,) = world.held()
    world.crash()
    confirm(world, ConfirmedGuard.PAGE_IDENTITY, held.rpartition(" ")[2])
    world.made_anew(by=3600.0)
    world.start()
    fire(world, "SearchErrors")
    world.run_for(LONG)
    assert status(world, SEARCH) == "operational"  # a third page
    world.made_anew(by=-3600.0)
    world.run_for(LONG)
    assert status(world, SEARCH) == "partial_outage"  # the confirmed one, seen without a restart
    fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    world.simulator.page(world.page_id).created_at = before
    world.restart()
    world.run_for(A_LITTLE)
    assert len(world.held()) == 1  # what was pinned first is another page now
    world.made_anew(by=3600.0)
    world.run_for(120.0)
    assert world.held() == ()


def test_a_page_that_cannot_be_read_is_asked_again_and_never_written_to_unread() -> None:
    with TwoPages() as world:

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            itself = request.path.endswith(f"/pages/{world.page_id}")
            return answered(404, {"error": "not found"}) if itself else None

        world.hand.hooks.append(refuse)
        world.start()
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        asked = [at for at, _, _ in world.hand.requests]
        assert world.writes() == []
        assert world.held() == ()  # it may be the right one; `request_failed` says what is wrong
        assert 10 <= len(asked) <= 30
        assert max(later - earlier for earlier, later in pairwise(asked)) < 65.0
        world.hand.hooks.clear()
        world.run_for(120.0)
        assert updates(world) == [["investigating"]]


@pytest.mark.parametrize("document", [{"id": "somebodyelse"}, {"id": "{page}"}])
def test_a_first_answer_that_is_not_the_page_of_the_settings_pins_nothing(document: dict[str, str]) -> None:
    """A proxy that answers every page alike; an answer without the instant of creation is pinned as such, and is another page later."""
    with TwoPages() as world:
        made = {name: value.format(page=world.page_id) for name, value in document.items()}

        async def alike(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            return answered(200, made) if request.path.endswith(f"/pages/{world.page_id}") else None

        world.hand.hooks.append(alike)
        world.start()
        fire(world, "SearchErrors")
        world.run_for(LONG)
        same = made["id"] == world.page_id
        assert status(world, SEARCH) == ("partial_outage" if same else "operational")
        world.hand.hooks.clear()
        world.restart()
        world.run_for(LONG)
        assert len(world.held()) == int(same)
