"""Who may deliver: bearer and basic authentication (RFC 6750, RFC 7617), in constant time, with secrets asked for at each request.

Must not know what is delivered, nor where secrets are kept.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from aiohttp import hdrs, web
from multidict import CIMultiDict

from bridge.errors import BridgeError, ConfigurationError
from bridge.web.answers import refusal, unavailable

if TYPE_CHECKING:
    from bridge.web.ports import Credential

_CHALLENGES = {"bearer": 'Bearer realm="bridge"', "basic": 'Basic realm="bridge", charset="UTF-8"'}

_FORMS = {
    "bearer": "bearer (Authorization: Bearer TOKEN)",
    "basic": "basic (user name and password)",
}

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BasicCredential:
    """A user and the password."""

    username: str
    password: Credential = field(repr=False)


class Authentication:
    """The ways in which a request may prove itself; any one is enough."""

    def __init__(
        self,
        *,
        bearer: Credential | None = None,
        basic: BasicCredential | None = None,
        allow_unauthenticated: bool = False,
        known_as: str = "",
    ) -> None:
        """Take the credentials; they are read at each request.

        Args:
            bearer: the token of `Authorization: Bearer …`.
            basic: of `Authorization: Basic …`.
            allow_unauthenticated: nobody has to prove anything. Whoever sets it has made sure that only this machine can connect.
            known_as: the settings that hold the credentials, told to whoever has none.

        Raises:
            ConfigurationError: no way is given, or beside one that everybody may come in.
        """
        ways = bearer is not None or basic is not None
        if ways == allow_unauthenticated:
            raise ConfigurationError(
                "webhooks need a bearer token, basic authentication, or the permission to come without, and not both"
            )
        self._bearer = bearer
        self._basic = basic
        self._open = allow_unauthenticated
        self._known_as = f", as in {known_as}" if known_as else ""

    def check(self, request: web.Request) -> web.Response | None:
        """The refusal of a request that has not proved itself, or None.

        When a secret cannot be read and nothing else fits, the answer is 503: after a 401 Alertmanager would not try again.
        """
        if self._open:
            return None
        given = request.headers.getall(hdrs.AUTHORIZATION, [])
        scheme, _, value = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        known = True
        try:
            known = self._matches(scheme.lower(), value.strip(" "))
        except BridgeError as error:
            _log.error("credential_unreadable", reason=str(error))
            return unavailable("the bridge cannot read the credential to compare with")
        return None if known else self._refusal()

    def _matches(self, scheme: str, value: str) -> bool:
        if scheme == "bearer" and self._bearer is not None:
            return _equal(value, self._bearer())
        if scheme == "basic" and self._basic is not None:
            username, password = _decoded(value)
            # Both are compared, whatever the first gives.
            return _equal(username, self._basic.username) & _equal(password, self._basic.password())
        return False

    def _refusal(self) -> web.Response:
        ways = [name for name, way in (("bearer", self._bearer), ("basic", self._basic)) if way is not None]
        response = refusal(
            HTTPStatus.UNAUTHORIZED,
            f"authentication is missing or wrong; accepted: {' or '.join(_FORMS[way] for way in ways)}{self._known_as}",
            CIMultiDict((hdrs.WWW_AUTHENTICATE, _CHALLENGES[name]) for name in ways),
        )
        # The body of a stranger is not read, so the connection is of no further use.
        response.force_close()
        return response


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())


def _decoded(value: str) -> tuple[str, str]:
    """User and password; empty ones, which nothing equals, for what cannot be decoded."""
    try:
        text = base64.b64decode(value.encode("ascii"), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    username, _, password = text.partition(":")
    return username, password
