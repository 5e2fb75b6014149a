"""Which Statuspage a command talks to: address, token and page, from options and from the settings that the daemon has.

Only these few variables are read: the command line needs neither rules nor a store. Must not know what is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.connection import MOST_REQUESTS
from bridge.cli.variables import variable
from bridge.config.credentials import Secret, check_token
from bridge.config.problems import shown
from bridge.config.setting_values import (
    UnusableError,
    read_api_url,
    read_count,
    read_duration,
    read_page_id,
)
from bridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

API_URL: Final = "https://api.statuspage.io/v1"
OTHERS_SHARE: Final = 3
"""Requests of a minute that the daemon leaves to others by default."""
_LONGEST_TIMEOUT: Final = 300.0

_LIKE_AN_ID = re.compile(r"[a-z0-9]{12}", re.ASCII)
"""Every page's id that was seen; a word of another length is a mistyped name."""

_PAGE_VARIABLE = re.compile(
    r"BRIDGE_PAGES__(?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)__(?P<part>ID|TOKEN|TOKEN_FILE)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where calls go.

    Attributes:
        url: of the API.
        token: read for each request.
        page_id: Statuspage's id of the page; None where none is named.
        page_name: what the settings call it; None for one that they do not know.
        requests: that may be made in a minute.
        timeout: seconds for one request.
        page_names: all that the settings call pages.
    """

    url: str
    token: Secret
    page_id: str | None
    page_name: str | None
    requests: int
    timeout: float
    page_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _KnownPage:
    page_id: str | None
    token: tuple[str | None, str | None]
    """The token, or the file that holds it."""


def find_target(
    environment: Mapping[str, str],
    *,
    page: str | None,
    page_said: str = "--page",
    token_file: Path | None,
    api_url: str | None,
    requests: int | None,
) -> Target:
    """Put together what options and environment say.

    Args:
        environment: names and values, as the daemon has them.
        page: a page's name in the settings, or its id.
        page_said: where it was said, for messages: the option, or a place in a rule file.
        token_file: holds the token; else it is the page's in the settings.
        api_url: else `BRIDGE_API_URL`, else the vendor's.
        requests: in a minute; else `BRIDGE_OTHERS_SHARE`.

    Raises:
        WrongUseError: an option cannot be used, or something is missing.
        ConfigurationError: a variable cannot be used.
    """
    known = _known_pages(environment)
    name, page_id = _chosen(page, known, page_said)
    share = _read(environment, "BRIDGE_OTHERS_SHARE", partial(read_count, least=0, most=10_000), OTHERS_SHARE)
    if requests is None and share == 0:
        raise WrongUseError(
            "BRIDGE_OTHERS_SHARE is 0: the daemon leaves no request to others (hint: say --requests N if it shall be so)"
        )
    return Target(
        url=_address(environment, api_url),
        token=_token(name, known, token_file),
        page_id=page_id,
        page_name=name,
        requests=min(MOST_REQUESTS, share) if requests is None else requests,
        timeout=_read(
            environment,
            "BRIDGE_REQUEST_TIMEOUT",
            partial(read_duration, least=0.1, most=_LONGEST_TIMEOUT),
            30.0,
        ),
        page_names=tuple(known),
    )


def _known_pages(environment: Mapping[str, str]) -> dict[str, _KnownPage]:
    parts: dict[str, dict[str, str]] = {}
    for name in environment:
        if (found := _PAGE_VARIABLE.fullmatch(name)) and (value := variable(environment, name)) is not None:
            parts.setdefault(found["name"].lower(), {})[found["part"]] = value
    return {
        name: _KnownPage(
            _known_id(told["ID"], f"BRIDGE_PAGES__{name.upper()}__ID") if "ID" in told else None,
            (told.get("TOKEN"), told.get("TOKEN_FILE")),
        )
        for name, told in sorted(parts.items())
    }


def _chosen(page: str | None, known: Mapping[str, _KnownPage], said: str) -> tuple[str | None, str | None]:
    """The name in the settings, if it has one, and the id of the page that is meant."""
    if page is None:
        (name, one) = next(iter(known.items())) if len(known) == 1 else (None, None)
        return name, None if one is None else one.page_id
    if (one := known.get(page.lower())) is not None:
        if one.page_id is None:
            raise WrongUseError(f"BRIDGE_PAGES__{page.upper()}__ID: is needed and not set")
        return page.lower(), one.page_id
    page_id = _named_id(page, known, said)
    return next((name for name, one in known.items() if one.page_id == page_id), None), page_id


def _named_id(text: str, known: Mapping[str, _KnownPage], said: str) -> str:
    bare = text.strip()
    if known and bare not in {one.page_id for one in known.values()} and not _LIKE_AN_ID.fullmatch(bare):
        raise WrongUseError(
            f"{said}: {shown(text)} is neither a page of the settings nor the id of one (hint: the settings know {', '.join(known)}; "
            "an id is 12 small letters and digits)"
        )
    try:
        return read_page_id(bare)
    except UnusableError as error:
        raise WrongUseError(f"{said}: {shown(text)} {error} (hint: write the page's id)") from None


def _known_id(text: str, name: str) -> str:
    try:
        return read_page_id(text.strip())
    except UnusableError as error:
        raise ConfigurationError(f"{name}: {shown(text)} {error} (hint: {error.hint})") from None


def _address(environment: Mapping[str, str], option: str | None) -> str:
    try:
        if option is not None:
            return read_api_url(option)
    except UnusableError as error:
        raise WrongUseError(f"--api-url: {error} (hint: {error.hint})") from None
    return str(_read(environment, "BRIDGE_API_URL", read_api_url, API_URL))


def _token(name: str | None, known: Mapping[str, _KnownPage], token_file: Path | None) -> Secret:
    if token_file is not None:
        return Secret(file=token_file, check=check_token)
    tokens = {one.token for key, one in known.items() if name in {None, key} and one.token != (None, None)}
    if not tokens and name is None:
        raise WrongUseError(
            "no token: say --token-file FILE, or set BRIDGE_PAGES__<NAME>__ID and BRIDGE_PAGES__<NAME>__TOKEN_FILE"
        )
    if not tokens:
        raise WrongUseError(f"no token for {name}: set BRIDGE_PAGES__{str(name).upper()}__TOKEN_FILE")
    if len(tokens) > 1:
        raise WrongUseError(
            f"the settings have several tokens: say --page (one of {', '.join(known)}) or --token-file FILE"
        )
    ((text, file),) = tokens
    if text is not None and file is not None:
        raise WrongUseError(
            "the page's token is given both as a value and as a file (hint: set one of the two)"
        )
    return Secret(text, file=None if file is None else Path(file), check=check_token)


def _read(environment: Mapping[str, str], name: str, reader: Callable[[Any], Any], default: Any) -> Any:
    text = variable(environment, name)
    if text is None:
        return default
    try:
        return reader(text.strip())
    except UnusableError as error:
        raise ConfigurationError(f"{name}: {error} (hint: {error.hint})") from None
