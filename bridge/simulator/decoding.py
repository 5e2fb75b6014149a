"""Request bodies to plain Python: JSON, or forms with Rails' nesting.

Must not know any resource. Whatever cannot be kept or shown again (broken Unicode, NUL, NaN, endless nesting) is
refused here with 400, so that nothing behind this door has to fear it.
"""

import json
import re
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from bridge.simulator.messages import RefusedError

MAXIMUM_DEPTH = 32
MAXIMUM_FORM_FIELDS = 10_000
_FORM = "application/x-www-form-urlencoded"
_FORM_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")


def decode(body: bytes, *, content_type: str) -> dict[str, Any]:
    """Return the body's top-level map; an empty body is an empty map.

    Raises:
        RefusedError: 400, the body cannot be read.
    """
    if not body or body.isspace():
        return {}
    if content_type.split(";", 1)[0].strip().lower() == _FORM:
        decoded: Any = _decode_form(body)
        suspicious = True
    else:
        decoded = _decode_json(body)
        # Only escapes can smuggle in what UTF-8 forbids, and only brackets nest: most bodies need no walk.
        suspicious = b"\\u" in body or body.count(b"{") + body.count(b"[") > MAXIMUM_DEPTH
    if not isinstance(decoded, dict):
        raise RefusedError(400, "The request body must be an object.")
    if suspicious:
        _inspect(decoded)
    return decoded


def _decode_json(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_float=_read_float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise RefusedError(400, "The request body is not valid JSON.") from None


def _read_float(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _inspect(decoded: object) -> None:
    """Refuse what nests too deeply, or carries text that no page can show."""
    pending = [(decoded, 1)]
    while pending:
        value, depth = pending.pop()
        if depth > MAXIMUM_DEPTH:
            raise RefusedError(400, f"The request body nests deeper than {MAXIMUM_DEPTH} levels.")
        if isinstance(value, dict):
            pending.extend((key, depth) for key in value)
            pending.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            pending.extend((item, depth + 1) for item in value)
        elif isinstance(value, str) and not _showable(value):
            raise RefusedError(400, "The request body holds characters that are not valid Unicode text.")


def _showable(text: str) -> bool:
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False


def _decode_form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAXIMUM_FORM_FIELDS,
        )
    except ValueError:
        raise RefusedError(400, "The request body is not a valid form.") from None
    decoded: dict[str, Any] = {}
    for key, value in pairs:
        match = _FORM_KEY.fullmatch(key)
        if match is None:
            raise RefusedError(400, f"The form field {key[:100]!r} is not well nested.")
        _place(decoded, [match[1], *_BRACKETED.findall(match[2])], value)
    return decoded


def _place(target: dict[str, Any], path: list[str], value: str) -> None:
    """Put one field where its brackets say: `a[b]=` into a map, `a[]=` onto a list, `a[][b]=` into its last map."""
    if len(path) > MAXIMUM_DEPTH:
        raise RefusedError(400, f"The request body nests deeper than {MAXIMUM_DEPTH} levels.")
    for place, key in enumerate(path):
        rest = path[place + 1 :]
        if not rest:
            if isinstance(target.get(key), dict | list):
                raise _conflict(key)
            target[key] = value
            return
        if rest[0] == "":
            items = target.setdefault(key, [])
            if not isinstance(items, list):
                raise _conflict(key)
            if len(rest) == 1:
                items.append(value)
                return
            if not items or not isinstance(items[-1], dict) or _holds(items[-1], rest[1:]):
                items.append({})
            _place(items[-1], rest[1:], value)
            return
        child = target.setdefault(key, {})
        if not isinstance(child, dict):
            raise _conflict(key)
        target = child


def _holds(item: dict[str, Any], path: list[str]) -> bool:
    """Say whether a list's last map is full, so that this field begins the next one: as Rack does, a list never fills."""
    inside: Any = item
    for key in path:
        if not isinstance(inside, dict) or key not in inside:
            return False
        inside = inside[key]
    return True


def _conflict(key: str) -> RefusedError:
    return RefusedError(400, f"The form field {key[:100]!r} is used in two shapes.")
