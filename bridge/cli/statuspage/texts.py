"""Where longer texts come from: an argument, a file, standard input, or the person's editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from bridge.cli.exits import WrongUseError

_STANDARD_INPUT = Path("-")


def read_text(text: str | None, file: Path | None, *, option: str) -> str | None:
    """A text as given, or what a file holds; None for neither. Line breaks at its end are not part of it.

    Args:
        text: itself.
        file: holds it; `-` is standard input.
        option: the file's option, for messages.

    Raises:
        WrongUseError: both are given, or the file cannot be read.
    """
    if file is None:
        return text
    if text is not None:
        raise WrongUseError(f"the text is given twice, once by {option}")
    return read_file(file, option=option).rstrip()


def read_file(file: Path, *, option: str) -> str:
    """What a file holds, or standard input for `-`.

    Raises:
        WrongUseError: it cannot be read.
    """
    try:
        if file == _STANDARD_INPUT:
            return sys.stdin.read()
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise WrongUseError(f"{option}: {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongUseError(f"{option}: {file}: is not UTF-8") from None


def edit(text: str) -> str:
    """What a person makes of a text in their editor (`$VISUAL`, `$EDITOR`).

    Raises:
        WrongUseError: there is no terminal or no editor, or it failed.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor or not sys.stdin.isatty():
        raise WrongUseError("no text (hint: give it, or --file FILE, or --file - for standard input)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.md"
        path.write_text(f"{text.rstrip()}\n" if text else "", encoding="utf-8")
        try:
            subprocess.run([*shlex.split(editor), str(path)], check=True)  # noqa: S603 - the person's own editor
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise WrongUseError(f"the editor {editor!r} failed: {type(error).__name__}") from None
        return read_file(path, option="the editor").rstrip()
