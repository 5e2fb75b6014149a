"""A copy of a page that can be changed without the page: what a dry run works on. Values are shared, for they never change; what holds them is not."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from bridge.core.observed import Observed
from bridge.core.page import Page
from bridge.core.points import Points


def copied(page: Page) -> Page:
    """The same page once more. Cost: what is known of it, without its rules and signals."""
    return Page(**{one.name: _copied(getattr(page, one.name)) for one in fields(page)})


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return dict(value)
        case set():
            return set(value)
        case Observed():
            return Observed(**{one.name: _copied(getattr(value, one.name)) for one in fields(value)})
        case Points():
            return value.copy()
        case _:
            return value
