"""The log: one fixed event name and fields per line, as JSON or for a terminal, for our own loggers and for those of libraries alike.

Time comes from the clock that is given. Whatever field looks like a secret is not shown, and exceptions are told without the values of their variables. Must not know who logs.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

REDACTED: Final = "[redacted]"
LIBRARY_EVENT: Final = "library_message"
"""The event of what a library logs; its own words are in the field `message`."""

_SECRET_NAME = re.compile(
    r"token|authori[sz]ation|password|passwd|secret|credential|cookie|api_?key", re.IGNORECASE
)
_MAXIMUM_DEPTH = 4
_MAXIMUM_TEXT = 8192


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def number(self) -> int:
        """The level of Python's `logging`."""
        return logging.getLevelNamesMapping()[self.upper()]


class LogFormat(StrEnum):
    """What lines look like."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


def configure_logs(
    *, level: LogLevel, log_format: LogFormat, now: Callable[[], float], stream: TextIO
) -> None:
    """Send every log line of the process to a stream. Called again, it replaces what it did before.

    Libraries are heard from `info` on at most: what they say at `debug` may hold whole requests.

    Args:
        level: the least that is logged.
        log_format: `auto` is console when the stream is a terminal, and JSON otherwise.
        now: our clock, Unix seconds.
        stream: where lines go.
    """
    console = log_format is LogFormat.CONSOLE or (log_format is LogFormat.AUTO and stream.isatty())
    first: list[Processor] = [structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level, _Stamp(now)]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*first, _name_library_event],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _render_exception,
                redact,
                *_rendering(console=console, colors=console and stream.isatty()),
            ],
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _leave_out_dry_runs,
            *first,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a module's logger made before this call has to follow it
    )
    root = logging.getLogger()
    for former in root.handlers[:]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(max(level.number, logging.INFO))
    logging.getLogger("bridge").setLevel(level.number)
    logging.captureWarnings(capture=True)


def _leave_out_dry_runs(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """What a dry run decides has not happened, and whoever reads the log would think so."""
    if structlog.contextvars.get_contextvars().get("dry_run"):
        raise structlog.DropEvent
    return event_dict


def redact(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Replace the value of each field whose name looks secret, at any depth."""
    return {name: _shown(name, value, _MAXIMUM_DEPTH) for name, value in event_dict.items()}


def _shown(name: object, value: Any, depth: int) -> Any:
    if _SECRET_NAME.search(str(name)):
        return REDACTED
    if isinstance(value, dict):
        return {key: _shown(key, inner, depth - 1) for key, inner in value.items()} if depth else "…"
    if isinstance(value, (list, tuple)):
        return [_shown("", inner, depth - 1) for inner in value] if depth else "…"
    return _visible(value) if isinstance(value, str) else value


def _visible(text: str) -> str:
    """Cut, and without characters that move a terminal's cursor, turn its text around, or cannot be encoded."""
    cut = text if len(text) <= _MAXIMUM_TEXT else text[:_MAXIMUM_TEXT] + "…"
    if cut.isprintable():
        return cut
    return "".join(
        character
        if character.isprintable() or character in "\n\t"
        else character.encode("unicode_escape").decode()
        for character in cut
    )


class _Stamp:
    """Adds the time of our clock: structlog's own processor reads the machine's."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def __call__(
        self, _logger: WrappedLogger, _method: str, event_dict: MutableMapping[str, Any]
    ) -> Mapping[str, Any]:
        moment = datetime.fromtimestamp(self._now(), UTC)
        event_dict["timestamp"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return event_dict


def _name_library_event(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    event_dict["message"] = event_dict.get("event")
    event_dict["event"] = LIBRARY_EVENT
    return event_dict


def _render_exception(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Files, lines and the chain of causes, never variables."""
    information: ExcInfo | BaseException | bool | None = event_dict.pop("exc_info", None)
    if information is True:
        information = sys.exception()
    error = information[1] if isinstance(information, tuple) else information
    if isinstance(error, BaseException):
        lines = traceback.TracebackException.from_exception(error, limit=-20, capture_locals=False).format()
        event_dict["exception"] = "".join(lines).rstrip()[
            -_MAXIMUM_TEXT:
        ]  # what went wrong stands at the end
    return event_dict


def _rendering(*, console: bool, colors: bool) -> list[Processor]:
    if console:
        return [
            structlog.dev.ConsoleRenderer(
                colors=colors,
                exception_formatter=structlog.dev.plain_traceback,
                sort_keys=True,
                pad_event_to=0,
            )
        ]
    return [structlog.processors.JSONRenderer(default=str)]
