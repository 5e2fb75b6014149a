"""Public texts: from rules and names of components only, within the limits of the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.reasons import Reason
from bridge.core.rules import IncidentTexts
from bridge.core.text import BODY_LIMIT, NAME_LIMIT, incident_body, incident_title
from tests.core.pages import SHOP

TEXTS = IncidentTexts(
    "opened {components}", "grown {components}", "back {components}", "well {components}", "over"
)
RULE = replace(SHOP, texts=TEXTS)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.OPENED, "opened API"),
        (Reason.ESCALATED, "grown API"),
        (Reason.RETURNED, "back API"),
        (Reason.RECOVERED, "well API"),
        (Reason.MONITORED_FOR, "over"),
    ],
)
def test_each_transition_has_its_text(reason: Reason, expected: str) -> None:
    assert incident_body(RULE, reason, ("API",)) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), "this service"),
        (("API",), "API"),
        (("API", "Web"), "API and Web"),
        (("API", "Web", "Search"), "API, Web and Search"),
    ],
)
def test_components_are_enumerated_as_a_person_would(names: tuple[str, ...], expected: str) -> None:
    assert incident_body(RULE, Reason.OPENED, names) == f"opened {expected}"


def test_a_text_may_name_components_twice_or_never() -> None:
    rule = replace(
        RULE, texts=replace(TEXTS, investigating="{components}: {components}!", resolved="Done {x} {}")
    )
    assert incident_body(rule, Reason.OPENED, ("API",)) == "API: API!"
    assert incident_body(rule, Reason.MONITORED_FOR, ("API",)) == "Done {x} {}"


def test_the_name_of_a_component_is_no_template() -> None:
    assert incident_body(RULE, Reason.OPENED, ("{components}", "{0}")) == "opened {components} and {0}"


def test_titles_and_bodies_are_cut_to_what_the_page_takes() -> None:
    rule = replace(RULE, title="é" * 300, texts=replace(TEXTS, investigating="{components}"))
    assert incident_title(rule) == "é" * NAME_LIMIT
    assert len(incident_body(rule, Reason.OPENED, ("x" * 30_000,))) == BODY_LIMIT


def test_the_texts_of_a_rule_that_gives_none_speak_of_the_components() -> None:
    for reason in (Reason.OPENED, Reason.ESCALATED, Reason.RETURNED):
        assert "API and Web" in incident_body(SHOP, reason, ("API", "Web"))
