"""What the daemon would send now: the page read anew, a dry run on copies, and each call as the request that it becomes. Writes to neither the page nor the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bridge.app.rulebook import loaded_digest
from bridge.config.files import RuleFile
from bridge.config.problems import RuleFileError
from bridge.core.awaited import NOTHING_EXPECTED
from bridge.core.rule_changes import RuleChange
from bridge.core.rules import RuleSet
from bridge.sources.queries import expected
from bridge.statuspage.unsent import request_of
from bridge.web.plans import PlannedPage, PlannedRequest, PlanRulesError, UnknownPageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.app.rulebook import Rulebook
    from bridge.core.awaited import Expected
    from bridge.core.planned import PagePlan
    from bridge.engine.engine import Engine
    from bridge.web.plans import PlanAsked

READ_WITHIN = 60.0
"""Seconds in which the page has to be read: two readings a minute are granted whatever else goes on (`bridge.core.pacing`)."""

Rules = tuple[RuleSet, str, RuleChange]


class Planning:
    """Answers what would be sent now."""

    def __init__(self, engine: Engine, rulebook: Rulebook) -> None:
        """Stand ready.

        Args:
            engine: what knows the pages.
            rulebook: what compiles rule files by this daemon's settings.
        """
        self._engine = engine
        self._rulebook = rulebook

    async def plan(self, asked: PlanAsked) -> tuple[PlannedPage, ...]:
        """What would be sent to each page that is asked about.

        Raises:
            UnknownPageError: there is none of that name.
            PlanRulesError: the rule files have problems.
            UnreadError: a page could not be read.
        """
        names = [page.name for page in self._engine.pages]
        if asked.page is not None and asked.page not in names:
            raise UnknownPageError(f"the settings have no page {asked.page!r}; they have {', '.join(names)}")
        rules, awaited = await self._tried(asked)
        wanted = names if asked.page is None else [asked.page]
        return tuple([await self._page(name, asked, rules.get(name), awaited) for name in wanted])

    async def _tried(self, asked: PlanAsked) -> tuple[Mapping[str, Rules], Expected]:
        """The rules that are asked about, by page, with what a trial says that they change, and what their queries would report; nothing for those in force."""
        if asked.files is None:
            return {}, NOTHING_EXPECTED
        files = [RuleFile(path, content) for path, content in asked.files]
        try:
            loaded = await self._rulebook.compiled(files)
        except RuleFileError as error:
            raise PlanRulesError(tuple(str(problem) for problem in error.problems)) from None
        rule_sets, digest = self._rulebook.rule_sets_of(loaded), loaded_digest(loaded)
        await self._engine.current()
        awaited = expected(loaded.queries)
        trial = self._engine.trial(rule_sets, expected=awaited)
        changes = await asyncio.get_running_loop().run_in_executor(None, trial)
        return {name: (rule_sets[name], digest, change) for name, change in changes.items()}, awaited

    async def _page(self, name: str, asked: PlanAsked, rules: Rules | None, awaited: Expected) -> PlannedPage:
        await self._engine.read_anew(name, within=READ_WITHIN)
        run = self._engine.dry_run(name, rules=rules, expected=awaited, automation_max=asked.automation_max)
        page = self._engine.reconcilers[name].page
        components = {one.id: one.display_name for one in page.observed.components.values()}
        offset = self._engine.clock.wall() - self._engine.clock.now()
        # In a thread: of many signals it takes seconds, and webhooks are not to wait for it.
        plan = await asyncio.get_running_loop().run_in_executor(None, run.run)
        return PlannedPage(plan, _requests(plan, page.page_id), components, offset)


def _requests(plan: PagePlan, page_id: str) -> tuple[PlannedRequest, ...]:
    found = []
    for call in plan.calls:
        request = request_of(call.operation, call.name, page_id=page_id)
        if request is not None:
            found.append(PlannedRequest(call, request.method, request.path, request.body or b"null"))
    return tuple(found)
