"""A plan of faults as JSON: `{"seed": 7, "rules": [{"kind": "late", "share": 0.1, "seconds": [31, 150]}]}`.

Strict, because a misspelt key would be a fault that never happens: every key is known, every value is of its type, and all
problems are told at once, each with its place. Must not know requests or HTTP.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any, TypeGuard, TypeVar

from bridge.simulator.fault_rules import COURSES, Ending, FaultBody, FaultKind, FaultRule
from bridge.simulator.options import RetryAfterForm

Word = TypeVar("Word", bound=StrEnum)

MAXIMUM_RULES = 1000
LARGEST_INTEGER = 2**53
_SHOWN = 80


class FaultDocumentError(ValueError):
    """A document that is no plan; `problems` holds a sentence for each thing wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FaultDocument:
    """A plan as it was sent: rules, the earlier first, and the seed of the draw."""

    rules: tuple[FaultRule, ...]
    seed: int = 0


def read_document(document: object, *, templates: Collection[str]) -> FaultDocument:
    """Read a plan; `templates` are the path templates of the operations that can meet a fault.

    Raises:
        FaultDocumentError: With everything that is wrong.
    """
    if not isinstance(document, dict):
        raise FaultDocumentError(["a plan must be an object with the key rules"])
    problems = [f"{key[:_SHOWN]}: no such key" for key in document if key not in {"seed", "rules"}]
    seed, written = document.get("seed", 0), document.get("rules")
    if not _is_integer(seed):
        problems.append(f"seed: must be an integer of at most 2**53, not {_shown(seed)}")
    if not isinstance(written, list) or len(written) > MAXIMUM_RULES:
        problems.append(f"rules: must be a list of at most {MAXIMUM_RULES} rules")
        written = []
    rules = [_read_rule(rule, f"rules[{place}]", templates, problems) for place, rule in enumerate(written)]
    if problems:
        raise FaultDocumentError(problems)
    return FaultDocument(tuple(rule for rule in rules if rule is not None), seed)


def write_rules(rules: Collection[FaultRule]) -> list[dict[str, Any]]:
    """Write rules as `read_document` reads them; what a rule does not restrict is left out."""
    return [_write_rule(rule) for rule in rules]


def _read_rule(
    written: object, place: str, templates: Collection[str], problems: list[str]
) -> FaultRule | None:
    if not isinstance(written, dict):
        problems.append(f"{place}: must be an object, not {_shown(written)}")
        return None
    found = [f"{place}.{key[:_SHOWN]}: no such key" for key in written if key not in _READERS]
    given: dict[str, Any] = {}
    for key, (name, read) in _READERS.items():
        value = written.get(key)
        if value is not None:
            try:
                given[name] = read(value)
            except ValueError as error:
                found.append(f"{place}.{key}: {error}")
    if "kind" not in given and not found:
        found.append(f"{place}.kind: is missing; it is one of {', '.join(_KINDS)}")
    rule = None
    if not found:
        try:
            rule = FaultRule(**given)
        except ValueError as error:
            found.append(f"{place}: {error}")
        else:
            if not any(rule.reaches(template) for template in templates):
                found.append(f"{place}.path: no operation of the simulator has the path {_shown(rule.path)}")
    problems.extend(found)
    return rule


_KINDS = tuple(kind for kind in FaultKind if kind is not FaultKind.REFUSED)


def _kind(value: object) -> FaultKind:
    if value == FaultKind.REFUSED:
        raise ValueError(
            "a server cannot refuse a connection that it has; take dropped with the ending reset"
        )
    return _word(_KINDS)(value)


def _word(allowed: Iterable[Word]) -> Callable[[object], Word]:
    words = {str(word): word for word in allowed}

    def read(value: object) -> Word:
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"must be one of {', '.join(words)}, not {_shown(value)}")
        return words[value]

    return read


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a text, not {_shown(value)}")  # noqa: TRY004 - the reader's one kind of error
    return value


def _integer(value: object) -> int:
    if not _is_integer(value):
        raise ValueError(f"must be an integer of at most 2**53, not {_shown(value)}")
    return value


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            if math.isfinite(float(value)):
                return float(value)
        except OverflowError:
            pass
    raise ValueError(f"must be a number, not {_shown(value)}")


def _seconds(value: object) -> tuple[float, float]:
    if isinstance(value, list):
        if len(value) != 2:  # noqa: PLR2004
            raise ValueError("must be a number of seconds, or the shortest and the longest")
        return (_number(value[0]), _number(value[1]))
    return (_number(value), _number(value))


_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "kind": ("kind", _kind),
    "share": ("share", _number),
    "method": ("method", _text),
    "path": ("path", _text),
    "from": ("from_", _number),
    "until": ("until", _number),
    "times": ("times", _integer),
    "status": ("status", _integer),
    "body": ("body", _word(FaultBody)),
    "retry_after": ("retry_after", _integer),
    "retry_after_form": ("retry_after_form", _word(RetryAfterForm)),
    "seconds": ("seconds", _seconds),
    "ending": ("ending", _word(Ending)),
}


def _write_rule(rule: FaultRule) -> dict[str, Any]:
    defaults = {known.name: known.default for known in fields(FaultRule)}
    written: dict[str, Any] = {}
    for key, (name, _) in _READERS.items():
        value = getattr(rule, name)
        if value is None or (name != "share" and value == defaults[name] is not MISSING):
            continue
        if name == "seconds" and name not in COURSES[rule.kind].settings:
            continue
        written[key] = value
    return written


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER


def _shown(value: object) -> str:
    match value:
        case Mapping():
            return "an object"
        case list():
            return "a list"
        case int() if abs(value) > LARGEST_INTEGER:
            return "a very large number"
        case _:
            text = repr(value)
            return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
