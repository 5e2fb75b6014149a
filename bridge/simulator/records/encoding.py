"""The one way in which records become JSON: no spaces, ASCII only, so that any text is safe to send."""

import json
from collections.abc import Iterable

encode = json.JSONEncoder(separators=(",", ":")).encode


def as_list(texts: Iterable[str]) -> str:
    """Join texts that are JSON already to a JSON list."""
    return f"[{','.join(texts)}]"
