"""Numbers that look random and are functions of a seed and of what they are for.

Must not know what they decide. A generator would hand each number to whoever asks next, so that one rule more, or one
question, would change every draw after it; here a draw depends on its own names alone, and a failing seed can be made
smaller without becoming another one.
"""

from hashlib import blake2b

_SIZE = 8
_WHOLE = 1 << (8 * _SIZE)


def draw(seed: int, *names: str | int) -> float:
    """Return a number from 0 up to, but not including, 1: always the same for the same seed and names."""
    text = "/".join([str(seed), *map(str, names)])
    drawn = int.from_bytes(blake2b(text.encode(), digest_size=_SIZE).digest())
    # The largest of them would be rounded up to 1.
    return min(drawn / _WHOLE, 1 - 2**-53)
