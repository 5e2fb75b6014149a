"""What a test of somebody's automation needs beside the API: ledgers, faults and options, under `/_simulator`.

No API token, no rate limit. It is for whoever runs the simulator: without a control token only local connections are let
in, and only under a local name, so that no web page can reach it by a name of its own that leads here.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from aiohttp import web

from bridge.simulator.decoding import decode
from bridge.simulator.fault_documents import FaultDocumentError, read_document, write_rules
from bridge.simulator.faulty_service import FaultyService
from bridge.simulator.ledger_json import counts, ledger
from bridge.simulator.messages import JSON_HEADERS, RefusedError
from bridge.simulator.options import questions

PREFIX = "/_simulator"
LONGEST_NUMBER = 15
_HEADERS = {**JSON_HEADERS, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")

Clock = Callable[[], float]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The control operations of one front."""

    def __init__(self, service: FaultyService, clock: Clock, token: str | None) -> None:
        self._service = service
        self._clock = clock
        self._token = token

    def add_routes(self, app: web.Application) -> None:
        """Put the operations into an application, before any route that takes every path."""
        for method, name, handler in (
            ("GET", "ledger", self._ledger),
            ("GET", "faults", self._faults),
            ("PUT", "faults", self._put_faults),
            ("DELETE", "faults", self._delete_faults),
            ("GET", "options", self._options),
        ):
            app.router.add_route(method, f"{PREFIX}/{name}", self._guarded(handler))
        app.router.add_route("*", f"{PREFIX}/{{path:(?s:.*)}}", self._guarded(self._missing))

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            refusal = self._refusal(request)
            return await handler(request) if refusal is None else refusal

        return guarded

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self._token is not None:
            scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
            known = hmac.compare_digest(
                presented.strip().encode(errors="replace"), self._token.encode(errors="replace")
            )
            if scheme.lower() == "bearer" and known:
                return None
            return _problem(401, "The control token is wrong or missing (Authorization: Bearer TOKEN).")
        if _is_local(request):
            return None
        return _problem(403, "Without a control token only local connections may control the simulator.")

    async def _ledger(self, request: web.Request) -> web.StreamResponse:
        since = request.query.get("since", "0")
        if not (since.isascii() and since.isdecimal() and len(since) <= LONGEST_NUMBER):
            return _problem(400, f"since must be a number of arrivals, not {since[:40]!r}")
        return _answer(ledger(self._service.simulator, self._service.tally, since=int(since)))

    async def _faults(self, _request: web.Request) -> web.StreamResponse:
        return _answer(self._plan())

    async def _put_faults(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        try:
            # Whatever it claims to be, it is read as JSON; a form cannot say numbers.
            document = read_document(
                decode(body, content_type="application/json"), templates=self._service.simulator.templates
            )
        except RefusedError as refused:
            return _problem(refused.status, str(refused.problem))
        except FaultDocumentError as error:
            return _problem(422, *error.problems)
        self._service.follow(document.rules, seed=document.seed, now=self._clock())
        return _answer(self._plan())

    async def _delete_faults(self, _request: web.Request) -> web.StreamResponse:
        self._service.follow((), seed=0, now=self._clock())
        return web.Response(status=204, headers={"Cache-Control": "no-store"})

    async def _options(self, _request: web.Request) -> web.StreamResponse:
        options = self._service.simulator.options
        shown = [
            {
                "name": question.name,
                "question": question.text,
                "answer": getattr(options, question.name),
                "answers": question.answers,
            }
            for question in questions()
        ]
        limit = {"rate_limit": options.rate_limit, "rate_window": options.rate_window}
        return _answer({**limit, "questions": shown})

    async def _missing(self, request: web.Request) -> web.StreamResponse:
        return _problem(
            404,
            f"{request.method} {request.path[:80]} is no operation of the simulator; there are GET …/ledger, GET, PUT and DELETE …/faults, GET …/options.",
        )

    def _plan(self) -> dict[str, Any]:
        plan = self._service.plan
        written = {"seed": plan.seed, "began_at": plan.began_at, "rules": write_rules(plan.rules)}
        return {**written, **counts(self._service.tally)}


def _answer(document: object, status: int = 200) -> web.Response:
    return web.Response(status=status, headers=_HEADERS, body=json.dumps(document).encode())


def _problem(status: int, *problems: str) -> web.Response:
    return _answer({"error": list(problems)}, status)


def _is_local(request: web.Request) -> bool:
    """Say whether a connection came in on a loopback address, and asked for one by a name that is always local."""
    if any(name in request.headers for name in _FORWARDED):
        return False  # a proxy on this machine speaks for somebody elsewhere
    address = None if request.transport is None else request.transport.get_extra_info("sockname")
    if not isinstance(address, tuple) or not _is_loopback(str(address[0])):
        return False
    name = request.headers.get("Host", "")
    host = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    return host.lower() == "localhost" or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
