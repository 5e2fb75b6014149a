"""`bridge demo`: plays, and prints or writes what happened."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Literal

from bridge.app.demo.play import Performance, perform
from bridge.cli.exits import Exit
from bridge.config.durations import DurationError, parse_duration
from bridge.config.problems import shown
from bridge.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def play(duration: str | None, *, summary: Path | None, rules: Path, port: int) -> Exit:
    """Play the demo; without a duration, until interrupted.

    Raises:
        BridgeError: the duration, the file or the rules cannot be used, or the daemon failed.
    """
    seconds = None
    if duration is not None:
        try:
            seconds = parse_duration(duration)
        except DurationError as error:
            hint = f" (hint: {error.hint})" if error.hint else ""
            raise ConfigurationError(f"--for: {shown(duration)} {error}{hint}") from error
    if summary is not None:
        _write(
            summary, "", mode="a"
        )  # what cannot be written is told before the play, and what is there stays until its end
    result = asyncio.run(perform(Performance(rules, seconds, port)))
    if summary is not None:
        _write(summary, json.dumps(result, indent=2) + "\n")
    told = ", ".join(" → ".join(incident["updates"]) for incident in result["incidents"]) or "no incident"
    sys.stdout.write(f"\n{told}; {result['rejected']} rejected, {result['stale_writes']} stale\n")
    return Exit.GOOD


def _write(path: Path, text: str, mode: Literal["w", "a"] = "w") -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(f"--summary: {path} cannot be written: {error.strerror}") from error
