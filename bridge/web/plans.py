"""What is asked of a plan, and what is answered: the contract between the front, which reads and writes JSON, and the daemon, which plans."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.planned import PagePlan, PlannedCall
    from bridge.core.statuses import Automation


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """What somebody wants to know.

    Attributes:
        page: its name; None for every page.
        automation_max: under which cap; None for the one in force.
        files: by which rule files, path and bytes; None for those in force.
    """

    page: str | None = None
    automation_max: Automation | None = None
    files: tuple[tuple[str, bytes], ...] | None = None


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A call, as it is sent.

    Attributes:
        call: what it does and why.
        method, path: of the request; the path below the API's base address.
        body: its JSON document.
    """

    call: PlannedCall
    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """What would be sent to one page.

    Attributes:
        plan: as it was made.
        requests: its calls, in the same order.
        components: display names of the page's components, by id.
        offset: seconds by which the time of day is ahead of our clock.
    """

    plan: PagePlan
    requests: tuple[PlannedRequest, ...]
    components: Mapping[str, str]
    offset: float


class UnknownPageError(BridgeError):
    """The settings have no page of that name."""


class PlanRulesError(BridgeError):
    """The rule files have problems.

    Attributes:
        problems: one text for each.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("the rule files have problems")
        self.problems = problems


Plan: TypeAlias = Callable[[PlanAsked], Awaitable[tuple[PlannedPage, ...]]]
"""Raises `UnknownPageError`, `PlanRulesError`, or another `BridgeError` where the page cannot be read now."""
