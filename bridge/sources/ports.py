"""What every source is given: where observations go, and what time it is.

The engine's intake satisfies `Deliver`; sources do not know it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bridge.core.samples import Observation

Deliver = Callable[[Observation], Awaitable[None]]
"""Commits an observation; returns once it is durable, and raises when it is not."""

Now = Callable[[], float]
"""Our clock, Unix seconds."""
