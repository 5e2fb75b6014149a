"""Identifiers in the vendor's shape, from a seed: the same calls get the same identifiers in every run."""

from collections.abc import Mapping
from random import Random  # noqa: TID251 - a generator seeded by its owner
from typing import Any

ALPHABET = "0123456789bcdfghjklmnpqrstvwxyz"
LENGTH = 12
_HEXADECIMAL = "0123456789abcdef"


class Identifiers:
    """Draws identifiers of twelve digits and consonants (`[0-9b-df-hj-np-tv-z]`), never one twice."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._drawn: set[str] = set()

    def draw(self) -> str:
        """Return an identifier that was not drawn before."""
        while True:
            identifier = "".join(self._random.choices(ALPHABET, k=LENGTH))
            if identifier not in self._drawn:
                self._drawn.add(identifier)
                return identifier

    def memory(self) -> dict[str, Any]:
        """Return what has to be remembered so that the next ones are those that would have come."""
        version, numbers, gauss = self._random.getstate()
        return {"random": [version, [*numbers], gauss], "drawn": sorted(self._drawn)}

    @classmethod
    def recalled(cls, memory: Mapping[str, Any]) -> "Identifiers":
        """Go on where another one had come to.

        Raises:
            ValueError: This is no such memory; or TypeError, or KeyError.
        """
        identifiers = cls(0)
        version, numbers, gauss = memory["random"]
        identifiers._random.setstate((version, tuple(numbers), gauss))
        identifiers._drawn = {str(drawn) for drawn in memory["drawn"]}
        return identifiers

    def automation_email(self) -> str:
        """Return an address of the shape that live components carry."""
        return f"component+{''.join(self._random.choices(_HEXADECIMAL, k=32))}@notifications.statuspage.io"
