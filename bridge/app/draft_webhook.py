"""The webhook that says that a draft waits: posted once for each wording, until somebody has taken it.

A task of its own that looks at the drafts: the engine does not know of it, so nothing waits for it, and it may be ended at any moment. What was answered with 2xx is remembered in
the store; what was not is posted again, after a restart too, so a receiver may get one twice and never none. Neither the address, whose path may be a secret, nor the token is
ever logged.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bridge.config.credentials import SecretError
from bridge.core.changes import Changes
from bridge.core.draft_notices import told_of, untold_drafts
from bridge.sources.exchange import Answer, Request
from bridge.sources.promql import bearer
from bridge.web.draft_documents import draft_notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridge.config.credentials import Secret
    from bridge.core.drafts import Draft
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule
    from bridge.engine.ports import Clock
    from bridge.sources.exchange import Exchange
    from bridge.store.store import Store
    from bridge.telemetry.metrics import Metrics

LOOK_EVERY = 2.0
"""Seconds between looks at what waits."""

TIMEOUT = 10.0
"""Seconds for one request."""

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
"""Seconds before one wording is posted again, doubled from the first to the longest."""

MOST_TRIES = 30
"""Requests for one wording in one life of the daemon, about two hours: a receiver that takes everything and answers badly is not told for ever."""

logger = structlog.get_logger(__name__)

_Wording = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Tries:
    """What was tried of one wording, and when, by the loop's time, it is to be tried again."""

    count: int = 0
    again_at: float = 0.0

    def failed(self, now: float) -> _Tries:
        """One more that was not taken."""
        pause = min(FIRST_PAUSE * 2.0**self.count, LONGEST_PAUSE)
        return _Tries(self.count + 1, now + pause)


class DraftWebhook:
    """Posts what waits, one request at a time; what was tried least comes first, so that one that is never taken keeps no other waiting."""

    def __init__(
        self,
        url: str,
        token: Secret | None,
        *,
        exchange: Exchange,
        store: Store,
        pages: Callable[[], Sequence[Page]],
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        """Take everything that is needed; nothing is sent yet.

        Args:
            url: where to post.
            token: asked for at each request, so that a rotated one counts at once.
            exchange: the door; it follows no redirect.
            store: where it is remembered what was taken.
            pages: every page as it is known now.
            clock: our time.
            metrics: the daemon's metrics.
        """
        self._url = url
        self._token = token
        self._exchange = exchange
        self._store = store
        self._pages = pages
        self._clock = clock
        self._metrics = metrics
        self._tries: dict[_Wording, _Tries] = {}
        self._complaints: set[str] = set()

    async def run(self) -> None:
        """Look and post for ever.

        Raises:
            StoreError: what was taken cannot be remembered; in this life it is not posted again.
        """
        while True:
            found = self._next()
            if found is None:
                await asyncio.sleep(LOOK_EVERY)
            else:
                await self._tell(*found)

    def _next(self) -> tuple[Page, Draft, IncidentRule] | None:
        now = asyncio.get_running_loop().time()
        waiting = list(self._waiting())
        known = {_wording(draft): self._tries.get(_wording(draft), _Tries()) for _, draft, _ in waiting}
        self._tries = known
        due = [
            one
            for one in waiting
            if (tries := known[_wording(one[1])]).again_at <= now and tries.count < MOST_TRIES
        ]
        return min(due, key=lambda one: known[_wording(one[1])].count, default=None)

    def _waiting(self) -> Iterator[tuple[Page, Draft, IncidentRule]]:
        for page in self._pages():
            untold = untold_drafts(page)
            self._metrics.drafts_untold.labels(page.name).set(len(untold))
            if not page.evaluated or page.held_rules is not None:
                # After a restart, nobody has looked yet whether they are still to wait.
                continue
            rules = {rule.id: rule for rule in page.ruleset.incidents}
            for draft in untold:
                rule = rules.get(page.place_now(draft.place)[0])
                if rule is not None:
                    yield page, draft, rule

    async def _tell(self, page: Page, draft: Draft, rule: IncidentRule) -> None:
        outcome, complaint = await self._post(page, draft, rule)
        self._metrics.draft_webhook_requests.labels(page.name, outcome).inc()
        if not complaint:
            await self._taken(page, draft)
            return
        tries = self._tries[_wording(draft)].failed(asyncio.get_running_loop().time())
        self._tries[_wording(draft)] = tries
        if complaint not in self._complaints:
            # Each kind once, until one is taken again.
            self._complaints.add(complaint)
            logger.warning("draft_webhook_failed", page=page.name, draft=draft.id, error=complaint)
        if tries.count == MOST_TRIES:
            logger.error("draft_webhook_given_up", page=page.name, draft=draft.id, hash=draft.hash)

    async def _taken(self, page: Page, draft: Draft) -> None:
        if self._complaints:
            self._complaints.clear()
            logger.info("draft_webhook_recovered", page=page.name, draft=draft.id)
        if draft.id not in page.drafts:
            return  # it went meanwhile, and what is remembered of it would stay for ever
        record = told_of(page, draft, self._clock.now())
        # Before the commit is awaited: should the draft go meanwhile, its record is found and deleted by a later commit.
        page.guards[record.key] = record
        await self._store.commit(Changes(guards=[record]))

    async def _post(self, page: Page, draft: Draft, rule: IncidentRule) -> tuple[str, str]:
        """The request's outcome, and what is to be complained of: empty when it was taken."""
        headers = [("Content-Type", "application/json")]
        offset = self._clock.wall() - self._clock.now()
        body = json.dumps(draft_notice(page, draft, rule, offset)).encode()
        try:
            if self._token is not None:
                headers.append(("Authorization", bearer(self._token())))
            result = await self._exchange.exchange(
                Request("POST", self._url, tuple(headers), body), timeout=TIMEOUT
            )
        except SecretError as error:
            return "failed", f"the bearer token cannot be had: {error}"
        except ValueError:
            # Its text would show the address.
            return "failed", "the address cannot be connected to"
        if not isinstance(result, Answer):
            return "failed", result.detail
        if result.status // 100 != 2:  # noqa: PLR2004 (RFC 9110, "Successful")
            return "refused", f"answered with {result.status}"
        return "done", ""


def _wording(draft: Draft) -> _Wording:
    return draft.page, draft.id, draft.hash
