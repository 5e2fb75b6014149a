"""How many sources say the same independently of each other.

An Alertmanager tells what some Prometheus evaluated, and nobody says which: a query to a Prometheus and an alert may be one wrong series, told twice. So an Alertmanager and a Prometheus do not
confirm each other; two of either kind do, and so does a probe. Knows of sources nothing but what they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PROMETHEUS = "prometheus/"
"""What the name of each Prometheus begins with, as a source that is asked."""
ALERTMANAGER = "alertmanager"
"""The same of each Alertmanager."""


def independent(sources: Iterable[str]) -> int:
    """Of how many of these sources none can be the echo of another."""
    names = set(sources)
    asked = sum(name.startswith(PROMETHEUS) for name in names)
    telling = sum(name.startswith(ALERTMANAGER) for name in names)
    return len(names) - min(asked, telling)
