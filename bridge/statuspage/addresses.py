"""Which addresses the token may be sent to: https anywhere, plain http to this machine alone.

No message repeats an address whole: it may hold a password.
"""

from __future__ import annotations

import ipaddress

import yarl

from bridge.errors import ConfigurationError


def checked_base_url(text: str) -> yarl.URL:
    """The API's address, without a slash at its end.

    Raises:
        ConfigurationError: it is no address, holds a credential, or is plain http to another machine.
    """
    url = _parsed(text, name="the Statuspage address")
    if url.user is not None or url.password is not None or url.query_string or url.fragment:
        raise ConfigurationError(
            "the Statuspage address must hold no user, password, query or fragment; expected https://HOST/v1"
        )
    if url.scheme == "http" and not _is_loopback(url):
        raise ConfigurationError(
            f"the Statuspage address is plain http to {url.host}: the token would be readable on the way; "
            "expected https (http is accepted for loopback addresses alone)"
        )
    return yarl.URL(str(url).rstrip("/"), encoded=True)


def checked_proxy(text: str, *, base_url: yarl.URL) -> yarl.URL:
    """The address of a forward proxy for `base_url`.

    Raises:
        ConfigurationError: it is no address, or the proxy would read the token.
    """
    url = _parsed(text, name="the proxy's address")
    if base_url.scheme == "http":
        raise ConfigurationError(
            "a proxy is set while the Statuspage address is plain http: the proxy would read the token; unset one of the two"
        )
    return url


def _parsed(text: str, *, name: str) -> yarl.URL:
    try:
        url = yarl.URL(text)
        usable = url.scheme in {"http", "https"} and url.host is not None and url.port is not None
    except ValueError:
        usable = False
        url = yarl.URL()
    if not usable:
        # The text itself is not repeated: it may hold a password.
        raise ConfigurationError(f"{name} is not an http or https address with a host; expected https://HOST")
    return url


def _is_loopback(url: yarl.URL) -> bool:
    host = url.host or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
