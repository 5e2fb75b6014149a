"""Reviewers: people who read the drafts that wait and approve or discard them, as they read them. They keep what they read, so that a judge knows what was approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.drafts import DraftState
from bridge.web.draft_documents import drafts_document
from tests.simulation.operators import NEVER

if TYPE_CHECKING:
    from typing import Any

    from bridge.simulation.world import Told, World
    from tests.simulation.evidence import Evidence

LOOKS = 20.0
"""Seconds between the looks of somebody who approves everything."""


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody read, and what they told the bridge of it.

    Attributes:
        read_at: when, Unix seconds.
        draft: the document that they read.
        approved: or else discarded.
        told: the command.
    """

    read_at: float
    draft: dict[str, Any]
    approved: bool
    told: Told

    @property
    def first_at(self) -> float:
        """Unix seconds; it may have been in force from then on."""
        return self.told.given_at

    @property
    def acknowledged_at(self) -> float:
        """Unix seconds; it was in force from then on. Infinity while it was not accepted."""
        return (self.told.answered_at or NEVER) if self.told.accepted else NEVER


class Reviewers:
    """Whoever reads drafts in one run."""

    def __init__(self, world: World, evidence: Evidence) -> None:
        self._world = world
        self._evidence = evidence

    def read(self, *, approve: bool, seconds: float) -> None:
        """Read what waits now, and decide so many seconds later on what was read."""
        engine = self._world.engine
        if engine is None:
            return
        (page,) = engine.pages
        for document in drafts_document(page, 0.0):
            if document["state"] == DraftState.WAITING:
                with self._world.loop.outside():
                    self._world.loop.call_later(seconds, self._decide, document, approve, self._world.now())

    def approve_all_from_now_on(self) -> None:
        """Somebody looks again and again, until the run ends."""
        self.read(approve=True, seconds=1.0)
        with self._world.loop.outside():
            self._world.loop.call_later(LOOKS, self.approve_all_from_now_on)

    def _decide(self, document: dict[str, Any], approve: bool, read_at: float) -> None:  # noqa: FBT001 - as it is called later
        kind = "draft_approve" if approve else "draft_discard"
        told = self._world.command(kind, draft=document["draft"], hash=document["hash"])
        self._evidence.reviews.append(Review(read_at, document, approve, told))
