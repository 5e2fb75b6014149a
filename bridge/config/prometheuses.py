"""The Prometheus servers that rule files may name, and what is asked of each. Must not know who goes by what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.problems import shown
from bridge.core.observation import Poll

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bridge.config.problems import Placed, Problems
    from bridge.core.observation import Query
    from bridge.core.rules import Series


class Prometheuses:
    """The settings' servers, by name."""

    def __init__(self, known: Collection[str] | None, problems: Problems) -> None:
        """Take their names; None where they are not known, and every name is accepted."""
        self._known = known
        self._problems = problems

    def check(self, named: Placed[str] | None) -> None:
        """Report the name of a server that is not there."""
        known = self._known
        if named is None or known is None or named.value in known:
            return
        message = f"the settings have no Prometheus {shown(named.value)}"
        hint = f"they have {', '.join(sorted(known))}" if known else "they have none"
        self._problems.add_unknown(named.place, message, word=named.value, known=known, hint=hint)


def polls_of(queries: Iterable[Query], charted: Iterable[Poll]) -> tuple[Poll, ...]:
    """What is asked, each expression once: as often as the most frequent of those that go by it wants.

    Args:
        queries: those of rules.
        charted: those of metrics.
    """
    polls: dict[Series, Poll] = {}
    for poll in charted:
        before = polls.get(poll.series, poll)
        polls[poll.series] = Poll(
            poll.series, poll.expression, poll.prometheus, min(poll.every, before.every)
        )
    asked: dict[Series, list[Query]] = {}
    for query in queries:
        asked.setdefault(query.series, []).append(query)
    for series, same in asked.items():
        shared = polls.get(series)
        every = min(query.every for query in same)
        if shared is not None:
            every = min(every, shared.every)
        polls[series] = Poll(
            series, same[0].expression, same[0].prometheus, every, tuple(same), charted=shared is not None
        )
    return tuple(polls.values())
