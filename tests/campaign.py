"""`make campaign`: everything that CI does in part, in full, run to the end by hand; its figures go into benchmarks/CAMPAIGN.md."""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter  # noqa: TID251 - the wall time of a campaign is its result
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Part:
    """One command of the campaign.

    Attributes:
        name: the make target.
        command: the module and its arguments.
        summarised: whether it writes its figures with `--summary`.
    """

    name: str
    command: tuple[str, ...]
    summarised: bool = True


def parts(seeds: int) -> tuple[Part, ...]:
    """What a campaign consists of."""
    return (
        Part("simulate", ("tests.simulate", "--seeds", str(seeds), "--unknown", str(seeds // 2))),
        Part("operators", ("tests.simulate", "--operators", "--seeds", str(seeds // 4))),
        Part("regimes", ("tests.simulate", "--regime", "--seeds", str(seeds // 4))),
        Part("crashes", ("tests.crashes", "--seeds", "3")),
        Part("kills", ("tests.kills", "--kills", "300", "--together", "3")),
        Part("mutants", ("tests.mutants",)),
        Part("determinism", ("tests.simulate", "--determinism", "100"), summarised=False),
        Part("answers", ("tests.simulation.rivals", "--seeds", "600"), summarised=False),
    )


def main() -> int:
    """Run every part, whatever the others found. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make campaign", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20_000)
    parser.add_argument("--table", type=Path, default=ROOT / "benchmarks" / "CAMPAIGN.md")
    parser.add_argument("--only", action="append", help="this part; may be repeated. Nothing is written then")
    arguments = parser.parse_args()
    chosen = [part for part in parts(arguments.seeds) if not arguments.only or part.name in arguments.only]
    results = [_run(part) for part in chosen]
    if not arguments.only:
        arguments.table.write_text(_page(results), encoding="utf-8")
    return max(int(result["code"]) for result in results)


def _run(part: Part) -> dict[str, Any]:
    sys.stdout.write(f"== {part.name}\n")
    sys.stdout.flush()
    started = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [sys.executable, "-m", *part.command]
        if part.summarised:
            command += ["--summary", str(summary)]
        ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
        sys.stdout.write(ended.stdout)
        sys.stdout.flush()
        figures = json.loads(summary.read_text()) if summary.exists() else {}
    return {
        "name": part.name,
        "code": ended.returncode,
        "seconds": perf_counter() - started,
        "figures": figures,
        "output": ended.stdout,
    }


def _page(results: list[dict[str, Any]]) -> str:
    when = datetime.now(UTC).date()  # noqa: TID251 - a document has a date
    revision = _git("rev-parse", "--short", "HEAD") + (
        " and uncommitted changes" if _git("status", "--porcelain", "-uno") else ""
    )
    lines = [
        "# Campaign",
        "",
        f"Written by `make campaign` on {when}, of revision {revision}, Python {platform.python_version()}, 2 cores. What each figure means stands in",
        "[ARCHITECTURE.md](../ARCHITECTURE.md), *How it is proven*.",
        "",
        "| part | result | minutes |",
        "| --- | --- | --- |",
        *(
            f"| `make {result['name']}` | {'passed' if result['code'] == 0 else 'FAILED'} | {result['seconds'] / 60:.1f} |"
            for result in results
        ),
        "",
    ]
    for result in results:
        lines += [f"## {result['name']}", "", *_section(result), ""]
    return "\n".join(lines)


def _section(result: dict[str, Any]) -> list[str]:
    figures = result["figures"]
    match result["name"]:
        case "simulate" | "operators" | "regimes" if figures:
            return _simulate(figures)
        case "crashes" if figures:
            return _crashes(figures)
        case "kills" if figures:
            return _kills(figures)
        case _:
            return ["```", *result["output"].rstrip().splitlines(), "```"]


def _simulate(figures: dict[str, Any]) -> list[str]:
    hours = f"{figures['virtual_hours']:,} virtual hours in {figures['wall_seconds'] / 60:.0f} minutes"
    pace = f"{figures['virtual_hours_per_second']} virtual hours and {figures['faults_per_second']} faults a second"
    return [
        (
            f"{figures['seeds']:,} seeds of 40 virtual minutes, {hours}: {pace}. {figures['steps']:,} steps, {figures['incidents']:,} incidents,"
            f" {figures['notifications']:,} notifications. Seeds that broke an invariant: {figures['failed_seeds'] or 'none'}."
        ),
        "",
        "| notifying writes whose answer told nothing | |",
        "| --- | --- |",
        *(f"| {arm} | {count:,} |" for arm, count in figures["unknown_notifying_writes"].items()),
        "",
        "| fault | met |",
        "| --- | --- |",
        *(f"| {name} | {count:,} |" for name, count in figures["faults"].items()),
        "",
        "| invariant | | violations |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {meaning} | {figures['violations'].get(name, 0)} |"
            for name, meaning in figures["invariants"].items()
        ),
        "",
        "Judged later:",
        "",
        *(f"- {name}: {part}" for name, part in figures["later"].items()),
    ]


def _crashes(figures: dict[str, Any]) -> list[str]:
    return [
        (
            f"{figures['scenarios']} scenarios, killed at every step: {figures['runs']:,} runs, {figures['in_flight']:,} of them with a notifying write in flight,"
            f" {figures['failed']} failed."
        ),
        "",
        "| scenario | schedule | steps | runs | in flight | failed |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {row['scenario']} | {row['seed']} | {row['steps']:,} | {row['runs']:,} | {row['in_flight']} | {row['failed']} |"
            for row in figures["rows"]
        ),
    ]


def _kills(figures: dict[str, Any]) -> list[str]:
    tables = {
        "killed": figures["kills_by_moment"],
        "writes that a kill left without an outcome": figures["writes_left_without_an_outcome"],
        "notifying writes whose answer told nothing": figures["unknown_notifying_writes"],
    }
    return [
        (
            f"`bridge run` killed {figures['kills']:,} times in {len(figures['runs'])} runs against `bridge simulator`: {figures['requests']:,} requests,"
            f" {figures['incidents']:,} incidents, {figures['notifications']:,} notifications, {figures['deliveries']['begun']:,} deliveries of which"
            f" {figures['deliveries']['begun'] - figures['deliveries']['answered']:,} were cut off."
            f" Found: {'; '.join(figures['findings'] + figures['lacking']) or 'nothing'}."
        ),
        *(
            line
            for name, counts in tables.items()
            for line in (
                "",
                f"| {name} | |",
                "| --- | --- |",
                *(f"| {what} | {count:,} |" for what, count in counts.items()),
            )
        ),
    ]


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
