"""The address of a store, as settings give it. Errors never repeat it: it may carry a password."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bridge.errors import ConfigurationError

_FORMS = "sqlite:////absolute/path, sqlite:///relative/path, or sqlite:// for one in memory"


def sqlite_path(url: str) -> Path | None:
    """The file that a store's address names; None for one in memory.

    Raises:
        ConfigurationError: it is no address, or one of a database that is not supported.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError(f"the store's address cannot be read; write {_FORMS}") from error
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise ConfigurationError(
            f"a store of the kind {parsed.drivername!r} is not supported; write {_FORMS}"
        )
    if parsed.host or parsed.username or parsed.password or parsed.query:
        raise ConfigurationError(f"the store's address has parts that a SQLite file has not; write {_FORMS}")
    if parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database)).absolute()
