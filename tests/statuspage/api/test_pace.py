"""How fast calls follow each other: never more in a minute than the window has, and after a refusal as late as was asked. On virtual time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bridge.simulator.faults import FaultKind, FaultRule
from bridge.statuspage.api import (
    NoAnswerError,
    NotSentError,
    RateLimitedError,
    RealtimeIncident,
    RollingWindow,
    ServerError,
    StatuspageApi,
)
from tests.statuspage.api.stage import stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.statuspage.api.stage import Stage

INCIDENT = RealtimeIncident(name="Trouble", deliver_notifications=True)


@pytest.fixture
def scene() -> Iterator[Stage]:
    with stage() as scene:
        yield scene


def times(scene: Stage) -> list[float]:
    return [at for _, at in scene.arrivals]


def most_in_a_minute(instants: list[float]) -> int:
    return max(sum(begin <= at < begin + 60 for at in instants) for begin in instants)


async def read_at_once(api: StatuspageApi, page_id: str, count: int) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(api.pages.get(page_id))


@pytest.mark.parametrize("requests", [1, 3, 60])
@pytest.mark.parametrize("latency", [(0.0, 0.001), (0.01, 5.0)])
def test_no_minute_at_the_server_holds_more_than_the_window(
    requests: int, latency: tuple[float, float]
) -> None:
    with stage(rate_limit=requests, latency=latency) as scene:
        api = scene.api(pace=RollingWindow(requests), timeout=30)
        scene.run(read_at_once(api, scene.page_id, 3 * requests))
        assert len(scene.arrivals) == 3 * requests  # and the server, which counts for itself, refused none
        assert most_in_a_minute(times(scene)) == requests


def test_a_client_that_is_given_no_pace_has_the_token_s_own_limit() -> None:
    with stage(rate_limit=60) as scene:
        api = StatuspageApi(scene.network.transport("canary-3f9c1d77e0b84a52"))
        scene.run(read_at_once(api, scene.page_id, 130))
        assert len(scene.arrivals) == 130
        assert scene.loop.time() > 120


def test_a_share_is_used_at_once_and_comes_back_a_minute_later(scene: Stage) -> None:
    scene.run(read_at_once(scene.api(pace=RollingWindow(3)), scene.page_id, 4))
    assert [round(at) for at in times(scene)] == [0, 0, 0, 60]


def test_those_who_wait_are_served_in_order(scene: Stage) -> None:
    served: list[int] = []
    api = scene.api(pace=RollingWindow(1))

    async def read(number: int) -> None:
        await api.pages.get(scene.page_id)
        served.append(number)

    async def all_of_them() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(5):
                group.create_task(read(number))
                await asyncio.sleep(1)

    scene.run(all_of_them())
    assert served == [0, 1, 2, 3, 4]


def test_two_clients_may_share_a_window(scene: Stage) -> None:
    window = RollingWindow(2)
    for _ in range(3):
        scene.run(scene.api(pace=window).pages.get(scene.page_id))
    assert round(times(scene)[2]) == 60


def test_a_request_without_an_answer_keeps_its_place_until_it_can_no_longer_arrive(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.DROPPED, times=1))
    api = scene.api(pace=RollingWindow(1, settle_for=150.0), timeout=10)
    with pytest.raises(NoAnswerError):
        scene.run(api.pages.get(scene.page_id))
    scene.run(api.pages.get(scene.page_id))
    assert times(scene)[-1] == pytest.approx(10 + 60 + 150, abs=0.1)


def test_a_request_that_was_not_sent_uses_no_place(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.REFUSED, times=1))
    api = scene.api(pace=RollingWindow(1))
    with pytest.raises(NotSentError):
        scene.run(api.pages.get(scene.page_id))
    scene.run(api.pages.get(scene.page_id))
    assert times(scene)[-1] < 1


def test_an_answer_gives_a_place_back_sooner_than_was_feared(scene: Stage) -> None:
    api = scene.api(pace=RollingWindow(1), timeout=30)
    scene.run(read_at_once(api, scene.page_id, 2))  # the second waits while the first is under way
    assert times(scene)[1] == pytest.approx(60, abs=0.2)


def test_one_that_is_cancelled_while_it_waits_takes_no_place(scene: Stage) -> None:
    api = scene.api(pace=RollingWindow(1))

    async def impatient() -> None:
        await api.pages.get(scene.page_id)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await api.pages.get(scene.page_id)
        await api.pages.get(scene.page_id)

    scene.run(impatient())
    assert [round(at) for at in times(scene)] == [0, 60]


def test_a_refusal_holds_back_all_that_share_the_window(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=420, retry_after=90, times=1))
    window = RollingWindow(60)
    with pytest.raises(RateLimitedError):
        scene.run(scene.api(pace=window).pages.get(scene.page_id))
    scene.run(scene.api(pace=window).pages.get(scene.page_id))
    assert 90 <= times(scene)[-1] < 91


# --- patience


def test_a_read_waits_as_long_as_it_is_asked_to(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=429, retry_after=30, times=2))
    page = scene.run(scene.api(patience=120.0).pages.get(scene.page_id))
    assert page.id == scene.page_id
    assert [round(at) for at in times(scene)] == [0, 30, 60]


def test_a_limit_that_does_not_say_how_long_is_over_in_a_minute(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=420, times=1))
    scene.run(scene.api(patience=120.0).pages.get(scene.page_id))
    assert [round(at) for at in times(scene)] == [0, 60]


def test_after_errors_of_the_server_the_pauses_double_up_to_half_a_minute(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=503, times=8))
    scene.run(scene.api(patience=600.0).pages.get(scene.page_id))
    gaps = [round(later - earlier) for earlier, later in zip(times(scene), times(scene)[1:], strict=False)]
    assert gaps == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_server_s_own_wait_goes_before_ours(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=503, retry_after=45, times=1))
    scene.run(scene.api(patience=60.0).pages.get(scene.page_id))
    assert [round(at) for at in times(scene)] == [0, 45]


def test_what_would_come_after_patience_is_over_is_not_waited_for(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=420, retry_after=61))
    with pytest.raises(RateLimitedError) as caught:
        scene.run(scene.api(patience=60.0).pages.get(scene.page_id))
    assert caught.value.retry_after == 61
    assert scene.loop.time() < 1


def test_patience_ends(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=500))
    with pytest.raises(ServerError):
        scene.run(scene.api(patience=20.0).pages.get(scene.page_id))
    assert [round(at) for at in times(scene)] == [0, 1, 3, 7, 15]


@pytest.mark.parametrize("status", [420, 429, 500, 503])
def test_no_write_is_repeated_however_patient_the_client(scene: Stage, status: int) -> None:
    scene.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE, status=status, retry_after=1))
    with pytest.raises((RateLimitedError, ServerError)):
        scene.run(scene.api(patience=600.0).incidents.create(scene.page_id, INCIDENT))
    assert [method for method, _ in scene.arrivals] == ["POST"]


def test_a_lost_read_is_not_repeated(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.ANSWER_LOST, times=1))
    with pytest.raises(NoAnswerError):
        scene.run(scene.api(patience=600.0).pages.get(scene.page_id))
    assert len(scene.arrivals) == 1


def test_a_window_without_a_request_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RollingWindow(0)
