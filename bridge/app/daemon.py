"""The daemon's life: start in order, run supervised, stop in order.

A start does everything that can fail before it listens. A stop takes no new work, ends the sources, and awaits the requests that are under way: a write whose answer nobody reads
would have to be settled for minutes after the next start.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

import structlog

from bridge import __version__
from bridge.app.compose import (
    USER_AGENT,
    authentication,
    budget_name,
    capabilities_in_force,
    command_authentication,
    engine_settings,
    page_setups,
    stale_after,
)
from bridge.app.draft_webhook import DraftWebhook
from bridge.app.garbage import Garbage
from bridge.app.observing import Observing
from bridge.app.planning import Planning
from bridge.app.rulebook import Rulebook, loaded_digest, with_what_waits
from bridge.app.supervise import Supervisor
from bridge.clock import Clock
from bridge.engine.engine import Engine
from bridge.entropy import new_operation_id
from bridge.errors import StoreError
from bridge.sources.exchange import HttpExchange
from bridge.sources.queries import expected
from bridge.store.database import Database
from bridge.store.migrate import upgrade_in_child
from bridge.store.store import Store
from bridge.telemetry.logs import configure_logs
from bridge.telemetry.metrics import Metrics
from bridge.web.front import build_app
from bridge.web.listen import start as listen
from bridge.web.ports import Ports, ReloadResult

if TYPE_CHECKING:
    from bridge.config.compile import LoadedRules
    from bridge.config.settings import Settings

logger = structlog.get_logger(__name__)

CHECK_EVERY = 10.0
"""Seconds between looks at a store that is not healthy."""

CONFIRMED_EVERY = 2.0
"""Seconds between looks at whether rules that wait were confirmed."""

RETENTION = 90 * 24 * 3600.0
"""Seconds that the journal and final intents are kept."""

HOUSEKEEPING_EVERY = 3600.0


class Daemon:
    """One `bridge run`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.started = asyncio.Event()
        self.url = ""
        """Where it listens, once started."""
        self._stopping = False
        self._metrics = Metrics(
            pages=settings.pages,
            budgets={budget_name(page): None for page in settings.pages.values()},
            sources=stale_after(settings),
        )
        self._supervisor = Supervisor(self._metrics)
        self._clock = Clock()
        self._reloading = asyncio.Lock()
        self._store: Store | None = None

    def stop(self) -> None:
        """Ask it to end in order."""
        self._supervisor.interrupt()

    async def run(self) -> None:
        """Live from start to stop.

        Raises:
            BridgeError: it could not start, or something essential failed; everything under way was ended in order.
        """
        settings = self._settings
        configure_logs(
            level=settings.log_level, log_format=settings.log_format, now=self._clock.now, stream=sys.stderr
        )
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, upgrade_in_child, settings.database_url)
        async with AsyncExitStack() as opened:
            garbage = Garbage(loop)
            opened.enter_context(garbage.short_collections())
            store = self._store = self._open_store(opened)
            self._rulebook = Rulebook(settings, metrics=self._metrics, now=self._clock.now)
            for warning in self._rulebook.loaded.warnings:
                logger.warning("rule_warning", problem=str(warning))
            if (facts := capabilities_in_force(settings)) is not None:
                logger.info("capabilities_in_force", **facts)
            setups = await page_setups(
                settings, self._rulebook.rule_sets, opened, rules_digest=self._rulebook.digest
            )
            self._engine = Engine(
                engine_settings(settings),
                setups,
                await store.load(),
                store=store,
                clock=self._clock,
                operation_ids=new_operation_id,
                metrics=self._metrics,
                expected=expected(self._rulebook.loaded.queries),
                between_slices=garbage.collect,
            )
            await self._engine.start()
            exchange = await opened.enter_async_context(HttpExchange(user_agent=USER_AGENT))
            self._observing = Observing(
                settings,
                supervisor=self._supervisor,
                intake=self._engine.intake,
                exchange=exchange,
                now=self._clock.now,
                metrics=self._metrics,
            )
            self._tell_of_drafts(store, exchange)
            await self._serve(opened)
            await self._supervisor.wait()
            await self._stop()
        if self._supervisor.failure is not None:
            raise self._supervisor.failure

    # --- health, as the front asks for it

    def healthy(self) -> bool:
        """Whether everything essential runs."""
        return self._supervisor.failure is None

    def ready(self) -> tuple[str, ...]:
        """What is missing until it can accept and act."""
        reasons = []
        if self._stopping:
            reasons.append("stopping")
        if not self.started.is_set():
            reasons.append("starting")
        else:
            reasons.extend(self._engine.held())
        if self._store is None or not self._store.healthy:
            reasons.append("the store cannot be written")
        return tuple(reasons)

    # --- the parts of a life

    def _open_store(self, opened: AsyncExitStack) -> Store:
        database = Database.open(self._settings.database_url)
        opened.callback(database.close)
        writer = opened.enter_context(ThreadPoolExecutor(1, thread_name_prefix="store-writer"))
        reader = opened.enter_context(ThreadPoolExecutor(2, thread_name_prefix="store-reader"))
        store = Store(database, writer=writer, reader=reader)
        opened.push_async_callback(store.close)
        return store

    async def _serve(self, opened: AsyncExitStack) -> None:
        for name, run in self._engine.tasks().items():
            self._supervisor.essential(name, run)
        self._supervisor.restarting("store", self._watch_store)
        self._supervisor.restarting("housekeeping", self._keep_house)
        self._supervisor.restarting("rule-files", self._watch_rules)
        self._supervisor.restarting("confirmations", self._watch_confirmations)
        self._observing.start(self._rulebook.loaded)
        ports = Ports(
            accept=self._engine.intake.accept,
            commands=self._engine.commands,
            plan=Planning(self._engine, self._rulebook).plan,
            evaluations=self._engine.evaluations,
            health=self,
            reload=self.reload,
            update_gauges=self._engine.gauges.update,
            now=self._clock.now,
            annotations=self._engine.public_annotations,
        )
        app = build_app(
            ports,
            authentication=authentication(self._settings),
            command_authentication=command_authentication(self._settings),
            metrics=self._metrics,
            expiry=self._settings.alert_expiry,
        )
        listening = self._listening = await listen(
            app, host=self._settings.listen.host, port=self._settings.listen.port
        )
        opened.push_async_callback(listening.close)
        self.url = listening.url
        self._handle_signals(opened)
        self._metrics.build.labels(__version__).set(1)
        self.started.set()
        logger.info("daemon_started", url=listening.url, version=__version__, pages=len(self._settings.pages))

    def _tell_of_drafts(self, store: Store, exchange: HttpExchange) -> None:
        told = self._settings.drafts
        if told.webhook_url is None:
            return
        webhook = DraftWebhook(
            told.webhook_url,
            told.webhook_bearer_token,
            exchange=exchange,
            store=store,
            pages=lambda: self._engine.pages,
            clock=self._clock,
            metrics=self._metrics,
        )
        self._supervisor.restarting("draft-webhook", webhook.run)

    def _handle_signals(self, opened: AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
            opened.callback(loop.remove_signal_handler, number)
        loop.add_signal_handler(signal.SIGHUP, self._reload_soon)
        opened.callback(loop.remove_signal_handler, signal.SIGHUP)

    async def _stop(self) -> None:
        self._stopping = True
        logger.info("daemon_stopping")
        # First the front: what would be accepted now would wait for the next start.
        await self._listening.close()
        await self._supervisor.cancel("rule-files", "confirmations", "reload", "draft-webhook")
        await self._observing.stop()
        self._engine.stop()
        tasks = self._engine.tasks()
        dispatchers = [name for name in tasks if name.startswith("dispatcher:")]
        late = await self._supervisor.finish(*dispatchers, timeout=self._settings.shutdown_timeout)
        if late:
            logger.warning("requests_abandoned", tasks=", ".join(late))
        await self._supervisor.cancel(*tasks, "clock", "housekeeping")
        logger.info("daemon_stopped")

    # --- rules

    async def reload(self) -> ReloadResult:
        """Read the rule files again, one reload at a time."""
        async with self._reloading:
            result = await self._rulebook.reload(self._apply, judge=self._judge)
            if not result.held:
                self._engine.forget_reload()
            return with_what_waits(result, self._engine.pages)

    async def _judge(self, loaded: LoadedRules) -> tuple[str, ...]:
        """What new rules would change too much. Tried in a thread: over many signals it takes seconds."""
        await self._engine.current()
        trial = self._engine.trial(self._rulebook.rule_sets_of(loaded), expected=expected(loaded.queries))
        weighed = await asyncio.get_running_loop().run_in_executor(None, trial)
        return self._engine.objections(weighed, loaded_digest(loaded))

    def _apply(self, loaded: LoadedRules) -> None:
        self._engine.replace_rules(
            self._rulebook.rule_sets, self._rulebook.digest, expected=expected(loaded.queries)
        )
        self._observing.start(loaded)

    async def _watch_confirmations(self) -> None:
        """Rules that waited are taken as soon as they are confirmed: nobody has to ask for them again."""
        while True:
            await asyncio.sleep(CONFIRMED_EVERY)
            if self._engine.reload_confirmed():
                await self.reload()

    def _reload_soon(self) -> None:
        self._supervisor.restarting("reload", self._reload_once)

    async def _reload_once(self) -> None:
        await self.reload()

    async def _watch_rules(self) -> None:
        await self._rulebook.watch(self._reload_soon)

    # --- the store

    async def _watch_store(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY)
            if self._store is not None and not self._store.healthy:
                # Once not ready, nothing is committed any more, so nothing else would notice that the store is back.
                with suppress(StoreError):
                    await self._store.check()

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(HOUSEKEEPING_EVERY)
            if self._store is not None:
                await self._store.forget(self._clock.now() - RETENTION)
