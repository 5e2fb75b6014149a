"""The values of settings: each reader takes the text of a variable and gives what it means, or says what would be accepted.

What is no text passes through: it is a default. Must not know which variable it reads; no message repeats what may be a secret.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bridge.config.automation import AutomationMax
from bridge.config.credentials import Secret, SecretError
from bridge.config.durations import DurationError, format_duration, parse_duration
from bridge.config.environment import Given
from bridge.config.problems import shown
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from enum import StrEnum

    from bridge.config.credentials import Check

_PAGE_ID = re.compile(r"[a-z0-9]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9]{1,15})?")
_LAST_PORT = 65535
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_SUFFIX = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,15}", re.ASCII)
_SEPARATORS = re.compile(f"[,{re.escape(os.pathsep)}]")


class UnusableError(ValueError):
    """A value is not accepted.

    Attributes:
        hint: what would be.
        variable: the end of the name of the variable to blame, where the setting has several.
    """

    def __init__(self, message: str, hint: str = "", *, variable: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Address:
    """Where the daemon listens; port 0 takes a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return _is_loopback(self.host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_address(text: Any) -> Any:
    """`HOST:PORT`; IPv6 in brackets."""
    if isinstance(text, Address):
        return text
    hint = "write HOST:PORT, such as 127.0.0.1:9797, 0.0.0.0:9797 or [::]:9797"
    host, divider, port = text.rpartition(":")
    if not divider or (":" in host and not (host.startswith("[") and host.endswith("]"))):
        raise UnusableError(f"{shown(text)} is not an address with a port", hint)
    if not (
        port.isascii() and port.isdigit() and len(port) <= len(str(_LAST_PORT)) and int(port) <= _LAST_PORT
    ):
        raise UnusableError(f"{shown(port)} is not a port", hint)
    bare = host.removeprefix("[").removesuffix("]")
    if not _HOST.fullmatch(bare) or (bare != host) != (":" in bare):
        raise UnusableError(f"{shown(host)} is not a host", hint)
    return Address(bare, int(port))


def read_paths(text: Any) -> Any:
    """Paths with commas or colons between them."""
    if not isinstance(text, str):
        return text
    paths = tuple(Path(piece.strip()) for piece in _SEPARATORS.split(text) if piece.strip())
    if not paths or "\0" in text:
        raise UnusableError("names no path", "files or directories, with commas between them")
    return paths


def read_suffixes(text: Any) -> Any:
    """Endings of names with commas between them, without the dots before them."""
    if not isinstance(text, str):
        return text
    suffixes = tuple(piece.strip().strip(".").lower() for piece in text.split(",") if piece.strip())
    for suffix in suffixes:
        if not _SUFFIX.fullmatch(suffix):
            hint = "names with commas between them, such as acme.net,prod.acme"
            raise UnusableError(f"{shown(suffix)} is not the end of a name", hint)
    return suffixes


def read_duration(text: Any, *, least: float, most: float) -> Any:
    """Seconds of a duration such as `1m30s`, within bounds that are given in seconds."""
    if not isinstance(text, str):
        return text
    try:
        seconds = parse_duration(text)
    except DurationError as error:
        raise UnusableError(f"{shown(text)} {error}", error.hint) from None
    if not least <= seconds <= most:
        hint = f"from {format_duration(least)} to {format_duration(most)} are accepted"
        raise UnusableError(f"{shown(text)} is out of range", hint)
    return seconds


class Share(float):
    """A part of a whole, from nothing to all of it."""


def read_share(text: Any) -> Any:
    """A number from 0 to 1."""
    if not isinstance(text, str):
        return text
    hint = "write a number from 0 to 1, such as 0.5"
    try:
        share = Share(text)
    except ValueError:
        raise UnusableError(f"{shown(text)} is not a number", hint) from None
    if not 0.0 <= share <= 1.0:
        raise UnusableError(f"{shown(text)} is out of range", hint)
    return share


def read_count(text: Any, *, least: int, most: int) -> Any:
    """A whole number within bounds."""
    if not isinstance(text, str):
        return text
    hint = f"a whole number from {least} to {most}"
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        raise UnusableError(f"{shown(text)} is not a whole number", hint)
    if not least <= int(text) <= most:
        raise UnusableError(f"{shown(text)} is out of range", hint)
    return int(text)


def read_word(text: Any, *, words: type[StrEnum]) -> Any:
    """A word of a closed set, in any case."""
    if isinstance(text, words):
        return text
    try:
        return words(text.lower())
    except ValueError:
        raise UnusableError(f"{shown(text)} is not known", f"one of {', '.join(words)}") from None


def read_automation_max(given: Any) -> Any:
    """Make the cap. Its file is not read yet: one that is missing is the lowest level, and told while the daemon runs."""
    if not isinstance(given, Given):
        return given
    file = _file_of(given)
    if file is None:
        return AutomationMax(read_word((given.text or "").strip(), words=Automation))
    return AutomationMax(file=file)


def read_truth(text: Any) -> Any:
    """True or false, in the usual spellings."""
    if isinstance(text, bool):
        return text
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise UnusableError(f"{shown(text)} is neither true nor false", "write true or false")


def read_secret(given: Any, *, check: Check | None = None) -> Any:
    """Make the secret and read it once, so that a missing file is told at the start."""
    if not isinstance(given, Given):
        return given
    file = _file_of(given)
    secret = Secret(given.text, file=file) if check is None else Secret(given.text, file=file, check=check)
    try:
        secret()
    except SecretError as error:
        raise UnusableError(str(error), variable="" if file is None else "_FILE") from None
    return secret


def _file_of(given: Given) -> Path | None:
    if given.text is not None and given.file is not None:
        raise UnusableError("is given both as a value and as a file", "set one of the two")
    if given.file is not None and "\0" in given.file:
        raise UnusableError("holds a null character", variable="_FILE")
    return None if given.file is None else Path(given.file)


def read_page_id(text: str) -> str:
    """Statuspage's id of a page."""
    if not _PAGE_ID.fullmatch(text):
        raise UnusableError("is not the id of a page", "small letters and digits, such as kctbh9vrtdwd")
    return text


def read_username(text: str) -> str:
    """A user of basic authentication (RFC 7617)."""
    if ":" in text or not text.isprintable():
        raise UnusableError(
            "is no user name of basic authentication", "without colons and control characters"
        )
    return text


def read_url(text: str) -> str:
    """An address of a service. It is not repeated in messages: by mistake it may hold a password."""
    hint = "write it as https://HOST/PATH"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or not text.isprintable() or " " in text:
        raise UnusableError("is not an http or https address with a host", hint)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UnusableError(
            "holds a user, password, query or fragment", f"{hint}; credentials have variables of their own"
        )
    return text.rstrip("/")


def read_api_url(text: str) -> str:
    """The Statuspage API's address: https anywhere, plain http to this machine alone."""
    return _private(read_url(text), "the token")


def read_webhook_url(text: str) -> str:
    """Where a webhook of ours goes, as it is written: a slash at its end may matter there. https anywhere, plain http to this machine alone."""
    read_url(text)
    return _private(text, "what is told")


def _private(url: str, sent: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise UnusableError(
            f"is plain http to another machine: {sent} would be readable on the way",
            "use https; http is accepted for loopback addresses alone",
        )
    return url
