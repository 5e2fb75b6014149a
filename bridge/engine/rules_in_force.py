"""Which rule files are in force on a page, durably, and what holds others back: a reload that would change much, and a start with files that changed much since the stop.

A reload is refused, and the old rules stay. At a start they are not there any more: nothing is written until an operator has confirmed the new ones. Reads no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bridge.core.commands import ConfirmedGuard
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.reasons import Reason
from bridge.core.rule_changes import HeldRules, RuleChange, Trial, trial_at_start, trial_of
from bridge.engine.confirmations import is_confirmed, use_confirmation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.changes import Changes
    from bridge.core.desired import Memory
    from bridge.core.journal import Fact
    from bridge.core.page import Page
    from bridge.core.rules import RuleSet
    from bridge.core.signals import Signal
    from bridge.core.state import State
    from bridge.engine.intake import Intake

logger = structlog.get_logger(__name__)

RELOAD_MAX_CHANGES = 5


def weigh(
    page: Page, state: State, memory: Memory, *, ruleset: RuleSet, awaited: Iterable[Signal], now: float
) -> Trial:
    """The trial of other rules, by what the rules in force have left in memory. Where those that are loaded wait themselves, they are no measure: what was told last is.

    What their queries do not know yet, `awaited`, is unknown in it.
    """
    if page.held_rules is not None:
        signals = (state.signals | {signal.key: signal for signal in awaited}).values()
        return trial_at_start(page, memory, signals, state.sources.values(), ruleset=ruleset, now=now)
    return trial_of(page, state, ruleset, now, awaited=awaited)


def hold_reload(page: Page, rules: HeldRules, *, most: int, now: float) -> tuple[str, ...]:
    """Why a page's new rules may not be put in force; nothing if they may."""
    page.held_reload = None
    known = _in_force(page) == rules.digest  # back to what was in force when it stopped
    confirmed = is_confirmed(page, ConfirmedGuard.RELOAD, rules.digest, now)
    if known or confirmed or not rules.change.exceeds(most):
        return ()
    page.held_reload = rules
    return tuple(f"{page.name}: {text}" for text in rules.change.texts())


def is_reload_confirmed(page: Page, now: float) -> bool:
    """Whether an operator has confirmed the rules that wait to be put in force."""
    held = page.held_reload
    return held is not None and is_confirmed(page, ConfirmedGuard.RELOAD, held.digest, now)


def put_in_force(page: Page, digest: str) -> None:
    """The rules of these files are in force from now on; `note_rules` remembers that."""
    page.rules_digest = digest
    page.held_reload = None
    if page.held_rules is not None:
        # Until these are evaluated, what is desired is by those that were held.
        page.held_rules = HeldRules(digest, RuleChange())


def weigh_start(page: Page, memory: Memory, intake: Intake, now: float) -> RuleChange:
    """What the rules with which a page is taken up change. Only files that are not those of the last life are tried."""
    if not page.rules_digest or _in_force(page) in {None, page.rules_digest}:
        return RuleChange()
    return trial_at_start(page, memory, intake.signals, intake.sources, ruleset=page.ruleset, now=now).run()


def hold_start(page: Page, change: RuleChange, *, most: int, changes: Changes, now: float) -> None:
    """Let nothing be written by rules that change much, until they are confirmed."""
    digest = page.rules_digest
    if not change.exceeds(most) or is_confirmed(page, ConfirmedGuard.RELOAD, digest, now):
        return
    page.held_rules = HeldRules(digest, change)
    detail: dict[str, Fact] = {"digest": digest, "components": len(change.components)}
    changes.journal.append(
        JournalEntry(now, JournalKind.OBSERVED, page.name, "rules", Reason.RULES_HELD, detail)
    )
    logger.error("start_held", page=page.name, digest=digest, changes=list(change.texts()))


def held_start(page: Page) -> str:
    """Why nothing is written since the start, for operators; empty where something is."""
    held = page.held_rules
    if held is None or held.change == RuleChange():
        return ""
    return (
        f"{page.name}: nothing is written, for the rule files have changed since the last stop and would change much"
        f" ({'; '.join(held.change.texts())}); if that is meant: bridge confirm --page {page.name} reload {held.digest}"
    )


def note_rules(page: Page, changes: Changes, now: float) -> None:
    """Remember which files are in force, once they may be. What let them through is used up by that."""
    digest, held = page.rules_digest, page.held_rules
    if held is None and (not digest or _in_force(page) == digest):
        return
    confirmed = use_confirmation(page, ConfirmedGuard.RELOAD, digest, changes=changes, now=now)
    if held is not None and held.change != RuleChange() and not confirmed:
        return
    page.held_rules = None
    if not digest:
        return
    record = GuardRecord(page.name, GuardKind.RULES, "", now, digest)
    page.guards[record.key] = record
    changes.guards.append(record)
    detail: dict[str, Fact] = {"digest": digest}
    changes.journal.append(
        JournalEntry(now, JournalKind.OBSERVED, page.name, "rules", Reason.RULES_CHANGED, detail)
    )


def _in_force(page: Page) -> str | None:
    record = page.guards.get((GuardKind.RULES, ""))
    return record.value if record is not None else None
