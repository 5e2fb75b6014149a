"""The rolling window against a checker that remembers everything."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bridge.simulator.model import Options
from bridge.simulator.rate_window import RateWindow
from tests.simulator.desk import furnish

SECONDS = 60.0
# Quarters of a second: exact in binary, and full of arrivals that are exactly a window apart.
gaps = st.lists(st.integers(0, 200).map(lambda quarters: quarters / 4), max_size=120)


class Remembering:
    """The same rule, told by looking at the whole past each time."""

    def __init__(self, limit: int, *, count_rejected: bool) -> None:
        self.limit = limit
        self.count_rejected = count_rejected
        self.counted: list[float] = []

    def _full_at(self, now: float) -> bool:
        return sum(1 for at in self.counted if now - SECONDS < at) >= self.limit

    def arrive(self, now: float) -> int:
        """Answer as the window should."""
        full = self._full_at(now)
        if not full or self.count_rejected:
            self.counted.append(now)
        if not full:
            return 0
        # The first quarter of a second from here at which one more would be let in.
        quarters = next(n for n in range(1, 241) if not self._full_at(now + n / 4))
        return max(1, math.ceil(quarters / 4))


@given(gaps=gaps, limit=st.integers(1, 8), count_rejected=st.booleans())
def test_the_window_decides_as_one_that_remembers_every_arrival(
    gaps: list[float], limit: int, *, count_rejected: bool
) -> None:
    window = RateWindow(limit=limit, seconds=SECONDS, count_rejected=count_rejected)
    checker = Remembering(limit, count_rejected=count_rejected)
    now = 0.0
    for gap in gaps:
        now += gap
        assert window.arrive(now) == checker.arrive(now)


@given(gaps=gaps, limit=st.integers(1, 8))
def test_waiting_as_long_as_told_is_always_enough(gaps: list[float], limit: int) -> None:
    window = RateWindow(limit=limit, seconds=SECONDS)
    now = 0.0
    for gap in gaps:
        now += gap
        retry_after = window.arrive(now)
        if retry_after:
            now += retry_after
            assert window.arrive(now) == 0


def test_a_clock_that_is_set_back_frees_nothing() -> None:
    window = RateWindow(limit=1, seconds=SECONDS)
    assert window.arrive(1000.0) == 0
    assert window.arrive(500.0) == 60


def test_the_sixty_first_request_of_a_minute_is_refused_and_says_when_to_come_back() -> None:
    desk = furnish(Options())
    answers = [desk.ask("GET", "/components", now=1_800_000_000.0 + n * 0.5)[0] for n in range(61)]
    assert answers == [200] * 60 + [420]
    status, body = desk.ask("GET", "/components", now=1_800_000_059.75)
    assert (status, body["status"]) == (420, 420)
    assert desk.ask("GET", "/components", now=1_800_000_060.0)[0] == 200


def test_the_status_of_a_refusal_is_an_option() -> None:
    desk = furnish(Options(rate_limit=1, rate_limit_status=429))
    assert [desk.ask("GET", "/components")[0] for _ in range(2)] == [200, 429]


def test_each_token_has_its_own_window_and_what_is_not_found_counts() -> None:
    desk = furnish(Options(rate_limit=2))
    desk.simulator.add_token("other")
    assert [desk.ask("GET", "/nowhere")[0] for _ in range(3)] == [404, 404, 420]
    desk.headers = {"Authorization": "OAuth other"}
    assert desk.ask("GET", "/components")[0] == 200


def test_calls_without_a_valid_token_use_nobodys_budget() -> None:
    desk = furnish(Options(rate_limit=1))
    good, desk.headers = desk.headers, {"Authorization": "OAuth wrong"}
    assert [desk.ask("GET", "/components")[0] for _ in range(3)] == [401, 401, 401]
    desk.headers = good
    assert desk.ask("GET", "/components")[0] == 200
