"""Who wants to hear of one incident only."""

from typing import Any

import pytest

from bridge.simulator.ledgers import NotificationKind
from tests.simulator.desk import NOW, Desk

SILENT = {"skip_confirmation_notification": True}


@pytest.fixture
def path(desk: Desk) -> str:
    return f"/incidents/{desk.open()['id']}/subscribers"


def subscribe(desk: Desk, path: str, **fields: object) -> Any:
    status, subscriber = desk.ask("POST", path, {"subscriber": fields})
    assert status == 201, subscriber
    return subscriber


def told(desk: Desk) -> list[tuple[NotificationKind, tuple[str, ...]]]:
    return [(note.kind, note.recipients) for note in desk.simulator.notifications[1:]]


def test_a_subscriber_hears_of_its_incident_and_of_no_other(desk: Desk, path: str) -> None:
    ann = subscribe(desk, path, email="ann@example.com", **SILENT)
    bob = subscribe(desk, path, phone_number="+1234567890")
    assert told(desk) == [(NotificationKind.CONFIRMATION, (bob["id"],))]
    incident_id = path.split("/")[2]
    assert desk.simulator.notifications[-1].incident_id == incident_id
    desk.patch({"id": incident_id}, body="We look.")
    desk.open()
    assert told(desk)[1:] == [(NotificationKind.UPDATE, (ann["id"],)), (NotificationKind.UPDATE, ())]
    assert desk.ask("GET", "/subscribers", query={"state": "all"}) == (200, [])


def test_subscribers_are_listed_in_pages_from_one_and_got(desk: Desk, path: str) -> None:
    made = [subscribe(desk, path, email=f"{name}@example.com") for name in ("cid", "ann", "bob")]
    assert desk.ask("GET", path) == (200, made)
    assert desk.ask("GET", path, query={"per_page": "2", "page": "2"}) == (200, made[2:])
    assert desk.ask("GET", f"{path}/{made[1]['id']}") == (200, made[1])


def test_the_vendors_example_has_no_wrapper(desk: Desk, path: str) -> None:
    status, subscriber = desk.ask("POST", path, {"email": "ann@example.com"})
    assert (status, subscriber["mode"]) == (201, "email")


def test_who_leaves_is_told_and_gone(desk: Desk, path: str) -> None:
    ann = subscribe(desk, path, email="ann@example.com", **SILENT)
    assert desk.ask("DELETE", f"{path}/{ann['id']}") == (200, ann)
    assert told(desk) == [(NotificationKind.UNSUBSCRIPTION, (ann["id"],))]
    assert desk.ask("GET", path) == (200, [])
    for method, way in (("GET", ""), ("DELETE", ""), ("POST", "/resend_confirmation")):
        assert desk.ask(method, f"{path}/{ann['id']}{way}")[0] == 404
    assert desk.ask("GET", "/subscribers/unsubscribed") == (200, [])
    assert subscribe(desk, path, email="ann@example.com")["id"] != ann["id"]


def test_a_confirmation_is_sent_again_while_it_is_awaited(desk: Desk, path: str) -> None:
    ann = subscribe(desk, path, email="ann@example.com")
    bob = subscribe(desk, path, email="bob@example.com", **SILENT)
    for one in (ann, bob):
        assert desk.ask("POST", f"{path}/{one['id']}/resend_confirmation") == (201, None)
    assert told(desk) == [(NotificationKind.CONFIRMATION, (ann["id"],))] * 2


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": "nobody"}, "email"),
        ({"phone_number": "x"}, "phone_number"),
        ({"endpoint": "https://hooks.example", "email": "ann@example.com"}, "endpoint"),
        ({"email": "taken@example.com"}, "email"),
    ],
)
def test_what_is_wrong_is_400_as_the_document_has_it(
    desk: Desk, path: str, fields: dict[str, str], wrong: str
) -> None:
    taken = subscribe(desk, path, email="taken@example.com")
    status, answer = desk.ask("POST", path, {"subscriber": fields})
    assert (status, list(answer["error"])) == (400, [wrong])
    assert desk.ask("GET", path) == (200, [taken])


def test_nobody_subscribes_to_what_is_not_there(desk: Desk, path: str) -> None:
    fields = {"subscriber": {"email": "ann@example.com"}}
    assert desk.ask("POST", "/incidents/nonesuch/subscribers", fields)[0] == 404
    assert desk.ask("GET", "/incidents/nonesuch/subscribers")[0] == 404
    assert desk.ask("GET", f"{path}/nonesuch")[0] == 404
    assert desk.ask("POST", path)[0] == 400
    assert desk.ask("POST", path, {"subscriber": "ann"})[0] == 400


def test_a_set_up_can_subscribe_to_an_incident(desk: Desk, path: str) -> None:
    incident_id = path.split("/")[2]
    identifier = desk.simulator.add_subscriber(
        desk.page_id, email="ann@example.com", incident_id=incident_id, now=NOW
    )
    assert [row["id"] for row in desk.ask("GET", path)[1]] == [identifier]
