"""The cap on what is done on a page: asked anew before each request, so that lowering it counts before the next one starts. What is in flight is only finished.

It puts nothing off and remembers nothing: when it is raised again, what is sent is the difference that exists then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.statuses import Automation, least
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.page import Page
    from bridge.telemetry.metrics import Metrics

logger = structlog.get_logger(__name__)


class Cap:
    """The most that may be done on one page."""

    def __init__(
        self,
        page: Page,
        ask: Callable[[], Automation] | None,
        *,
        metrics: Metrics,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Put the level of now in force.

        Args:
            page: whose settings say what is in force.
            ask: gives the level, or raises `BridgeError` while none can be had; None where nothing changes it.
            metrics: where the level in force is shown.
            changed: called when another level is in force: drafts come and go with it.
        """
        self._page = page
        self._ask = ask
        self._most = page.settings.automation_max
        self._level = metrics.automation_max.labels(page.name)
        self._unusable = metrics.automation_max_unusable.labels(page.name)
        self._problem = ""
        self._changed = changed
        self.look()
        self._level.set(page.settings.automation_max.level)

    def look(self) -> bool:
        """Put the level of now in force. Returns whether it is another than before."""
        page = self._page
        level = least(self._most, self._asked())
        before = page.settings.automation_max
        if level is before:
            return False
        page.settings = replace(page.settings, automation_max=level)
        self._level.set(level.level)
        logger.warning("automation_max_changed", page=page.name, automation_max=level, before=before)
        self._changed()
        return True

    def _asked(self) -> Automation:
        if self._ask is None:
            return self._most
        try:
            level, problem = self._ask(), ""
        except BridgeError as error:
            # Whoever wanted to lower it must not be misunderstood.
            level, problem = Automation.SHADOW, str(error)
        if problem != self._problem:
            self._problem = problem
            self._unusable.set(bool(problem))
            if problem:
                logger.error("automation_max_unusable", page=self._page.name, problem=problem)
            else:
                logger.info("automation_max_usable", page=self._page.name)
        return level
