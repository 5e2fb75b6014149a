"""The shapes that JSON Schemas are made of: mappings with exactly the keys of their reader, texts, words, durations. Must not know what a rule file is."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from bridge.config.durations import format_duration
from bridge.core.text import BODY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.config.fields import Span

Schema = dict[str, Any]

_SCALAR: Final = ["string", "number", "boolean"]
"""In YAML `404` and `no` are texts to us, and none to others who read the file."""
_DURATION: Final = r"^\s*(0|(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?)\s*$"
ID: Final = r"^\s*[a-z0-9_-]{1,64}\s*$"


def any_of_keys(*keys: str) -> Schema:
    """At least one of these keys."""
    return {"anyOf": [{"required": [key]} for key in keys]}


def at_most_one(*keys: str) -> Schema:
    """No two of these keys."""
    return {"not": {"anyOf": [{"required": list(pair)} for pair in combinations(keys, 2)]}}


def mapping(
    known: Mapping[str, str | None], described: Mapping[str, Schema], *, required: Iterable[str] = ()
) -> Schema:
    """A mapping with exactly the keys that its reader takes.

    Raises:
        ValueError: they are not those that are described.
    """
    taken = {key for key, refused in known.items() if refused is None}
    if odd := sorted(taken ^ described.keys()):
        raise ValueError(f"keys that only the reader or only the schema has: {', '.join(odd)}")
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: described[key] for key in known if key in described},
    }
    return {**schema, "required": list(required)} if required else schema


def said(schema: Schema, description: str) -> Schema:
    """A schema with what it is for."""
    # Beside $ref, draft 7 passes everything over.
    return (
        {"description": description, "allOf": [schema]}
        if "$ref" in schema
        else {"description": description, **schema}
    )


def empty_or(schema: Schema) -> Schema:
    """A section may stand there with all of its entries commented out."""
    return {"anyOf": [schema, {"type": "null"}]}


def list_of(items: Schema) -> Schema:
    """A list of one or more."""
    return {"type": "array", "minItems": 1, "items": items}


def one_or_more(item: Schema, description: str) -> Schema:
    """One alone, or a list of them."""
    return {"description": description, "anyOf": [item, list_of(item)]}


def text(description: str, *, maximum: int = 255) -> Schema:
    """A text that is not blank, of so many characters at most."""
    return {"description": description, "type": _SCALAR, "pattern": r"\S", "maxLength": maximum}


def body(description: str, *, maximum: int = BODY_LIMIT) -> Schema:
    """A text that may have lines."""
    return text(description, maximum=maximum)


def identifier(description: str) -> Schema:
    """An id of ours."""
    return {"description": description, "type": _SCALAR, "pattern": ID}


def word(words: Iterable[str], description: str) -> Schema:
    """One of some words."""
    return {"description": description, "enum": [str(one) for one in words]}


def duration(span: Span | None, description: str) -> Schema:
    """A duration within its span."""
    within = f" From {format_duration(span.least)} to {format_duration(span.most)}." if span else ""
    return {
        "description": f"{description}{within}",
        "anyOf": [{"const": 0}, {"type": "string", "pattern": _DURATION}],
    }
