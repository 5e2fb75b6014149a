"""`bridge statuspage conformance`: asks a throw-away page what nobody has recorded, and writes what it found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

REQUESTS = 50
"""A minute: the page's token is its own, and nobody wants to wait for an hour."""

Page = Annotated[
    str,
    typer.Option("--page", metavar="TEST", help="The throw-away page: its name in the settings, or its id."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Form = Annotated[str, typer.Option("-o", metavar="table|json", help="How the answers are printed.")]
File = Annotated[Path, typer.Option("--output", metavar="FILE", help="Where the answers are written.")]
Skip = Annotated[
    list[str] | None,
    typer.Option(
        "--skip",
        metavar="PART",
        help="Leave out maintenances, subscribers, metrics or rate-limit; once for each.",
    ),
]
OtherPage = Annotated[
    str | None,
    typer.Option("--other-page", metavar="ID", help="A page that is not this token's: how is it answered?"),
]
Listen = Annotated[
    str | None,
    typer.Option(
        "--listen",
        metavar="HOST:PORT",
        help="Listen here as a webhook subscriber: it alone shows who is told.",
    ),
]
ListenUrl = Annotated[
    str | None,
    typer.Option(
        "--listen-url", metavar="URL", help="By which Statuspage reaches it; else http://HOST:PORT."
    ),
]
Disposable = Annotated[
    bool,
    typer.Option("--page-is-disposable", help="Go on though the page looks as if people use it."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file", metavar="FILE", help="Holds the API token; else the page's in the settings."
    ),
]
ApiUrl = Annotated[
    str | None,
    typer.Option("--api-url", metavar="URL", help="The API; else BRIDGE_API_URL, else the vendor's."),
]
Requests = Annotated[
    int, typer.Option("--requests", metavar="N", min=1, max=60, help="At most so many a minute.")
]


def register(application: typer.Typer) -> None:
    """Add the command."""

    @application.command()
    def conformance(
        page: Page,
        *,
        yes: Yes = False,
        form: Form = "table",
        output: File = Path("capabilities.json"),
        skip: Skip = None,
        other_page: OtherPage = None,
        listen: Listen = None,
        listen_url: ListenUrl = None,
        page_is_disposable: Disposable = False,
        token_file: TokenFile = None,
        api_url: ApiUrl = None,
        requests: Requests = REQUESTS,
    ) -> None:
        """Ask a throw-away page what nobody has recorded of Statuspage, put it back, and write capabilities.json."""
        from bridge.cli.exits import explained
        from bridge.cli.statuspage.probing import Wish, probe

        with explained():
            probe(
                Wish(
                    page=page,
                    yes=yes,
                    form=form,
                    file=output,
                    skip=tuple(skip or ()),
                    other_page=other_page,
                    listen=listen,
                    listen_url=listen_url,
                    disposable=page_is_disposable,
                    token_file=token_file,
                    api_url=api_url,
                    requests=requests,
                )
            )
