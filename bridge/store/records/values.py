"""The parts of which rows are made: times, sets of labels, lists of names.

JSON is written as it is, not in ASCII: escaped, two lone surrogates would come back as one character, and the labels under another fingerprint. So the driver refuses them here as
in every other text.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

from bridge.core.rules import ComponentName
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import ComponentStatus
from bridge.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.public_labels import LabelValues

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode
_NO_LABELS_TEXT = "{}"
_Text = TypeVar("_Text", bound=str)


def finite(value: float, what: str) -> float:
    """The value, if it is a number.

    Raises:
        StoreError: it is infinite or NaN: "never" has no row, and SQLite would read NaN back as NULL.
    """
    if not isfinite(value):
        raise StoreError(f"{what} is {value}: only finite numbers are stored")
    return value


def finite_or_none(value: float | None, what: str) -> float | None:
    """The same where None stands for what has not happened."""
    return None if value is None else finite(value, what)


def instants_text(instants: tuple[float, ...], what: str) -> str:
    """Instants in their order, as JSON.

    Raises:
        StoreError: one is infinite or NaN.
    """
    return _encode([finite(instant, what) for instant in instants]) if instants else "[]"


def instants_from(text: str) -> tuple[float, ...]:
    """What `instants_text` wrote."""
    return tuple(float(instant) for instant in json.loads(text))


def labels_text(labels: Labels) -> str:
    """Labels as JSON; they are kept in the order of their names, and written in it."""
    return _encode(dict(labels)) if labels else _NO_LABELS_TEXT


def labels_from(text: str) -> Labels:
    """What `labels_text` wrote."""
    return Labels(json.loads(text)) if text != _NO_LABELS_TEXT else NO_LABELS


def json_text(value: object) -> str:
    """Whatever JSON holds, as text; enumerations become their words."""
    return _encode(value)


def names_text(names: tuple[str, ...]) -> str:
    """Names in their order, as JSON."""
    return _encode(names) if names else "[]"


def names_from(text: str, kind: Callable[[str], _Text]) -> tuple[_Text, ...]:
    """What `names_text` wrote."""
    return tuple(kind(name) for name in json.loads(text))


def values_text(labels: LabelValues) -> str:
    """Values of labels in their order, as JSON."""
    return _encode(dict(labels)) if labels else _NO_LABELS_TEXT


def values_from(text: str) -> LabelValues:
    """What `values_text` wrote."""
    if text == _NO_LABELS_TEXT:
        return ()
    return tuple((name, tuple(values)) for name, values in json.loads(text).items())


def statuses_text(statuses: tuple[tuple[ComponentName, ComponentStatus], ...]) -> str:
    """Statuses of components in their order, as JSON."""
    return _encode({name: status.value for name, status in statuses}) if statuses else _NO_LABELS_TEXT


def statuses_from(text: str) -> tuple[tuple[ComponentName, ComponentStatus], ...]:
    """What `statuses_text` wrote."""
    if text == _NO_LABELS_TEXT:
        return ()
    return tuple((ComponentName(name), ComponentStatus(status)) for name, status in json.loads(text).items())
