"""The one place that draws randomness: names of attempts. The simulation draws its own from the seed."""

from __future__ import annotations

import os

from bridge.core.intents import OperationId


def new_operation_id() -> OperationId:
    """24 hexadecimal digits that were never used before."""
    return OperationId(os.urandom(12).hex())  # noqa: TID251 (the source)


def new_secret() -> str:
    """64 hexadecimal digits, for a token that lives as long as a demo."""
    return os.urandom(32).hex()  # noqa: TID251 (the source)
