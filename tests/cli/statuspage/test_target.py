"""Which page, which token, which address: from options and from the settings that the daemon has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bridge.cli.exits import WrongUseError
from bridge.cli.sender import sender
from bridge.cli.statuspage.target import API_URL, Target, find_target
from bridge.errors import BridgeError, ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

ONE = {"BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd", "BRIDGE_PAGES__ACME__TOKEN": "token-of-acme"}
TWO = {**ONE, "BRIDGE_PAGES__OTHER__ID": "8kbf7d35c070", "BRIDGE_PAGES__OTHER__TOKEN": "token-of-other"}


def found(environment: dict[str, str], **options: Any) -> Target:
    given = {"page": None, "token_file": None, "api_url": None, "requests": None, **options}
    return find_target(environment, **given)


def test_the_only_page_of_the_settings_is_meant() -> None:
    target = found(ONE)
    assert (target.page_id, target.page_name, target.token()) == ("kctbh9vrtdwd", "acme", "token-of-acme")
    assert (target.url, target.requests, target.timeout) == (API_URL, 3, 30.0)


@pytest.mark.parametrize("page", ["other", "OTHER", "8kbf7d35c070"])
def test_a_page_is_named_as_in_the_settings_or_by_its_id(page: str) -> None:
    target = found(TWO, page=page)
    assert (target.page_id, target.page_name, target.token()) == ("8kbf7d35c070", "other", "token-of-other")


def test_a_page_that_the_settings_do_not_know_takes_their_only_token() -> None:
    target = found(ONE, page="nosuchpage00")
    assert (target.page_id, target.page_name, target.token()) == ("nosuchpage00", None, "token-of-acme")


def test_pages_that_share_a_token_need_no_choice_of_it() -> None:
    shared = {**TWO, "BRIDGE_PAGES__OTHER__TOKEN": "token-of-acme"}
    assert (found(shared).page_id, found(shared).token()) == (None, "token-of-acme")


def test_a_token_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    assert found({}, page="kctbh9vrtdwd", token_file=tmp_path / "token").token() == "from-a-file"
    set_ = {
        "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
        "BRIDGE_PAGES__ACME__TOKEN_FILE": str(tmp_path / "token"),
    }
    assert found(set_).token() == "from-a-file"


def test_the_settings_say_how_fast_and_how_long() -> None:
    target = found({**ONE, "BRIDGE_OTHERS_SHARE": "10", "BRIDGE_REQUEST_TIMEOUT": "5s"})
    assert (target.requests, target.timeout) == (10, 5.0)
    assert found({**ONE, "BRIDGE_OTHERS_SHARE": "10"}, requests=20).requests == 20
    assert found({**ONE, "BRIDGE_OTHERS_SHARE": "0"}, requests=1).requests == 1
    assert found({**ONE, "BRIDGE_OTHERS_SHARE": "900"}).requests == 60


@pytest.mark.parametrize(
    ("environment", "options", "told"),
    [
        pytest.param({}, {}, "--token-file", id="nothing"),
        pytest.param(TWO, {}, "acme, other", id="two tokens"),
        pytest.param(TWO, {"page": "nosuchpage00"}, "acme, other", id="two tokens and another page"),
        pytest.param(ONE, {"page": "Acme Shop"}, "acme", id="a page that is neither a name nor an id"),
        pytest.param(
            {"BRIDGE_PAGES__ACME__TOKEN": "x"}, {"page": "acme"}, "BRIDGE_PAGES__ACME__ID", id="no id"
        ),
        pytest.param(
            {"BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd"}, {}, "BRIDGE_PAGES__ACME__TOKEN_FILE", id="no token"
        ),
        pytest.param(
            {**ONE, "BRIDGE_PAGES__ACME__TOKEN_FILE": "/x"}, {}, "set one of the two", id="a token and a file"
        ),
        pytest.param(
            {**ONE, "BRIDGE_PAGES__ACME__ID": "A page"}, {}, "BRIDGE_PAGES__ACME__ID", id="an id that is none"
        ),
        pytest.param(ONE, {"api_url": "http://status.example/v1"}, "--api-url", id="plain http"),
        pytest.param({**ONE, "BRIDGE_API_URL": "x"}, {}, "BRIDGE_API_URL", id="an address that is none"),
        pytest.param({**ONE, "BRIDGE_OTHERS_SHARE": "0"}, {}, "--requests", id="nothing left to others"),
        pytest.param({**ONE, "BRIDGE_OTHERS_SHARE": "x"}, {}, "BRIDGE_OTHERS_SHARE", id="no number"),
        pytest.param({**ONE, "BRIDGE_REQUEST_TIMEOUT": "5"}, {}, "BRIDGE_REQUEST_TIMEOUT", id="no duration"),
    ],
)
def test_what_is_missing_or_wrong_is_told_by_its_name(
    environment: dict[str, str], options: dict[str, Any], told: str
) -> None:
    with pytest.raises(BridgeError) as caught:
        found(environment, **options)
    assert told in str(caught.value)
    assert "token-of" not in str(caught.value)


@pytest.mark.parametrize("value", ["", "  "])
@pytest.mark.parametrize(
    "name",
    [
        "BRIDGE_API_URL",
        "BRIDGE_PAGES__ACME__ID",
        "BRIDGE_PAGES__ACME__TOKEN",
        "BRIDGE_PAGES__ACME__TOKEN_FILE",
        "BRIDGE_OTHERS_SHARE",
        "BRIDGE_REQUEST_TIMEOUT",
    ],
)
def test_an_empty_variable_never_means_a_default(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        found({**TWO, name: value}, page="other")
    assert str(caught.value) == f"{name}: is empty (hint: give it a value, or do not set it)"


@pytest.mark.parametrize(
    "name", ["BRIDGE_URL", "BRIDGE_COMMANDS_BEARER_TOKEN", "BRIDGE_WEBHOOK_BEARER_TOKEN_FILE"]
)
def test_an_empty_variable_sends_no_command_to_another_daemon_or_without_a_token(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name}: is empty"):
        sender({name: ""}, url=None, token_file=None)


def test_an_empty_option_never_means_a_default() -> None:
    with pytest.raises(WrongUseError, match=r"^--api-url: "):
        found(ONE, api_url="")
    with pytest.raises(WrongUseError, match=r"^--page: "):
        found(ONE, page="")
    with pytest.raises(ConfigurationError, match=r"^--url: "):
        sender({}, url="", token_file=None)


def test_a_mistyped_name_is_no_id_where_the_settings_have_pages() -> None:
    with pytest.raises(WrongUseError) as caught:
        found({**TWO, "BRIDGE_PAGES__OTHER__TOKEN": "token-of-acme"}, page="gamma")
    assert str(caught.value).startswith('--page: "gamma" is neither a page of the settings nor the id of one')
    assert "acme, other" in str(caught.value)


def test_an_id_of_another_length_is_one_where_the_settings_say_so(tmp_path: Path) -> None:
    assert found({**ONE, "BRIDGE_PAGES__ACME__ID": "short"}, page="short").page_name == "acme"
    (tmp_path / "token").write_text("from-a-file")
    assert found({}, page="short", token_file=tmp_path / "token").page_id == "short"
