"""Subscribers in lists, counts and bulks."""

from time import process_time
from typing import Any

import pytest

from bridge.simulator.ledgers import NotificationKind
from bridge.simulator.model import Options
from tests.simulator.desk import NOW, Desk, furnish

AUDIENCE = (
    ("bob@example.com", "email", "active"),
    ("Ann@example.com", "email", "active"),
    ("cid@example.com", "email", "unconfirmed"),
    ("dan@example.com", "email", "quarantined"),
    ("+1234567890", "sms", "active"),
    ("+1234567891", "sms", "unconfirmed"),
    ("https://hooks.example/ann", "webhook", "quarantined"),
    ("#ann", "slack", "active"),
    ("#ops", "teams", "active"),
    ("pager", "integration_partner", "active"),
)
ADDRESS_OF = {"email": "email", "sms": "phone_number", "webhook": "endpoint"}


@pytest.fixture
def desk() -> Desk:
    desk = furnish()
    for age, (address, mode, state) in enumerate(reversed(AUDIENCE)):
        reached = {ADDRESS_OF.get(mode, "channel"): address}
        desk.simulator.add_subscriber(desk.page_id, **reached, mode=mode, state=state, now=NOW - 100 + age)
    return desk


def ids(desk: Desk) -> dict[str, str]:
    return {one.address: one.id for one in desk.simulator.page(desk.page_id).subscribers.values()}


def listed(desk: Desk, **query: str) -> list[str]:
    status, rows = desk.ask("GET", "/subscribers", query=query)
    assert status == 200, rows
    shown = ("endpoint", "phone_number", "email", "obfuscated_channel_name")
    return [next(row[name] for name in shown if row[name]) for row in rows]


def bulk(desk: Desk, name: str, **body: object) -> tuple[int, Any]:
    return desk.ask("POST", f"/subscribers/{name}", body, now=NOW + 9)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["#ann", "#ops", "+1234567890", "Ann@example.com", "bob@example.com", "pager"]),
        ({"type": "email"}, ["Ann@example.com", "bob@example.com"]),
        ({"type": "email", "state": "all"}, [f"{name}@example.com" for name in ("Ann", "bob", "cid", "dan")]),
        ({"type": "sms", "state": "unconfirmed"}, ["+1234567891"]),
        ({"state": "quarantined"}, ["dan@example.com", "https://hooks.example/ann"]),
        ({"type": "integration"}, ["pager"]),
        ({"type": "integration_partner"}, ["pager"]),
        ({"type": "teams"}, ["#ops"]),
        ({"type": "", "state": "", "q": "", "sort_field": "", "limit": "2"}, ["#ann", "#ops"]),
        ({"limit": "2", "page": "1"}, ["+1234567890", "Ann@example.com"]),
        ({"limit": "2", "page": "0"}, ["#ann", "#ops"]),
        ({"limit": "2", "page": "9"}, []),
        ({"limit": "0", "page": "-1", "type": "email"}, ["Ann@example.com", "bob@example.com"]),
        ({"type": "email", "sort_direction": "desc"}, ["bob@example.com", "Ann@example.com"]),
        ({"type": "email", "sort_field": "created_at"}, ["Ann@example.com", "bob@example.com"]),
        (
            {"type": "email", "state": "all", "sort_field": "created_at", "sort_direction": "desc"},
            ["bob@example.com", "Ann@example.com", "cid@example.com", "dan@example.com"],
        ),
        (
            {"state": "all", "sort_field": "quarantined_at", "limit": "3"},
            ["https://hooks.example/ann", "dan@example.com", "pager"],
        ),
        ({"q": "ann", "state": "all"}, ["Ann@example.com", "https://hooks.example/ann"]),
        ({"q": "EXAMPLE", "sort_field": "relevance"}, ["Ann@example.com", "bob@example.com"]),
        ({"q": "+1234567890"}, ["+1234567890"]),
        ({"q": "nobody"}, []),
    ],
)
def test_a_list_shows_who_is_asked_for(desk: Desk, query: dict[str, str], expected: list[str]) -> None:
    assert listed(desk, **query) == expected


