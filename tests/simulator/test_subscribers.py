"""Subscribers one by one: who is made, found, changed, let go, and what is sent to whom about it."""

from typing import Any

import pytest

from bridge.simulator.ledgers import NotificationKind
from bridge.simulator.model import Options
from tests.simulator.desk import NOW, Desk, furnish

SILENT = {"skip_confirmation_notification": True}


def subscribe(desk: Desk, **fields: object) -> Any:
    status, subscriber = desk.ask("POST", "/subscribers", {"subscriber": fields})
    assert status == 201, subscriber
    return subscriber


def told(desk: Desk) -> list[tuple[NotificationKind, tuple[str, ...]]]:
    return [(note.kind, note.recipients) for note in desk.simulator.notifications]


def emails(desk: Desk, **query: str) -> list[str]:
    status, rows = desk.ask("GET", "/subscribers", query=query)
    assert status == 200, rows
    return [row["email"] or row["phone_number"] or row["obfuscated_channel_name"] for row in rows]


@pytest.mark.parametrize(
    ("fields", "mode"),
    [
        ({"email": "ann@example.com"}, "email"),
        ({"phone_number": "+1234567890", "phone_country": "us"}, "sms"),
        ({"phone_number": "(030) 123-456"}, "sms"),
        ({"endpoint": "https://hooks.example/1", "email": "ann@example.com"}, "webhook"),
    ],
)
def test_a_new_subscriber_is_asked_to_confirm_and_told_of_nothing_before(
    desk: Desk, fields: dict[str, str], mode: str
) -> None:
    subscriber = subscribe(desk, **fields)
    assert subscriber["mode"] == mode
    assert {name: subscriber[name] for name in fields} == {
        **fields,
        **({"phone_country": "US"} if "phone_country" in fields else {}),
    }
    assert subscriber["created_at"] == "2027-01-15T08:00:00.000Z"
    assert told(desk) == [(NotificationKind.CONFIRMATION, (subscriber["id"],))]
    (note,) = desk.simulator.notifications
    assert (note.page_id, note.incident_id, note.status, note.arrival) == (desk.page_id, "", None, 0)
    desk.open()
    assert told(desk)[1] == (NotificationKind.UPDATE, ())
    desk.simulator.settle_subscriber(desk.page_id, subscriber["id"], "active", now=NOW)
    desk.open()
    assert told(desk)[2] == (NotificationKind.UPDATE, (subscriber["id"],))


def test_without_the_confirmation_a_subscriber_is_active_at_once(desk: Desk) -> None:
    subscriber = subscribe(desk, email="ann@example.com", **SILENT)
    assert (subscriber["skip_confirmation_notification"], told(desk)) == (True, [])
    assert emails(desk) == ["ann@example.com"]


@pytest.mark.parametrize(("option", "confirmed"), [(False, []), (True, ["sms", "webhook"])])
def test_sms_and_webhooks_confirm_too_or_not(*, option: bool, confirmed: list[str]) -> None:
    desk = furnish(Options(confirmed_by_email_alone=option))
    subscribe(desk, email="ann@example.com")
    subscribe(desk, phone_number="+1234567890")
    subscribe(desk, endpoint="https://hooks.example", email="ann@example.com")
    _, rows = desk.ask("GET", "/subscribers", query={"sort_field": "created_at"})
    assert [row["mode"] for row in rows] == confirmed
    assert len(told(desk)) == 3 - len(confirmed)


def test_the_object_has_the_names_of_the_document_and_of_the_guide(desk: Desk) -> None:
    subscriber = subscribe(desk, email="ann@example.com", component_ids=[desk.api])
    assert subscriber["components"] == subscriber["component_ids"] == [desk.api]
    assert subscriber["page_access_user_id"] is subscriber["page_access_user"] is None
    assert desk.ask("GET", f"/subscribers/{subscriber['id']}") == (200, subscriber)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a b@example.com"}, "email"),
        ({"email": "a@example"}, "email"),
        ({"email": ["a@example.com"]}, "email"),
        ({"email": "a" * 250 + "@example.com"}, "email"),
        ({"endpoint": "https://hooks.example"}, "email"),
        ({"endpoint": "ftp://hooks.example", "email": "a@example.com"}, "endpoint"),
        ({"endpoint": 7, "email": "a@example.com"}, "endpoint"),
        ({"phone_number": "call me"}, "phone_number"),
        ({"phone_number": "1234"}, "phone_number"),
        ({"phone_number": "1" * 16}, "phone_number"),
        ({"phone_number": "+1234567890", "email": "a@example.com"}, "phone_number"),
        ({"phone_number": "+1234567890", "phone_country": "USA"}, "phone_country"),
        ({"email": "a@example.com", "component_ids": []}, "component_ids"),
        ({"email": "a@example.com", "component_ids": ["nonesuch"]}, "component_ids"),
        ({"email": "a@example.com", "component_ids": "all"}, "component_ids"),
        ({"email": "a@example.com", "skip_confirmation_notification": "maybe"}, "skip_confirmation_notification"),
        ({"email": "a@example.com", "page_access_user": "x"}, "page_access_user"),
    ],
)  # fmt: skip
def test_wrong_fields_are_named_and_nobody_is_subscribed(
    desk: Desk, fields: dict[str, object], wrong: str
) -> None:
    status, answer = desk.ask("POST", "/subscribers", {"subscriber": fields})
    assert (status, list(answer["error"])) == (422, [wrong])
    assert (emails(desk, state="all"), told(desk)) == ([], [])


