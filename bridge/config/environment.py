"""Environment variables to the tree that settings are made of, and back: which variable a setting has.

The names follow from the models: `BRIDGE_WEBHOOK_BEARER_TOKEN_FILE`, `BRIDGE_PAGES__ACME__ID`. An unknown name with our prefix is a problem, because a misspelt guard is no guard.
Must not know what any setting means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel

from bridge.config.automation import AutomationMax
from bridge.config.credentials import Secret
from bridge.config.problems import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.config.problems import Problems

PREFIX = "BRIDGE_"
NAME = "<NAME>"
"""Stands in a variable for a name that the operator chooses."""

_FILE = "_FILE"
_CHOSEN = r"(?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)"
_SERVICE_LINK = re.compile(r"BRIDGE_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)")


@dataclass(frozen=True, slots=True)
class Given:
    """How a value was given that may stand in a file: itself, the file that holds it, or wrongly both."""

    text: str | None = field(default=None, repr=False)
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable, or with `<NAME>` in it a family of them.

    Attributes:
        name: as in the environment.
        path: the setting's place in the tree; `<NAME>` stands for the chosen name.
        part: which field of a `Given` it fills; empty for what may not stand in a file.
        keeps_case: whether the chosen name is kept as it is written; other names become lower case.
    """

    name: str
    path: tuple[str, ...]
    part: str = ""
    keeps_case: bool = False


class Variables:
    """The variables of a model."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.all = tuple(_variables(model, PREFIX, ()))
        self._single = {variable.name: variable for variable in self.all if NAME not in variable.path}
        self._families = [
            (re.compile(re.escape(variable.name).replace(re.escape(NAME), _CHOSEN)), variable)
            for variable in self.all
            if NAME in variable.path
        ]

    def read(self, environment: Mapping[str, str], problems: Problems) -> dict[str, Any]:
        """The tree of what the environment sets. Unknown, empty and undecodable variables are reported and left out."""
        tree: dict[str, Any] = {}
        origins: dict[tuple[str, ...], str] = {}
        for name in sorted(environment):
            if not name.upper().startswith(PREFIX):
                continue
            found = self._find(name)
            if found is None:
                self._report_unknown(name, problems)
                continue
            path, variable = found
            text = environment[name].strip() if not variable.part else environment[name]
            if not _is_text(text):
                problems.add(Place(name), "is not UTF-8")
            elif not text and not variable.keeps_case:
                problems.add(Place(name), "is empty", "give it a value, or do not set it")
            elif (other := origins.setdefault((*path, variable.part), name)) != name:
                problems.add(Place(name), f"sets the same as {other}", "set one of the two")
            else:
                _put(tree, path, variable.part, text)
        return tree

    def names_of(self, location: tuple[str, ...]) -> tuple[str, ...]:
        """The variables that set what stands at a place of the tree; for what may stand in a file two, for a part of the tree those below it."""
        names = []
        for variable in self.all:
            path = variable.path
            if len(path) >= len(location) and all(
                wanted in {given, NAME} for wanted, given in zip(path, location, strict=False)
            ):
                chosen = location[path.index(NAME)] if NAME in path[: len(location)] else NAME
                names.append(variable.name.replace(NAME, chosen if variable.keeps_case else chosen.upper()))
        return tuple(names)

    def _find(self, name: str) -> tuple[tuple[str, ...], Variable] | None:
        if single := self._single.get(name):
            return single.path, single
        for pattern, variable in self._families:
            if match := pattern.fullmatch(name):
                chosen = match["name"] if variable.keeps_case else match["name"].lower()
                return tuple(chosen if part == NAME else part for part in variable.path), variable
        return None

    def _report_unknown(self, name: str, problems: Problems) -> None:
        place = Place(name if name.isprintable() else name.encode("unicode_escape").decode())
        if _SERVICE_LINK.fullmatch(name):
            hint = "Kubernetes sets it for a Service of this name: set enableServiceLinks: false"
            problems.add(place, "is no setting", hint)
            return
        _, divider, rest = name.partition("__")
        chosen = rest.partition("__")[0] if divider else NAME
        known = [variable.name.replace(NAME, chosen or NAME) for variable in self.all]
        problems.add_unknown(
            place, "is no setting", word=name, known=known, hint="see the table of settings in the README"
        )


def _variables(model: type[BaseModel], prefix: str, path: tuple[str, ...]) -> Iterator[Variable]:
    for name, information in model.model_fields.items():
        variable = prefix + name.upper()
        here = (*path, name)
        annotation: Any = information.annotation
        if get_origin(annotation) is dict:
            entry = get_args(annotation)[1]
            if _is_model(entry):
                yield from _variables(entry, f"{variable}__{NAME}__", (*here, NAME))
            else:
                yield Variable(f"{variable}__{NAME}", (*here, NAME), keeps_case=True)
        elif _is_model(annotation):
            yield from _variables(annotation, f"{variable}_", here)
        elif _may_be_in_a_file(annotation):
            yield Variable(variable, here, part="text")
            yield Variable(variable + _FILE, here, part="file")
        else:
            yield Variable(variable, here)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _may_be_in_a_file(annotation: Any) -> bool:
    """Whether it is what may be followed in a file, perhaps annotated, perhaps in a union."""
    return annotation in {Secret, AutomationMax} or any(
        _may_be_in_a_file(part) for part in get_args(annotation)
    )


def _is_text(value: str) -> bool:
    """Python hides bytes of the environment that are not UTF-8 in lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _put(tree: dict[str, Any], path: tuple[str, ...], part: str, text: str) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    if not part:
        tree[path[-1]] = text
        return
    given = tree.get(path[-1], Given())
    tree[path[-1]] = Given(text, given.file) if part == "text" else Given(given.text, text)
