"""The rule files that are in force: loading them, loading them again, and watching for their change. A reload does everything that can fail before anything live is touched."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bridge.config.compile import LoadedRules, compile_rules, load_rules
from bridge.config.files import is_rule_file
from bridge.config.known import Known
from bridge.config.problems import RuleFileError
from bridge.core.commands import ConfirmedGuard
from bridge.core.held import waiting
from bridge.core.rules import RuleSet
from bridge.web.ports import ReloadResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

    from bridge.config.files import RuleFile
    from bridge.config.settings import Settings
    from bridge.core.page import Page
    from bridge.telemetry.metrics import Metrics

    Judge = Callable[[LoadedRules], Awaitable[tuple[str, ...]]]

DIGEST_SHOWN = 12
"""Hexadecimal digits by which rule files are called, in the log, in the store and by operators."""

logger = structlog.get_logger(__name__)


def concerns_rules(changed: Path, named: Collection[Path]) -> bool:
    """Whether a change at this path may have changed the rules.

    A store or a log beside the rules changes all the time, and must not be read for it.

    Args:
        changed: an absolute path below a watched directory; it may be gone.
        named: the absolute paths that the settings name.
    """
    # `..data` is the link by which a mounted ConfigMap changes all of its files at once.
    return changed in named or is_rule_file(changed) or changed.name.startswith("..") or changed.is_dir()


def loaded_digest(loaded: LoadedRules) -> str:
    """By which these files are called."""
    return loaded.digest[:DIGEST_SHOWN]


def with_what_waits(result: ReloadResult, pages: Iterable[Page]) -> ReloadResult:
    """A reload with what the pages know of it and the rulebook does not: on which of them rules wait for a confirmation, and whether those of the start still do."""
    if result.problems and not result.held:
        return result
    waits = [one for page in pages for one in waiting(page) if one.guard is ConfirmedGuard.RELOAD]
    if result.held:
        return replace(result, pages=tuple(one.page for one in waits if not one.unwritten))
    if not waits:
        return result
    changes = tuple(f"{one.page}: {text}" for one in waits for text in one.changes)
    return ReloadResult(changes, waits[0].subject, tuple(one.page for one in waits), since_start=True)


class Rulebook:
    """The rules of all pages."""

    def __init__(self, settings: Settings, *, metrics: Metrics, now: Callable[[], float]) -> None:
        """Load the rules for the first time.

        Raises:
            RuleFileError: with every problem of every file.
        """
        self._settings = settings
        self._metrics = metrics
        self._now = now
        self._pages = {name: page.id for name, page in settings.pages.items()}
        self.loaded = self._load()
        self._told(successful=True)

    @property
    def rule_sets(self) -> Mapping[str, RuleSet]:
        """A rule set for each page; an empty one for a page without rules."""
        return self.rule_sets_of(self.loaded)

    def rule_sets_of(self, loaded: LoadedRules) -> Mapping[str, RuleSet]:
        """The same of other rules."""
        return {name: loaded.rule_sets.get(name, RuleSet(name)) for name in self._pages}

    @property
    def digest(self) -> str:
        """By which the files in force are called."""
        return loaded_digest(self.loaded)

    async def reload(
        self, apply: Callable[[LoadedRules], None], *, judge: Judge | None = None
    ) -> ReloadResult:
        """Load the files again, and put them in force if nothing is wrong with them and nobody objects.

        Args:
            apply: called with the new rules, when they differ from those in force.
            judge: asked before that what the new rules would change too much; a text for each. With any, those before stay.
        """
        try:
            loaded = await asyncio.get_running_loop().run_in_executor(None, self._load)
        except RuleFileError as error:
            self._told(successful=False)
            problems = tuple(str(problem) for problem in error.problems)
            logger.warning(
                "reload_refused", problems=len(problems), first=problems[0] if problems else str(error)
            )
            return ReloadResult(problems)
        if loaded.digest != self.loaded.digest and judge is not None:
            objections = await judge(loaded)
            if objections:
                self._told(successful=False)
                digest = loaded_digest(loaded)
                logger.warning("reload_held", digest=digest, changes=len(objections), first=objections[0])
                return ReloadResult(objections, held=digest)
        if loaded.digest != self.loaded.digest:
            before, self.loaded = self.loaded, loaded
            try:
                apply(loaded)
            except Exception:
                # With the new ones in their place, the next reload would find nothing to do.
                self.loaded = before
                self._told(successful=False)
                raise
            logger.info("rules_reloaded", digest=self.digest)
        self._told(successful=True)
        return ReloadResult()

    async def compiled(self, files: Sequence[RuleFile]) -> LoadedRules:
        """Other rule files, compiled by the settings of this daemon. They are in force nowhere.

        Raises:
            RuleFileError: with every problem.
        """
        settings = self._settings
        known = Known(self._pages, settings.prometheus.keys(), settings.rule_variables)
        return await asyncio.get_running_loop().run_in_executor(None, compile_rules, files, known)

    async def watch(self, reload: Callable[[], object]) -> None:
        """Call `reload` when rule files may have changed. A ConfigMap changes by a symbolic link, so directories are watched, not files."""
        from watchfiles import awatch

        paths = self._settings.rules
        directories = {path if path.is_dir() else path.parent for path in paths}
        named = frozenset(path.absolute() for path in paths)
        # Below the parent of a single file there may be a whole machine.
        recursive = any(path.is_dir() for path in paths)

        def concerns(_change: object, changed: str) -> bool:
            return concerns_rules(Path(changed), named)

        async for _ in awatch(*directories, watch_filter=concerns, recursive=recursive, step=200):
            reload()

    def _load(self) -> LoadedRules:
        return load_rules(
            self._settings.rules,
            pages=self._pages,
            prometheuses=self._settings.prometheus.keys(),
            variables=self._settings.rule_variables,
        )

    def _told(self, *, successful: bool) -> None:
        self._metrics.reload_successful.set(successful)
        if successful:
            self._metrics.reload_timestamp.set(self._now())
