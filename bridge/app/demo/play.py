"""One performance of the demo: set up the page and the stage, start the real daemon between them, play the script, sum up."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.app.daemon import Daemon
from bridge.app.demo.narrator import Narrator
from bridge.app.demo.script import CUES
from bridge.app.demo.stage import Stage
from bridge.app.demo.summary import summarise
from bridge.app.example_page import ExamplePage, add_example_page
from bridge.clock import Clock
from bridge.config.settings import Settings, load_settings
from bridge.entropy import new_secret
from bridge.errors import ConfigurationError
from bridge.simulator import front
from bridge.simulator.model import Simulator

REFRESH_SECONDS = 3
"""How often an open browser reloads the public page."""


@dataclass(frozen=True, slots=True)
class Performance:
    """How to play.

    Attributes:
        rules: the rule file.
        duration: seconds until it ends by itself, or None: until it is interrupted.
        port: of the public page; 0 takes a free one.
    """

    rules: Path
    duration: float | None = None
    port: int = 0


async def perform(performance: Performance) -> dict[str, Any]:
    """Play and return the summary.

    Raises:
        BridgeError: the rules have problems, the port is taken, or the daemon failed.
    """
    clock = Clock()
    async with AsyncExitStack() as opened:
        simulator, token = Simulator(), new_secret()
        simulator.add_token(token)
        page = add_example_page(simulator, clock.now())
        app = front.build_app(simulator, clock.now, refresh_seconds=REFRESH_SECONDS)
        try:
            public = await front.start(app, port=performance.port)
        except OSError as error:
            raise ConfigurationError(
                f"the public page cannot listen on port {performance.port}: {error.strerror}"
            ) from error
        opened.push_async_callback(public.close)
        stage = await opened.enter_async_context(Stage(clock.now))
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="bridge-demo-"))
        webhook_token = new_secret()
        settings = _settings(
            performance, folder, page, api=public.url, stage=stage.url, token=token, webhook=webhook_token
        )
        daemon = Daemon(settings)
        living = asyncio.create_task(daemon.run(), name="daemon")
        await _started(daemon, living)
        stage.connect(daemon.url, webhook_token)
        narrator = Narrator(simulator, page, now=clock.now, stream=sys.stdout)
        narrator.say(f"the public page   {public.url}/")
        narrator.say(f"the bridge        {daemon.url}/")
        narrator.say(f"the rules         {performance.rules}\n")
        began_at = narrator.begin()
        playing = asyncio.create_task(_play(stage, narrator), name="script")
        watching = asyncio.create_task(narrator.watch(), name="narrator")
        await asyncio.wait({living}, timeout=performance.duration)
        for task in (playing, watching):
            task.cancel()
        await asyncio.gather(playing, watching, return_exceptions=True)
        daemon.stop()
        await living
        narrator.look()
        return summarise(simulator, page, began_at=began_at)


async def _started(daemon: Daemon, living: asyncio.Task[None]) -> None:
    started = asyncio.create_task(daemon.started.wait())
    await asyncio.wait({started, living}, return_when=asyncio.FIRST_COMPLETED)
    if living.done():
        started.cancel()
        await living
        raise AssertionError("the daemon ended without starting")


async def _play(stage: Stage, narrator: Narrator) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    for cue in CUES:
        await asyncio.sleep(max(0.0, began + cue.at - loop.time()))
        narrator.tell("stage", cue.told)
        await stage.play(cue.act)


def _settings(
    performance: Performance,
    folder: str,
    page: ExamplePage,
    *,
    api: str,
    stage: str,
    token: str,
    webhook: str,
) -> Settings:
    return load_settings(
        {
            "BRIDGE_LISTEN": "127.0.0.1:0",
            "BRIDGE_RULES": str(performance.rules),
            "BRIDGE_RULE_VARIABLES__SHOP_URL": f"{stage}/shop",
            "BRIDGE_RULE_VARIABLES__SEARCH_URL": f"{stage}/search",
            "BRIDGE_DATABASE_URL": f"sqlite:///{Path(folder) / 'bridge.sqlite3'}",
            "BRIDGE_INSTALLATION_SECRET": new_secret(),
            "BRIDGE_API_URL": f"{api}/v1",
            "BRIDGE_PAGES__DEMO__ID": page.page_id,
            "BRIDGE_PAGES__DEMO__TOKEN": token,
            "BRIDGE_WEBHOOK_BEARER_TOKEN": webhook,
            "BRIDGE_PROMETHEUS__MAIN__URL": stage,
            "BRIDGE_SETTLE_FOR": "2s",
            "BRIDGE_METRIC_PUSH_EVERY": "20s",
            "BRIDGE_LOG_LEVEL": "error",
        }
    )
