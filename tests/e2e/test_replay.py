"""`bridge replay` against the real Prometheus, and its report in a real browser."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bridge.core.signals import SignalState
from bridge.simulation.replay.history import SightChange, SignalChange
from tests.cli.terminal import run
from tests.e2e.visits import DESKTOP, PHONE, browsing, picture, visiting
from tests.simulation.replay.month import BEGIN, DAY, RULES, Month, month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal

    from tests.e2e.servers import Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, method="signal")]

STEP = 60.0
DAYS = 6
END = BEGIN + DAYS * DAY


def on_the_grid(made: Month) -> Month:
    """The month as far as Prometheus can know it: what was true at each whole step of the range."""
    seen = Month(
        outages=[one for one in made.outages if one[1] < END],
        blind=[one for one in made.blind if one[1] < END],
    )
    for change in made.changes:
        step = BEGIN - (BEGIN - change.at) // STEP * STEP
        if step > END:
            continue
        match change:
            case SignalChange():
                seen.changes.append(SignalChange(step, change.source, change.labels, change.state))
            case SightChange():
                seen.changes.append(SightChange(step, change.source, blind=change.blind))
    return seen


def samples(made: Month) -> Iterator[str]:
    """What its Prometheus has: `ALERTS`, and `up` wherever it was not down."""
    steps = [BEGIN + number * STEP for number in range(int((END - BEGIN) / STEP) + 1)]
    there = [at for at in steps if not any(begin <= at < end for begin, end in made.blind)]
    yield "# TYPE up gauge"
    yield from (f'up{{job="shop"}} 1 {at:.0f}' for at in there)
    yield "# TYPE ALERTS gauge"
    firing: dict[str, set[float]] = {}
    since: dict[str, float] = {}
    for change in sorted(made.changes, key=lambda one: one.at):
        if not isinstance(change, SignalChange):
            continue
        labels = ",".join(f'{name}="{value}"' for name, value in change.labels.items())
        if change.state is SignalState.FAILING:
            since[labels] = change.at
        else:
            begin = since.pop(labels)
            firing.setdefault(labels, set()).update(at for at in there if begin <= at < change.at)
    for labels, began in since.items():
        firing.setdefault(labels, set()).update(at for at in there if began <= at)
    for labels, instants in sorted(firing.items()):
        yield from (f'ALERTS{{alertstate="firing",{labels}}} 1 {at:.0f}' for at in sorted(instants))
    yield "# EOF"


def written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


async def replay(folder: Path, *arguments: str) -> list[str]:
    ended = await asyncio.to_thread(run, "replay", "rules.yaml", *arguments, folder=folder)
    assert (ended.code, ended.errors) == (0, "")
    return ended.output.splitlines()


async def test_what_the_real_prometheus_has_of_a_range_gives_the_same_as_the_history_itself(
    servers: Servers,
) -> None:
    made, folder = on_the_grid(month(4_000)), servers.folder
    (folder / "rules.yaml").write_text(RULES)
    made.write(folder / "month.jsonl")
    url = await servers.start_prometheus(
        {},
        past="\n".join(samples(made)) + "\n",
        # No sample stands for the next step, as none does where Prometheus itself says that a series has ended.
        arguments=("--storage.tsdb.retention.time=100y", f"--query.lookback-delta={STEP - 1:.0f}s"),
    )
    asked = ("--prometheus", url, "--from", written(BEGIN), "--to", written(END), "--step", "1m")
    told = await replay(folder, *asked)
    assert told == await replay(folder, "--alerts", "month.jsonl")
    assert len(made.outages) == 4
    assert len(made.blind) == 1
    assert sum("Search is down: investigating" in line for line in told) == 4
    assert sum("Search is down: resolved" in line for line in told) == 4
    assert sum("is blind" in line for line in told) == 1
    assert not any("partial_outage" in line for line in told)
    assert "Payments, not known              1h" in told


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_report_of_a_month_shows_its_charts_in_a_browser(
    tmp_path: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    made = month(5_000)
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "other.yaml").write_text(RULES.replace("major_outage", "partial_outage"))
    made.write(tmp_path / "month.jsonl")
    await replay(tmp_path, "--alerts", "month.jsonl", "--against", "other.yaml", "--html", "report.html")
    report = (tmp_path / "report.html").as_uri()
    async with browsing() as browser, visiting(browser, report, width=width, scheme=scheme) as visit:
        charts = visit.page.get_by_role("img")
        # Two components by each of two sets of rules.
        assert await charts.count() == 4
        search = visit.page.get_by_role("img", name="Search: major_outage for")
        shown = await search.locator("rect:not(.unseen)").evaluate_all(
            "all => all.map(one => [one.getBoundingClientRect().width, getComputedStyle(one).fill])"
        )
        assert len(shown) == 20
        assert all(wide > 0 and fill.startswith("rgb") for wide, fill in shown)
        unseen = await search.locator("rect.unseen").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().width)"
        )
        assert len(unseen) == 3
        assert min(unseen) > 0
        assert await visit.page.get_by_text("not known for 3h").count() == 4
        assert visit.requests == [report]
        assert visit.complaints == []
        assert await visit.violations() == []
        content, room = await visit.widths()
        assert content <= room
        await picture(visit, tmp_path, f"replay-{width}-{scheme}.png")
