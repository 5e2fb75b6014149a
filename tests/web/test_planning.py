"""Asking for a plan over HTTP: who may, what is refused, and what is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.core.statuses import Automation
from bridge.errors import StoreUnavailableError
from bridge.web.plans import PlanAsked, PlanRulesError, UnknownPageError
from tests.web.planned import NOTHING, two_calls
from tests.web.served import BEARER, Answer, Served, serving

PLAN = "/api/v1/plan"


async def ask(served: Served, document: Any = None, **headers: str) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document or {}).encode()
    return await served.ask("POST", PLAN, body, {**BEARER, **headers})


async def test_a_plan_is_told_call_by_call_with_reason_cause_and_whom_it_notifies() -> None:
    async with serving() as served:
        served.puppet.planned = (two_calls(),)
        answer = await ask(served)
    assert answer.status == 200
    page = answer.json["pages"]["acme"]
    opening, setting = page["calls"]
    assert (opening["method"], opening["path"]) == ("POST", "/pages/p/incidents")
    assert (opening["reason"], opening["incident"], opening["group"]) == (
        "opened",
        "checkout",
        {"region": "eu"},
    )
    assert opening["sets"] == {"Checkout / API": "major_outage"}
    assert (opening["notifies"], opening["subscribers"]) == ("subscribers", "unknown")
    (cause,) = opening["causes"]
    assert (cause["rule"], cause["component"], cause["failing"]) == ("api", "Checkout / API", 3)
    assert cause["signals"][0]["labels"] == {"alertname": "CheckoutErrors", "region": "eu"}
    assert (setting["component"], setting["notifies"], setting["subscribers"]) == ("Mail", "nobody", 0)
    assert page["at"] == "2023-11-14T22:13:20Z"
    assert page["changes_by_itself_at"] == "2023-11-14T22:14:20Z"
    assert page["waits"] == [
        {"reason": "settle_unknown", "text": "an answer was lost", "until": "2023-11-14T22:15:50Z"}
    ]


async def test_page_cap_and_rule_files_are_asked_for_in_the_body() -> None:
    files = [{"path": "rules/shop.yaml", "content": "page: acme\n# ä\n"}]
    async with serving() as served:
        served.puppet.planned = (NOTHING,)
        assert (await ask(served, b"")).status == 200
        assert (await ask(served, {"page": "acme", "automation": "full", "rules": files})).status == 200
    assert served.puppet.plans_asked == [
        PlanAsked(),
        PlanAsked("acme", Automation.FULL, (("rules/shop.yaml", "page: acme\n# ä\n".encode()),)),
    ]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"{", "this asks for no plan"),
        ({"automation": "most"}, "Invalid enum value 'most'"),
        ({"pages": "acme"}, "unknown field `pages`"),
        ({"rules": ["shop.yaml"]}, "$.rules[0]"),
    ],
)
async def test_a_body_that_asks_for_no_plan_is_refused_and_says_where(document: Any, says: str) -> None:
    async with serving() as served:
        answer = await ask(served, document)
    assert answer.status == 400
    assert says in answer.json["error"]
    assert served.puppet.plans_asked == []


async def test_what_the_daemon_cannot_say_is_answered_by_its_kind() -> None:
    async with serving() as served:
        served.puppet.planned = UnknownPageError("the settings have no page 'shop'; they have acme")
        unknown = await ask(served, {"page": "shop"})
        served.puppet.planned = PlanRulesError(("shop.yaml:1:1: wrong", "shop.yaml:2:1: wrong too"))
        rules = await ask(served)
        served.puppet.planned = StoreUnavailableError("acme: the page could not be read anew within 60 s")
        unread = await ask(served)
    assert (unknown.status, unknown.json["error"]) == (
        400,
        "the settings have no page 'shop'; they have acme",
    )
    assert (rules.status, rules.json["problems"]) == (
        422,
        ["shop.yaml:1:1: wrong", "shop.yaml:2:1: wrong too"],
    )
    assert (unread.status, unread.headers["Retry-After"]) == (503, "5")


async def test_a_plan_is_for_those_who_may_command_and_for_no_web_page() -> None:
    async with serving() as served:
        nobody = await served.ask("POST", PLAN, b"{}")
        browser = await ask(served, Origin="https://evil.example")
    assert (nobody.status, browser.status) == (401, 403)
    assert served.puppet.plans_asked == []


async def test_rule_files_that_are_too_long_are_refused_in_words_about_rule_files() -> None:
    async with serving(body_bytes=100) as served:
        answer = await ask(served, {"rules": [{"path": "a.yaml", "content": "x" * 200}]})
    assert answer.status == 413
    assert answer.json["error"] == "the rule files are longer than the 100 bytes accepted"
