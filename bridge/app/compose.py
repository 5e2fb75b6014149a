"""From settings to objects: which implementation stands behind each port. The only place that knows them all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bridge import __version__
from bridge.core.capabilities import Capabilities
from bridge.core.observed import LISTS_LAG
from bridge.core.pacing import Limits
from bridge.core.page import PlanSettings
from bridge.core.statuses import least
from bridge.engine.engine import EngineSettings, PageSetup
from bridge.sources import promql
from bridge.sources.probes.http import PROBE_SOURCE
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from bridge.statuspage.transport import AiohttpTransport
from bridge.web import alertmanager
from bridge.web.authentication import Authentication, BasicCredential

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AsyncExitStack

    from bridge.config.settings import PageSettings, Settings
    from bridge.core.rules import RuleSet
    from bridge.core.statuses import Automation

USER_AGENT = f"statuspage-bridge/{__version__}"


def engine_settings(settings: Settings) -> EngineSettings:
    """What the engine is told. Raises `SecretError` when the installation secret cannot be read."""
    return EngineSettings(
        secret=settings.installation_secret().encode(),
        plan=_plan(settings),
        limits=Limits(
            requests=settings.rate_limit,
            incident_reserve=settings.incident_reserve,
            others_share=settings.others_share,
            burst=settings.burst,
            settle_for=settings.settle_for,
        ),
        request_timeout=settings.request_timeout,
        reload_max_changes=settings.reload_max_changes,
        stale_after=stale_after(settings),
    )


def capabilities_in_force(settings: Settings) -> dict[str, object] | None:
    """For the log, what follows from the file of capabilities, and which page was asked; None where none is named.

    They are facts about the service: a page that nobody needs is asked, and what it told counts on every page.
    """
    found = settings.capabilities_file
    if found is None:
        return None
    plan = _plan(settings)
    return {
        "asked_page_id": found.page_id,
        "asked_at": found.asked_at,
        "list_lag_seconds": plan.lists_lag,
        "create_silently": plan.create_silently,
    }


def _plan(settings: Settings) -> PlanSettings:
    found = Capabilities() if settings.capabilities_file is None else settings.capabilities_file.facts
    return PlanSettings(
        settle_for=settings.settle_for,
        push_every=settings.metric_push_every,
        # Facts that were found out make it more careful, never less: the file may be wrong.
        create_silently=settings.create_silently and found.notifies_after_silent_create,
        lists_lag=max(LISTS_LAG, found.list_lag),
        blast_radius=settings.blast_radius,
        blast_hold=settings.blast_hold,
        notifications_per_hour=settings.notifications_per_hour,
        internal_suffixes=settings.internal_suffixes,
    )


def stale_after(settings: Settings) -> dict[str, float | None]:
    """Every source that settings know, with the seconds of silence after which it is blind. The probes' own follow from the rules."""
    known: dict[str, float | None] = {alertmanager.SOURCE: None, PROBE_SOURCE: None}
    known |= dict.fromkeys(map(promql.source_of, settings.prometheus))
    for name, source in settings.sources.items():
        unnamed = name == alertmanager.SOURCE
        known[alertmanager.SOURCE if unnamed else alertmanager.source_of(name)] = source.stale_after
    return known


async def page_setups(
    settings: Settings, rule_sets: Mapping[str, RuleSet], opened: AsyncExitStack, *, rules_digest: str = ""
) -> list[PageSetup]:
    """Open a door to each page. Raises `SecretError` when a token cannot be read."""
    setups = []
    for name, page in settings.pages.items():
        transport = await opened.enter_async_context(
            AiohttpTransport(settings.api_url, page.token, USER_AGENT)
        )
        door = StatuspageDoor(StatuspageClient(transport, page.id), name)
        cap = _automation_max(settings, page)
        setups.append(
            PageSetup(
                name,
                page.id,
                budget_name(page),
                door,
                rule_sets[name],
                automation_max=cap,
                rules_digest=rules_digest,
                reached_by=_reached_by(settings, page),
            )
        )
    return setups


def _reached_by(settings: Settings, page: PageSettings) -> str:
    """Tells one way to a page from another. Of the token it tells 64 bits of a hash."""
    way = f"{settings.api_url}\n{page.id}\n{page.token()}"
    return hashlib.sha256(way.encode()).hexdigest()[:16]


def _automation_max(settings: Settings, page: PageSettings) -> Callable[[], Automation]:
    return lambda: least(settings.automation_max(), page.automation_max())


def budget_name(page: PageSettings) -> str:
    """The name of a token's budget: the limit is the token's, and pages may share one. Of the token it tells 32 bits."""
    return f"token-{hashlib.sha256(page.token().encode()).hexdigest()[:8]}"


def command_authentication(settings: Settings) -> Authentication:
    """Who may command: whoever has the token for that; where there is none, whoever may deliver."""
    token = settings.commands.bearer_token
    if token is None:
        return authentication(settings)
    return Authentication(bearer=token, known_as="BRIDGE_COMMANDS_BEARER_TOKEN or its file")


def authentication(settings: Settings) -> Authentication:
    """Who may deliver."""
    webhook = settings.webhook
    login = None
    if webhook.basic_username is not None and webhook.basic_password is not None:
        login = BasicCredential(webhook.basic_username, webhook.basic_password)
    return Authentication(
        bearer=webhook.bearer_token,
        basic=login,
        allow_unauthenticated=webhook.allow_unauthenticated,
        known_as=" and ".join(
            name
            for name, there in (
                ("BRIDGE_WEBHOOK_BEARER_TOKEN or its file", webhook.bearer_token is not None),
                ("BRIDGE_WEBHOOK_BASIC_USERNAME and its password", login is not None),
            )
            if there
        ),
    )