def test_by_relevance_the_address_itself_comes_first(desk: Desk) -> None:
    for address in ("xx-ann@a.example", "ann@a.example", "ann@a.example.org"):
        desk.simulator.add_subscriber(desk.page_id, email=address)
    query = {"q": "ann@a.example", "sort_field": "relevance"}
    found = ["ann@a.example", "ann@a.example.org", "xx-ann@a.example"]
    assert listed(desk, **query) == found
    assert listed(desk, **query, sort_direction="desc") == found[::-1]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"type": "fax"}, "type"),
        ({"state": "asleep"}, "state"),
        ({"sort_field": "colour"}, "sort_field"),
        ({"sort_field": "relevance"}, "sort_field"),
        ({"sort_direction": "sideways"}, "sort_direction"),
    ],
)
def test_a_list_names_what_it_does_not_know(desk: Desk, query: dict[str, str], wrong: str) -> None:
    status, answer = desk.ask("GET", "/subscribers", query=query)
    assert (status, list(answer["error"])) == (422, [wrong])


def test_a_list_has_at_most_a_hundred_rows(desk: Desk) -> None:
    for number in range(150):
        desk.simulator.add_subscriber(desk.page_id, email=f"n{number:03}@example.com")
    assert len(listed(desk, limit="5000")) == len(listed(desk)) == 100
    assert len(listed(desk, page="1")) == 56


def test_subscribers_are_counted_by_kind(desk: Desk) -> None:
    path = "/subscribers/count"
    none = dict.fromkeys(("email", "sms", "webhook", "integration_partner", "slack", "teams"), 0)
    active = {**none, "email": 2, "sms": 1, "integration_partner": 1, "slack": 1, "teams": 1}
    assert desk.ask("GET", path) == (200, active)
    assert desk.ask("GET", path, query={"state": "all"}) == (
        200,
        {**active, "email": 4, "sms": 2, "webhook": 1},
    )
    assert desk.ask("GET", path, query={"type": "email"}) == (200, {**none, "email": 2})
    quarantined = {"type": "webhook", "state": "quarantined"}
    assert desk.ask("GET", path, query=quarantined) == (200, {**none, "webhook": 1})
    for query in ({"type": "fax"}, {"state": "asleep"}):
        assert desk.ask("GET", path, query=query)[0] == 400


def test_the_histogram_counts_by_kind_and_state(desk: Desk) -> None:
    status, histogram = desk.ask("GET", "/subscribers/histogram_by_state")
    assert status == 200
    assert histogram["email"] == {"active": 2, "unconfirmed": 1, "quarantined": 1, "total": 4}
    assert histogram["webhook"] == {"active": 0, "unconfirmed": 0, "quarantined": 1, "total": 1}
    assert sum(row["total"] for row in histogram.values()) == len(AUDIENCE)
    desk.ask("DELETE", f"/subscribers/{ids(desk)['dan@example.com']}")
    assert desk.ask("GET", "/subscribers/histogram_by_state")[1]["email"]["total"] == 3


def test_a_bulk_lets_those_go_whom_it_names_and_its_filter_admits(desk: Desk) -> None:
    known = ids(desk)
    meant = [known[name] for name in ("bob@example.com", "dan@example.com", "+1234567890")]
    assert bulk(desk, "unsubscribe", subscribers=meant) == (201, None)
    assert listed(desk) == ["#ann", "#ops", "Ann@example.com", "pager"]
    (note,) = desk.simulator.notifications
    assert (note.kind, note.recipients) == (NotificationKind.UNSUBSCRIPTION, (meant[0], meant[2]))
    # Once more does nothing; the one in quarantine goes when its state is asked for, and hears nothing of it.
    assert bulk(desk, "unsubscribe", subscribers=meant) == (201, None)
    assert bulk(desk, "unsubscribe", subscribers=meant, state="all") == (201, None)
    assert "dan@example.com" not in listed(desk, state="all")
    assert len(desk.simulator.notifications) == 1


def test_a_bulk_can_mean_all_of_a_kind(desk: Desk) -> None:
    assert bulk(desk, "unsubscribe", subscribers="all", type="email", state="all") == (201, None)
    assert listed(desk, type="email", state="all") == []
    assert len(listed(desk, state="all")) == 6
    silent = {"subscribers": "all", "skip_unsubscription_notification": True}
    assert bulk(desk, "unsubscribe", **silent) == (201, None)
    assert (listed(desk), len(desk.simulator.notifications)) == ([], 1)


def test_a_bulk_is_limited_to_a_hundred(desk: Desk) -> None:
    made = [
        desk.simulator.add_subscriber(desk.page_id, email=f"n{number}@example.org") for number in range(101)
    ]
    refused = bulk(desk, "unsubscribe", subscribers=made)
    assert (refused[0], refused[1]["error"]) == (422, {"subscribers": ["can be at most 100"]})
    _, every = bulk(desk, "unsubscribe", subscribers="all", type="email")
    assert every["error"] == {"subscribers": ["can be all only where they are fewer than 100"]}
    assert len(listed(desk, page="1")) == 7
    assert bulk(desk, "unsubscribe", subscribers=made[:3])[0] == 201
    assert bulk(desk, "unsubscribe", subscribers="all", type="email")[0] == 422
    assert bulk(desk, "unsubscribe", subscribers=made[:4])[0] == 201
    assert bulk(desk, "unsubscribe", subscribers="all", type="email")[0] == 201
    assert listed(desk, type="email") == []


