"""The options by which every verb, and `bridge init`, finds a Statuspage. As light as `bridge.cli.main`, which imports it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from bridge.cli.statuspage.output import Format

MOST_REQUESTS: Final = 60
"""Of one token in a minute: more is never right."""

PageOption = Annotated[
    str | None,
    typer.Option(
        "--page",
        metavar="NAME",
        help="The page, as the settings call it, or its id; needed where there are several.",
    ),
]
TokenFileOption = Annotated[
    Path | None,
    typer.Option(
        "--token-file", metavar="FILE", help="Holds the API token; else the page's in the settings."
    ),
]
ApiUrlOption = Annotated[
    str | None,
    typer.Option("--api-url", metavar="URL", help="The API; else BRIDGE_API_URL, else the vendor's."),
]
RequestsOption = Annotated[
    int | None,
    typer.Option(
        "--requests",
        metavar="N",
        min=1,
        max=MOST_REQUESTS,
        help="Requests that this command may make in a minute; else BRIDGE_OTHERS_SHARE, what the daemon leaves to others.",
    ),
]
FormatOption = Annotated[
    Format,
    typer.Option("--output", "-o", metavar="FORM", help="table, json (one document) or id (ids alone)."),
]


@dataclass(frozen=True, slots=True)
class Connection:
    """What these were given as."""

    page: str | None = None
    page_said: str = "--page"
    """Where the page was said, for messages: the option, or a place in a rule file."""
    token_file: Path | None = None
    api_url: str | None = None
    requests: int | None = None
    output: Format = Format.TABLE
