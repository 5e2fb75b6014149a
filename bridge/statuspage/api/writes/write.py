"""What all writes share: a member that is None is not sent, and each limit is checked when the value is made.

No message of a check repeats what was given where that may be a credential.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Final

from bridge.statuspage.sending import IDENTIFIER
from bridge.statuspage.timestamps import rfc_3339

LONGEST_NAME: Final = 255
"""Characters of an incident's name (the vendor's document)."""
LONGEST_BODY: Final = 25_000
"""Characters of an incident update's body (the vendor's document)."""
LATEST_SECONDS: Final = 253_402_300_800
"""The year 10000. A time of our days in milliseconds is later."""

_INSTANTS = frozenset({"scheduled_for", "scheduled_until", "display_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Base of the writes."""

    wrapper: ClassVar[str] = ""

    def members(self) -> dict[str, Any]:
        """The members that are sent, as JSON has them."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: _encodable(name, value) for name, value in values if value is not None}

    def document(self) -> dict[str, Any]:
        """The request's body."""
        return {self.wrapper: self.members()} if self.wrapper else self.members()


def _encodable(name: str, value: Any) -> Any:
    if name in _INSTANTS:
        return rfc_3339(value)
    return value.isoformat() if isinstance(value, date) else value


def check_text(name: str, text: str | None, *, longest: int | None = None) -> None:
    """Refuse a text that is empty, or longer than so many characters.

    Raises:
        ValueError: it is.
    """
    if text is None:
        return
    if not text.strip():
        raise ValueError(f"{name} is empty; expected a text")
    if longest is not None and len(text) > longest:
        raise ValueError(f"{name} has {len(text)} characters; at most {longest} are allowed")


def check_one_of(name: str, value: str | None, allowed: Collection[str]) -> None:
    """Refuse a word that the API does not know.

    Raises:
        ValueError: it is none of those allowed.
    """
    if value is not None and value not in allowed:
        words = ", ".join(repr(str(word)) for word in allowed)
        raise ValueError(f"{name} is {str(value)[:40]!r}; expected one of {words}")


def check_seconds(name: str, seconds: float | None) -> None:
    """Refuse what is not Unix epoch seconds.

    Raises:
        ValueError: it is no number, negative, or so late that it must be milliseconds.
    """
    if seconds is None:
        return
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"{name} is {seconds!r}; expected Unix epoch seconds")
    if seconds >= LATEST_SECONDS:
        raise ValueError(
            f"{name} is {seconds!r}, which would be after 9999; expected seconds, not milliseconds"
        )


def check_identifiers(name: str, values: Collection[str] | None, *, least: int = 0) -> None:
    """Refuse what cannot be ids, and a text where a list of them belongs.

    Raises:
        ValueError: it is.
    """
    if values is None:
        return
    if isinstance(values, str):
        raise ValueError(f"{name} is a text; expected several ids, such as a tuple")  # noqa: TRY004 - one kind of error for all that is out of bounds
    if len(values) < least:
        raise ValueError(f"{name} is empty; expected at least {least} id, or None")
    for value in values:
        if not IDENTIFIER.fullmatch(value):
            raise ValueError(f"{name}: {value[:40]!r} is not an id")


def check_objects(name: str, value: Mapping[str, Any] | None) -> None:
    """Refuse a JSON object whose values at the top are not objects too: the API takes no other metadata.

    Raises:
        ValueError: one is something else.
    """
    for member, content in (value or {}).items():
        if not isinstance(content, Mapping):
            kind = type(content).__name__
            raise ValueError(f"{name}.{member} is {kind}; every value at the top has to be an object")  # noqa: TRY004 - as above


def check_something(write: Write, *but: str) -> None:
    """Refuse a change that changes nothing.

    Raises:
        ValueError: all members are None, `but` for these.
    """
    if not write.members().keys() - set(but):
        raise ValueError("nothing to change is given")
