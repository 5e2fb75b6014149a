"""Transports without a network: one that follows a script, one that is the simulator's model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from bridge.simulator import messages
from bridge.statuspage.transport import Request, Response, TransportError

if TYPE_CHECKING:
    from bridge.simulator.model import Simulator


@dataclass
class ScriptedTransport:
    """Gives one prepared answer to everything, and keeps what it was asked."""

    answer: Response | TransportError
    requests: list[Request] = field(default_factory=list)

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Record the request and give the answer."""
        assert timeout > 0
        self.requests.append(request)
        if isinstance(self.answer, TransportError):
            raise self.answer
        return self.answer

    def sent(self) -> tuple[str, str, dict[str, str], Any]:
        """The only request: method, path, query, decoded body."""
        (request,) = self.requests
        body = None if request.body is None else msgspec.json.decode(request.body)
        return request.method, request.path, dict(request.query), body


@dataclass
class SimulatorTransport:
    """The simulator's model as the other end."""

    simulator: Simulator
    token: str
    now: float

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Hand the request to the model, as its front would."""
        assert timeout > 0
        answer = self.simulator.handle(
            messages.Request(
                method=request.method,
                path=f"/v1{request.path}",
                query=dict(request.query),
                headers={"Authorization": f"OAuth {self.token}", "Content-Type": "application/json"},
                body=request.body or b"",
            ),
            now=self.now,
        )
        return Response(answer.status, answer.headers, answer.body)


def json_answer(status: int, document: object, **headers: str) -> Response:
    """An answer with a JSON body; in header names `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, named, msgspec.json.encode(document))
