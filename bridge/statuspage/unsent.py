"""The request that an operation becomes, to be looked at and not sent: by the same door and the same encoding as what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.intents import Failure
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from bridge.statuspage.transport import TransportError

if TYPE_CHECKING:
    from bridge.core.intents import OperationId
    from bridge.core.operations import Operation
    from bridge.statuspage.transport import Request, Response


def request_of(operation: Operation, name: OperationId, *, page_id: str) -> Request | None:
    """The one request that an operation is; None where its arguments cannot become one, and the daemon would send nothing either.

    Args:
        operation: what it does.
        name: of the attempt, for the metadata.
        page_id: of the page that it is about.
    """
    kept = _Kept()
    door = StatuspageDoor(StatuspageClient(kept, page_id), operation.page)
    asking = door.perform(operation, name, timeout=0.0)
    try:
        asking.send(None)
    except StopIteration:
        return kept.request
    raise AssertionError("a request that is not sent waits for something")


class _Kept:
    """A transport that keeps what it is given, and refuses it. Implements `Transport`."""

    def __init__(self) -> None:
        self.request: Request | None = None

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109, ARG002 - as in Transport
        """Keep it.

        Raises:
            TransportError: always.
        """
        self.request = request
        raise TransportError(Failure.REFUSED)