def test_a_subscriber_needs_the_wrapper(desk: Desk) -> None:
    assert desk.ask("POST", "/subscribers", {"email": "a@example.com"})[0] == 400


@pytest.mark.parametrize("status", [422, 400])
@pytest.mark.parametrize(
    ("fields", "again", "field"),
    [
        ({"email": "ann@example.com"}, {"email": "Ann@Example.com"}, "email"),
        ({"phone_number": "+1 234 567-890"}, {"phone_number": "+1234567890"}, "phone_number"),
        (
            {"endpoint": "https://hooks.example/1", "email": "a@example.com"},
            {"endpoint": "https://hooks.example/1", "email": "b@example.com"},
            "endpoint",
        ),
    ],
)
def test_an_address_that_is_there_already_is_refused(
    status: int, fields: dict[str, str], again: dict[str, str], field: str
) -> None:
    desk = furnish(Options(duplicate_subscriber_status=status))
    first = subscribe(desk, **fields)
    answered, answer = desk.ask("POST", "/subscribers", {"subscriber": again})
    assert (answered, answer["error"]) == (status, {field: ["has already been taken"]})
    assert len(told(desk)) == 1
    # Who has left may come back, and a kind is no other kind.
    desk.ask("DELETE", f"/subscribers/{first['id']}")
    assert subscribe(desk, **again)["id"] != first["id"]
    subscribe(desk, email="c@example.com", endpoint="https://hooks.example/2")
    subscribe(desk, email="c@example.com")


def test_numbers_of_two_countries_are_two(desk: Desk) -> None:
    subscribe(desk, phone_number="030 123456", phone_country="DE")
    subscribe(desk, phone_number="030 123456", phone_country="FR")
    fields = {"phone_number": "030-123456", "phone_country": "FR"}
    assert desk.ask("POST", "/subscribers", {"subscriber": fields})[0] == 422


def test_components_are_changed_without_a_wrapper(desk: Desk) -> None:
    subscriber = subscribe(desk, email="ann@example.com", component_ids=[desk.api], **SILENT)
    path = f"/subscribers/{subscriber['id']}"
    status, changed = desk.ask("PATCH", path, {"component_ids": [desk.search]})
    assert (status, changed["components"]) == (200, [desk.search])
    desk.open(component_ids=[desk.api])
    desk.open(component_ids=[desk.search])
    assert [recipients for _, recipients in told(desk)] == [(), (subscriber["id"],)]
    for wrong in ([], ["nonesuch"], "x", [1]):
        status, answer = desk.ask("PATCH", path, {"component_ids": wrong})
        assert (status, list(answer["error"])) == (422, ["component_ids"])
    assert desk.ask("GET", path)[1]["components"] == [desk.search]
    assert desk.ask("PATCH", path)[1]["components"] == []
    desk.open(component_ids=[desk.api])
    assert told(desk)[2][1] == (subscriber["id"],)


def test_who_follows_a_deleted_component_does_not_follow_everything(desk: Desk) -> None:
    subscriber = subscribe(desk, email="ann@example.com", component_ids=[desk.api], **SILENT)
    desk.ask("DELETE", f"/components/{desk.api}")
    desk.open(component_ids=[desk.search])
    assert told(desk) == [(NotificationKind.UPDATE, ())]
    assert desk.ask("GET", f"/subscribers/{subscriber['id']}")[1]["components"] == [desk.api]


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ({}, 1),
        ({"skip_unsubscription_notification": "false"}, 1),
        ({"skip_unsubscription_notification": "true"}, 0),
        ({"skip_unsubscription_notification": "1"}, 0),
    ],
)
def test_who_is_unsubscribed_is_told_unless_asked_not_to(
    desk: Desk, query: dict[str, str], notes: int
) -> None:
    subscriber = subscribe(desk, email="ann@example.com", **SILENT)
    path = f"/subscribers/{subscriber['id']}"
    assert desk.ask("DELETE", path, query=query) == (200, subscriber)
    assert told(desk) == [(NotificationKind.UNSUBSCRIPTION, (subscriber["id"],))] * notes
    assert emails(desk, state="all") == []
    assert desk.ask("GET", "/subscribers/unsubscribed") == (200, [subscriber])
    for method, way in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/resend_confirmation")):
        assert desk.ask(method, f"{path}{way}")[0] == 404, method
    desk.open()
    assert desk.simulator.notifications[-1].recipients == ()


