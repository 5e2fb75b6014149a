"""The cap on automation: a level in a variable, or in a file by which it is lowered and raised while the daemon runs. Must not know what a level allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.followed import FollowedFile, UnusableFileError
from bridge.core.statuses import Automation
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from pathlib import Path


class AutomationMaxError(BridgeError):
    """No level can be had from the file now; whoever asks has to take the lowest."""


class AutomationMax:
    """Gives the level when called."""

    __slots__ = ("_file", "_level")

    def __init__(self, level: Automation = Automation.FULL, *, file: Path | None = None) -> None:
        """Take the level itself or the file that holds it; the file is read when the level is asked for, and need not be there yet."""
        self._level = level
        self._file = None if file is None else FollowedFile(file)

    def __call__(self) -> Automation:
        """The level as it is now.

        Raises:
            AutomationMaxError: the file cannot be read, is empty, or holds another word.
        """
        if self._file is None:
            return self._level
        try:
            word = self._file().strip()
        except UnusableFileError as error:
            raise AutomationMaxError(str(error)) from None
        try:
            return Automation(word.lower())
        except ValueError:
            # What it holds may be a secret, if it is another file by mistake.
            complaint = "holds no level that is known" if word else "is empty"
            known = ", ".join(Automation)
            raise AutomationMaxError(f"{self._file} {complaint}; expected one of {known}") from None

    def __repr__(self) -> str:
        return f"AutomationMax({self._level.value if self._file is None else self._file})"
