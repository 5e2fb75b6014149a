"""`bridge run`: the daemon with settings from the environment."""

from __future__ import annotations

import asyncio
import os

from bridge.app.daemon import Daemon
from bridge.config.settings import Settings, load_settings


def run_daemon() -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        BridgeError: it cannot start, or something essential failed.
    """
    settings = load_settings(os.environ)
    asyncio.run(_live(settings))


async def _live(settings: Settings) -> None:
    await Daemon(settings).run()
