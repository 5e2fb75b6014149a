"""Who may deliver and reload."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bridge.errors import BridgeError, ConfigurationError
from bridge.web.authentication import Authentication, BasicCredential
from tests.web.served import BEARER, DELIVER, PASSWORD, TOKEN, group, serving

if TYPE_CHECKING:
    from pathlib import Path


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


ACCEPTED = [
    ("the token", f"Bearer {TOKEN}"),
    ("the scheme in any case", f"bearer {TOKEN}"),
    ("more than one space", f"Bearer   {TOKEN}"),
    ("user and password, with a colon and beyond ASCII", basic(f"alertmanager:{PASSWORD}")),
]

REFUSED = [
    ("nothing", None),
    ("an empty header", ""),
    ("a scheme alone", "Bearer"),
    ("another token", "Bearer other"),
    ("the beginning of the token", f"Bearer {TOKEN[:-1]}"),
    ("more than the token", f"Bearer {TOKEN}x"),
    ("the token in another scheme", f"Token {TOKEN}"),
    ("the token without a scheme", TOKEN),
    ("the token beyond ASCII", f"Bearer {TOKEN}é"),
    ("another user", basic(f"other:{PASSWORD}")),
    ("another password", basic("alertmanager:other")),
    ("a user without a password", basic("alertmanager")),
    ("an empty user and password", basic(":")),
    ("no base64", "Basic %%%"),
    ("base64 of what is no UTF-8", "Basic " + base64.b64encode(b"\xff:\xfe").decode()),
    ("base64 with text around", f"Basic {base64.b64encode(b'a:b').decode()} x"),
]


@pytest.mark.parametrize("value", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
async def test_a_sender_with_a_right_credential_comes_in(value: str) -> None:
    async with serving() as served:
        answer = await served.ask("POST", DELIVER, group(), {"Authorization": value})
        assert answer.status == 200
        assert len(served.puppet.accepted) == 1


@pytest.mark.parametrize("value", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_a_sender_without_is_refused_and_told_how(value: str | None) -> None:
    headers = {} if value is None else {"Authorization": value}
    async with serving() as served:
        answer = await served.ask("POST", DELIVER, group(), headers)
        assert answer.status == 401
        assert answer.challenges == ['Bearer realm="bridge"', 'Basic realm="bridge", charset="UTF-8"']
        assert answer.json["error"] == (
            "authentication is missing or wrong; accepted: bearer (Authorization: Bearer TOKEN)"
            " or basic (user name and password), as in BRIDGE_TOKEN or its file"
        )
        assert served.puppet.accepted == []
        assert served.counted() == {"401": 1}
        assert (await served.ask("POST", "/-/reload", headers=headers)).status == 401
        assert served.puppet.reloads == 0


async def test_two_credentials_at_once_are_none() -> None:
    async with serving() as served:
        head = f"POST {DELIVER} HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer {TOKEN}\r\nAuthorization: Bearer x\r\n"
        assert (await served.raw(f"{head}Content-Length: 0\r\n\r\n".encode())).startswith(b"HTTP/1.1 4")
        assert served.puppet.accepted == []


async def test_only_the_ways_that_are_set_up_are_accepted() -> None:
    bearer_alone = Authentication(bearer=lambda: TOKEN)
    basic_alone = Authentication(basic=BasicCredential("alertmanager", lambda: PASSWORD))
    login = {"Authorization": basic(f"alertmanager:{PASSWORD}")}
    for authentication, right, wrong, way in (
        (bearer_alone, BEARER, login, "Bearer"),
        (basic_alone, login, BEARER, "Basic"),
    ):
        async with serving(authentication=authentication) as served:
            assert (await served.ask("POST", DELIVER, group(), right)).status == 200
            refused = await served.ask("POST", DELIVER, group(), wrong)
            assert refused.status == 401
            assert [challenge.split()[0] for challenge in refused.challenges] == [way]


async def test_a_rotated_token_counts_at_once(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first")
    async with serving(authentication=Authentication(bearer=file.read_text)) as served:
        first, second = {"Authorization": "Bearer first"}, {"Authorization": "Bearer second"}
        assert (await served.ask("POST", DELIVER, group(), first)).status == 200
        file.write_text("second")
        assert (await served.ask("POST", DELIVER, group(), first)).status == 401
        assert (await served.ask("POST", DELIVER, group(), second)).status == 200


async def test_a_token_that_cannot_be_read_is_503_so_that_the_sender_tries_again() -> None:
    def gone() -> str:
        raise BridgeError("the file /canary cannot be read")

    async with serving(authentication=Authentication(bearer=gone)) as served:
        answer = await served.deliver()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert b"canary" not in answer.body
        assert (await served.ask("POST", DELIVER, group())).status == 401


async def test_everybody_comes_in_when_that_is_said() -> None:
    async with serving(authentication=Authentication(allow_unauthenticated=True)) as served:
        assert (await served.ask("POST", DELIVER, group())).status == 200
        assert (await served.ask("POST", "/-/reload")).status == 200


async def test_a_web_page_may_neither_deliver_nor_reload() -> None:
    """On loopback without authentication any page in a browser could post otherwise."""
    async with serving(authentication=Authentication(allow_unauthenticated=True)) as served:
        for path in (DELIVER, "/-/reload"):
            answer = await served.ask("POST", path, group(), {"Origin": "https://evil.example"})
            assert answer.status == 403
        assert (served.puppet.accepted, served.puppet.reloads) == ([], 0)


@pytest.mark.parametrize("bearer", [None, lambda: TOKEN])
def test_nobody_is_guarded_by_nothing_or_by_half(bearer: None) -> None:
    with pytest.raises(ConfigurationError, match="and not both"):
        Authentication(bearer=bearer, allow_unauthenticated=bearer is not None)


def test_no_representation_shows_a_password() -> None:
    assert "canary" not in repr(BasicCredential("alertmanager", lambda: PASSWORD))
