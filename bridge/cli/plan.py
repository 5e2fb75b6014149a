"""`bridge plan`: what the daemon would send to the page now, call by call, and why. The daemon plans; this asks it and prints."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from bridge.cli.exits import Exit, WrongUseError, word_of
from bridge.cli.harmless import harmless
from bridge.cli.sender import sender
from bridge.config.files import read_rule_files
from bridge.config.problems import Problems, RuleFileError
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Form(StrEnum):
    """How it is printed."""

    TEXT = "text"
    JSON = "json"


def plan(
    paths: Sequence[Path] | None,
    *,
    automation: str | None,
    output: str,
    page: str | None,
    url: str | None,
    token_file: Path | None,
) -> Exit:
    """Ask, print, and say whether anything would be sent.

    Args:
        paths: rule files to go by; None or none for those in force.
        automation: the cap to go by; None for the one in force.
        output: `text` or `json`.
        page: its name; None for every page.
        url: of the daemon.
        token_file: holds the token.

    Returns:
        `GOOD` where nothing would be sent, else `CHANGES`.

    Raises:
        WrongUseError: an option cannot be meant like this.
        RuleFileError: a rule file cannot be read.
        DaemonError: the daemon cannot say it.
    """
    form = word_of(Form, output, "--output")
    cap = None if automation is None else word_of(Automation, automation, "--automation")
    document: dict[str, Any] = {"page": page, "automation": cap, "rules": _files(paths) if paths else None}
    asked = sender(os.environ, url=url, token_file=token_file).plan(document)
    pages: dict[str, Any] = asked.get("pages", {})
    if form is Form.JSON:
        typer.echo(json.dumps(asked, ensure_ascii=False, indent=2))
    else:
        for name, planned in pages.items():
            for line in _lines(name, planned):
                typer.echo(harmless(line))
    return Exit.CHANGES if any(one["calls"] for one in pages.values()) else Exit.GOOD


def _files(paths: Sequence[Path]) -> list[dict[str, str]]:
    """The rule files that the paths name, as text: the daemon reads them as if they were its own."""
    problems = Problems()
    files = read_rule_files(paths, problems)
    if errors := problems.errors:
        raise RuleFileError(errors, problems.warnings)
    sent = []
    for file in files:
        try:
            sent.append({"path": file.path, "content": file.content.decode()})
        except UnicodeDecodeError as error:
            raise WrongUseError(
                f"{file.path}: is not UTF-8 at byte {error.start}; write it as UTF-8"
            ) from None
    return sent


def _lines(name: str, planned: dict[str, Any]) -> Iterator[str]:
    calls = planned["calls"]
    number = {0: "nothing to send", 1: "1 call"}.get(len(calls), f"{len(calls)} calls")
    read = f"; the page as read at {planned['read_at']}" if planned["read_at"] else "; the page was not read"
    yield f"{name}: {number} at {planned['at']}{read}"
    for call in calls:
        yield from _call(call)
    for wait in planned["waits"]:
        until = f" (until {wait['until']})" if wait["until"] else ""
        yield f"  not now, {wait['reason']}: {wait['text']}{until}"
    if planned["changes_by_itself_at"]:
        yield f"  this changes by itself at {planned['changes_by_itself_at']}"


def _call(call: dict[str, Any]) -> Iterator[str]:
    yield f"  {call['number']}. {call['method']} {call['path']}"
    yield f"     why: {call['reason']}{_about(call)}"
    for cause in call["causes"]:
        yield f"     because {_cause(cause)}"
    if call.get("presumes"):
        yield f"     presuming that {call['presumes']}"
    yield f"     notifies: {_notified(call)}"
    yield f"     {json.dumps(call['body'], ensure_ascii=False)}"


def _about(call: dict[str, Any]) -> str:
    if "maintenance" in call:
        return f", maintenance {call['maintenance']}"
    if "component" in call:
        return f", {call['component']}"
    if "metrics" in call:
        return f", {call['points']} points of {call['metrics']} metrics"
    if "incident_id" in call:
        return f", incident {call['incident_id']}"
    group = ", ".join(f"{name}={value}" for name, value in call["group"].items())
    sets = ", ".join(f"{name} to {status}" for name, status in call["sets"].items())
    drafted = f", by draft {call['draft']}" if call.get("draft") else ""
    withheld = f", without its labels ({', '.join(call['withheld'])})" if call.get("withheld") else ""
    return (
        f", incident {call['incident']}"
        + (f" ({group})" if group else "")
        + (f", sets {sets}" if sets else "")
        + drafted
        + withheld
    )


def _cause(cause: dict[str, Any]) -> str:
    group = ", ".join(f"{name}={value}" for name, value in cause["group"].items())
    labelled = f" ({group})" if group else ""
    head = f"rule {cause['rule']}{labelled} claims {cause['component']} {cause['status']}, {cause['phase']} since {cause['since']}"
    signals = [_signal(one) for one in cause["signals"]]
    more = cause["failing"] - len(signals)
    return head + "".join(f"; {one}" for one in signals) + (f"; and {more} more" if more > 0 else "")


def _signal(signal: dict[str, Any]) -> str:
    labels = ", ".join(f'{name}="{value}"' for name, value in signal["labels"].items())
    detail = f" ({signal['detail']})" if signal["detail"] else ""
    return f"{signal['source']} {{{labels}}} fails since {signal['since']}{detail}"


def _notified(call: dict[str, Any]) -> str:
    later = f"; the page itself mails {', '.join(call['later'])}" if call.get("later") else ""
    if call["notifies"] == "nobody":
        silenced = ", for the notifications of this hour are used up" if call.get("silenced") else ""
        return f"nobody{silenced}{later}"
    return f"the subscribers; how many is {call['subscribers']}{later}"
