"""What guards hold until a person confirms it, in the words by which it is confirmed. Reads a page and changes nothing; knows neither who confirms nor how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.blast import blast_of
from bridge.core.commands import ConfirmedGuard, StandingKind
from bridge.core.rule_changes import RuleChange

if TYPE_CHECKING:
    from bridge.core.page import Page


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that waits for a person.

    Attributes:
        page: the page's name in the settings.
        guard: which guard holds it.
        subject: what exactly, as it is confirmed.
        says: what is held, and what that means meanwhile.
        components: whose worsening is held, by the names of rules.
        changes: what it would change, a line for each.
        since: our clock; None where nobody remembers.
        unwritten: nothing at all is written to the page meanwhile.
    """

    page: str
    guard: ConfirmedGuard
    subject: str
    says: str
    components: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    since: float | None = None
    unwritten: bool = False

    @property
    def command(self) -> str:
        """How it is let through."""
        return f"bridge confirm --page {self.page} {self.guard} {self.subject}"


def held(page: Page) -> tuple[Held, ...]:
    """Everything on a page that a confirmation would let through now. Cost: what the page's guards remember."""
    found = (_blast(page), _start(page), _reload(page), _identity(page))
    return tuple(one for one in found if one is not None)


def is_confirmed(page: Page, guard: ConfirmedGuard, subject: str) -> bool:
    """Whether a person confirmed exactly this, and it is not used yet."""
    return (StandingKind.CONFIRM, f"{guard}:{subject}") in page.standing


def waiting(page: Page) -> tuple[Held, ...]:
    """What nobody has confirmed yet."""
    return tuple(one for one in held(page) if not is_confirmed(page, one.guard, one.subject))


def _blast(page: Page) -> Held | None:
    hold = blast_of(page.guards.values()).hold
    if hold is None:
        return None
    return Held(
        page.name,
        ConfirmedGuard.BLAST_RADIUS,
        hold.id,
        "more got worse at once than is likely to be true, and is not told",
        components=tuple(sorted(hold.caps)),
        since=hold.since,
    )


def _start(page: Page) -> Held | None:
    rules = page.held_rules
    if rules is None or rules.change == RuleChange():
        return None  # others were put in force since, and are only to be evaluated
    return Held(
        page.name,
        ConfirmedGuard.RELOAD,
        rules.digest,
        "nothing is written, for the rule files have changed since the last stop and would change much",
        changes=rules.change.texts(),
        unwritten=True,
    )


def _reload(page: Page) -> Held | None:
    rules = page.held_reload
    if rules is None:
        return None
    return Held(
        page.name,
        ConfirmedGuard.RELOAD,
        rules.digest,
        "new rules would change much, and those before stay in force",
        changes=rules.change.texts(),
    )


def _identity(page: Page) -> Held | None:
    seen = page.seen
    if seen is None or page.identified:
        return None
    return Held(
        page.name,
        ConfirmedGuard.PAGE_IDENTITY,
        seen.identity,
        f"nothing is read or written, for the page is {seen.identity} and not {page.pinned or page.page_id}",
        unwritten=True,
    )
