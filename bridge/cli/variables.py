"""Variables of the daemon's environment that commands read too, under the daemon's own rule for empty ones. As light as `bridge.cli.main`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping


def variable(environment: Mapping[str, str], name: str) -> str | None:
    """What a variable is set to; None where it is not set.

    Raises:
        ConfigurationError: it is set to nothing. That never means a default: a script whose own variable is empty would leave the simulator for the real service.
    """
    value = environment.get(name)
    if value is not None and not value.strip():
        raise ConfigurationError(f"{name}: is empty (hint: give it a value, or do not set it)")
    return value
