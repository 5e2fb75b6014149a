"""How rule files name components: `Group / Name`, a unique `Name`, or `id:8kbf7d35c070`; and patterns over them.

White space is normalised, so that two spellings are one component. The slash that divides group and name has spaces around it: names of their own may hold slashes. Must not know
YAML, nor which components a page really has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.core.rules import ComponentName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVERYTHING = "*"
ID_PREFIX = "id:"
_DIVIDER = " / "
_ID = re.compile(r"id:[a-z0-9]{12}", re.ASCII)


class NamingError(ValueError):
    """The text names no component and is no pattern.

    Attributes:
        hint: what would be accepted.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def normalise(text: str) -> str:
    """The name with single spaces inside and none around it."""
    return " ".join(text.split())


def identified(text: str) -> str:
    """A metric's or component's name, normalised, or its id as `id:…`.

    Raises:
        NamingError: it is empty, or begins with `id:` and is no id.
    """
    name = normalise(text)
    if not name:
        raise NamingError("the name is empty")
    if name.startswith(ID_PREFIX) and not _ID.fullmatch(name):
        raise NamingError(
            "not an id", "an id is id: and twelve small letters and digits, such as id:8kbf7d35c070"
        )
    return name


def component_name(text: str) -> ComponentName:
    """The component that a key of `components` names.

    Raises:
        NamingError: a wildcard, several dividers, or an empty part.
    """
    name = identified(text)
    if EVERYTHING in name:
        raise NamingError("one component is meant here, not a wildcard", "name each component")
    _check_parts(name)
    return ComponentName(name)


def component_pattern(text: str) -> str:
    """A component's name, `Group / *`, or `*`.

    Raises:
        NamingError: as `component_name`, and for a wildcard that is not a whole name.
    """
    name = identified(text)
    if EVERYTHING in name.removesuffix(_DIVIDER + EVERYTHING) and name != EVERYTHING:
        raise NamingError("a wildcard stands for a whole name", 'write "Group / *" or "*"')
    _check_parts(name)
    return name


def grouped_name(group: str, name: str) -> ComponentName:
    """The component of a group by its own name, which may hold slashes.

    Raises:
        NamingError: a wildcard, a group with a divider, or an empty part.
    """
    first, second = normalise(group), normalise(name)
    if not first or not second:
        raise NamingError("the group or the name is empty", "write group: Shop, name: A / B")
    if EVERYTHING in first or EVERYTHING in second:
        raise NamingError("a wildcard is written as a text", 'write "Group / *"')
    if _DIVIDER in first or first.endswith(" /") or first.startswith("/ "):
        raise NamingError("a group's name with a slash", "name the component by its id: id:8kbf7d35c070")
    return ComponentName(f"{first}{_DIVIDER}{second}")


def is_group(pattern: str) -> bool:
    """Whether it stands for all components of a group."""
    return pattern.endswith(_DIVIDER + EVERYTHING)


def _check_parts(name: str) -> None:
    if name.startswith("/ ") or name.endswith(" /") or name == "/":
        raise NamingError("the group or the name is empty", 'write "Group / Name"')
    if name.count(_DIVIDER) > 1:
        raise NamingError("a component has one group at most", "name it by its id: id:8kbf7d35c070")


def group_of(name: str) -> str:
    """The group of a name or pattern; empty when it has none."""
    group, divider, _ = name.partition(_DIVIDER)
    return group if divider else ""


def own_name(name: str) -> str:
    """The name without its group."""
    _, divider, own = name.partition(_DIVIDER)
    return own if divider else name


def by_pattern(names: Iterable[ComponentName]) -> Mapping[str, tuple[ComponentName, ...]]:
    """What each pattern that covers any of the names covers, in the order of the names."""
    covered: dict[str, list[ComponentName]] = {}
    for name in names:
        covered.setdefault(name, []).append(name)
        covered.setdefault(EVERYTHING, []).append(name)
        if group := group_of(name):
            covered.setdefault(f"{group}{_DIVIDER}{EVERYTHING}", []).append(name)
    return {pattern: tuple(found) for pattern, found in covered.items()}
