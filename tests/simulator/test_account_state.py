"""A whole account, kept and taken up again: every answer and every page is what it was, and so is what comes next."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from bridge.app.example_history import add_example_history
from bridge.app.example_page import add_example_page
from bridge.simulator.account import Account
from bridge.simulator.account_state import OF_ONE_RUN, kept_fields, read_state, write_state
from bridge.simulator.model import Request, Simulator
from bridge.simulator.options import draw_options
from bridge.simulator.public_json import summary
from bridge.simulator.public_page import PublicPage
from bridge.simulator.state_codec import UnreadableStateError
from tests.simulator.desk import NOW, TOKEN, Desk

READS = (
    *("", "/components", "/component-groups", "/metrics"),
    *("/incidents", "/incidents/unresolved", "/incidents/scheduled", "/incidents/upcoming"),
)


def full(seed: int = 3) -> tuple[Simulator, str]:
    """An account with one of everything."""
    simulator = Simulator(
        seed=seed, options=draw_options(seed, among={"metadata_in_lists", "metadata_patch"})
    )
    page = add_example_page(simulator, NOW)
    add_example_history(simulator, page, NOW)
    simulator.add_token(TOKEN)
    fields = {"name": "Labelled", "metadata": {"bridge": {"id": 1, "deep": [None, 1.5]}}}
    ask(simulator, page.page_id, "POST", "/incidents", body={"incident": fields})
    simulator.page(page.page_id).time_zone = "Tokyo"
    return simulator, page.page_id


def ask(simulator: Simulator, page_id: str, method: str, path: str, *, body: object = None) -> Any:
    sent = b"" if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"OAuth {TOKEN}"}
    answer = simulator.handle(Request(method, f"/v1/pages/{page_id}{path}", {}, headers, sent), now=NOW + 60)
    return answer.status, json.loads(answer.body)


def again(simulator: Simulator) -> Simulator:
    """The simulator after a restart."""
    account, now = read_state(write_state(simulator.account, now=NOW + 30))
    assert now == NOW + 30
    restarted = Simulator(account=account)
    restarted.add_token(TOKEN)
    return restarted


def test_everything_is_answered_and_shown_as_before() -> None:
    before, page_id = full()
    after = again(before)
    for path in READS:
        assert ask(after, page_id, "GET", path) == ask(before, page_id, "GET", path), path
    assert PublicPage().overview(after.page(page_id), NOW) == PublicPage().overview(before.page(page_id), NOW)
    assert summary(after.page(page_id)) == summary(before.page(page_id))
    assert after.page(page_id).subscribers == before.page(page_id).subscribers
    assert after.options == before.options
    assert len(after.page(page_id).subscribers) == 3


def test_what_comes_next_is_what_would_have_come() -> None:
    before, page_id = full()
    after = again(before)
    made = {"incident": {"name": "Next", "component_ids": [before.component(page_id, "Search").id]}}
    assert ask(after, page_id, "POST", "/incidents", body=made) == ask(
        before, page_id, "POST", "/incidents", body=made
    )
    named = {"component": {"name": "Next"}}
    assert ask(after, page_id, "POST", "/components", body=named) == ask(
        before, page_id, "POST", "/components", body=named
    )
    assert after.notifications[-1].recipients == before.notifications[-1].recipients != ()


def test_a_second_restart_changes_nothing() -> None:
    before, _ = full()
    once = write_state(before.account, now=NOW)
    assert write_state(read_state(once)[0], now=NOW) == once


def test_only_what_belongs_to_one_run_is_left_out() -> None:
    names = {member.name for member in fields(Account)}
    assert {*kept_fields()} == names - OF_ONE_RUN
    assert {"options", "identifiers", "pages"} <= {*kept_fields()}


def test_no_token_stands_in_the_state() -> None:
    before, page_id = full()
    ask(before, page_id, "GET", "")
    assert TOKEN not in write_state(before.account, now=NOW)


def _component(state: Any) -> Any:
    return next(iter(next(iter(state["account"]["pages"].values()))["components"].values()))


def _group(state: Any) -> Any:
    return next(iter(next(iter(state["account"]["pages"].values()))["groups"].values()))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda state: state.update(format="else"), "is not a state of `bridge simulator`"),
        (lambda state: state.update(version=2), "is a state of version 2; this program reads version 1"),
        (lambda state: state.update(now="today"), "now: must be a number"),
        (lambda state: state.pop("account"), "account: must be a map"),
        (lambda state: state["account"].pop("pages"), "account: lacks 'pages'"),
        (lambda state: state["account"].update(more=1), "account: has an unknown 'more'"),
        (
            lambda state: state["account"]["identifiers"].update(random=[3, [1], None]),
            "identifiers: is no memory",
        ),
        (
            lambda state: state["account"]["options"].update(rate_limit=0),
            "options: rate_limit must be at least 1",
        ),
        (lambda state: _component(state).update(status="broken"), "status: must be one of operational,"),
        (lambda state: _component(state).update(changes=[]), "changes: must not be empty"),
        (lambda state: _component(state).update(group_id="nowhere"), "is no component of it"),
        (lambda state: _group(state).update(component_ids=[]), "is not in group"),
    ],
)
def test_a_damaged_state_is_told_and_not_guessed_at(damage: Callable[[Any], Any], told: str) -> None:
    state = json.loads(write_state(full()[0].account, now=NOW))
    damage(state)
    with pytest.raises(UnreadableStateError) as caught:
        read_state(json.dumps(state))
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "1", '"x"', "\x00"])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(UnreadableStateError):
        read_state(text)


def test_what_time_will_do_to_a_maintenance_is_done_after_a_restart_once(desk: Desk) -> None:
    maintenance = desk.open(
        scheduled_for="2100-01-01T00:00:00Z",
        scheduled_until="2100-01-01T01:00:00Z",
        scheduled_remind_prior=True,
        scheduled_auto_in_progress=True,
        scheduled_auto_completed=True,
    )
    account, _ = read_state(write_state(desk.simulator.account, now=NOW))

    restored = Simulator(account=account)
    for _ in range(2):
        restored.advance(4_102_448_400.0)

    found = restored.page(desk.page_id).incidents[maintenance["id"]]
    assert [update.status for update in found.updates] == ["scheduled", "in_progress", "completed"]
    assert [told.kind for told in restored.notifications] == ["reminder"]
