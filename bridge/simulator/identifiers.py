"""Identifiers in the vendor's shape, from a seed: the same calls get the same identifiers in every run."""

from random import Random  # noqa: TID251 - a generator seeded by its owner

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

    def automation_email(self) -> str:
        """Return an address of the shape that live components carry."""
        return f"component+{''.join(self._random.choices(_HEXADECIMAL, k=32))}@notifications.statuspage.io"
