"""Silences as rule files declare them. Must not know which signals there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.conditions import read_matchers, read_names
from bridge.config.fields import read_fields
from bridge.config.windows import read_window
from bridge.core.silences import Silence

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Place, Placed, Problems

MAXIMUM_SILENCES = 200
"""Of one page: each is compared with every signal that changes while it lasts."""

_KNOWN = {
    "alert": None,
    "probe": None,
    "query": None,
    "matchers": None,
    "window": None,
    "schedule": None,
    "comment": None,
    "components": "a silence covers signals; what people are to know of is a maintenance",
    "starts_at": "write window: {start: 2026-08-01T22:00, duration: 2h, time_zone: UTC}",
    "startsAt": "write window: {start: 2026-08-01T22:00, duration: 2h, time_zone: UTC}",
}


@dataclass(frozen=True, slots=True)
class DeclaredSilence:
    """A silence, and the probe or query that it names; `silence` is None when it is faulty."""

    place: Place
    silence: Silence | None
    probe: Placed[str] | None
    query: Placed[str] | None


def read_silence(node: Node, problems: Problems) -> DeclaredSilence | None:
    """One entry of `silences`."""
    example = "write - matchers: ['alertname=\"DiskFull\"']"
    fields = read_fields(node, problems, what="a silence", known=_KNOWN, example=example)
    if fields is None:
        return None
    names = read_names(fields)
    matchers = read_matchers(fields, problems, names, what="a silence")
    window = read_window(fields, problems, what="a silence")
    comment = fields.need_text("comment", "say why: it stands in the journal when the silence begins")
    if matchers is None or window is None or comment is None:
        return DeclaredSilence(fields.place, None, names.probe, names.query)
    return DeclaredSilence(fields.place, Silence(matchers, window, comment.value), names.probe, names.query)
