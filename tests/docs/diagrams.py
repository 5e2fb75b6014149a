"""The life cycles as Mermaid diagrams, made from core's transition tables: the picture cannot differ from the code.

`python -m tests.docs.diagrams` writes them into ARCHITECTURE.md, between the marks; a test compares.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.core.drafts import DRAFT_TRANSITIONS, DraftState
from bridge.core.holds import HOLD_TRANSITIONS, HoldPhase
from bridge.core.incidents import INCIDENT_TRANSITIONS, IncidentPhase
from bridge.core.intents import INTENT_TRANSITIONS, LIVE, IntentState
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

ARCHITECTURE = ROOT / "ARCHITECTURE.md"

_BLOCK = re.compile(r"(<!-- diagram: (?P<name>[a-z]+) -->\n)```mermaid\n.*?```\n", re.DOTALL)


def hold() -> str:
    """The life of a hold."""
    rows = [
        (phase, step.phase, f"{event} ({step.reason})") for (phase, event), step in HOLD_TRANSITIONS.items()
    ]
    return _diagram(HoldPhase.INACTIVE, rows)


def incident() -> str:
    """The life of an incident."""
    rows = [
        (phase, step.phase, f"{event} ({step.reason})")
        for (phase, event), step in INCIDENT_TRANSITIONS.items()
    ]
    return _diagram(IncidentPhase.CLOSED, rows)


def intent() -> str:
    """The life of an intent."""
    rows = [(state, after, str(event)) for (state, event), after in INTENT_TRANSITIONS.items()]
    return _diagram(IntentState.OPEN, rows, ends=[state for state in IntentState if state not in LIVE])


def draft() -> str:
    """The life of a draft."""
    rows = [(state, after, str(event)) for (state, event), after in DRAFT_TRANSITIONS.items()]
    return _diagram(DraftState.WAITING, rows, ends=[state for state in DraftState if not state.kept])


DIAGRAMS = {"hold": hold, "incident": incident, "intent": intent, "draft": draft}


def _diagram(start: str, rows: Iterable[tuple[str, str, str]], ends: Iterable[str] = ()) -> str:
    lines = [
        f"[*] --> {start}",
        *(f"{before} --> {after}: {why}" for before, after, why in rows),
        *(f"{end} --> [*]" for end in ends),
    ]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)]) + "\n"


def written(text: str) -> str:
    """The document with every marked diagram as the tables have it now.

    Raises:
        KeyError: a mark names no diagram.
    """
    return _BLOCK.sub(lambda block: f"{block[1]}```mermaid\n{DIAGRAMS[block['name']]()}```\n", text)


def marked(text: str) -> list[str]:
    """The names of the diagrams that a document holds."""
    return [block["name"] for block in _BLOCK.finditer(text)]


if __name__ == "__main__":
    ARCHITECTURE.write_text(written(ARCHITECTURE.read_text()))
