"""Instants and days as people write them on the command line."""

from __future__ import annotations

from datetime import date

from bridge.cli.exits import WrongUseError
from bridge.config.durations import DurationError, parse_duration
from bridge.config.problems import shown
from bridge.statuspage.timestamps import epoch_seconds, rfc_3339

_HINT = "write it as 2026-01-31T18:00:00Z, or with an offset as 2026-01-31T18:00:00+01:00"


def instant(text: str, *, option: str) -> float:
    """An instant as RFC 3339 writes it, in Unix epoch seconds.

    Raises:
        WrongUseError: it is none.
    """
    seconds = epoch_seconds(text.strip())
    if seconds is None:
        raise WrongUseError(f"{option}: {shown(text)} is no instant (hint: {_HINT})")
    return seconds


def end(begin: float, until: str | None, for_: str | None) -> float:
    """When something ends that begins then: at an instant, or after a duration. Unix epoch seconds.

    Raises:
        WrongUseError: neither is given, or both, or one is none.
    """
    if (until is None) == (for_ is None):
        raise WrongUseError("say when it ends, by one of --until TIME and --for DURATION")
    if until is not None:
        return instant(until, option="--until")
    try:
        return begin + parse_duration(for_ or "")
    except DurationError as error:
        raise WrongUseError(f"--for: {shown(for_ or '')} {error} (hint: {error.hint})") from None


def day(text: str, *, option: str) -> date:
    """A day such as 2026-01-31.

    Raises:
        WrongUseError: it is none.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUseError(f"{option}: {shown(text)} is no day (hint: write it as 2026-01-31)") from None


def written(seconds: float | None) -> str:
    """An instant for people, in UTC; empty for none."""
    return "" if seconds is None else rfc_3339(float(int(seconds)))
