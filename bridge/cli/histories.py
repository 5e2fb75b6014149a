"""Where `bridge replay` reads a history from: a file of lines, a daemon's journal, or a range of a Prometheus. Parses options and reads; decides nothing."""

from __future__ import annotations

import asyncio
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.cli.exits import WrongUseError
from bridge.config.durations import DurationError, parse_duration
from bridge.simulation.replay.history import read_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bridge.config.observed_names import Observed
    from bridge.simulation.replay.history import History
    from bridge.sources.promql_range import Range

_EXAMPLE = "2026-01-31T18:00:00Z"
_ONE = "give one history: --journal FILE, --alerts FILE or --prometheus URL"


@dataclass(frozen=True, slots=True)
class FromPrometheus:
    """A range of a Prometheus, as the options say it.

    Attributes:
        url: its base address.
        begin, end: instants with a zone; None where the option is missing.
        step: a duration.
        probes: `ID=EXPRESSION`, each.
        token_file: holds a bearer token.
    """

    url: str
    begin: str | None
    end: str | None
    step: str
    probes: Sequence[str] = ()
    token_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Where a history is to be read from; one of them."""

    alerts: Path | None = None
    journal: str | None = None
    prometheus: FromPrometheus | None = None

    def history(self, page: str, known: Observed) -> History:
        """It.

        Args:
            page: whose operators and people are counted.
            known: the probes and queries of the rules.

        Raises:
            RuleFileError: lines that are none.
            StoreError: the journal cannot be read.
            QueryError: Prometheus gives no such result.
            WrongUseError: none is given, or several, or an option is none.
        """
        if sum(one is not None for one in (self.alerts, self.journal, self.prometheus)) > 1:
            raise WrongUseError(_ONE)
        if self.alerts is not None:
            return read_history(self.alerts)
        # What reads a store or asks a server takes tenths of a second to import.
        if self.journal is not None:
            from bridge.simulation.replay.recorded import read_journal

            return read_journal(self.journal, page)
        if self.prometheus is not None:
            return asyncio.run(_ask(self.prometheus, known))
        raise WrongUseError(_ONE)


async def _ask(given: FromPrometheus, known: Observed) -> History:
    from bridge.simulation.replay.prometheus import read_range
    from bridge.sources.exchange import HttpExchange
    from bridge.sources.promql import bearer
    from bridge.sources.promql_range import RangeReader

    over, probes = _range(given), dict(_probe(one) for one in given.probes)
    token = _token(given.token_file) if given.token_file is not None else ""
    async with HttpExchange() as exchange:
        reader = RangeReader(given.url, exchange=exchange, authorization=bearer(token) if token else "")
        with progress("reading") as told:
            return await read_range(reader, over, probes=probes, known=known, progress=told)


def _range(given: FromPrometheus) -> Range:
    from bridge.sources.promql_range import Range

    if not given.url.startswith(("http://", "https://")):
        raise WrongUseError(f"--prometheus is an address, such as http://prometheus:9090, not {given.url}")
    begin, end = _instant("--from", given.begin), _instant("--to", given.end)
    try:
        step = parse_duration(given.step)
    except DurationError as error:
        raise WrongUseError(f"--step {given.step} {error}; {error.hint}".removesuffix("; ")) from None
    if end <= begin or step <= 0:
        raise WrongUseError("--to must be after --from, and --step more than nothing")
    return Range(begin, end, step)


def _instant(option: str, text: str | None) -> float:
    if text is None:
        raise WrongUseError(f"--prometheus needs {option}, such as {_EXAMPLE}")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUseError(f"{option} {text} is no instant; write {_EXAMPLE}") from None
    if at.tzinfo is None:
        raise WrongUseError(f"{option} {text} says no time zone; write {_EXAMPLE}, with Z for UTC")
    return at.timestamp()


def _probe(text: str) -> tuple[str, str]:
    name, equals, expression = text.partition("=")
    if not (name and equals and expression.strip()):
        raise WrongUseError(
            f"--probe is ID=EXPRESSION, such as 'web=probe_success{{job=\"web\"}}', not {text}"
        )
    return name, expression


def _token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUseError(f"--prometheus-token-file {path} cannot be read: {error}") from None


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None]]:
    """A bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda done: bar.update(task, completed=done)
