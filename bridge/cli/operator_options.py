"""What every command to the daemon can be told beside its own: where the daemon is, who speaks, which page. Parses, sends, and says what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.exits import explained

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
For = Annotated[
    str | None, typer.Option("--for", metavar="DURATION", help="Until this long from now, such as 2h.")
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="TIME", help="Until this instant, such as 2026-01-31T18:00:00Z."),
]


def tell(command: str, *, url: str | None, token_file: Path | None, **fields: Any) -> str:
    """Give a command to the daemon; `for_` stands for `for`. Returns the name of the page that it is about."""
    import os

    from bridge.cli.sender import sender

    document = {"command": command, **{name.rstrip("_"): value for name, value in fields.items()}}
    with explained():
        answer = sender(os.environ, url=url, token_file=token_file).tell(document)
    if answer.get("repeated"):
        typer.echo("it was accepted before; nothing is changed by giving it again", err=True)
    return str(answer.get("page", ""))


def standing(*, url: str | None, token_file: Path | None) -> dict[str, Any]:
    """Ask the daemon what stands, by page."""
    import os

    from bridge.cli.sender import sender

    with explained():
        pages = sender(os.environ, url=url, token_file=token_file).standing().get("pages", {})
    return dict(pages)
