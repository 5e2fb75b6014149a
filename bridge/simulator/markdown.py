"""Markdown of postmortems as HTML that is safe to show: no raw HTML, no pictures, no scripts in links.

Must not know postmortems. Headings go below the level that the page gives, without leaving one out.
"""

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_LOWEST = 6
_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")


def render(text: str, *, below: int) -> Markup:
    """Render Markdown; its headings begin one level below the heading of level `below`."""
    tokens = _PARSER.parse(text)
    _lower_headings(tokens, below)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("rel", "nofollow noopener noreferrer")
    # Every text in it was escaped by the renderer, and raw HTML is text to this parser.
    return Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}))  # noqa: S704


def _lower_headings(tokens: list[Token], below: int) -> None:
    last = below
    for token in tokens:
        if token.type == "heading_open":
            last = min(last + 1, below + int(token.tag[1]), _LOWEST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"
