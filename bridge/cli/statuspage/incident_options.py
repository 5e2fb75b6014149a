"""Options that several verbs of incidents have."""

from pathlib import Path
from typing import Annotated

import typer

IncidentName = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its id, or its name where only one has it.")
]
Text = Annotated[str | None, typer.Option("--body", metavar="TEXT", help="What subscribers read.")]
TextFile = Annotated[
    Path | None, typer.Option("--body-file", metavar="FILE", help="Holds that text; - is standard input.")
]
ComponentStatuses = Annotated[
    list[str] | None,
    typer.Option(
        "--component",
        metavar="NAME[=STATUS]",
        help='A component, as "Group / Name", name or id, and the status that it gets; several times for several.',
    ),
]
Notify = Annotated[
    bool | None,
    typer.Option(
        "--notify/--no-notify",
        help="Whether subscribers are told; asked where it is not said, and needed with --yes.",
    ),
]
