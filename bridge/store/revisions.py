"""Which schema a database has, and whether this program can work with it. Reads what alembic wrote without loading alembic, which costs memory and time at each start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

from bridge.errors import StoreError
from bridge.store.schema import REVISION

if TYPE_CHECKING:
    from sqlalchemy import Connection

_VERSIONS = table("alembic_version", column("version_num"))


def revision_of(connection: Connection, name: str) -> str:
    """The revision of a database.

    Args:
        connection: to it.
        name: what an error calls it.

    Raises:
        StoreError: it is not a store of the bridge.
    """
    revision = None
    if inspect(connection).has_table("alembic_version"):
        revision = connection.execute(select(_VERSIONS.c.version_num)).scalar()
    if not isinstance(revision, str):
        raise StoreError(
            f"{name} is a database, but not a store of the bridge: it has no revision; name another file"
        )
    return revision


def refuse_newer(revision: str, name: str) -> None:
    """Make sure that a database is not beyond this program.

    Raises:
        StoreError: it is: what a newer program wrote, an older one would misread.
    """
    if revision > REVISION:
        raise StoreError(
            f"{name} has the schema {revision}, which is newer than this program's {REVISION}; run the newer version, or restore a copy from before the upgrade"
        )


def require_current(connection: Connection, name: str) -> None:
    """Make sure that a database has exactly this program's schema.

    Raises:
        StoreError: it has not.
    """
    revision = revision_of(connection, name)
    refuse_newer(revision, name)
    if revision != REVISION:
        raise StoreError(
            f"{name} has the schema {revision}, older than this program's {REVISION}; run the migrations"
        )
