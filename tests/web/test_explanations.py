"""`GET /api/v1/explain` over HTTP: who may ask, and what each question is answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bridge.web.authentication import Authentication
from tests.core.pages import API, IDS
from tests.web.served import BEARER, Answer, serving

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/api/v1/explain"


def ask(query: str, headers: Mapping[str, str] = BEARER, **options: Any) -> Answer:
    """One question to a front of its own."""

    async def one() -> Answer:
        async with serving(**options) as served:
            return await served.ask("GET", PATH + query, headers=headers)

    return asyncio.run(one())


def test_a_component_is_explained_to_whoever_has_the_token() -> None:
    answer = ask(f"?name={IDS[API]}&page=acme")
    assert answer.status == 200
    (account,) = answer.json["accounts"]
    assert (account["kind"], account["name"], account["shown"]) == ("component", API, "operational")
    assert account["lines"][0] == f"{API}: shown operational, wanted operational"


def test_an_incident_is_explained_by_its_rule() -> None:
    (account,) = ask("?name=shop").json["accounts"]
    assert (account["kind"], account["rule"], account["phase"]) == ("incident", "shop", "closed")


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 400, "name what is to be explained"),
        ("?name=%20", 400, "name what is to be explained"),
        ("?name=Search&when=now", 400, "when is no part of a question; there are: name, page"),
        ("?name=Serch", 404, "near are: Search"),
        ("?name=Search&page=acne", 404, "there is no page acne; near are: acme"),
        ("?name=shop%7Bregion%3D%22eu%22%7D", 404, "write shop alone"),
        ("?name=shop%7Bregion", 404, "is no group"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_would_be_right(
    query: str, status: int, says: str
) -> None:
    answer = ask(query)
    assert (answer.status, says in answer.json["error"]) == (status, True), answer.json


def test_nobody_is_answered_without_a_credential_nor_from_a_web_page() -> None:
    assert ask("?name=Search", {}).status == 401
    assert ask("?name=Search", {"Authorization": "Bearer wrong"}).status == 401
    assert ask("?name=Search", {**BEARER, "Origin": "http://evil.example"}).status == 403


def test_where_commands_have_a_token_of_their_own_that_of_deliveries_explains_nothing() -> None:
    own = Authentication(bearer=lambda: "of-operators")
    assert ask("?name=Search", command_authentication=own).status == 401
    told = ask("?name=Search", {"Authorization": "Bearer of-operators"}, command_authentication=own)
    assert told.status == 200
