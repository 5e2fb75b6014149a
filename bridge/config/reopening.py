"""`reopen_within` of an incident. Must not know what an incident covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.fields import Span

if TYPE_CHECKING:
    from bridge.config.fields import Fields
    from bridge.config.problems import Problems

LONGEST = Span(0.0, 7 * 86_400.0)
"""Seconds: what breaks a week later is another outage to whoever reads of it."""


def read_reopen_within(fields: Fields, problems: Problems, *, said: bool) -> float:
    """Seconds; zero for never. `said` is whether there is a text for it, which would never be told then."""
    seconds = fields.duration("reopen_within", 0.0, span=LONGEST)
    if said and "reopen_within" not in fields:
        problems.add(
            fields.key_place("texts"),
            '"reopened" is said with reopen_within alone',
            "write reopen_within: 30m",
        )
    return seconds
