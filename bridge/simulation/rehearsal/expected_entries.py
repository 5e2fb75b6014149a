"""Reading the incidents, drafts and maintenances that a test expects: in short ids with their words, or a list with what else is asked. Must not know how they are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.config.document import Mapping
from bridge.config.fields import Length, read_fields, read_list, read_text, read_word
from bridge.core.drafts import DraftState
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import Impact, IncidentStatus, MaintenanceStatus
from bridge.core.text import BODY_LIMIT
from bridge.simulation.rehearsal.case_fields import read_instant, read_listed, read_texts
from bridge.simulation.rehearsal.cases import ExpectedEntry
from bridge.simulation.rehearsal.printed import instant, listed

if TYPE_CHECKING:
    from enum import StrEnum

    from bridge.config.document import Node
    from bridge.config.fields import Fields
    from bridge.config.problems import Problems


@dataclass(frozen=True, slots=True)
class Kind:
    """What is expected.

    Attributes:
        key: of the expectation.
        one: what one of them is called.
        word: the key of its status.
        words: what that can be.
        asked: what else can be asked of it.
    """

    key: str
    one: str
    word: str
    words: tuple[StrEnum, ...]
    asked: tuple[str, ...]

    @property
    def known(self) -> dict[str, str | None]:
        """The keys of one in a list."""
        other = "state" if self.word == "status" else "status"
        return {"id": None, self.word: None, **dict.fromkeys(self.asked), other: f"it is called {self.word}"}


INCIDENTS: Final = Kind(
    "incidents",
    "an incident",
    "status",
    tuple(IncidentStatus),
    ("group", "title", "body", "impact", "components"),
)
DRAFTS: Final = Kind(
    "drafts",
    "a draft",
    "state",
    tuple(one for one in DraftState if one.kept),
    ("group", "title", "body", "impact", "components"),
)
MAINTENANCES: Final = Kind(
    "maintenances",
    "a maintenance",
    "status",
    tuple(one for one in MaintenanceStatus if one is not MaintenanceStatus.COMPLETED),
    ("title", "body", "starts", "ends", "components"),
)


def read_entries(fields: Fields, kind: Kind, problems: Problems) -> tuple[ExpectedEntry, ...] | None:
    """A list, or in short the ids with their words; None where nothing is asked."""
    node = fields.get(kind.key)
    if node is None:
        return None
    if isinstance(node, Mapping):
        short = []
        for name, value in node.entries:
            status = read_word(value, problems, what=f"a {kind.word}", words=kind.words)
            if status is not None:
                short.append(ExpectedEntry(name.text, NO_LABELS, status))
        return tuple(short)
    nodes = read_list(node, problems, what=f'"{kind.key}"', of=kind.key)
    return tuple(one for each in nodes if (one := _read_entry(each, kind, problems)) is not None)


def _read_entry(node: Node, kind: Kind, problems: Problems) -> ExpectedEntry | None:
    example = f"write - {{id: checkout, {kind.word}: {kind.words[0]}}}"
    fields = read_fields(node, problems, what=kind.one, known=kind.known, example=example)
    if fields is None:
        return None
    identifier = fields.need_text("id", f"{kind.one}'s id in the rules")
    status = fields.need(kind.word, f"one of {', '.join(kind.words)}")
    word = None if status is None else read_word(status, problems, what=f'"{kind.word}"', words=kind.words)
    group = Labels(read_texts(fields, "group", problems))
    asked = _read_asked(fields, problems)
    return None if identifier is None or word is None else ExpectedEntry(identifier.value, group, word, asked)


def _read_asked(fields: Fields, problems: Problems) -> dict[str, str]:
    """What else is asked, as differences print it."""
    asked: dict[str, str] = {}
    if title := fields.text("title"):
        asked["title"] = title.value
    if body := fields.text("body", length=Length(BODY_LIMIT, lines=True)):
        asked["body"] = body.value
    if "impact" in fields:
        asked["impact"] = fields.word("impact", Impact.NONE, words=tuple(Impact))
    for key in ("starts", "ends"):
        asked |= {} if (at := read_instant(fields, key, problems)) is None else {key: instant(at)}
    if "components" in fields:
        nodes = read_listed(fields, "components", "components", problems)
        names = [read_text(one, problems, what="a component") for one in nodes]
        asked["components"] = listed(one.value for one in names if one is not None)
    return asked
