"""What every command to the daemon can be told beside its own: where the daemon is, who speaks, which page. Parses, sends, and says what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.exits import explained
from bridge.config.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_EXAMPLE = "2026-01-31T18:00:00Z"

Url = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="The daemon's address; else BRIDGE_URL, else this machine."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file", metavar="FILE", help="Holds the token; else the variables that the daemon reads."
    ),
]
OnPage = Annotated[
    str | None,
    typer.Option(
        "--page", metavar="NAME", help="The page, as the settings call it; needed where there are several."
    ),
]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who says so; else the name of this user.")
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Why, for the journal.")]
Id = Annotated[
    str | None,
    typer.Option("--id", metavar="ID", help="A name for this command: given twice, it is obeyed once."),
]


def _duration(text: str | None) -> str | None:
    if text is not None:
        try:
            parse_duration(text)
        except DurationError as error:
            raise typer.BadParameter(f"{text} {error}; {error.hint}".removesuffix("; ")) from None
    return text


def _instant(text: str | None) -> str | None:
    if text is not None:
        try:
            aware = datetime.fromisoformat(text).tzinfo is not None
        except ValueError:
            raise typer.BadParameter(f"{text} is no instant; write {_EXAMPLE}") from None
        if not aware:
            raise typer.BadParameter(f"{text} says no time zone; write {_EXAMPLE}, with Z for UTC")
    return text


def one_of(words: Iterable[str]) -> Callable[[str], str]:
    """A check that a word is one of these."""
    known = tuple(words)

    def check(word: str) -> str:
        if word not in known:
            raise typer.BadParameter(f"{word} is none of {', '.join(known)}")
        return word

    return check


For = Annotated[
    str | None,
    typer.Option(
        "--for", metavar="DURATION", help="Until this long from now, such as 2h.", callback=_duration
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="TIME", help=f"Until this instant, such as {_EXAMPLE}.", callback=_instant
    ),
]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the daemon made of a command.

    Attributes:
        page: the name of the page that it is about.
        end: until when it stands, as the end of a sentence; empty for one without an end.
        waits_for: what has to be before anything is written.
        repeated: it was accepted before, and is not obeyed again.
    """

    page: str
    end: str = ""
    waits_for: tuple[str, ...] = ()
    repeated: bool = False

    def told(self, text: str, *, endless: str = "") -> None:
        """Say what the command did.

        Args:
            text: that, about the page.
            endless: what comes after it where no end was given.
        """
        if self.repeated:
            typer.echo(
                f"{self.page}: accepted before under this id, and not obeyed again; see: bridge override list"
            )
            return
        typer.echo(f"{self.page}: {text}{self.end or endless}")
        for one in self.waits_for:
            typer.echo(f"{self.page}: nothing is written yet; that waits for {one}")


def tell(command: str, *, url: str | None, token_file: Path | None, **fields: Any) -> Accepted:
    """Give a command to the daemon; `for_` stands for `for`. Returns what became of it."""
    import os

    from bridge.cli.sender import sender

    document = {"command": command, **{name.rstrip("_"): value for name, value in fields.items()}}
    if document.get("for") is not None and document.get("until") is not None:
        raise typer.BadParameter("--for and --until are two ends; give one")
    with explained():
        answer = sender(os.environ, url=url, token_file=token_file).tell(document)
    until, lasting = answer.get("until"), answer.get("for")
    return Accepted(
        str(answer.get("page", "")),
        f" until {until} ({lasting} from now)" if until else "",
        tuple(answer.get("waits_for", ())),
        bool(answer.get("repeated")),
    )


def standing(*, url: str | None, token_file: Path | None) -> dict[str, Any]:
    """Ask the daemon what stands, by page."""
    import os

    from bridge.cli.sender import sender

    with explained():
        pages = sender(os.environ, url=url, token_file=token_file).standing().get("pages", {})
    return dict(pages)


def explanation(*, url: str | None, token_file: Path | None, **question: str | None) -> dict[str, Any]:
    """Ask the daemon why something is as it is."""
    import os

    from bridge.cli.sender import sender

    with explained():
        return sender(os.environ, url=url, token_file=token_file).explanation(**question)
