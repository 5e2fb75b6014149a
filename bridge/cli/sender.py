"""How the command line reaches the daemon: one request to its API, and its answer or a text for a person.

What is told may or may not have been taken in when no answer comes; under its id it can be told again. Follows no redirect and uses no proxy: the token is for the daemon alone.
Must not know what commands mean.
"""

from __future__ import annotations

import getpass
import http.client
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bridge.cli.exits import WrongUseError
from bridge.cli.variables import variable
from bridge.config.credentials import Secret, check_token
from bridge.entropy import new_operation_id
from bridge.errors import BridgeError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/api/v1/commands"
PLAN = "/api/v1/plan"
EXPLAIN = "/api/v1/explain"
DEFAULT_URL = "http://127.0.0.1:9797"
TIMEOUT = 15.0
"""Seconds; the daemon answers within ten."""
PLAN_TIMEOUT = 180.0
"""Seconds for a plan: its page is read within a minute, and another's plan may come first."""

TOKENS = ("BRIDGE_COMMANDS_BEARER_TOKEN", "BRIDGE_WEBHOOK_BEARER_TOKEN")
"""Where the token is in an environment that the daemon shares, the first that is set; each with `_FILE` too."""


class DaemonError(BridgeError):
    """The daemon could not be reached, or refused what was told."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Where the daemon is, and who speaks.

    Attributes:
        url: as in `BRIDGE_URL`.
        token: of `Authorization: Bearer …`, or None.
        token_from: the option or variable that holds it; empty without a token.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    token_from: str = ""

    def tell(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Give one command. What is None in it is left out; who speaks and an id are put in where they are missing.

        Raises:
            WrongUseError: it is none that the daemon knows.
            DaemonError: it was refused, or nobody knows.
        """
        told = {name: value for name, value in document.items() if value not in (None, {})}
        told = {"by": _who(), "id": str(new_operation_id()), **told}
        try:
            body = json.dumps(told, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise WrongUseError("what was given is not in UTF-8") from None
        status, answer = self._exchange("POST", PATH, body, unknown=_again(told["id"]))
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            refused = answer.get("accepted") is False
            again = "It was not accepted; give it again later" if refused else _again(told["id"])
            raise DaemonError(f"{self._error(status, answer)}. {again}")
        if status == HTTPStatus.BAD_REQUEST:
            raise WrongUseError(self._error(status, answer))
        if status != HTTPStatus.OK:
            raise DaemonError(self._error(status, answer))
        return answer

    def standing(self) -> dict[str, Any]:
        """What stands on every page.

        Raises:
            DaemonError: it cannot be read.
        """
        status, answer = self._exchange("GET", PATH)
        if status != HTTPStatus.OK:
            raise DaemonError(self._error(status, answer))
        return answer

    def explanation(self, **question: str | None) -> dict[str, Any]:
        """Why something is as it is. What is None in the question is left out.

        Raises:
            WrongUseError: it is no question.
            DaemonError: it cannot be answered.
        """
        asked = {name: value for name, value in question.items() if value is not None}
        try:
            query = urlencode(asked)
        except UnicodeEncodeError:
            raise WrongUseError("what was given is not in UTF-8") from None
        status, answer = self._exchange("GET", f"{EXPLAIN}?{query}")
        if status == HTTPStatus.BAD_REQUEST:
            raise WrongUseError(self._error(status, answer))
        if status != HTTPStatus.OK:
            raise DaemonError(self._error(status, answer))
        return answer

    def plan(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Ask what would be sent now. Nothing is changed by it.

        Raises:
            WrongUseError: the daemon has no such page, or what was sent has another shape.
            DaemonError: it cannot be said now, or the rule files have problems: then the text holds all of them.
        """
        try:
            body = json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise WrongUseError("a file's name is not in UTF-8") from None
        status, answer = self._exchange("POST", PLAN, body, timeout=PLAN_TIMEOUT)
        if status == HTTPStatus.BAD_REQUEST:
            raise WrongUseError(self._error(status, answer))
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise DaemonError("\n".join(map(str, answer.get("problems") or [self._error(status, answer)])))
        if status == HTTPStatus.NOT_FOUND:
            raise DaemonError(f"{self.url} knows no plans: it is no bridge, or one of an earlier version")
        if status != HTTPStatus.OK:
            raise DaemonError(self._error(status, answer))
        return answer

    def _error(self, status: int, answer: Mapping[str, Any]) -> str:
        said = str(answer.get("error") or f"the daemon answers {status}")
        if status != HTTPStatus.UNAUTHORIZED:
            return said
        if self.token is None:
            return f"{said}. No token was sent: give --token-file FILE, or set {' or '.join(TOKENS)}, or its _FILE"
        return f"{said}. The token that was sent is that of {self.token_from}"

    def _exchange(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        unknown: str = "",
        timeout: float = TIMEOUT,
    ) -> tuple[int, dict[str, Any]]:
        """One request. `unknown` is added to the text of what failed when something may have been sent."""
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = kind(parts.hostname or "", parts.port, timeout=timeout)
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:
            raise DaemonError(f"{self.url} cannot be reached: {_explained(error)}") from error
        try:
            connection.request(method, parts.path.rstrip("/") + path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise DaemonError(
                f"{self.url} gives no answer: {_explained(error)}. {unknown}".rstrip()
            ) from error
        finally:
            connection.close()
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        return response.status, answer if isinstance(answer, dict) else {}


def sender(environment: Mapping[str, str], *, url: str | None, token_file: Path | None) -> Sender:
    """Where to send, from options and the environment.

    Args:
        environment: names and values.
        url: of the daemon; else `BRIDGE_URL`, else this machine's.
        token_file: holds the token; else it is in the variables that the daemon reads.

    Raises:
        ConfigurationError: the address is none, or a variable is empty.
        SecretError: the token cannot be read.
    """
    address, named = (
        (url, "--url") if url is not None else (variable(environment, "BRIDGE_URL"), "BRIDGE_URL")
    )
    address = DEFAULT_URL if address is None else address.strip()
    parts = urlsplit(address)
    try:
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc:
        raise ConfigurationError(f"{named}: is not an http or https address (hint: write http://HOST:PORT)")
    token, token_from = _token(environment, token_file)
    return Sender(address, token, token_from)


def _token(environment: Mapping[str, str], token_file: Path | None) -> tuple[str | None, str]:
    """The token, and which option or variable holds it."""
    if token_file is not None:
        return Secret(file=token_file, check=check_token)(), f"--token-file {token_file}"
    for name in TOKENS:
        file = f"{name}_FILE"
        if (path := variable(environment, file)) is not None:
            return Secret(file=Path(path), check=check_token)(), file
        if (text := variable(environment, name)) is not None:
            return Secret(text, check=check_token)(), name
    return None, ""


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "the command line"


def _again(command_id: str) -> str:
    return f"It may have been accepted all the same; to be sure, give it again with --id {command_id}"


def _explained(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
