"""What several parts of a test are written with: an instant, a component, a table of texts, a list that may be missing. Knows none of those parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.document import Scalar
from bridge.config.fields import Span, read_duration, read_list, read_mapping
from bridge.config.names import NamingError, component_name, group_of, grouped_name, own_name
from bridge.config.problems import shown
from bridge.config.windows import read_moment
from bridge.core.signals import Labels
from bridge.simulation.rehearsal.cases import Meant

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.fields import Fields
    from bridge.config.problems import Place, Problems
    from bridge.core.rules import ComponentName

LONGEST = 366 * 86_400.0
"""Seconds of one test."""

SPAN = Span(0.0, LONGEST)


def read_at(fields: Fields, problems: Problems) -> float | None:
    """When something is done or asked, in seconds after the beginning."""
    node = fields.need("at", "when, after the beginning, such as 5m")
    return None if node is None else read_duration(node, problems, what='"at"', span=SPAN)


def read_instant(fields: Fields, key: str, problems: Problems) -> float | None:
    """A time of day with its offset, such as `2026-08-01T22:00Z`, in Unix seconds; None where there is none."""
    text = fields.text(key)
    return None if text is None else read_moment(text, None, problems, what=f'"{key}"')


def read_meant(fields: Fields, key: str, problems: Problems) -> Meant | None:
    """Which incident or maintenance is meant: the id of its rule, and the labels of `group`."""
    text = fields.text(key)
    group = Labels(read_texts(fields, "group", problems)) if "group" in fields else None
    return None if text is None else Meant(text.value, group)


def read_listed(fields: Fields, key: str, of: str, problems: Problems) -> tuple[Node, ...]:
    """What a list holds; nothing, where the key is missing."""
    node = fields.get(key)
    return () if node is None else read_list(node, problems, what=f'"{key}"', of=of)


def read_texts(fields: Fields, key: str, problems: Problems) -> dict[str, str]:
    """A table of texts, such as labels. Whatever a label may hold is to be tried: nothing is refused for what it says."""
    node = fields.get(key)
    mapping = None if node is None else read_mapping(node, problems, what=f'"{key}"')
    found: dict[str, str] = {}
    for name, value in mapping.entries if mapping is not None else ():
        if isinstance(value, Scalar):
            found[name.text] = value.text
        else:
            problems.add(value.place, f"{shown(name.text)} must be a text")
    return found


def read_component(fields: Fields, problems: Problems) -> ComponentName | None:
    """The component that the key `component` names."""
    text = fields.text("component")
    return None if text is None else component_of(text.value, text.place, problems)


def component_of(text: str, place: Place, problems: Problems) -> ComponentName | None:
    """The component of this name. What stands after the first slash is its own name, which may hold others."""
    group, own = group_of(text), own_name(text)
    try:
        return grouped_name(group, own) if " / " in own else component_name(text)
    except NamingError as error:
        problems.add(place, f"{shown(text)}: {error}", error.hint)
        return None
