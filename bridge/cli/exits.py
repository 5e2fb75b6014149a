"""How commands end: the exit codes, and one place where an expected failure becomes a text for a person."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, TypeVar

from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator


Word = TypeVar("Word", bound=StrEnum)


class Exit(IntEnum):
    """The meaning of every command's exit code."""

    GOOD = 0
    FAILED = 1
    WRONG_USE = 2
    CHANGES = 3
    UNKNOWN = 4
    """A write was sent and its answer was lost: it may have been applied. Look before you repeat it."""


class WrongUseError(BridgeError):
    """What was asked for cannot be meant like this; the text says how it would be."""


def word_of(words: type[Word], text: str, option: str) -> Word:
    """The word of a closed set that an option was given.

    Raises:
        WrongUseError: it is none of them.
    """
    for word in words:
        if word.value == text:
            return word
    raise WrongUseError(f"{option} cannot be {text}; one of {', '.join(words)}")


@contextmanager
def explained() -> Iterator[None]:
    """Turn an expected failure into its text on standard error and exit code 1, or 2 where the command line was used wrongly. A defect of ours keeps its traceback."""
    try:
        yield
    except WrongUseError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(Exit.WRONG_USE)
    except BridgeError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(Exit.FAILED)
    except KeyboardInterrupt:
        sys.exit(Exit.FAILED)
