"""The errors that cross layers.

Every error that a person may read stands here or derives from `BridgeError`, so that a command can tell "this input is wrong" from a defect of ours. Knows no other module.
"""

from __future__ import annotations


class BridgeError(Exception):
    """An expected failure whose text is written for the person who has to act on it."""


class ConfigurationError(BridgeError):
    """Settings or rule files cannot be used; the text names the place and what would be accepted."""


class StoreError(BridgeError):
    """The store cannot read or commit; whatever was being accepted has not been accepted."""


class StoreUnavailableError(StoreError):
    """The store is locked, full or gone; the same call may succeed later."""


class CommandError(BridgeError):
    """A command cannot be obeyed as it is; the text says what it would have to name."""


class CommandRepeatedError(CommandError):
    """Another command was accepted under the same id."""


class PageUnreadError(BridgeError):
    """The page has not been read yet, so what a command names cannot be found; the same command may be accepted soon."""
