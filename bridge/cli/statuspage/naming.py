"""From what a person calls a thing to the thing: by id, or by a name that only one has. Never a guess: several are listed, and what comes close is proposed.

Must not know how things are read.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from bridge.cli.statuspage.output import harmless
from bridge.config.problems import shown
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = TypeVar("Value")

MOST_LISTED: Final = 10
"""Candidates that a message lists."""
_LONGEST_COMPARED: Final = 100
"""Characters; the comparison is quadratic in them."""
_ID_PREFIX: Final = "id:"


class NamingError(BridgeError):
    """A name that means nothing on the page, or several things."""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Value]):
    """Something that can be named.

    Attributes:
        value: the thing.
        id: its id.
        names: all that it may be called, the fullest first.
        more: what tells it from others of its name.
    """

    value: Value
    id: str
    names: tuple[str, ...]
    more: str = ""


def the_one(text: str, candidates: Iterable[Candidate[Value]], *, kind: str, see: str) -> Value:
    """The one thing that is meant.

    Args:
        text: its id, also as `id:…`, or one of its names.
        candidates: all there are.
        kind: what they are, such as "component".
        see: the command that lists them.

    Raises:
        NamingError: none is called that, or several are.
    """
    known = list(candidates)
    wanted = _normalised(text)
    bare = wanted.removeprefix(_ID_PREFIX)
    by_id = [one for one in known if one.id == bare]
    # As in rule files: what is called exactly that comes before what has it for its own name within a group.
    in_full = [one for one in known if wanted == _normalised(one.names[0])]
    by_name = in_full or [one for one in known if wanted in map(_normalised, one.names)]
    found = {one.id: one for one in (*by_id, *by_name)}
    if len(found) == 1:
        return next(iter(found.values())).value
    if found:
        raise NamingError(
            f"{shown(text)} names {len(found)} {kind}s; say the id of one:\n{_listed(list(found.values()))}"
        )
    close = _close(wanted, known)
    hint = f"did you mean {close}?" if close else f"see `{see}`"
    raise NamingError(f"no {kind} is called {shown(text)} (hint: {hint})")


def _normalised(text: str) -> str:
    return " ".join(text.split())


def _listed(found: list[Candidate[Value]]) -> str:
    lines = [
        f"  {one.id}  {harmless(one.names[0])}{f'  ({harmless(one.more)})' if one.more else ''}"
        for one in found[:MOST_LISTED]
    ]
    if len(found) > MOST_LISTED:
        lines.append(f"  and {len(found) - MOST_LISTED} more")
    return "\n".join(lines)


def _close(wanted: str, known: list[Candidate[Value]]) -> str:
    if len(wanted) > _LONGEST_COMPARED:
        return ""
    folded = {
        name.casefold(): one.names[0] for one in known for name in one.names if len(name) <= _LONGEST_COMPARED
    }
    close = difflib.get_close_matches(wanted.casefold(), folded, n=3, cutoff=0.6)
    return " or ".join(dict.fromkeys(shown(folded[name]) for name in close))
