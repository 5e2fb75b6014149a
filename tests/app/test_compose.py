"""From settings to objects: what the settings say is what the parts are told, and secrets stay where they are."""

from __future__ import annotations

from base64 import b64encode
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import make_mocked_request

from bridge.app.compose import (
    authentication,
    budget_name,
    capabilities_in_force,
    engine_settings,
    page_setups,
)
from bridge.config.capabilities import Report, write_report
from bridge.config.settings import Settings, load_settings
from bridge.core.capabilities import Finding
from bridge.core.observed import LISTS_LAG
from bridge.core.pacing import Limits
from bridge.core.rules import RuleSet
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from pathlib import Path

SHARED = "a-token-that-two-pages-share"


def settings_with(**changes: str) -> Settings:
    return load_settings(
        {
            "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
            "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
            "BRIDGE_PAGES__ACME__TOKEN": SHARED,
            "BRIDGE_PAGES__SHOP__ID": "0123456789ab",
            "BRIDGE_PAGES__SHOP__TOKEN": SHARED,
            "BRIDGE_PAGES__LONE__ID": "ba9876543210",
            "BRIDGE_PAGES__LONE__TOKEN": "a-token-of-its-own",
            "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
            **changes,
        }
    )


def test_pages_that_share_a_token_share_its_budget() -> None:
    pages = settings_with().pages
    assert budget_name(pages["acme"]) == budget_name(pages["shop"]) != budget_name(pages["lone"])


def test_the_name_of_a_budget_does_not_tell_the_token() -> None:
    name = budget_name(settings_with().pages["acme"])
    assert SHARED not in name
    assert len(name) == len("token-") + 8


def test_durations_reach_the_plan() -> None:
    told = engine_settings(
        settings_with(
            BRIDGE_SETTLE_FOR="2s",
            BRIDGE_METRIC_PUSH_EVERY="20s",
            BRIDGE_REQUEST_TIMEOUT="7s",
            BRIDGE_CREATE_SILENTLY="true",
            BRIDGE_INTERNAL_SUFFIXES="acme.net",
        )
    )
    assert told.plan.create_silently
    assert told.plan.internal_suffixes == ("acme.net",)
    assert (told.plan.settle_for, told.limits.settle_for) == (2.0, 2.0)
    assert (told.plan.push_every, told.request_timeout) == (20.0, 7.0)


def test_the_shares_of_the_rate_limit_reach_the_budget() -> None:
    told = engine_settings(
        settings_with(
            BRIDGE_RATE_LIMIT="120", BRIDGE_INCIDENT_RESERVE="12", BRIDGE_OTHERS_SHARE="0", BRIDGE_BURST="20"
        )
    )
    assert told.limits == replace(
        Limits(), requests=120, incident_reserve=12, others_share=0, burst=20, settle_for=150.0
    )
    assert engine_settings(settings_with()).limits == Limits()


def test_what_a_throw_away_page_told_counts_on_every_page_and_is_logged(tmp_path: Path) -> None:
    findings = (Finding("list_lag", 45.0), Finding("notify_after_silent_create", False))
    file = tmp_path / "capabilities.json"
    file.write_text(write_report(Report("throwaway000", "2026-01-31T12:00:00Z", "0.1.0", findings)))
    settings = settings_with(BRIDGE_CAPABILITIES_FILE=str(file), BRIDGE_CREATE_SILENTLY="true")
    plan = engine_settings(settings).plan
    assert (plan.lists_lag, plan.create_silently) == (45.0, False)
    assert capabilities_in_force(settings) == {
        "asked_page_id": "throwaway000",
        "asked_at": "2026-01-31T12:00:00Z",
        "list_lag_seconds": 45.0,
        "create_silently": False,
    }
    without = settings_with(BRIDGE_CREATE_SILENTLY="true")
    assert capabilities_in_force(without) is None
    plan = engine_settings(without).plan
    assert (plan.lists_lag, plan.create_silently) == (LISTS_LAG, True)


async def test_each_page_gets_its_own_door_and_the_lower_of_two_caps() -> None:
    settings = settings_with(BRIDGE_AUTOMATION_MAX="draft", BRIDGE_PAGES__ACME__AUTOMATION_MAX="shadow")
    rule_sets = {name: RuleSet(name) for name in settings.pages}
    async with AsyncExitStack() as opened:
        setups = await page_setups(settings, rule_sets, opened)
    assert {setup.name: setup.automation_max and setup.automation_max() for setup in setups} == {
        "acme": Automation.SHADOW,
        "shop": Automation.DRAFT,
        "lone": Automation.DRAFT,
    }
    assert {setup.name: setup.page_id for setup in setups} == {
        name: page.id for name, page in settings.pages.items()
    }
    assert len({id(setup.statuspage) for setup in setups}) == 3


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        pytest.param("Bearer the-token-of-alertmanager", True, id="the bearer token"),
        pytest.param("Bearer another", False, id="another token"),
        pytest.param(
            f"Basic {b64encode(b'prometheus:a-password').decode()}", True, id="the user and the password"
        ),
        pytest.param(f"Basic {b64encode(b'prometheus:another').decode()}", False, id="another password"),
    ],
)
def test_both_ways_to_prove_oneself_are_taken_from_the_settings(header: str, *, accepted: bool) -> None:
    authenticates = authentication(
        settings_with(BRIDGE_WEBHOOK_BASIC_USERNAME="prometheus", BRIDGE_WEBHOOK_BASIC_PASSWORD="a-password")
    )
    request = make_mocked_request("POST", "/", {"Authorization": header})
    assert (authenticates.check(request) is None) is accepted
