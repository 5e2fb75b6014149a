"""`bridge plan`: what is asked of the daemon, what is printed, and the exit codes. The daemon behind the front is a puppet; tests/e2e/test_plan.py has a real one."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bridge.core.statuses import Automation
from bridge.errors import StoreUnavailableError
from bridge.web.plans import PlanAsked, PlanRulesError, UnknownPageError
from tests.cli.terminal import Ended, call
from tests.web.planned import NOTHING, silenced, two_calls
from tests.web.served import TOKEN, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from tests.web.served import Served


@asynccontextmanager
async def daemon(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    async with serving() as served:
        monkeypatch.setenv("BRIDGE_URL", served.listening.url)
        monkeypatch.setenv("BRIDGE_WEBHOOK_BEARER_TOKEN", TOKEN)
        monkeypatch.delenv("BRIDGE_COMMANDS_BEARER_TOKEN", raising=False)
        yield served


async def plan(*arguments: str | Path) -> Ended:
    return await asyncio.to_thread(call, "plan", *arguments)


async def test_nothing_to_send_is_exit_code_0(monkeypatch: pytest.MonkeyPatch) -> None:
    async with daemon(monkeypatch) as served:
        served.puppet.planned = (NOTHING,)
        ended = await plan()
    assert ended.code == 0
    assert ended.output == (
        "acme: nothing to send at 2023-11-14T22:13:20Z; the page as read at 2023-11-14T22:13:19Z\n"
    )


async def test_calls_are_printed_with_why_and_whom_they_notify_and_are_exit_code_3(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with daemon(monkeypatch) as served:
        served.puppet.planned = (two_calls(),)
        ended = await plan("--page", "acme", "--automation", "full")
    assert served.puppet.plans_asked == [PlanAsked("acme", Automation.FULL)]
    assert ended.code == 3
    assert ended.output.splitlines() == [
        "acme: 2 calls at 2023-11-14T22:13:20Z; the page as read at 2023-11-14T22:13:19Z",
        "  1. POST /pages/p/incidents",
        "     why: opened, incident checkout (region=eu), sets Checkout / API to major_outage",
        '     because rule api (region=eu) claims Checkout / API major_outage, firing since 2023-11-14T22:12:50Z; alertmanager {alertname="CheckoutErrors", region="eu"} fails since 2023-11-14T22:11:50Z; and 2 more',
        "     notifies: the subscribers; how many is unknown",
        '     {"incident": {"name": "Checkout is down\\u0007"}}',
        "  2. PATCH /pages/p/components/mail-id",
        "     why: claim_ended, Mail",
        "     notifies: nobody",
        '     {"component": {"status": "operational"}}',
        "  not now, settle_unknown: an answer was lost (until 2023-11-14T22:15:50Z)",
        "  this changes by itself at 2023-11-14T22:14:20Z",
    ]


async def test_a_mail_that_the_cap_withholds_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    async with daemon(monkeypatch) as served:
        served.puppet.planned = (silenced(),)
        ended = await plan()
    assert (
        "     notifies: nobody, for the notifications of this hour are used up" in ended.output.splitlines()
    )


async def test_json_is_what_the_daemon_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async with daemon(monkeypatch) as served:
        served.puppet.planned = (two_calls(),)
        ended = await plan("-o", "json")
    assert ended.code == 3
    (page,) = json.loads(ended.output)["pages"].values()
    assert [one["method"] for one in page["calls"]] == ["POST", "PATCH"]


async def test_rule_files_are_sent_as_they_are_with_what_lies_beside_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text("page: acme\n")
    (tmp_path / "_defaults.yaml").write_text("for: 1m\n")
    (tmp_path / "shop.test.yaml").write_text("no rules\n")
    async with daemon(monkeypatch) as served:
        served.puppet.planned = (NOTHING,)
        await plan(tmp_path)
    (asked,) = served.puppet.plans_asked
    assert asked.files == (
        (str(tmp_path / "_defaults.yaml"), b"for: 1m\n"),
        (str(tmp_path / "shop.yaml"), b"page: acme\n"),
    )


async def test_what_fails_is_exit_code_1_and_what_is_meant_wrongly_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"# \xe4\n")
    async with daemon(monkeypatch) as served:
        served.puppet.planned = PlanRulesError(("shop.yaml:1:1: wrong", "shop.yaml:2:1: wrong too"))
        rules = await plan()
        served.puppet.planned = StoreUnavailableError("acme: the page could not be read anew within 60 s")
        unread = await plan()
        served.puppet.planned = UnknownPageError("the settings have no page 'shop'; they have acme")
        page = await plan("--page", "shop")
        cap = await plan("--automation", "most")
        unreadable = await plan(tmp_path / "gone.yaml")
        encoded = await plan(latin)
    unreached = await plan()
    assert (rules.code, rules.errors) == (1, "shop.yaml:1:1: wrong\nshop.yaml:2:1: wrong too\n")
    assert (unread.code, unread.errors) == (1, "acme: the page could not be read anew within 60 s\n")
    assert (page.code, page.errors) == (2, "the settings have no page 'shop'; they have acme\n")
    assert (cap.code, cap.errors) == (
        2,
        "--automation cannot be most; one of shadow, statuses, draft, full\n",
    )
    assert (unreadable.code, encoded.code, unreached.code) == (1, 2, 1)
    assert encoded.errors == f"{latin}: is not UTF-8 at byte 2; write it as UTF-8\n"
    assert "cannot be reached" in unreached.errors
