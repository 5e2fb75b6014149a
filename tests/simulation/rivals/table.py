"""The table of docs/lost-answers.md: which strategy is played under which trouble, and how the verdicts are counted and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulation.rivals.outages import Trouble, draw
from tests.simulation.rivals.play import Strategy, Verdict, play

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BEGIN, END = "<!-- table: lost answers -->", "<!-- end of table -->"
"""Between these lines of the document the table is written."""


@dataclass(frozen=True, slots=True)
class Column:
    """What becomes of lost requests, and the S of the daemon."""

    title: str
    trouble: Trouble
    settle_for: float


COLUMNS = (
    Column("applied or lost at once", Trouble.AT_ONCE, 150.0),
    Column("applied up to 120 s late, S = 30 s", Trouble.LATE, 30.0),
    Column("the same, S = 150 s", Trouble.LATE, 150.0),
)
CELLS = tuple(
    (strategy, column)
    for strategy in Strategy
    # The rivals know no S: their second column is their third.
    for column in (COLUMNS if strategy is Strategy.OURS else COLUMNS[:2])
)
PROMISED = ((Strategy.OURS, COLUMNS[0]), (Strategy.OURS, COLUMNS[2]))
"""Where nothing may go wrong: everything is applied or dropped within S."""

NONE = "\N{EN DASH}"
Cell = tuple[Strategy, Column]


def verdicts(seed: int, cells: Sequence[Cell] = CELLS) -> list[Verdict]:
    """What one seed shows in each cell."""
    course = draw(seed)
    return [play(course, strategy, column.trouble, column.settle_for) for strategy, column in cells]


@dataclass(frozen=True, slots=True)
class Count:
    """Runs of one cell in which something went wrong, and what they met."""

    duplicate: int
    doubled: int
    wrong: int
    lost: int
    kills: int

    @classmethod
    def of(cls, found: Iterable[Verdict]) -> Count:
        """Count them."""
        found = tuple(found)
        return cls(
            duplicate=sum(verdict.duplicate for verdict in found),
            doubled=sum(verdict.doubled for verdict in found),
            wrong=sum(verdict.wrong for verdict in found),
            lost=sum(verdict.lost for verdict in found),
            kills=sum(verdict.kills for verdict in found),
        )

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong in any run."""
        return not (self.duplicate or self.doubled or self.wrong)

    def __str__(self) -> str:
        return f"{self.duplicate} / {self.doubled} / {self.wrong}"


def render(counts: dict[Cell, Count], seeds: int) -> str:
    """The table as Markdown, with what was met below it."""
    lines = [
        f"| strategy | {' | '.join(column.title for column in COLUMNS)} |",
        f"| --- |{' --- |' * len(COLUMNS)}",
    ]
    for strategy in Strategy:
        cells = [str(counts.get((strategy, column), NONE)) for column in COLUMNS]
        if strategy is Strategy.OURS:
            cells = [
                f"**{text}**" if (strategy, column) in PROMISED else text
                for text, column in zip(cells, COLUMNS, strict=True)
            ]
        lines.append(f"| {strategy.value} | {' | '.join(cells)} |")
    lost = [count.lost for count in counts.values()]
    kills = sum(count.kills for count in counts.values()) // len(counts)
    met = f"The answers of {min(lost):,} to {max(lost):,} notifying writes were lost in each cell"
    lines += ["", f"{seeds} runs in each cell. {met}, and the bridge was killed {kills:,} times."]
    return "\n".join(lines)


def put_into(document: str, table: str) -> str:
    """The document with this table in the place of the one before.

    Raises:
        ValueError: it has no such place.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no lines {BEGIN} and {END}")
    return f"{before}{begin}\n{table}\n{end}{after}"
