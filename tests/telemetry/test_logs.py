"""Each line of the log: one event and its fields, in the given time, without secrets."""

from __future__ import annotations

import io
import json
import logging
import warnings
from typing import Any

import pytest
import structlog

from bridge.telemetry.logs import LIBRARY_EVENT, REDACTED, LogFormat, LogLevel, configure_logs

NOW = 1_700_000_000.25


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


pytestmark = pytest.mark.usefixtures("logging_as_before")


def configured(
    level: LogLevel = LogLevel.INFO, log_format: LogFormat = LogFormat.JSON, stream: io.StringIO | None = None
) -> io.StringIO:
    stream = io.StringIO() if stream is None else stream
    configure_logs(level=level, log_format=log_format, now=lambda: NOW, stream=stream)
    return stream


def only_line(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    decoded: dict[str, Any] = json.loads(line)
    return decoded


def test_a_line_has_event_fields_level_logger_and_the_given_time() -> None:
    stream = configured()
    structlog.get_logger("bridge.store").info("committed", rows=3)
    assert only_line(stream) == {
        "event": "committed",
        "rows": 3,
        "level": "info",
        "logger": "bridge.store",
        "timestamp": "2023-11-14T22:13:20.250Z",
    }


def test_what_a_dry_run_decides_is_no_line_of_the_log() -> None:
    stream = configured()
    with structlog.contextvars.bound_contextvars(dry_run=True):
        structlog.get_logger("bridge.engine").info("decided")
    assert stream.getvalue() == ""
    structlog.get_logger("bridge.engine").info("decided")
    assert only_line(stream)["event"] == "decided"


def test_a_logger_without_a_name_is_called_by_its_module() -> None:
    stream = configured()
    structlog.get_logger().info("committed")
    assert only_line(stream)["logger"] == __name__


def test_a_logger_that_was_made_and_used_before_follows_the_configuration() -> None:
    logger = structlog.get_logger("bridge.early")
    first = configured()
    logger.info("one")
    second = configured()
    logger.info("two")
    assert only_line(first)["event"] == "one"
    assert only_line(second)["event"] == "two"


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        (LogLevel.DEBUG, ["debug", "info", "warning", "error"]),
        (LogLevel.INFO, ["info", "warning", "error"]),
        (LogLevel.WARNING, ["warning", "error"]),
        (LogLevel.ERROR, ["error"]),
    ],
)
def test_what_is_below_the_level_is_not_logged(level: LogLevel, heard: list[str]) -> None:
    stream = configured(level)
    logger = structlog.get_logger("bridge.any")
    for method in ("debug", "info", "warning", "error"):
        getattr(logger, method)("said")
    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == heard


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"token": "canary"}, {"token": REDACTED}),
        ({"API_Token": "canary"}, {"API_Token": REDACTED}),
        ({"authorization": "Bearer canary"}, {"authorization": REDACTED}),
        ({"db_password": "canary"}, {"db_password": REDACTED}),
        ({"installation_secret": b"canary"}, {"installation_secret": REDACTED}),
        (
            {"headers": {"Authorization": "canary", "Accept": "*/*"}},
            {"headers": {"Authorization": REDACTED, "Accept": "*/*"}},
        ),
        ({"items": [{"password": "canary"}, 1]}, {"items": [{"password": REDACTED}, 1]}),
        ({"page": "acme"}, {"page": "acme"}),
    ],
)
def test_a_field_whose_name_looks_secret_is_redacted(fields: dict[str, Any], shown: dict[str, Any]) -> None:
    stream = configured()
    structlog.get_logger("bridge.any").info("said", **fields)
    line = only_line(stream)
    assert {name: line[name] for name in shown} == shown
    assert "canary" not in stream.getvalue()


@pytest.mark.parametrize("log_format", [LogFormat.JSON, LogFormat.CONSOLE])
def test_an_exception_is_told_with_its_cause_and_without_variables(log_format: LogFormat) -> None:
    stream = configured(log_format=log_format)

    def fail() -> None:
        hidden = "canary"
        raise ValueError(len(hidden))

    try:
        fail()
    except ValueError:
        structlog.get_logger("bridge.any").exception("failed")
    text = stream.getvalue()
    assert "ValueError: 6" in text
    assert "in fail" in text
    assert "canary" not in text


def test_libraries_are_heard_under_one_event_with_their_words_as_a_field() -> None:
    stream = configured()
    logging.getLogger("alembic.migration").info("Running upgrade %s", "0001")
    line = only_line(stream)
    assert (line["event"], line["message"]) == (LIBRARY_EVENT, "Running upgrade 0001")
    assert (line["logger"], line["timestamp"]) == ("alembic.migration", "2023-11-14T22:13:20.250Z")


def test_libraries_are_not_heard_at_debug() -> None:
    stream = configured(LogLevel.DEBUG)
    logging.getLogger("aiohttp.client").debug("GET with Authorization: canary")
    assert not stream.getvalue()


def test_a_library_that_logs_an_exception_gets_it_rendered() -> None:
    stream = configured()
    empty: dict[str, int] = {}
    try:
        empty["lost"]
    except KeyError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    assert "KeyError: 'lost'" in only_line(stream)["exception"]


def test_warnings_go_into_the_log() -> None:
    stream = configured()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert "DeprecationWarning: old" in only_line(stream)["message"]


@pytest.mark.parametrize(
    ("stream", "log_format", "is_json"),
    [
        (_Terminal(), LogFormat.AUTO, False),
        (io.StringIO(), LogFormat.AUTO, True),
        (_Terminal(), LogFormat.JSON, True),
        (io.StringIO(), LogFormat.CONSOLE, False),
    ],
)
def test_auto_is_console_on_a_terminal_and_json_elsewhere(
    stream: io.StringIO, log_format: LogFormat, *, is_json: bool
) -> None:
    configured(log_format=log_format, stream=stream)
    structlog.get_logger("bridge.any").info("said", page="acme")
    assert stream.getvalue().startswith("{") is is_json


def test_console_without_a_terminal_has_no_colours() -> None:
    stream = configured(log_format=LogFormat.CONSOLE)
    structlog.get_logger("bridge.any").info("said", page="acme", token="canary")
    assert "\x1b" not in stream.getvalue()
    assert "page=acme" in stream.getvalue()
    assert "canary" not in stream.getvalue()


@pytest.mark.parametrize(
    "value",
    [object(), float("nan"), "\ud800", "\u202e\x1b[31m\n", {1: {2: {3: {4: {5: 6}}}}}, b"\xff", {"a", "b"}],
)
@pytest.mark.parametrize("log_format", [LogFormat.JSON, LogFormat.CONSOLE])
def test_no_value_breaks_a_line(value: object, log_format: LogFormat, tmp_path: Any) -> None:
    with (tmp_path / "log").open("w+", encoding="utf-8") as stream:
        configure_logs(level=LogLevel.INFO, log_format=log_format, now=lambda: NOW, stream=stream)
        structlog.get_logger("bridge.any").info("said", value=value)
        stream.seek(0)
        text = stream.read()
    assert len(text.splitlines()) == 1
    assert "said" in text
    assert not any(character in text for character in "\x1b\u202e")
