"""`capabilities.json`: what was found out about a page, written for people and machines and read back strictly.

A file that is not exactly what the probe writes is refused as a whole, with every mistake by its place. Must not know what the answers are used for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from bridge.config.setting_values import UnusableError
from bridge.core.capabilities import QUESTIONS, Capabilities, Evidence, Finding
from bridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION: Final = 1
LONGEST: Final = 1024 * 1024
"""Bytes; a longer file is another one by mistake."""

_MEMBERS: Final = ("capabilities", "page", "asked_at", "bridge", "answers")
_ANSWER_MEMBERS: Final = ("question", "answer", "note", "evidence")


class CapabilitiesError(ConfigurationError):
    """The file holds no capabilities; the text is a line for each mistake."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of the probe found out.

    Attributes:
        page_id: of the page that was asked.
        asked_at: RFC 3339.
        bridge: the version that asked.
        findings: in the order of the questions; those of a question that an older version did not know are missing.
    """

    page_id: str
    asked_at: str
    bridge: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FoundCapabilities:
    """What the daemon uses of a report, and where it was found out.

    Attributes:
        page_id: of the page that was asked.
        asked_at: RFC 3339.
        facts: about the service.
    """

    page_id: str
    asked_at: str
    facts: Capabilities


def write_report(report: Report) -> str:
    """The document, as JSON."""
    document = {
        "capabilities": VERSION,
        "page": report.page_id,
        "asked_at": report.asked_at,
        "bridge": report.bridge,
        "answers": {
            finding.question: {
                "question": QUESTIONS[finding.question].text,
                "answer": finding.answer,
                "note": finding.note,
                "evidence": [{"sent": one.sent, "seen": one.seen} for one in finding.evidence],
            }
            for finding in report.findings
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_report(path: Path) -> Report:
    """Read a file.

    Raises:
        CapabilitiesError: it cannot be read, or is not what `write_report` writes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST + 1)
    except OSError as error:
        raise CapabilitiesError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > LONGEST:
        raise CapabilitiesError(f"{path}: is longer than {LONGEST} bytes")
    try:
        document = json.loads(content, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise CapabilitiesError(f"{path}: is not JSON: {error}") from None
    reading = _Reading()
    report = reading.report(document)
    if reading.problems:
        raise CapabilitiesError("\n".join(f"{path}: {problem}" for problem in reading.problems))
    return report


def read_capabilities(text: str | FoundCapabilities | None) -> FoundCapabilities | None:
    """The setting's value: what the file of this name says of the facts that the daemon uses; None where none is named.

    Raises:
        UnusableError: it says nothing that can be used.
    """
    if not isinstance(text, str):
        return text
    try:
        report = read_report(Path(text))
    except CapabilitiesError as error:
        raise UnusableError(
            str(error), "write it with `bridge statuspage conformance`, or do not set this"
        ) from None
    return FoundCapabilities(report.page_id, report.asked_at, Capabilities.found(report.findings))


class _Reading:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def report(self, document: Any) -> Report:
        members = self._members("", document, _MEMBERS)
        version = members.get("capabilities")
        if members and (version != VERSION or isinstance(version, bool)):
            # What follows may mean something else in another version.
            self.problems = [
                f"capabilities: is {_shown(version)}; this version of the bridge reads {VERSION}"
            ]
            return Report("", "", "", ())
        answers = members.get("answers")
        found = []
        if isinstance(answers, dict):
            found = [self._finding(name, answer) for name, answer in answers.items()]
        elif members:
            self.problems.append("answers: must be an object")
        texts = (
            [self._text(name, members.get(name, "")) for name in ("page", "asked_at", "bridge")]
            if members
            else [""] * 3
        )
        return Report(texts[0], texts[1], texts[2], tuple(found))

    def _finding(self, name: str, answer: Any) -> Finding:
        place = f"answers.{name}"
        question = QUESTIONS.get(name)
        if question is None:
            self.problems.append(f"answers: no question is named {_shown(name)}")
            return Finding(name, None)
        members = self._members(place, answer, _ANSWER_MEMBERS)
        if not members:
            return Finding(name, None)
        self._text(f"{place}.question", members.get("question", ""))
        given = members.get("answer")
        if given is not None and (complaint := question.check(given)):
            self.problems.append(f"{place}.answer: {complaint}, or null for unknown; it is {_shown(given)}")
        evidence = members.get("evidence")
        if not isinstance(evidence, list):
            self.problems.append(f"{place}.evidence: must be a list")
            evidence = []
        return Finding(
            name,
            given,
            self._text(f"{place}.note", members.get("note", "")),
            tuple(self._evidence(f"{place}.evidence.{number}", one) for number, one in enumerate(evidence)),
        )

    def _evidence(self, place: str, value: Any) -> Evidence:
        members = self._members(place, value, ("sent", "seen"))
        return Evidence(*(self._text(f"{place}.{name}", members.get(name, "")) for name in ("sent", "seen")))

    def _members(self, place: str, value: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
        shown = place or "the document"
        if not isinstance(value, dict):
            self.problems.append(f"{shown}: must be an object with {', '.join(names)}")
            return {}
        self.problems += [
            f"{shown}: {_shown(name)} is no member of it" for name in value if name not in names
        ]
        missing = [name for name in names if name not in value]
        if missing:
            self.problems.append(f"{shown}: lacks {', '.join(missing)}")
        return value

    def _text(self, place: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        self.problems.append(f"{place}: must be a text")
        return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{_shown(twice)} stands there twice")
    return members


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)[:80]
