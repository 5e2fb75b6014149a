"""The file of a SQLite store: who may write it, and whether it is still the one that was opened.

Two daemons on one file would both send, and SQLite before 3.51.3 has a fault with two writers in WAL mode. So whoever writes, migrations too, holds a lock beside the file, which the
kernel releases at any end of the process. The lock is not on the file itself: closing a second descriptor of it would silently drop the locks that SQLite holds there.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from bridge.errors import StoreError, StoreUnavailableError
from bridge.store.faults import StoreDamagedError

if TYPE_CHECKING:
    from pathlib import Path


class StoreFile:
    """A claimed file; the claim lasts until `release`.

    Attributes:
        path: absolute.
    """

    def __init__(self, path: Path) -> None:
        """Claim the file at `path`, which need not exist yet.

        Raises:
            StoreError: its directory does not exist, or is none.
            StoreUnavailableError: the directory cannot be written, or another process holds the claim.
        """
        self.path = path.absolute()
        directory = self.path.parent
        if not directory.is_dir():
            raise StoreError(f"the store's directory {directory} does not exist")
        if self.path.is_dir():
            raise StoreError(f"the store {self.path} is a directory; name a file in it")
        self._identity: tuple[int, int] | None = None
        lock_path = self._beside(".lock")
        try:
            self._descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailableError(
                f"the store's directory {directory} cannot be written: {error.strerror}"
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise StoreUnavailableError(
                f"the store {self.path} is in use by another process, which holds {lock_path}"
            ) from error

    def require(self) -> None:
        """Make sure that there is a store, and remember which.

        Raises:
            StoreError: there is none, or a trace of one that was lost.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError as error:
            self.require_no_trace()
            raise StoreError(f"there is no store at {self.path}; run the migrations to make one") from error
        if status.st_size == 0:
            # SQLite takes an empty file for a new database: a start from nothing that nobody would notice.
            raise StoreDamagedError(
                f"the store {self.path} is an empty file; restore it, or remove it to start anew"
            )
        self._identity = (status.st_dev, status.st_ino)

    def require_no_trace(self) -> None:
        """Make sure that a missing file was not lost: its write-ahead log would be applied to whatever replaces it.

        Raises:
            StoreError: the log is there without the file.
        """
        log = self._beside("-wal")
        if log.exists():
            raise StoreDamagedError(
                f"the store {self.path} is gone, but its log {log} is there; restore the file, or remove the log to start anew"
            )

    def verify(self) -> None:
        """Make sure that the file was neither removed nor replaced: commits into an unlinked file would be lost.

        Raises:
            StoreError: it was.
        """
        try:
            status = self.path.stat()
        except OSError as error:
            raise StoreDamagedError(f"the store {self.path} is gone: {error.strerror}") from error
        if (status.st_dev, status.st_ino) != self._identity:
            raise StoreDamagedError(f"the store {self.path} was replaced while it was in use")

    @property
    def draft(self) -> Path:
        """Where a new store is made before it takes its name, so that no half of one ever has it."""
        return self._beside(".new")

    def begin_draft(self) -> None:
        """Make an empty draft, for its owner's eyes only, in place of what an interrupted making left behind."""
        for suffix in (".new", ".new-wal", ".new-shm"):
            self._beside(suffix).unlink(missing_ok=True)
        self.draft.touch(mode=0o600)

    def publish_draft(self) -> None:
        """Give the draft the store's name, durably."""
        self.draft.rename(self.path)
        directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def release(self) -> None:
        """Give the claim back. The lock file stays: to remove it would let two processes lock two files of one name."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)
