"""What of a page has to be read before it can be written to, or before a command about it can be understood. Reads a page and changes nothing; knows no request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.observed import ListKind

if TYPE_CHECKING:
    from bridge.core.page import Page

_NAMES = {ListKind.COMPONENTS: "the components", ListKind.UNRESOLVED: "the unresolved incidents"}


def unread(page: Page, *kinds: ListKind) -> str:
    """What is waited for, as the beginning of a sentence; empty where everything was read in this life.

    Args:
        page: the page.
        kinds: the lists that are needed; all that a write needs where none is named.
    """
    if page.seen is None:
        return _waited(f"the page {page.name} itself, before which nothing else of it is read,")
    for kind in kinds or tuple(_NAMES):
        if page.observed.listings[kind].complete_at is None:
            return _waited(f"the list of {_NAMES[kind]} of the page {page.name}")
    if page.observed.adopting and not kinds:
        return _waited(f"to whom the unresolved incidents of the page {page.name} belong")
    return ""


def _waited(what: str) -> str:
    return f"{what} has not been read since the start (if that lasts, `request_failed` in the log says why)"
