"""Texts of other people on a terminal."""

from __future__ import annotations


def harmless(text: str) -> str:
    """A terminal obeys control characters; names on the page are other people's."""
    return "".join(one if one.isprintable() else "?" for one in text)
