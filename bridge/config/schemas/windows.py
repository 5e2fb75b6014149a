"""The JSON Schemas of windows of time, and of silences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.config import conditions, silences, windows
from bridge.config.schemas.shapes import any_of_keys, at_most_one, duration, mapping, one_or_more, said, text

if TYPE_CHECKING:
    from bridge.config.schemas.shapes import Schema

_MOMENT: Final = r"^\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?\s*$"


def window_schema() -> Schema:
    """A window that comes once."""
    window = mapping(
        windows._WINDOW_KNOWN,  # noqa: SLF001 - the readers' own tables are the one source
        {
            "start": _moment("When it begins, such as 2026-08-01T22:00."),
            "end": _moment("When it ends."),
            "duration": duration(windows.LENGTH, "How long it lasts."),
            "time_zone": text("Whose clock the times go by, such as Europe/Berlin."),
        },
        required=("start",),
    )
    return {**window, "oneOf": [{"required": ["end"]}, {"required": ["duration"]}]}


def schedule_schema() -> Schema:
    """A window that recurs."""
    return mapping(
        windows._SCHEDULE_KNOWN,  # noqa: SLF001
        {
            "cron": text("When it begins: minute, hour, day of month, month, day of week."),
            "duration": duration(windows.LENGTH, "How long each of them lasts."),
            "time_zone": text("Whose clock cron goes by, such as Europe/Berlin."),
        },
        required=("cron", "duration", "time_zone"),
    )


def window_keys() -> dict[str, Schema]:
    """The two keys of what lasts for a while."""
    return {
        "window": said({"$ref": "#/definitions/window"}, "When it lasts, once."),
        "schedule": said({"$ref": "#/definitions/schedule"}, "When it lasts, again and again."),
    }


def one_window() -> Schema:
    """Exactly one of the two."""
    return {"oneOf": [{"required": [key]} for key in windows.WINDOW_KEYS]}


def silence_schema() -> Schema:
    """One entry of `silences`."""
    silence = mapping(
        silences._KNOWN,  # noqa: SLF001
        {
            "alert": text('Short for `matchers: [alertname="…"]`.'),
            "probe": text("A probe by its id."),
            "query": text("A query by its id."),
            "matchers": one_or_more(
                text("An Alertmanager matcher: =, !=, =~ or !~."),
                "Matchers over a signal's labels; all must match.",
            ),
            **window_keys(),
            "comment": text("Why, for people."),
        },
        required=("comment",),
    )
    signals = {**any_of_keys(*conditions.SIGNAL_KEYS), **at_most_one(*conditions.NAMING_KEYS)}
    return {**silence, **one_window(), "allOf": [signals]}


def _moment(description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": _MOMENT}
