"""`updates` of an incident: how often, and how many times, it is told that it goes on. Must not know what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.document import Scalar
from bridge.config.fields import Span, read_fields
from bridge.config.problems import shown
from bridge.core.rules import Notify, Updates

if TYPE_CHECKING:
    from bridge.config.fields import Fields
    from bridge.config.problems import Problems

EVERY = Span(300.0, 86_400.0)
"""Seconds: more often nobody reads it, and the page's mails of an hour are soon used up."""
MOST = 50
"""Updates in one episode."""

AT_MOST = 4
"""Updates in one episode, where nothing else is said."""

_EXAMPLE = "write updates: {every: 30m, at_most: 4}"
_KNOWN = {"every": None, "at_most": None}


def read_updates(fields: Fields, problems: Problems) -> Updates | None:
    """The value of `updates`; None where none are told."""
    node = fields.get("updates")
    if node is None:
        return None
    written = read_fields(node, problems, what='"updates"', known=_KNOWN, example=_EXAMPLE)
    if written is None:
        return None
    written.need("every", _EXAMPLE)
    every = written.duration("every", EVERY.least, span=EVERY)
    return Updates(every, _at_most(written, problems))


def _at_most(written: Fields, problems: Problems) -> int:
    node = written.get("at_most")
    if node is None:
        return AT_MOST
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        what = shown(text) if text else "this"
        problems.add(node.place, f'"at_most" is how many updates are told, not {what}', f"from 1 to {MOST}")
        return AT_MOST
    return int(text)


def check_updates(
    fields: Fields, problems: Problems, *, updates: Updates | None, notify: frozenset[Notify], said: bool
) -> None:
    """Report what says something of updates that are never told; `said` is whether there is a text for them."""
    if updates is not None or "updates" in fields:
        return
    if Notify.UPDATE in notify:
        problems.add(fields.key_place("notify"), '"notify" lists update, and none are told', _EXAMPLE)
    if said:
        problems.add(fields.key_place("texts"), '"still" is said by updates, and none are told', _EXAMPLE)
