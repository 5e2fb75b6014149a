"""Carries a conformance run out: looks at the page, says what will be done, does it, and prints and writes what was found. Knows no question."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge import __version__
from bridge.cli.exits import Exit, WrongUseError
from bridge.cli.statuspage.dialog import Dialog
from bridge.cli.statuspage.output import harmless, labelled
from bridge.cli.statuspage.pace import TellingPace
from bridge.cli.statuspage.target import Target, find_target
from bridge.clock import Clock
from bridge.config.capabilities import Report, write_report
from bridge.config.setting_values import UnusableError, read_address, read_page_id
from bridge.entropy import new_operation_id, new_secret
from bridge.errors import BridgeError
from bridge.statuspage.conformance.asking import Asker
from bridge.statuspage.conformance.listening import listening
from bridge.statuspage.conformance.questions import findings
from bridge.statuspage.conformance.survey import PageError, Survey, survey
from bridge.statuspage.conformance.visit import Itinerary, Part, Visit
from bridge.statuspage.timestamps import rfc_3339
from bridge.statuspage.transport import AiohttpTransport

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.capabilities import Finding
    from bridge.statuspage.conformance.listening import Listener
    from bridge.statuspage.conformance.made import Made

TABLE: Final = "table"
JSON: Final = "json"
_MARK_DIGITS: Final = 8


class LeftBehindError(BridgeError):
    """Something that was made could not be removed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, as it was given (see `bridge.cli.statuspage.conformance`)."""

    page: str
    yes: bool
    form: str
    file: Path
    skip: tuple[str, ...]
    other_page: str | None
    listen: str | None
    listen_url: str | None
    disposable: bool
    token_file: Path | None
    api_url: str | None
    requests: int


def probe(wish: Wish) -> None:
    """Do it, to its end or to an exit code.

    Raises:
        BridgeError: it was not begun, or something is left on the page.
        SystemExit: it was interrupted.
    """
    skipped = _checked(wish)
    Dialog(yes=wish.yes).require_somebody()
    target = find_target(
        os.environ, page=wish.page, token_file=wish.token_file, api_url=wish.api_url, requests=wish.requests
    )
    target.token()  # a file that cannot be read is told as what it is
    visits: list[Visit] = []
    try:
        report = asyncio.run(_live(wish, target, skipped=skipped, visits=visits))
    except (KeyboardInterrupt, asyncio.CancelledError):
        _tell("interrupted; nothing is written")
        _complain_of(visits)
        sys.exit(Exit.FAILED)
    except BaseException:
        # A defect of ours is shown, and does not hide what it left behind.
        if visits and visits[0].made.left:
            _tell(_left(visits[0].made))
        raise
    _write(wish.file, write_report(report))
    _print(wish.form, report)
    _tell(f"written to {wish.file}")
    _complain_of(visits)


async def _live(wish: Wish, target: Target, *, skipped: frozenset[Part], visits: list[Visit]) -> Report:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # The first ends the visit, which then puts the page back; the second gives that up.
        loop.add_signal_handler(number, task.cancel if task is not None else loop.stop)
    clock = Clock()
    async with AsyncExitStack() as opened:
        transport = await opened.enter_async_context(
            AiohttpTransport(target.url, target.token, f"statuspage-bridge/{__version__} (conformance)")
        )
        listener = await _listener(wish, opened)
        pace = TellingPace(target.requests, _tell)
        page_id = target.page_id or ""
        asker = Asker(transport, page_id, pace=pace, now=clock.now)
        itinerary = Itinerary(
            f"bridge-probe-{new_operation_id()[:_MARK_DIGITS]}", skipped, wish.other_page, listener
        )
        surveyed = await survey(asker)
        _agree(wish, surveyed, itinerary, page_id)
        visit = Visit(asker, itinerary, surveyed, _tell)
        visits.append(visit)
        record = await visit.make()
        return Report(page_id, rfc_3339(float(int(clock.now()))), __version__, findings(record))


async def _listener(wish: Wish, opened: AsyncExitStack) -> Listener | None:
    if wish.listen is None:
        return None
    try:
        address = read_address(wish.listen)
    except UnusableError as error:
        raise WrongUseError(f"--listen: {error} (hint: {error.hint})") from None
    return await opened.enter_async_context(
        listening(address.host, address.port, address=wish.listen_url, secret=new_secret())
    )


def _checked(wish: Wish) -> frozenset[Part]:
    """Refuse what cannot be meant, before anything is asked of the page.

    Raises:
        WrongUseError: an option is wrong.
    """
    if wish.form not in {TABLE, JSON}:
        raise WrongUseError(f"-o: is {wish.form[:40]!r}; expected {TABLE} or {JSON}")
    unknown = [part for part in wish.skip if part not in set(Part)]
    if unknown:
        raise WrongUseError(f"--skip: {unknown[0][:40]!r} is no part; expected one of {', '.join(Part)}")
    if wish.listen_url is not None and wish.listen is None:
        raise WrongUseError("--listen-url: nobody listens (hint: say --listen HOST:PORT too)")
    if wish.listen_url is not None and not wish.listen_url.strip():
        raise WrongUseError("--listen-url: is empty (hint: give it an address, or do not say it)")
    if wish.other_page is not None:
        try:
            read_page_id(wish.other_page)
        except UnusableError as error:
            raise WrongUseError(f"--other-page: {error} (hint: {error.hint})") from None
    folder = wish.file.parent
    if not folder.is_dir() or wish.file.is_dir() or not os.access(folder, os.W_OK):
        raise WrongUseError(f"--output: {wish.file} cannot be written there; nothing is done")
    return frozenset(Part(part) for part in wish.skip)


def _agree(wish: Wish, surveyed: Survey, itinerary: Itinerary, page_id: str) -> None:
    signs = surveyed.signs_of_use
    if signs and not wish.disposable:
        raise PageError(
            f"{surveyed.name or page_id} looks like a page that people use: {'; '.join(signs)}. Nothing is done "
            "(hint: take a page that nobody needs, or say --page-is-disposable)"
        )
    facts = [
        ("page", surveyed.name),
        ("", surveyed.url),
        ("in use?", "; ".join(signs) or "it does not look so"),
    ]
    facts += [("" if number else "what", line) for number, line in enumerate(itinerary.announcement())]
    # Told with --yes too: whoever is waiting for some minutes wants to know for what.
    dialog = Dialog(yes=wish.yes)
    dialog.show(f"Questions to the page {page_id}", facts)
    if not dialog.yes:
        dialog.agree("Go on?")


def _print(form: str, report: Report) -> None:
    if form == JSON:
        sys.stdout.write(write_report(report))
        return
    rows = [(finding.question, _shown(finding)) for finding in report.findings]
    sys.stdout.write("\n".join(labelled(rows)) + "\n")


def _shown(finding: Finding) -> str:
    if finding.answer is None:
        return harmless(f"unknown: {finding.note}")
    return json.dumps(finding.answer).strip('"')


def _write(file: Path, text: str) -> None:
    """Put it there as a whole.

    Raises:
        BridgeError: it cannot be written; then it is printed, so that it is not lost.
    """
    unfinished = file.with_name(f".{file.name}.{new_operation_id()[:_MARK_DIGITS]}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
    except OSError as error:
        sys.stdout.write(text)
        raise BridgeError(f"{file} cannot be written: {error.strerror}; it is printed instead") from error


def _complain_of(visits: list[Visit]) -> None:
    if visits and visits[0].made.left:
        raise LeftBehindError(_left(visits[0].made))


def _left(made: Made) -> str:
    things = "\n".join(f"  {harmless(thing)}" for thing in made.left)
    return f"could not be removed; please look on the page:\n{things}"


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
