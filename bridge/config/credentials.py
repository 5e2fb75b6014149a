"""Secrets of the settings: a value that no representation shows, or a file that is read again when it changes.

A rotated token counts without a restart, because whoever sends it asks for it each time. Must not know what a secret is for.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from bridge.errors import BridgeError

if TYPE_CHECKING:
    from pathlib import Path

MAXIMUM_BYTES: Final = 64 * 1024
"""Of a secret file; a longer one is another file by mistake."""

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

    __slots__ = ("_check", "_file", "_seen", "_text")

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
        self._text = None if text is None else text.rstrip("\r\n")
        self._file = file
        self._check = check
        self._seen: tuple[int, int, int, int] | None = None

    def __call__(self) -> str:
        """The secret as it is now.

        Raises:
            SecretError: the file cannot be read, or what it holds fails the check.
        """
        if self._file is not None:
            self._refresh(self._file)
        text = self._text or ""
        if complaint := "is empty" if not text else self._check(text):
            raise SecretError(f"{self._name} {complaint}")
        return text

    def __repr__(self) -> str:
        return f"Secret({self._file})" if self._file is not None else "Secret(…)"

    @property
    def _name(self) -> str:
        return f"the file {self._file}" if self._file is not None else "the value"

    def _refresh(self, file: Path) -> None:
        """Read the file if it is not the one that was read last. What was read before does not outlive a file that is gone: deleting it is how a secret is revoked."""
        try:
            # Looked at before it is read: a change in between is seen at the next call.
            status = file.stat()
            if not stat.S_ISREG(status.st_mode):  # a pipe would block the loop
                raise SecretError(f"{self._name} is not a regular file")
            seen = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size)
            if seen == self._seen:
                return
            self._seen, self._text = None, None
            text = _read(file)
        except OSError as error:
            self._seen, self._text = None, None
            raise SecretError(
                f"{self._name} cannot be read: {error.strerror or type(error).__name__}"
            ) from None
        except UnicodeError:
            raise SecretError(f"{self._name} is not UTF-8") from None
        except ValueError as error:
            raise SecretError(f"{self._name} {error}") from None
        self._seen, self._text = seen, text


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        content = opened.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise ValueError(f"has more than {MAXIMUM_BYTES} bytes")
    return content.decode().rstrip("\r\n")
