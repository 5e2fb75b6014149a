"""What every test shares: quiet logs and the size of Hypothesis' search.

`HYPOTHESIS_PROFILE=thorough` searches ten times as far, `campaign` ten thousand examples of each property; `make evaluation` chooses that.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, NoReturn

import pytest
import structlog
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile(
    "quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", parent=settings.get_profile("quick"), max_examples=1000)
settings.register_profile("campaign", parent=settings.get_profile("quick"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def _drop(_logger: object, _method: str, _event: object) -> NoReturn:
    raise structlog.DropEvent


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """For tests that configure logs as the daemon does: afterwards they are quiet again."""
    root = logging.getLogger()
    handlers, level, own = root.handlers[:], root.level, logging.getLogger("bridge").level
    yield
    structlog.reset_defaults()
    structlog.configure(processors=[_drop])
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("bridge").setLevel(own)


# Logs are read by the tests that ask for them (structlog.testing.capture_logs), and by nobody else.
structlog.configure(processors=[_drop])
_QUIET = structlog.get_config()


@pytest.fixture(autouse=True)
def _nobody_else_is_silenced() -> Iterator[None]:
    """A command that silences the logs of its own process, called in this one, would hide them from the tests after it."""
    yield
    told = structlog.get_config()
    if any(told[name] is not _QUIET[name] for name in ("wrapper_class", "cache_logger_on_first_use")):
        structlog.reset_defaults()
        structlog.configure(processors=[_drop])
