"""What is told of a draft that waits: each wording once, and no label that the page would not show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.draft_notices import MOST_REMEMBERED, public_group, told_of, untold_drafts
from bridge.core.drafts import DraftState
from bridge.core.page import PlanSettings
from bridge.core.public_labels import PublicLabel
from bridge.core.signals import Labels
from bridge.core.statuses import Automation
from tests.core.pages import API, NOW, PARTIAL, SHOP, memory, page_of
from tests.core.test_drafts import drafting

if TYPE_CHECKING:
    from bridge.core.drafts import Draft
    from bridge.core.page import Page

REGION = PublicLabel("region")


def take(page: Page, draft: Draft) -> None:
    record = told_of(page, draft, NOW)
    page.guards[record.key] = record


def reworded(draft: Draft, number: int) -> Draft:
    return replace(draft, proposal=replace(draft.proposal, body=f"It is worse: {number}."))


def test_each_wording_is_told_once_though_it_comes_back() -> None:
    page = drafting()
    (first,) = untold_drafts(page)
    take(page, first)
    assert untold_drafts(page) == []
    page.drafts[first.id] = second = reworded(first, 2)
    assert untold_drafts(page) == [second]
    take(page, second)
    page.drafts[first.id] = first
    assert untold_drafts(page) == []


def test_what_is_remembered_of_one_draft_has_a_bound() -> None:
    page = drafting()
    (draft,) = untold_drafts(page)
    for number in range(3 * MOST_REMEMBERED):
        take(page, reworded(draft, number))
    (record,) = [one for one in page.guards.values() if one.subject == draft.id]
    assert len(record.value.split()) == MOST_REMEMBERED
    page.drafts[draft.id] = reworded(draft, 3 * MOST_REMEMBERED - 1)
    assert untold_drafts(page) == []


@pytest.mark.parametrize("state", [state for state in DraftState if state is not DraftState.WAITING])
def test_only_what_waits_is_told(state: DraftState) -> None:
    page = drafting()
    (draft,) = page.drafts.values()
    page.drafts[draft.id] = replace(draft, state=state)
    assert untold_drafts(page) == []


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        pytest.param((), {}, id="none that the rule does not list"),
        pytest.param((REGION,), {"region": "eu"}, id="one that it lists"),
        pytest.param((PublicLabel("region", (("eu", "Europe"),)),), {"region": "Europe"}, id="in its words"),
        pytest.param((PublicLabel("region", (("us", "America"),)),), {}, id="none without a word for it"),
        pytest.param((PublicLabel("region", annotation=True),), {}, id="none for an annotation of its name"),
        pytest.param((REGION, PublicLabel("host")), {"region": "eu"}, id="none that holds an internal name"),
    ],
)
def test_a_group_goes_along_as_far_as_it_is_public(
    labels: tuple[PublicLabel, ...], shown: dict[str, str]
) -> None:
    rule = replace(SHOP, automation=Automation.DRAFT, group_by=("region", "host"), public_labels=labels)
    group = Labels({"region": "eu", "host": "db-1.prod.acme"})
    page = page_of({API: PARTIAL}, memory(rule=rule, group=group), rules=(rule,))
    page.settings = PlanSettings(internal_suffixes=("prod.acme",))
    draft = replace(next(iter(drafting().drafts.values())), place=(rule.id, group))
    assert public_group(page, rule, draft) == shown
