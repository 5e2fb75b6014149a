"""What hostile or careless monitoring puts into labels and annotations: secrets, addresses, markup, template syntax, characters that nobody sees. Drawn from a seed."""

from __future__ import annotations

import base64
import random  # noqa: TID251 - a seeded instance alone
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CANARY = "zanzibar-canary"
"""Stands in every label and annotation that no rule lists."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A value for a label that a rule lists.

    Attributes:
        value: of the label.
        never: what must stand in no public text for its sake.
    """

    value: str
    never: str


def payloads(count: int, seed: int = 1) -> Iterator[Payload]:
    """So many payloads, of every kind in turn."""
    draw = random.Random(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](draw)


def _word(draw: random.Random, alphabet: str, length: int) -> str:
    return "".join(draw.choices(alphabet, k=length))


def _within(draw: random.Random, secret: str) -> Payload:
    before, after = draw.choice(
        (("", ""), ("node ", ""), ("", " is down"), ("(", ")"), ("é", ", eu"), ("a=", ";"))
    )
    return Payload(f"{before}{secret}{after}", secret)


def _hidden(draw: random.Random, secret: str) -> Payload:
    """With a character in it that nobody sees."""
    unseen = draw.choice("\u200b\u200d\u2060\ufeff\u00ad\u202e\x00\x1b")
    at = draw.randrange(1, len(secret))
    return Payload(secret[:at] + unseen + secret[at:], secret)


def _ipv4(draw: random.Random) -> str:
    return ".".join(str(draw.randrange(1, 255)) for _ in range(4))


def _ipv6(draw: random.Random) -> str:
    groups = [f"{draw.randrange(1, 65536):x}" for _ in range(8)]
    return ":".join(groups) if draw.random() < 0.5 else f"{groups[0]}:{groups[1]}::{groups[2]}"


def _host(draw: random.Random) -> str:
    ending = draw.choice(("internal", "local", "svc", "svc.cluster.local", "corp"))
    return f"db-{draw.randrange(1000)}.prod.{ending}"


def _token(draw: random.Random) -> str:
    beginning, alphabet, length = draw.choice(
        (
            ("ghp_", string.ascii_letters + string.digits, 36),
            ("xoxb-", string.digits, 12),
            ("AKIA", string.ascii_uppercase + string.digits, 16),
            ("glpat-", string.ascii_letters + string.digits, 20),
            ("sk_live_", string.ascii_letters + string.digits, 24),
            ("eyJ", string.ascii_letters + string.digits, 60),
            ("api_key=", string.ascii_lowercase, 8),
            ("password=", string.ascii_letters, 6),
            ("Bearer ", string.ascii_letters, 12),
        )
    )
    return beginning + _word(draw, alphabet, length)


def _drawn(draw: random.Random) -> str:
    random_bytes = draw.randbytes(32)
    return random_bytes.hex() if draw.random() < 0.5 else base64.b64encode(random_bytes).decode()


def _tag(draw: random.Random) -> Payload:
    name = draw.choice(("script", "img src=x onerror=alert(1)", "a href=x", "b", "!--", "iframe"))
    return Payload(f"eu <{name}>{_word(draw, string.ascii_lowercase, 5)}</{name}>", "<")


def _emphasis(draw: random.Random) -> Payload:
    marks = draw.choice(("**", "`", "~~", "***"))
    word = _word(draw, string.ascii_lowercase, 8)
    return Payload(f"{marks}{word}{marks}", f"{marks}{word}{marks}")


def _arithmetic(draw: random.Random) -> Payload:
    first, second = draw.randrange(1000, 9999), draw.randrange(1000, 9999)
    opening, closing = draw.choice((("{{", "}}"), ("{%", "%}"), ("${", "}"), ("<%=", "%>"), ("#{", "}")))
    return Payload(f"{opening} {first}*{second} {closing}", str(first * second))


def _placeholder(draw: random.Random) -> Payload:
    inner = draw.choice(("components", "secret", "region.__class__", "0", "components!r", "cell"))
    return Payload(f"{_word(draw, string.ascii_lowercase, 6)}{{{inner}}}[{{{inner}}}]", "Shops")


KINDS: tuple[Callable[[random.Random], Payload], ...] = (
    lambda draw: _within(draw, _ipv4(draw)),
    lambda draw: _within(draw, _ipv6(draw)),
    lambda draw: _within(draw, _host(draw)),
    lambda draw: _within(draw, f"jane.{_word(draw, string.ascii_lowercase, 6)}@acme.example"),
    lambda draw: _within(draw, f"https://wiki.acme.example/{_word(draw, string.ascii_lowercase, 6)}"),
    lambda draw: _within(draw, _token(draw)),
    lambda draw: _within(draw, _drawn(draw)),
    lambda draw: _hidden(draw, _ipv4(draw)),
    lambda draw: _hidden(draw, _token(draw)),
    _tag,
    _emphasis,
    _arithmetic,
    _placeholder,
)
