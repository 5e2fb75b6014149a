"""Durations as Prometheus writes them: `1h30m`, `500ms`.

Units are y, w, d, h, m, s and ms, each at most once, largest first (Prometheus documentation, "Time durations"). A number without a unit is refused, because half of all
configuration languages mean milliseconds by it; only `0` needs none. Knows nothing of files.
"""

from __future__ import annotations

import re

_DIGITS = r"(?:(\d{1,12})"
_PATTERN = re.compile(
    rf"{_DIGITS}y)?{_DIGITS}w)?{_DIGITS}d)?{_DIGITS}h)?{_DIGITS}m)?{_DIGITS}s)?{_DIGITS}ms)?", re.ASCII
)
_MILLISECONDS = (
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
)
_LIMIT = 100 * 365 * 86_400_000
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_FRACTION = re.compile(r"(\d{1,9}\.\d{1,3}) ?(h|m|s)", re.ASCII)

EXAMPLES = "units are y, w, d, h, m, s and ms, the largest first and without spaces, such as 1h30m"


class DurationError(ValueError):
    """The text is not a duration.

    Attributes:
        hint: what would be accepted.
    """

    def __init__(self, message: str, hint: str = EXAMPLES) -> None:
        super().__init__(message)
        self.hint = hint


def parse_duration(text: str) -> float:
    """Seconds of a duration such as `1h30m`.

    Raises:
        DurationError: not a duration, or longer than a hundred years.
    """
    if text == "0":
        return 0.0
    if _NUMBER.fullmatch(text):
        raise DurationError("has no unit", f"write {text}s for seconds, {text}m for minutes")
    if fraction := _FRACTION.fullmatch(text):
        unit = dict(_MILLISECONDS)[fraction[2]]
        raise DurationError("has a fraction", f"write {format_duration(float(fraction[1]) * unit / 1000)}")
    found = _PATTERN.fullmatch(text)
    if not text or found is None:
        raise DurationError("is not a duration")
    total = sum(
        int(number) * factor
        for number, (_, factor) in zip(found.groups(), _MILLISECONDS, strict=True)
        if number
    )
    if total > _LIMIT:
        raise DurationError("is longer than a hundred years", "")
    return total / 1000


def format_duration(seconds: float) -> str:
    """The duration in Prometheus' spelling, to the millisecond: 90.0 is `1m30s`."""
    rest = round(seconds * 1000)
    pieces = []
    for unit, factor in _MILLISECONDS[2:]:  # weeks and years are rarely what people think in
        count, rest = divmod(rest, factor)
        if count:
            pieces.append(f"{count}{unit}")
    return "".join(pieces) or "0s"
