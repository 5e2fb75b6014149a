"""The pages of the documentation, and what stands in them: tables, fenced blocks, links, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^(?P<level>#{1,6}) (?P<text>.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
_DIVIDER = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and its line in the page."""

    language: str
    text: str
    line: int

    @property
    def title(self) -> str:
        """The file that its first line names in a comment, or an empty text."""
        first = self.text.partition("\n")[0]
        return first.removeprefix("# ") if first.startswith("# ") else ""


@dataclass(frozen=True, slots=True)
class DocumentationPage:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text()

    @property
    def prose(self) -> str:
        """All of it but the fenced blocks."""
        return _FENCE.sub("", self.text)

    def blocks(self, language: str) -> list[Block]:
        """The fenced blocks of a language."""
        text = self.text
        return [
            Block(found["language"], found["text"], text.count("\n", 0, found.start()) + 1)
            for found in _FENCE.finditer(text)
            if found["language"] == language
        ]

    def section(self, heading: str) -> str:
        """What stands under a heading, up to the next of its level.

        Raises:
            LookupError: there is no such heading.
        """
        prose = self.prose
        for found in _HEADING.finditer(prose):
            if found["text"] == heading:
                rest = prose[found.end() :]
                following = re.search(rf"^#{{1,{len(found['level'])}}} ", rest, re.MULTILINE)
                return rest[: following.start()] if following else rest
        raise LookupError(f"{self.name} has no heading {heading!r}")

    def rows(self, heading: str) -> list[list[str]]:
        """The rows of the first table under a heading, without its head.

        Raises:
            LookupError: there is no such heading, or no table under it.
        """
        found = _TABLE.search(self.section(heading))
        if found is None:
            raise LookupError(f"{self.name} has no table under {heading!r}")
        return [cells_of(line) for line in found[0].splitlines()[2:]]

    def links(self) -> list[str]:
        """The targets of all links and images."""
        return [found["target"] for found in _LINK.finditer(self.prose)]

    def anchors(self) -> set[str]:
        """The anchors of its headings, as code forges make them."""
        return {
            re.sub(r"[^\w\- ]", "", found["text"].lower()).replace(" ", "-")
            for found in _HEADING.finditer(self.prose)
        }


def cells_of(line: str) -> list[str]:
    """The cells of one row of a table."""
    return [cell.strip().replace("\\|", "|") for cell in _DIVIDER.split(line)[1:-1]]


def code_in(text: str) -> list[str]:
    """What stands between backticks."""
    return _CODE.findall(text)


def page(name: str) -> DocumentationPage:
    """A page by its path from the root."""
    return DocumentationPage(ROOT / name)


PAGES = (
    *(page(name) for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md")),
    *(DocumentationPage(path) for path in sorted((ROOT / "docs").glob("*.md"))),
)
