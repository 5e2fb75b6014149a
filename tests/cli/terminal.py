"""Calls the command line: in this process where nothing but texts and an exit code come of it, in one of its own for what lives on."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from bridge.cli.main import application

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    output: str
    errors: str


def call(*arguments: str | Path) -> Ended:
    """Call a command in this process. What it raises beside the end of the process is the test's failure."""
    result = CliRunner().invoke(application, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def environment(**settings: str) -> dict[str, str]:
    """This process's environment, with these settings of the bridge and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")}
    return {**kept, **settings}


def begin(
    *arguments: str | Path, settings: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    return subprocess.Popen(  # noqa: S603 - this interpreter, our own command
        [sys.executable, "-m", "bridge", *(str(argument) for argument in arguments)],
        env=environment(**(settings or {})),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    *arguments: str | Path, settings: Mapping[str, str] | None = None, folder: Path | None = None
) -> Ended:
    """Run a command in a process of its own to its end."""
    process = begin(*arguments, settings=settings, folder=folder)
    with process:
        try:
            output, errors = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Ended(process.returncode, output, errors)
