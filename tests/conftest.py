"""What every test shares: quiet logs and the size of Hypothesis' search.

`HYPOTHESIS_PROFILE=thorough` searches ten times as far; `make simulate` and `make campaign` choose it.
"""

from __future__ import annotations

import logging
import os

import structlog
from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", parent=settings.get_profile("quick"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
