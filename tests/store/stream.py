"""A process that commits without end and says what was acknowledged, until it is killed."""

from __future__ import annotations

import asyncio
import itertools
import sys
from concurrent.futures import ThreadPoolExecutor

from bridge.store.database import Database
from bridge.store.store import Store
from tests.store.values import unit


async def stream(url: str) -> None:
    """Commit numbers, some alone and some in groups."""
    with ThreadPoolExecutor(1) as writer:
        store = Store(Database.open(url), writer=writer, reader=writer)
        numbers = itertools.count()

        async def commit(number: int) -> None:
            await store.commit(unit(str(number)))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

        while True:
            await asyncio.gather(*(commit(number) for number in itertools.islice(numbers, 7)))


if __name__ == "__main__":
    asyncio.run(stream(sys.argv[1]))
