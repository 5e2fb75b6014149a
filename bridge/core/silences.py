"""Silences: what is known of the signals that one covers counts for nothing while it lasts.

They are unknown: nothing is raised by them and nothing lowered, and what waits for them stands still. A silence is never published. Knows signals by their labels only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.holds import NEVER
from bridge.core.matching import match_all
from bridge.core.windows import next_span

if TYPE_CHECKING:
    from bridge.core.matching import Matchers
    from bridge.core.signals import Labels
    from bridge.core.windows import Span, Window


@dataclass(frozen=True, slots=True)
class Silence:
    """What is silent, and when.

    Attributes:
        matchers: all must match a signal's labels.
        window: when it lasts.
        comment: why, for people.
    """

    matchers: Matchers
    window: Window
    comment: str


def is_silenced(silences: tuple[Silence, ...], labels: Labels, now: float) -> bool:
    """Whether a silence that lasts at `now` covers a signal with these labels. Cost: the silences, and a calendar for each."""
    return any(
        match_all(silence.matchers, labels)
        for silence in silences
        if (span := next_span(silence.window, now)) is not None and span.holds(now)
    )


class SilenceWatch:
    """The silences of a page as time goes on: which of them last, so that a signal costs only those."""

    def __init__(self, silences: tuple[Silence, ...]) -> None:
        """None of them has been looked at yet."""
        self._spans: dict[Silence, Span | None] = {}
        self._silences = silences
        self._lasting: dict[Silence, None] = {}
        self.turns_at = NEVER if not silences else 0.0
        """When the next of them begins or ends; infinity for never."""

    def turn(self, now: float) -> list[tuple[Silence, bool]]:
        """Those that have begun (True) or ended (False) since it was last looked."""
        if now < self.turns_at:
            return []
        turned = []
        self.turns_at = NEVER
        for silence in self._silences:
            span = self._spans.get(silence)
            if span is None or now >= span.ends_at:
                span = self._spans[silence] = next_span(silence.window, now)
            lasts = span is not None and span.holds(now)
            if lasts is not (silence in self._lasting):
                turned.append((silence, lasts))
            if lasts:
                self._lasting[silence] = None
            else:
                self._lasting.pop(silence, None)
            if span is not None:
                self.turns_at = min(self.turns_at, span.ends_at if lasts else span.begins_at)
        return turned

    def covers(self, labels: Labels) -> bool:
        """Whether one that lasts covers a signal with these labels."""
        for silence in self._lasting:  # noqa: SIM110 - as in `match_all`: it is asked for each signal
            if match_all(silence.matchers, labels):
                return True
        return False
