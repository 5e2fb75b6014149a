"""Addresses of HTTP checks: variables replaced, and nothing let through that a client would stumble over at run time.

Must not know what is asked of the address.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from bridge.config.problems import Placed, Problems, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_URL_EXAMPLE = "write it as https://shop.example/healthz"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_STRANGE = re.compile(r"[\s\\]")
_HOST_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)


def read_address(text: Placed[str], problems: Problems, variables: Mapping[str, str] | None) -> str | None:
    """The URL with its variables replaced, or None when it is faulty. Without variables every name is accepted and left as it is."""
    missing = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal missing
        if variables is None:
            # Any value will do to check the rest by: a whole origin at the beginning, a piece of one elsewhere.
            return "http://variable" if found.start() == 0 else "1"
        if found[1] not in variables:
            missing = True
            message = f"no value is known for the variable {shown(found[1])}"
            problems.add_unknown(text.place, message, word=found[1], known=variables.keys())
            return ""
        return variables[found[1]]

    url = _VARIABLE.sub(replaced, text.value)
    if missing:
        return None
    if complaint := _complaint(url):
        message, hint = complaint
        problems.add(text.place, f'"url" {message}', hint)  # not the URL itself: it may hold a secret
        return None
    return text.value if variables is None else url


def _complaint(url: str) -> tuple[str, str] | None:
    """What is wrong with a URL and what would be accepted."""
    try:
        parts = urlsplit(url)
        usable = _is_host(parts) and parts.port != 0
    except ValueError:
        return "is not a URL", _URL_EXAMPLE
    complaints = (
        ("${" in url, "holds a variable that is not closed", "a variable is ${NAME}"),
        (parts.scheme not in {"http", "https"}, "begins with neither http:// nor https://", _URL_EXAMPLE),
        (_STRANGE.search(url) is not None, "holds a space or a backslash", "write %20 for a space"),
        ("@" in parts.netloc, "holds a credential", "send it in headers: {Authorization: …}"),
        (not usable, "has no usable host", _URL_EXAMPLE),
    )
    return next(((message, hint) for wrong, message, hint in complaints if wrong), None)


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    try:
        encoded = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    labels = encoded.removesuffix(".").split(".")
    return len(encoded) <= 253 and all(_HOST_LABEL.fullmatch(label) for label in labels)  # noqa: PLR2004
