"""Bring a store to this program's schema: `python -m bridge.store.migrate URL`, or `-` to read the address from standard input, where no process list shows it.

It is run in a child process, because alembic costs 0.6 s and ten megabytes that the daemon would keep. A new store is made under another name and gets its own only when it is
complete, so a file with the store's name is always a whole store; anything else there is refused, never made anew.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.errors import BridgeError, StoreError
from bridge.store.addresses import sqlite_path
from bridge.store.revisions import refuse_newer, revision_of
from bridge.store.schema import REVISION
from bridge.store.sqlite import connect_file, store_error, writing_engine
from bridge.store.storefile import StoreFile

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"

_TIMEOUT = 600.0
_WRONG_USE = 2


def upgrade(url: str) -> str | None:
    """Bring a store to the schema of this program, making it if there is none. Alembic is loaded into this process.

    Returns:
        The revision that it had; None for a new one, or one in memory.

    Raises:
        ConfigurationError: the address is none.
        StoreError: it is damaged, no store of the bridge, or newer than this program. It is as it was.
        StoreUnavailableError: it is in use, or cannot be written. It is as it was.
    """
    path = sqlite_path(url)
    if path is None:
        return None
    file = StoreFile(path)
    try:
        if not path.exists():
            file.require_no_trace()
            _create(file)
            return None
        file.require()
        return _upgrade_file(path)
    except Exception as error:
        explained = store_error(error)
        if explained is error:
            raise
        raise explained from error
    finally:
        file.release()


def upgrade_in_child(url: str) -> None:
    """Do the same in a process of its own, and wait for it.

    Raises:
        StoreError: what the child said.
    """
    child = subprocess.run(
        [sys.executable, "-m", "bridge.store.migrate", "-"],
        input=url,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    if child.returncode != 0:
        message = child.stderr.strip().rpartition("\n")[2]
        raise StoreError(message or f"the migrations ended with {child.returncode}")


def run_revisions(connection: Connection) -> None:
    """Run what is missing up to the newest revision, in the transaction of `connection`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    # The option is read with interpolation, and a path may hold a percent sign.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _create(file: StoreFile) -> None:
    file.begin_draft()
    engine = writing_engine(partial(connect_file, file.draft))
    try:
        with engine.begin() as connection:
            run_revisions(connection)
    finally:
        engine.dispose()  # the last connection moves the write-ahead log into the file
    file.publish_draft()


def _upgrade_file(path: Path) -> str:
    engine = writing_engine(partial(connect_file, path))
    try:
        with engine.begin() as connection:
            revision = revision_of(connection, f"the store {path}")
            refuse_newer(revision, f"the store {path}")
            if revision != REVISION:
                run_revisions(connection)
    finally:
        engine.dispose()
    return revision


def main(arguments: list[str]) -> int:
    """Run it as a command. Returns 0, 1 for a store that cannot be brought there, 2 for wrong use."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m bridge.store.migrate URL, or - to read it from standard input\n")
        return _WRONG_USE
    url = sys.stdin.readline().strip() if arguments[0] == "-" else arguments[0]
    try:
        before = upgrade(url)
    except BridgeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"schema {REVISION}, {'new' if before is None else f'was {before}'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
