"""Former ids (`was:`): each may belong to one rule, and to none that exists. Must not know what an id is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bridge.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.config.problems import Place, Placed, Problems

Id = TypeVar("Id", bound=str)


def check_formers(
    formers: Iterable[Placed[Id]], ids: Mapping[Id, Place], problems: Problems, *, what: str
) -> None:
    """Report a former id that is in use, or that stands twice; both places are named.

    Args:
        formers: all `was:`, in the order of the files.
        ids: the ids that are in use, with their places.
        problems: where it is reported.
        what: whose ids they are: "rule" or "incident".
    """
    seen: dict[Id, Place] = {}
    for former in formers:
        name = shown(former.value)
        used = ids.get(former.value)
        if used is not None:
            message = f"the former id {name} is the id of {'an' if what[0] in 'aeiou' else 'a'} {what}"
            hint = f"that {what} is at {used}; was: names ids that are gone"
            problems.add(former.place, message, hint)
        first = seen.setdefault(former.value, former.place)
        if first is not former.place:
            problems.add(former.place, f"the former id {name} stands twice", f"the first is at {first}")
