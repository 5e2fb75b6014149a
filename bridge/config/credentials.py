"""Secrets of the settings: a value that no representation shows, or a file that is read again when it changes.

A rotated token counts without a restart, because whoever sends it asks for it each time. Must not know what a secret is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from bridge.config.followed import FollowedFile, UnusableFileError
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from pathlib import Path

SHORTEST_INSTALLATION_SECRET: Final = 16
"""Characters. The identity of our incidents is public metadata, from which a short secret could be guessed."""

_VISIBLE = re.compile(r"[\x21-\x7e]+")

Check: TypeAlias = Callable[[str], str]
"""Says what is wrong with a secret without repeating it, or gives an empty text."""


class SecretError(BridgeError):
    """A secret cannot be had now, or is none; the text never holds it."""


def check_token(text: str) -> str:
    """Complain about what cannot stand in an `Authorization` header as a token."""
    return (
        ""
        if _VISIBLE.fullmatch(text)
        else "holds characters that no token has, such as spaces or line breaks"
    )


def check_password(text: str) -> str:
    """Complain about control characters; line breaks in the middle come from a wrong file."""
    return "" if text.isprintable() else "holds control characters or line breaks"


def check_installation_secret(text: str) -> str:
    """Complain about what can be guessed."""
    if len(text) < SHORTEST_INSTALLATION_SECRET:
        return f"has {len(text)} characters; at least {SHORTEST_INSTALLATION_SECRET} are needed"
    return check_password(text)


class Secret:
    """Gives a secret when called, and shows it nowhere else."""

    __slots__ = ("_check", "_file", "_text")

    def __init__(
        self, text: str | None = None, *, file: Path | None = None, check: Check = check_password
    ) -> None:
        """Take the secret itself or the file that holds it; a file is read when the secret is asked for.

        Args:
            text: the secret; line breaks at its end are not part of it.
            file: a regular file in UTF-8, read likewise.
            check: applied at each reading.

        Raises:
            ValueError: both or neither are given.
        """
        if (text is None) == (file is None):
            raise ValueError("a secret is a text or a file")
        self._text = "" if text is None else text.rstrip("\r\n")
        self._file = None if file is None else FollowedFile(file)
        self._check = check

    def __call__(self) -> str:
        """The secret as it is now. A file that is gone revokes what was in it.

        Raises:
            SecretError: the file cannot be read, or what it holds fails the check.
        """
        try:
            text = self._text if self._file is None else self._file()
        except UnusableFileError as error:
            raise SecretError(str(error)) from None
        if complaint := "is empty" if not text else self._check(text):
            raise SecretError(f"{self._name} {complaint}")
        return text

    def __repr__(self) -> str:
        return f"Secret({self._file or '…'})"

    @property
    def _name(self) -> str:
        return "the value" if self._file is None else str(self._file)
