"""The file in which a simulator's account outlives it: read at the start, written whole or not at all.

Must not know what stands in it. The file is replaced by its successor in one step after that is on the disk, so that
every moment leaves the old one or the new one. Somebody else's changes are never written over.
"""

import os
from contextlib import suppress
from pathlib import Path

_Stamp = tuple[int, int, int] | None


class StateFileError(Exception):
    """The file cannot be read or written; says which, and why."""


class StateFile:
    """One file, and what it was when this program last read or wrote it."""

    def __init__(self, path: Path) -> None:
        # A link stays one: what it leads to is what is replaced.
        self.path = path.resolve()
        self._stamp: _Stamp = None

    def read(self) -> str | None:
        """Return the text, None where there is no file yet.

        Raises:
            StateFileError: it cannot be read, or is no text.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
            self._stamp = self._present()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StateFileError(f"cannot read {self.path}: {_reason(error)}") from error
        return text

    def write(self, text: str) -> None:
        """Put a text in the place of the file.

        Raises:
            StateFileError: it cannot be written, or is not as it was left; it stays as it is then.
        """
        successor = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            if self._present() != self._stamp:
                raise StateFileError(f"{self.path} was changed by somebody else, and is left as it is")
            try:
                _write_through(successor, text)
                successor.replace(self.path)
            finally:
                with suppress(FileNotFoundError):
                    successor.unlink()
            _sync(self.path.parent)
            self._stamp = self._present()
        except OSError as error:
            raise StateFileError(f"cannot write {self.path}: {_reason(error)}") from error

    def _present(self) -> _Stamp:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _write_through(path: Path, text: str) -> None:
    # Addresses of subscribers stand in it.
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(opened, "w", encoding="utf-8") as file:  # noqa: PTH123 - opened with its mode above
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
