"""How fields are read that the vendor's document describes otherwise than the service answers them (statuspage-api.md, "Known defects")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from bridge.statuspage.timestamps import epoch_seconds

if TYPE_CHECKING:
    from typing import Self


class Instant:
    """A timestamp's attribute: Unix epoch seconds, or None, read from the text of the same name with `_text` behind it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._source = f"{name}_text"

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> float | None: ...

    def __get__(self, instance: object | None, owner: type) -> Self | float | None:
        if instance is None:
            return self
        text = getattr(instance, self._source)
        return epoch_seconds(text) if isinstance(text, str) else None


def identifiers(value: Any) -> tuple[str, ...]:
    """Ids from a list of ids or of objects that have one; the document calls such lists text."""
    if not isinstance(value, list | tuple):
        return ()
    found = (member.get("id") if isinstance(member, dict) else member for member in value)
    return tuple(member for member in found if isinstance(member, str))


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object; anything else is an empty one, and does not hide the rest of a list."""
    return value if isinstance(value, dict) else {}
