"""What must not be said in public: addresses, hosts of an internal network, URLs, e-mail addresses, tokens.

Everything here errs on the side of withholding. Expressions are RE2's, so that no text takes longer than its length. Knows no rule: what is asked is whether a text holds such a thing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from unicodedata import category, normalize

import re2

if TYPE_CHECKING:
    from collections.abc import Iterator


class Leak(StrEnum):
    """What kind of thing a text held. A label of a metric: never rename one."""

    ADDRESS = "address"
    """An IPv4 or IPv6 address, or a MAC."""
    HOST = "host"
    """A name under an internal suffix."""
    URL = "url"
    EMAIL = "email"
    TOKEN = "token"  # noqa: S105 - a word for what was found, not one itself


INTERNAL_SUFFIXES = (
    "internal",
    "local",
    "localdomain",
    "localhost",
    "svc",
    "corp",
    "lan",
    "intranet",
    "home.arpa",
)
"""Endings of names that mean something inside a network only; settings add to them. `cluster.local` is among them by its end."""

MOST_FOUND = 100
"""Findings of one kind that are told apart; where there are more, the whole text is one. To go on costs the length of the text for each."""

_PUNCTUATION = ".,;:!?\"')"

_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.log_errors = False

_ADDRESS = (
    r"\d{1,3}(?:\.\d{1,3}){3}",
    r"0x[0-9a-f]{8}",
    # Two colons with hexadecimal groups around them are an address, in short or in full.
    r"(?:\b[0-9a-f]{1,4})?:(?:[0-9a-f]{0,4}:){1,7}[0-9a-f.]*",
    r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}",
    r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
)
_URL = (r"[a-z0-9+.-]*://\S*", r"\b(?:javascript|data|mailto|vbscript):\S+", r"www\.\S+")
_EMAIL = (r"[^\s@]+@[^\s@]+",)
_TOKEN = (
    # What is known by its beginning.
    r"(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][0-9a-z_-]{8,}",
    r"\b(?:sk|pk|rk)[-_][0-9a-z]{16,}",
    r"(?:gh[pousr]|github_pat|glpat|glrt|hvs|hvb|npm|pypi|dop_v1|shpat|xox[abeprs]|xapp|lin_api|sq0\w{3}|ya29|figd|dckr_pat)[-_.][0-9a-z._-]{6,}",
    r"(?:AKIA|ASIA|AGPA|AROA)[0-9A-Z]{12,}",
    r"AIza[0-9a-z_-]{20,}",
    r"eyJ[0-9a-z_-]{8,}",
    r"SG\.[0-9a-z_-]{8,}",
    r"-----BEGIN\b",
    # What is named.
    r"bearer\s+[0-9a-z._~+/=-]{4,}",
    r"\boauth\s+[0-9a-z._~+/-]{16,}",
    r"\bbasic\s+[0-9a-z+/]{4,}=",
    r"(?:key|token|secret|passw(?:or)?d|passwd|pwd|passphrase|credentials?|auth(?:orization)?|sig(?:nature)?|session|cookie)[\"']?\s*=\s*\S+",
    r"(?:token|secret|passw(?:or)?d|passwd|passphrase|authorization|api[-_ ]?key)[\"']?\s*:\s*\S+",
    # What stands for one thing among billions.
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    r"\d{12,}",
)
_WORD = re.compile(r"[0-9A-Za-z+=]{16,}")
_BASE64 = re.compile(r"[0-9A-Za-z+/=_-]{32,}")
_KINDS = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"))
_LONGEST_WORD = 40
"""Letters and digits in a row: no word of a language that is written so is longer in practice."""
_SHORTEST_MIXED = 20
_ENTROPY = 3.0
"""Bits for each character, from which a word of letters and digits was drawn and not written: 16 random hexadecimal digits have 3.4 on average."""
_ENTROPY_BASE64 = 4.3
"""The same for base64: 32 random characters have 4.6 on average, names with hyphens about 3.9."""
_CHANGES = 5
"""From small to capital letters, in a word that was drawn."""
_CAPITAL_AFTER_SMALL = re.compile(r"[a-z][A-Z]")


def leaks_in(text: str, suffixes: tuple[str, ...] = ()) -> frozenset[tuple[Leak, str]]:
    """What the text holds of the kinds above, each with the piece that was found. Cost: the length of the text.

    Args:
        text: as readers would see it; it is looked at in compatibility form and without marks too, so that a digit in another dress is one.
        suffixes: endings of internal names, besides `INTERNAL_SUFFIXES`; without a dot before them.
    """
    found = frozenset(_found(text, suffixes))
    return found if text.isascii() else found | frozenset(_found(_plain(text), suffixes))


def _plain(text: str) -> str:
    decomposed = normalize("NFKD", text)
    return "".join(
        character for character in decomposed if category(character)[0] not in "MC" or character in "\n\t"
    )


def _found(text: str, suffixes: tuple[str, ...]) -> Iterator[tuple[Leak, str]]:
    for leak, expression in _expressions(suffixes):
        found = [match[0] for match in islice(expression.finditer(text), MOST_FOUND + 1)]
        yield from ((leak, piece.rstrip(_PUNCTUATION)) for piece in found[:MOST_FOUND])
        if len(found) > MOST_FOUND:
            yield leak, text
    for word in _WORD.findall(text):
        if _was_drawn(word):
            yield Leak.TOKEN, word
    for word in _BASE64.findall(text):
        if all(kind.search(word) for kind in _KINDS) and _entropy(word) >= _ENTROPY_BASE64:
            yield Leak.TOKEN, word


@lru_cache(maxsize=16)
def _expressions(suffixes: tuple[str, ...]) -> tuple[tuple[Leak, re2._Regexp], ...]:
    endings = "|".join(re.escape(suffix.strip(".")) for suffix in (*INTERNAL_SUFFIXES, *suffixes))
    host = (rf"[0-9a-z_-]+\.(?:{endings})\b", "localhost")
    kinds = (
        (Leak.ADDRESS, _ADDRESS),
        (Leak.HOST, host),
        (Leak.URL, _URL),
        (Leak.EMAIL, _EMAIL),
        (Leak.TOKEN, _TOKEN),
    )
    return tuple((leak, re2.compile(f"(?:{'|'.join(each)})", _OPTIONS)) for leak, each in kinds)


def _was_drawn(word: str) -> bool:
    """Whether a long word looks like the work of a random generator."""
    if len(word) > _LONGEST_WORD:
        return True
    digits = sum(character.isdigit() for character in word)
    if 0 < digits < len(word) and _entropy(word) >= _ENTROPY:
        return True
    return len(word) >= _SHORTEST_MIXED and len(_CAPITAL_AFTER_SMALL.findall(word)) >= _CHANGES


def _entropy(word: str) -> float:
    size = len(word)
    return -sum(count / size * math.log2(count / size) for count in Counter(word).values())
