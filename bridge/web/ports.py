"""What the front needs from the daemon, each as small as its use. The composition root chooses who stands behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bridge.core.samples import Observation

if TYPE_CHECKING:
    from bridge.core.commands import Command, CommandId
    from bridge.core.page import Page
    from bridge.core.recollection import Recorded
    from bridge.core.state import State
    from bridge.web.plans import Plan

Accept: TypeAlias = Callable[[Observation], Awaitable[None]]
"""Returns once the observation is durable; whatever it raises means that it is not, and that it may be sent again."""

Credential: TypeAlias = Callable[[], str]
"""The secret as it is now. Raises `BridgeError` while it cannot be had."""


class Commands(Protocol):
    """Where commands go, and what they may be about."""

    @property
    def pages(self) -> Mapping[str, Page]:
        """Every page as it is known now, by its name in the settings. To be read only."""

    def now(self) -> float:
        """Our clock, Unix seconds."""

    def by_our_clock(self, wall: float) -> float:
        """An instant of the time of day by our clock."""

    def new_id(self) -> CommandId:
        """A name for a command whose sender chose none."""

    async def accept(self, command: Command) -> bool:
        """Returns once the command is durable and in force: whether it was new.

        Raises:
            CommandError: what it names is not there or not so.
            PageUnreadError: whether it is, is not known yet.
            StoreError: it is not in force, and may be sent again.
        """


class Evaluations(Protocol):
    """What explanations look at. To be read only."""

    @property
    def pages(self) -> Mapping[str, Page]:
        """Every page as it is known now, by its name in the settings."""

    def now(self) -> float:
        """Our clock, Unix seconds."""

    def by_our_clock(self, wall: float) -> float:
        """An instant of the time of day by our clock."""

    def evaluation(self, page: str) -> State:
        """A page's evaluation under way."""

    async def past(self, page: str, names: Collection[str], until: float) -> Recorded:
        """What the journal has about components of a page up to an instant, our clock.

        Raises:
            StoreError: it cannot be read.
        """


class Health(Protocol):
    """How the daemon is, asked at each request."""

    def healthy(self) -> bool:
        """Whether its tasks get on; if not, it should be restarted."""

    def ready(self) -> tuple[str, ...]:
        """What is missing until it can do its work; nothing when it can. Told to anyone who asks, so without secrets."""


@dataclass(frozen=True, slots=True)
class ReloadResult:
    """What became of a reload of the rule files.

    Attributes:
        problems: one text for each; none when the new rules are in force. With any, the old ones stay.
        held: nothing is wrong with the files, but they would change much: an operator has to confirm this digest. `problems` says what.
        pages: on which of them.
        since_start: the files are those of the start, and nothing is written until then; else the rules before stay in force.
    """

    problems: tuple[str, ...] = ()
    held: str = ""
    pages: tuple[str, ...] = ()
    since_start: bool = False


Reload: TypeAlias = Callable[[], Awaitable[ReloadResult]]


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything behind the front.

    Attributes:
        accept: takes what was delivered in.
        commands: takes commands in.
        plan: says what would be sent now.
        evaluations: what explanations look at.
        health: how the daemon is.
        reload: reads the rule files again.
        update_gauges: called before each scrape.
        now: our clock, Unix seconds.
        annotations: the names of those that rules list; no other is looked at.
    """

    accept: Accept
    commands: Commands
    plan: Plan
    evaluations: Evaluations
    health: Health
    reload: Reload
    update_gauges: Callable[[], None]
    now: Callable[[], float]
    annotations: Callable[[], frozenset[str]] = frozenset


@dataclass(frozen=True, slots=True)
class Limits:
    """What one delivery may cost (reliability.md, "Ingress").

    Attributes:
        body_bytes: the longest body; 2,400 alerts are a mebibyte.
        held_bytes: of all bodies being worked on together; a delivery beyond is to come again later.
        body_seconds: for the whole body to arrive.
        accept_seconds: for the commit; less than senders wait.
        executor_bytes: longer bodies are parsed beside the loop, which would stall.
    """

    body_bytes: int = 4 * 1024 * 1024
    held_bytes: int = 64 * 1024 * 1024
    body_seconds: float = 10.0
    accept_seconds: float = 10.0
    executor_bytes: int = 256 * 1024
