"""Reads the fields of one request and gathers everything wrong with them, as a 422 answer lists it.

Must not know resources. Numbers and truth values may come as texts, because forms have nothing else.
"""

import math
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from bridge.simulator import timestamps
from bridge.simulator.messages import RefusedError

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

_TRUTH = {
    "true": True,
    "t": True,
    "1": True,
    "on": True,
    "yes": True,
    "false": False,
    "f": False,
    "0": False,
    "off": False,
    "no": False,
}
_LONGEST_NUMBER = 40
_LONGEST_EMAIL = 255
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


class Fields:
    """The fields of one wrapped object. Each reader returns None for a field that is absent, null or wrong."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self._problems: dict[str, list[str]] = {}

    def given(self, name: str) -> bool:
        """Say whether the field was sent at all, be it null."""
        return name in self._raw

    def _filled(self, name: str) -> Any:
        """Return what was sent; a blank text, which is all that a form can write for nothing, is nothing."""
        value = self._raw.get(name)
        return None if value == "" else value

    def raw(self, name: str) -> Any:
        """Return what was sent, unread."""
        return self._raw.get(name)

    def refuse(self, name: str, problem: str) -> None:
        """Note that a field is wrong; the sentence goes on from its name ("name can't be blank")."""
        self._problems.setdefault(name, []).append(problem)

    def wrong(self, name: str) -> bool:
        """Say whether a problem was found with a field."""
        return name in self._problems

    def finish(self, status: int = 422) -> None:
        """End reading.

        Raises:
            RefusedError: `status` with all problems found, by field.
        """
        if self._problems:
            raise RefusedError(status, self._problems)

    def text(self, name: str, *, maximum: int, required: bool = False) -> str | None:
        """Read a text of at most `maximum` code points; a required one must hold more than white space."""
        value = self._raw.get(name)
        if value is None or value == "":
            if required:
                self.refuse(name, "can't be blank")
            return value
        if not isinstance(value, str):
            self.refuse(name, "must be a string")
            return None
        if required and value.isspace():
            self.refuse(name, "can't be blank")
        if len(value) > maximum:
            self.refuse(name, f"is too long (maximum is {maximum} characters)")
        return value

    def email(self, name: str, *, required: bool = False) -> str | None:
        """Read an e-mail address; nobody checks that anyone lives there."""
        text = self.text(name, maximum=_LONGEST_EMAIL, required=required)
        if not text or self.wrong(name):
            return None
        if not _EMAIL.fullmatch(text):
            self.refuse(name, "is not a valid e-mail address")
        return text

    def choice(self, name: str, choices: type[Choice], *, required: bool = False) -> Choice | None:
        """Read one word of a closed set."""
        value = self._raw.get(name)
        if value is None or (required and value == ""):
            if required:
                self.refuse(name, "can't be blank")
            return None
        return self.word(name, value, choices)

    def word(self, name: str, value: object, choices: type[Choice]) -> Choice | None:
        """Read a value that stands below field `name` as one word of a closed set."""
        try:
            if isinstance(value, str):
                return choices(value)
        except ValueError:
            pass
        self.refuse(name, f"{_shown(value)} is not one of {', '.join(choices)}")
        return None

    def boolean(self, name: str) -> bool | None:
        """Read a truth value, or one of the texts that Rails takes for one."""
        value = self._filled(name)
        if value is None or isinstance(value, bool):
            return value
        known = _TRUTH.get(str(value).lower()) if isinstance(value, str | int) else None
        if known is None:
            self.refuse(name, "must be true or false")
        return known

    def instant(self, name: str) -> float | None:
        """Read an RFC 3339 instant as seconds since 1970."""
        return self._parsed(name, timestamps.parse, "is not a valid timestamp")

    def day(self, name: str) -> str | None:
        """Read a day, `YYYY-MM-DD`."""
        return self._parsed(name, timestamps.parse_day, "is not a valid date")

    def _parsed(self, name: str, parse: Callable[[str], Value], problem: str) -> Value | None:
        value = self._filled(name)
        if value is None:
            return None
        try:
            if isinstance(value, str):
                return parse(value)
        except (ValueError, OverflowError):
            pass
        self.refuse(name, problem)
        return None

    def texts(self, name: str) -> list[str] | None:
        """Read a list of texts, each of them once, in the order sent."""
        value = self._filled(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(name, "must be a list of strings")
            return None
        # A form cannot write an empty list other than as one blank item.
        return [item for item in dict.fromkeys(value) if item]

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Read a map."""
        value = self._filled(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(name, "must be an object")
            return None
        return value

    def integer(self, name: str, *, required: bool = True) -> int | None:
        """Read a whole number."""
        value = self.number(name, required=required)
        if value is None or value == int(value):
            return None if value is None else int(value)
        self.refuse(name, "must be an integer")
        return None

    def number(self, name: str, *, required: bool = True) -> float | int | None:
        """Read a finite number."""
        value = self._filled(name)
        if value is None:
            if required:
                self.refuse(name, "can't be blank")
            return None
        number = as_number(value)
        if number is None:
            self.refuse(name, "is not a number")
        return number


def as_number(value: object) -> float | int | None:
    """Return a finite number that fits a double, or None for anything else."""
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(float(value)) else None
    except OverflowError:
        return None


def _shown(value: object) -> str:
    return f"{value[:50]!r}" if isinstance(value, str) else "that"