def test_who_never_confirmed_is_not_told_of_leaving(desk: Desk) -> None:
    subscriber = subscribe(desk, email="ann@example.com")
    desk.ask("DELETE", f"/subscribers/{subscriber['id']}")
    assert [kind for kind, _ in told(desk)] == [NotificationKind.CONFIRMATION]


def test_those_who_left_are_listed_in_pages_from_one(desk: Desk) -> None:
    for name in ("ann", "bob", "cid"):
        subscribe(desk, email=f"{name}@example.com", **SILENT)
    for later, name in enumerate(("bob", "ann", "cid")):
        (identifier,) = (row["id"] for row in desk.ask("GET", "/subscribers", query={"q": name})[1])
        desk.ask("DELETE", f"/subscribers/{identifier}", now=NOW + later)
    path = "/subscribers/unsubscribed"
    pages = [desk.ask("GET", path, query={"per_page": "2", "page": page})[1] for page in ("1", "2", "3")]
    assert [[row["email"][:3] for row in rows] for rows in pages] == [["bob", "ann"], ["cid"], []]


def test_a_confirmation_is_sent_again_to_who_awaits_it_by_email(desk: Desk) -> None:
    ann = subscribe(desk, email="ann@example.com")
    sms = subscribe(desk, phone_number="+1234567890")
    before = len(told(desk))
    for one in (ann, sms):
        assert desk.ask("POST", f"/subscribers/{one['id']}/resend_confirmation") == (201, None)
    assert told(desk)[before:] == [(NotificationKind.CONFIRMATION, (ann["id"],))]
    desk.simulator.settle_subscriber(desk.page_id, ann["id"], "active", now=NOW)
    assert desk.ask("POST", f"/subscribers/{ann['id']}/resend_confirmation") == (201, None)
    assert len(told(desk)) == before + 1
    assert desk.ask("POST", "/subscribers/nonesuch/resend_confirmation")[0] == 404


def test_a_quarantine_ends_with_leaving(desk: Desk) -> None:
    identifier = desk.simulator.add_subscriber(
        desk.page_id, email="ann@example.com", state="quarantined", now=NOW
    )
    _, row = desk.ask("GET", f"/subscribers/{identifier}")
    assert row["quarantined_at"] == "2027-01-15T08:00:00.000Z"
    assert row["purge_at"] == "2027-01-29T08:00:00.000Z"
    after = NOW + 14 * 86_400
    assert desk.ask("GET", f"/subscribers/{identifier}", now=after - 1)[0] == 200
    assert desk.ask("GET", f"/subscribers/{identifier}", now=after)[0] == 404
    assert [left["id"] for left in desk.ask("GET", "/subscribers/unsubscribed", now=after)[1]] == [identifier]
    fields = {"email": "ann@example.com"}
    assert desk.ask("POST", "/subscribers", {"subscriber": fields}, now=after)[0] == 201


def test_a_set_up_makes_every_kind(desk: Desk) -> None:
    def add(**given: str) -> Any:
        identifier = desk.simulator.add_subscriber(desk.page_id, **given)  # type: ignore[arg-type]
        return desk.ask("GET", f"/subscribers/{identifier}")[1]

    row = add(channel="#slack", workspace_name="Acme")
    assert (row["mode"], row["obfuscated_channel_name"], row["workspace_name"]) == ("slack", "#slack", "Acme")
    assert (row["email"], row["phone_number"], row["endpoint"]) == (None, None, None)
    assert [
        add(email="ann@example.com")["mode"],
        add(endpoint="https://hooks.example")["mode"],
        add(phone_number="+1234567890")["mode"],
        add(channel="#ops", mode="teams")["mode"],
        add(channel="pager", mode="integration_partner")["mode"],
    ] == ["email", "webhook", "sms", "teams", "integration_partner"]
    for given, message in (
        ({"channel": "#slack"}, "#slack is a subscriber already"),
        ({"channel": "#fax", "mode": "fax"}, "'fax' is not a valid SubscriberMode"),
        ({"email": "bob@example.com", "mode": "sms"}, "a subscriber of kind sms needs phone_number"),
        ({}, "a subscriber of kind email needs email"),
    ):
        with pytest.raises(ValueError, match=message):
            add(**given)


def test_the_same_seed_and_calls_subscribe_the_same() -> None:
    def run() -> list[Any]:
        desk = furnish(seed=7)
        return [subscribe(desk, email="ann@example.com"), subscribe(desk, phone_number="+1234567890")]

    assert run() == run()


def test_a_refused_subscriber_leaves_the_identifiers_of_others_alone() -> None:
    def second(*, refused: bool) -> str:
        desk = furnish(seed=7)
        subscribe(desk, email="ann@example.com")
        if refused:
            desk.ask("POST", "/subscribers", {"subscriber": {"email": "ann@example.com"}})
        return str(subscribe(desk, email="bob@example.com")["id"])

    assert second(refused=True) == second(refused=False)
