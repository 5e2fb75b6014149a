"""What is not sent now, and what it waits for: a person, an operator's word, a guard, the page's answer to something lost. For people; nothing decides by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.commands import ConfirmedGuard, StandingKind
from bridge.core.drafts import DraftState, publication_at
from bridge.core.held import waiting
from bridge.core.holds import NEVER
from bridge.core.intents import IntentState
from bridge.core.operations import FindIncident, IdentifyIncident, ReadIncident, ReadPage
from bridge.core.planned import Wait
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.operations import Operation
    from bridge.core.page import Page

_HELD = {
    ConfirmedGuard.RELOAD: Reason.RULES_HELD,
    ConfirmedGuard.BLAST_RADIUS: Reason.BLAST_HELD,
    ConfirmedGuard.PAGE_IDENTITY: Reason.ANOTHER_PAGE,
}


def waits_of(page: Page, *, parked: Iterable[Operation], untold: Iterable[Operation]) -> tuple[Wait, ...]:
    """Everything on a page that is not sent now, but for what waits for a hold.

    Args:
        page: after everything was sent that is sent now.
        parked: what the page has refused, and would be sent else.
        untold: readings of which nobody can say what they will show.
    """
    return (*_held(page), *_lost(page), *_drafts(page), *_refused(parked), *_unread(untold))


def _held(page: Page) -> Iterator[Wait]:
    """What keeps the whole page, or what rules say, from being written."""
    pause = page.standing.get((StandingKind.PAUSE, ""))
    if pause is not None:
        until = NEVER if pause.until is None else pause.until
        yield Wait(Reason.PAUSED, "an operator has paused the page", until)
    for one in waiting(page):
        text = "; ".join((one.says, *(one.changes or one.components)))
        yield Wait(_HELD[one.guard], f"{text}; if that is meant: {one.command}")
    most = page.settings.automation_max
    if most is not Automation.FULL:
        yield Wait(Reason.SHADOW, f"the page is capped at {most}")
    for name, status in sorted(page.desired.would_have.items()):
        yield Wait(Reason.SHADOW, f"rules in shadow would have {name} at {status}")


def _lost(page: Page) -> Iterator[Wait]:
    for intent in page.intents.values():
        if intent.state is IntentState.OPEN:
            yield Wait(Reason.BUSY, f"a request about {intent.target} is under way", intent.deadline)
        else:
            text = f"the answer to a write about {intent.target} was lost; nothing is sent about it before it is known what became of that"
            yield Wait(Reason.SETTLE_UNKNOWN, text, intent.settled_at(page.settings.settle_for))


def _drafts(page: Page) -> Iterator[Wait]:
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    for draft in page.drafts.values():
        rule = rules.get(page.place_now(draft.place)[0])
        if draft.state is DraftState.WAITING and rule is not None:
            text = f"draft {draft.id} of {rule.id} waits for a person; see: bridge drafts show {draft.id}"
            yield Wait(Reason.DRAFTED, text, publication_at(draft, rule))


def _refused(parked: Iterable[Operation]) -> Iterator[Wait]:
    for operation in parked:
        yield Wait(Reason.PARKED, f"the page has refused what is wanted of {operation.target}")


def _unread(untold: Iterable[Operation]) -> Iterator[Wait]:
    for operation in untold:
        match operation:
            case FindIncident() | ReadIncident() | IdentifyIncident():
                yield Wait(Reason.READ_OBSERVED, f"{operation.target} has to be read by itself first")
            case ReadPage():
                yield Wait(Reason.READ_OBSERVED, "the page was not read in this life")
            case _:
                pass  # names of metrics and templates: nothing waits for them
