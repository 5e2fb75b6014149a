"""PromQL: instant queries against a Prometheus, one value each.

No value is better than a wrong one: no data, NaN and infinity are none, several samples are an error. Knows neither who goes by a value nor how often it is asked for; the network is
behind `Exchange`.
"""

from __future__ import annotations

import base64
import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from bridge.core.independence import PROMETHEUS
from bridge.errors import BridgeError
from bridge.sources.exchange import Answer, Exchange, Failure, Fault, Request

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 10.0
"""Seconds for one query, unless told otherwise."""

_MAX_TEXT = 200
_SUCCESS = 200
_UNAUTHORIZED = frozenset({401, 403})
_UNAVAILABLE = frozenset({429, *range(500, 600)})
_REJECTED = frozenset(range(400, 500))


class QueryFault(StrEnum):
    """Why a query gave no value."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    REJECTED = "rejected"
    """Prometheus does not accept the query."""
    UNAVAILABLE = "unavailable"
    """Prometheus accepts no query now."""
    MALFORMED = "malformed"
    """What answered is not the API of Prometheus."""
    AMBIGUOUS = "ambiguous"
    """Several samples, where one value is wanted."""
    NOT_A_NUMBER = "not_a_number"
    """A range, a text or a histogram, where one value is wanted."""
    CRASHED = "crashed"
    """We could not ask: a defect of ours, or a credential that cannot be read."""


class QueryError(BridgeError):
    """A query that gave no value.

    Attributes:
        fault: the closed kind.
    """

    def __init__(self, fault: QueryFault, text: str) -> None:
        super().__init__(f"{fault}: {text}" if text else str(fault))
        self.fault = fault


def source_of(prometheus: str) -> str:
    """What a Prometheus of the settings is called as a source."""
    return f"{PROMETHEUS}{prometheus}"


def bearer(token: str) -> str:
    """The value of `Authorization` for a bearer token."""
    return f"Bearer {token}"


def basic(user: str, password: str) -> str:
    """The value of `Authorization` for a user and a password (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


class PrometheusClient:
    """One Prometheus (or what speaks its API: Thanos, Mimir, VictoriaMetrics)."""

    def __init__(
        self,
        url: str,
        *,
        exchange: Exchange,
        authorization: Callable[[], str] | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """Take where it is and how to ask.

        Args:
            url: base address; its path prefix and its query are kept.
            exchange: the door to the network.
            authorization: gives the value of the header at each query, so that a rotated secret is taken up; see `bearer` and `basic`.
            timeout: seconds for one query.
        """
        parts = urlsplit(url)
        self._url = urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/api/v1/query", fragment=""))
        self._exchange = exchange
        self._authorization = authorization
        self._timeout = timeout

    async def instant(self, expression: str) -> float | None:
        """The value of an expression now (Prometheus documentation, "HTTP API", instant queries, POST form).

        Returns:
            The scalar, or the value of the only sample; None for no sample, NaN and infinity.

        Raises:
            QueryError: there is no single value, or no answer.
        """
        result = await self._exchange.exchange(self._request(expression), timeout=self._timeout)
        if isinstance(result, Failure):
            fault = QueryFault.TIMEOUT if result.fault is Fault.TIMEOUT else QueryFault.UNREACHABLE
            raise QueryError(fault, result.detail)
        return _value(result)

    def _request(self, expression: str) -> Request:
        headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
        if self._authorization is not None:
            headers.append(("Authorization", self._authorization()))
        # The deadline is told, so that Prometheus too stops working on what nobody awaits.
        form = urlencode(
            {"query": expression, "timeout": f"{math.ceil(self._timeout * 1000)}ms"}, errors="replace"
        )
        return Request("POST", self._url, tuple(headers), form.encode("ascii"))


class _Data(msgspec.Struct, rename="camel"):
    result_type: str
    result: msgspec.Raw


class Reply(msgspec.Struct, rename="camel"):
    """The envelope of every answer of Prometheus."""

    status: str
    data: _Data | None = None
    error: str = ""
    error_type: str = ""


class _Element(msgspec.Struct):
    value: tuple[float, str] | None = None  # a native histogram has none


REPLY = msgspec.json.Decoder(Reply)
_VECTOR = msgspec.json.Decoder(list[_Element])
_SCALAR = msgspec.json.Decoder(tuple[float, str])

_UNDECODABLE = (msgspec.MsgspecError, RecursionError, ValueError)


def _value(answer: Answer) -> float | None:
    reply = decoded(REPLY, answer.body) if answer.complete else None
    if answer.status != _SUCCESS or (reply is not None and reply.status != "success"):
        raise refusal(answer.status, reply)
    if not answer.complete:
        raise QueryError(
            QueryFault.AMBIGUOUS, f"more than {len(answer.body)} bytes of samples, where one is wanted"
        )
    if reply is None or reply.data is None:
        raise QueryError(
            QueryFault.MALFORMED, "the answer is not that of the query API; does the URL lead to Prometheus?"
        )
    match reply.data.result_type:
        case "scalar":
            scalar = decoded(_SCALAR, reply.data.result)
            if scalar is None:
                raise QueryError(QueryFault.MALFORMED, "the scalar is not a time and a value")
            return _number(scalar[1])
        case "vector":
            return _only(decoded(_VECTOR, reply.data.result))
        case other:
            raise QueryError(
                QueryFault.NOT_A_NUMBER,
                f"the expression gives a {_one_line(other)[:20]}, where one value is wanted",
            )


def _only(elements: list[_Element] | None) -> float | None:
    if elements is None:
        raise QueryError(QueryFault.MALFORMED, "the vector is not a list of samples")
    if not elements:
        return None
    if len(elements) > 1:
        raise QueryError(
            QueryFault.AMBIGUOUS,
            f"{len(elements)} samples, where one is wanted; aggregate them, as with sum()",
        )
    if elements[0].value is None:
        raise QueryError(QueryFault.NOT_A_NUMBER, "the sample is a histogram, where one value is wanted")
    return _number(elements[0].value[1])


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        raise QueryError(QueryFault.MALFORMED, "the value is not a number") from None
    return value if math.isfinite(value) else None


def refusal(status: int, reply: Reply | None) -> QueryError:
    """What an answer means that is no result."""
    told = "" if reply is None else _one_line(f"{reply.error_type}: {reply.error}")[:_MAX_TEXT]
    if status in _UNAUTHORIZED:
        return QueryError(QueryFault.UNAUTHORIZED, f"answered {status}")
    if status in _UNAVAILABLE:
        return QueryError(QueryFault.UNAVAILABLE, f"answered {status}" + (f" ({told})" if told else ""))
    if reply is not None and reply.status == "error":
        return QueryError(QueryFault.REJECTED, told)
    if status in _REJECTED:
        return QueryError(QueryFault.REJECTED, f"answered {status}; is a path prefix missing from the URL?")
    return QueryError(QueryFault.MALFORMED, f"answered {status}, which the query API does not")


def decoded(decoder: msgspec.json.Decoder[Any], body: bytes | msgspec.Raw) -> Any:
    """What a body holds; None for one that is not so."""
    try:
        return decoder.decode(body)
    except _UNDECODABLE:
        return None


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