def test_a_bulk_reactivates_the_quarantined(desk: Desk) -> None:
    known = ids(desk)
    named = [known["dan@example.com"], known["cid@example.com"]]
    assert bulk(desk, "reactivate", subscribers=named) == (201, None)
    assert listed(desk, type="email") == [f"{name}@example.com" for name in ("Ann", "bob", "dan")]
    _, dan = desk.ask("GET", f"/subscribers/{named[0]}")
    assert (dan["quarantined_at"], dan["purge_at"]) == (None, None)
    assert bulk(desk, "reactivate", subscribers="all", type="email") == (201, None)
    assert listed(desk, state="quarantined") == ["https://hooks.example/ann"]
    assert bulk(desk, "reactivate", subscribers="all") == (201, None)
    assert listed(desk, state="quarantined") == []
    refused = bulk(desk, "reactivate", subscribers="all", type="teams")
    assert (refused[0], list(refused[1]["error"])) == (422, ["type"])
    # Nobody is let go any more when the quarantine would have ended.
    assert desk.ask("GET", f"/subscribers/{named[0]}", now=NOW + 40 * 86_400)[0] == 200


def test_a_bulk_asks_those_to_confirm_who_await_it_by_email(desk: Desk) -> None:
    known = ids(desk)
    assert bulk(desk, "resend_confirmation", subscribers=list(known.values())) == (201, None)
    assert bulk(desk, "resend_confirmation", subscribers="all") == (201, None)
    assert bulk(desk, "resend_confirmation", subscribers=known["bob@example.com"]) == (201, None)
    notes = [(note.kind, note.recipients) for note in desk.simulator.notifications]
    assert notes == [(NotificationKind.CONFIRMATION, (known["cid@example.com"],))] * 2


@pytest.mark.parametrize("name", ["unsubscribe", "reactivate", "resend_confirmation"])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"subscribers": None}, 400),
        ({"subscribers": []}, 422),
        ({"subscribers": ["nonesuch"]}, 422),
        ({"subscribers": "nonesuch"}, 422),
        ({"subscribers": {"a": 1}}, 422),
        ({"subscribers": [1]}, 422),
        ({"subscribers": 7}, 422),
    ],
)
def test_a_bulk_that_names_nobody_is_refused(
    desk: Desk, name: str, sent: dict[str, object], status: int
) -> None:
    before = desk.ask("GET", "/subscribers", query={"state": "all"})
    assert bulk(desk, name, **sent)[0] == status
    assert desk.ask("GET", "/subscribers", query={"state": "all"}) == before
    assert desk.simulator.notifications == []


def test_lists_of_subscribers_lag_like_all_lists() -> None:
    desk = furnish(Options(list_lag=20.0, rate_limit=10_000))
    fields = {"email": "ann@example.com", "skip_confirmation_notification": True}
    _, ann = desk.ask("POST", "/subscribers", {"subscriber": fields})
    for at, shown in ((19, []), (20, [ann])):
        assert desk.ask("GET", "/subscribers", now=NOW + at) == (200, shown)
    desk.ask("DELETE", f"/subscribers/{ann['id']}", now=NOW + 30)
    for at, shown in ((49, [ann]), (50, [])):
        assert desk.ask("GET", "/subscribers", now=NOW + at) == (200, shown)


def test_forty_thousand_subscribers_cost_no_more_than_forty(desk: Desk) -> None:
    for number in range(40_000):
        desk.simulator.add_subscriber(desk.page_id, email=f"n{number}@example.org")
    desk.ask("GET", "/subscribers")

    def cost(count: int, *, method: str, path: str, body: dict[str, object] | None = None) -> float:
        began = process_time()
        for _ in range(count):
            assert desk.ask(method, path, body)[0] in {200, 422}
        return (process_time() - began) / count

    again: dict[str, object] = {"subscriber": {"email": "n39999@example.org"}}
    assert cost(200, method="POST", path="/subscribers", body=again) < 0.002
    assert cost(50, method="GET", path="/subscribers/count") < 0.002
    assert cost(20, method="GET", path="/subscribers") < 0.01
