"""`bridge statuspage metrics`: list, and push points, one or many."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.naming import Candidate, the_one
from bridge.cli.statuspage.points import RawPoint, one_point, read_points
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.texts import read_file
from bridge.cli.statuspage.verbs import bounds, verb
from bridge.clock import read_wall_clock
from bridge.statuspage.api import Metric, Point

application = typer.Typer(rich_markup_mode=None)

AT_ONCE: Final = 3000
"""Points in one call: a day has 2,880. Nobody has recorded how many the API takes; this is some 150 KB."""


@verb(application, "list")
async def list_metrics(session: Session) -> None:
    """List metrics."""
    await session.output.rows(
        session.api.metrics.list(session.page),
        {
            "ID": lambda one: one.id,
            "NAME": lambda one: one.name,
            "UNIT": lambda one: one.suffix,
            "SHOWN": lambda one: "yes" if one.display else "no",
            "LAST POINT": lambda one: one.most_recent_data_at_text,
        },
    )


@verb(application, "push")
async def push_points(
    session: Session,
    metric: Annotated[str, typer.Argument(metavar="METRIC", help="Its name or id.")],
    value: Annotated[
        str | None,
        typer.Argument(metavar="[VALUE]", help="A number; after -- if it is negative. Else --file."),
    ] = None,
    *,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When it was so: epoch seconds or 2026-01-31T18:00:00Z; else now."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='Points of up to 28 days, one a line, as timestamp,value or {"timestamp": …, "value": …}; - is standard input.',
        ),
    ] = None,
) -> None:
    """Push a point, or fill a chart from a file. The same points pushed again change nothing."""
    if (value is None) == (file is None):
        raise WrongUseError("say VALUE or --file FILE, one of the two; nothing is sent")
    if file is not None and at is not None:
        raise WrongUseError("--at is for one value; a file has its own times; nothing is sent")
    now = read_wall_clock()
    replaced = 0
    points: tuple[RawPoint, ...]
    if file is None:
        points = (one_point(value or "", at, now=now),)
    else:
        read = read_points(read_file(file, option="--file"), name=str(file), now=now)
        points, replaced = read.points, read.replaced
    one = await _find_metric(session, metric)
    session.writes(f"metrics push {one.id} (the same points again change nothing)")
    calls = await _push(session, one, points)
    more = f"; {replaced} more fell on the same half minutes" if replaced else ""
    session.output.done(
        f"{len(points)} point{'s' if len(points) != 1 else ''} for {one.name} ({one.id}) in {calls} call{'s' if calls != 1 else ''}{more}",
        {"id": one.id, "points": len(points), "replaced": replaced, "calls": calls},
    )


async def _push(session: Session, metric: Metric, points: tuple[RawPoint, ...]) -> int:
    chunks = [points[begin : begin + AT_ONCE] for begin in range(0, len(points), AT_ONCE)]
    for number, chunk in enumerate(chunks, start=1):
        with bounds():
            written = [Point(timestamp=point.timestamp, value=point.value) for point in chunk]
        await session.api.metrics.add_points(session.page, {metric.id: written})
        if len(chunks) > 1:
            sys.stderr.write(f"{number} of {len(chunks)} calls\n")
    return len(chunks)


async def _find_metric(session: Session, text: str) -> Metric:
    metrics = [one async for one in session.api.metrics.list(session.page)]
    return the_one(
        text,
        [Candidate(one, one.id, (one.name,)) for one in metrics],
        kind="metric",
        see=session.command("metrics list"),
    )
