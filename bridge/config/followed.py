"""A small text file that is read again when it changes: written over, renamed over, or behind a link that is swapped, as a mounted ConfigMap or Secret is.

Must not know what the file is for; no message repeats what is in it.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MAXIMUM_BYTES: Final = 64 * 1024
"""Of a file; a longer one is another file by mistake."""


class UnusableFileError(Exception):
    """The file cannot be had now; the text begins with "the file" and its path."""


class FollowedFile:
    """Gives the file's text when called."""

    __slots__ = ("_path", "_seen", "_text")

    def __init__(self, path: Path) -> None:
        """Follow a file, which need not be there yet."""
        self._path = path
        self._seen: tuple[int, int, int, int] | None = None
        self._text = ""

    def __call__(self) -> str:
        """The text as it is now, without line breaks at its end. What was read before does not outlive a file that is gone.

        Raises:
            UnusableFileError: it is no regular file in UTF-8 of at most 64 KiB that can be read.
        """
        try:
            self._refresh()
        except OSError as error:
            raise self._unusable(f"cannot be read: {error.strerror or type(error).__name__}") from None
        except UnicodeError:
            raise self._unusable("is not UTF-8") from None
        except ValueError as error:
            raise self._unusable(str(error)) from None
        return self._text

    def __str__(self) -> str:
        return f"the file {self._path}"

    def _refresh(self) -> None:
        # Looked at before it is read: a change in between is seen at the next call.
        status = self._path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would block the loop
            raise ValueError("is not a regular file")
        seen = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size)
        if seen != self._seen:
            self._seen = None
            self._text = _read(self._path)
            self._seen = seen

    def _unusable(self, complaint: str) -> UnusableFileError:
        self._seen, self._text = None, ""
        return UnusableFileError(f"{self} {complaint}")


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        content = opened.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise ValueError(f"has more than {MAXIMUM_BYTES} bytes")
    return content.decode().rstrip("\r\n")
