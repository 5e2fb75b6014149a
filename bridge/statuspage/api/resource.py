"""Base of the resources: calls of one kind, made by one caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.statuspage.api.caller import Caller


class Resource:
    """A resource of the API. Each method makes one call, or for a list one for each of its pages, and raises `StatuspageError` if it does not succeed."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
