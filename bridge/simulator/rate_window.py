"""The exact rolling window of one API token: no more than `limit` arrivals in any `seconds`.

Must not know what the requests were. A window is half open: an arrival stops to count exactly `seconds` after it.
"""

import math
from collections import deque


class RateWindow:
    """Counts arrivals and says which are over the limit."""

    def __init__(self, *, limit: int, seconds: float, count_rejected: bool = False) -> None:
        self._limit = limit
        self._seconds = seconds
        self._count_rejected = count_rejected
        self._arrivals: deque[float] = deque()

    def arrive(self, now: float) -> int:
        """Count one arrival at `now` (seconds).

        Returns 0 when it is within the limit, otherwise the whole seconds (at least 1) after which the next
        one will be, as `Retry-After` gives them.
        """
        arrivals = self._arrivals
        # A server's clock that was set back must not free what it has already counted.
        if arrivals and now < arrivals[-1]:
            now = arrivals[-1]
        while arrivals and now - arrivals[0] >= self._seconds:
            arrivals.popleft()
        if len(arrivals) < self._limit:
            arrivals.append(now)
            return 0
        if self._count_rejected:
            arrivals.append(now)
        freeing = arrivals[len(arrivals) - self._limit]
        return max(1, math.ceil(freeing + self._seconds - now))
