"""Spans of time as people write them."""

from __future__ import annotations


def spoken(seconds: float) -> str:
    """A span with its two largest units: `3m20s`. What is negative is nothing."""
    whole = max(0, round(seconds))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        number, whole = divmod(whole, size)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts[:2]) or "0s"
