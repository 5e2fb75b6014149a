"""The questions before something notifies or deletes: what it would be, whom it would tell, and whether it shall be.

Questions go to standard error, so that standard output holds the answer alone. Where nobody can be asked and `--yes` does not answer, nothing is done.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.output import labelled
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Sequence


class DeclinedError(BridgeError):
    """A person said no, or left."""


class Dialog:
    """Asks the person at the terminal, or takes `--yes` for an answer."""

    def __init__(self, *, yes: bool) -> None:
        self.yes = yes

    def require_somebody(self, *, undecided: bool = False) -> None:
        """Make sure that the question can be put, before anything is asked of the page.

        Args:
            undecided: nobody said whether subscribers are told, which `--yes` would need too.

        Raises:
            WrongUseError: there is no terminal, and no `--yes`.
        """
        if not self.yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
            needed = "--yes, and --notify or --no-notify" if undecided else "--yes"
            raise WrongUseError(
                f"this asks before it is done, and there is no terminal to ask at; nothing is done (hint: say {needed})"
            )

    def require_decision(self, notify: bool | None) -> None:
        """Make sure that it is known whether subscribers are told: `--yes` does not decide that.

        Raises:
            WrongUseError: nobody said.
        """
        if self.yes and notify is None:
            raise WrongUseError("with --yes, say --notify or --no-notify; nothing is done")

    def show(self, title: str, facts: Sequence[tuple[str, object]]) -> None:
        """Say what it would be."""
        lines = [f"{title}:", *(f"  {line}" for line in labelled(facts))]
        sys.stderr.write("\n".join(lines) + "\n")

    def decide(self, question: str) -> bool:
        """A question whose no is an answer too.

        Raises:
            DeclinedError: there is no answer.
        """
        return _confirmed(question)

    def agree(self, question: str) -> None:
        """Go on, or end here.

        Raises:
            DeclinedError: the answer is no, or there is none.
        """
        if not _confirmed(question):
            raise DeclinedError("nothing is done")


def _confirmed(question: str) -> bool:
    """Ask; anything but a yes is a no. Not typer's own, which writes a part of the question to standard output.

    Raises:
        DeclinedError: whoever was asked has left, by Ctrl-C or by the end of the input: that is no answer to any question.
    """
    # asyncio's own handler would only cancel the task, which is not seen before a line is there
    theirs = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.stderr.write(f"{question} [y/N]: ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        answer = ""
    finally:
        signal.signal(signal.SIGINT, theirs)
    if not answer:
        sys.stderr.write("\n")
        raise DeclinedError("nothing is done")
    return answer.strip().lower() in {"y", "yes"}
