"""Public texts: from rules, names of components and public labels only, clean, and within the limits of the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.leaks import Leak
from bridge.core.public_labels import MOST_VALUES, PublicLabel
from bridge.core.reasons import Reason
from bridge.core.rules import IncidentTexts
from bridge.core.signals import Labels
from bridge.core.text import BODY_LIMIT, NAME_LIMIT, Shown, incident_body, incident_title, shown_labels
from tests.core.pages import SHOP, memory

TEXTS = IncidentTexts(
    "opened {components}",
    "grown {components}",
    "back {components}",
    "well {components}",
    "over",
    "found at {components}: {cause}",
    "still {components}",
)
RULE = replace(SHOP, texts=TEXTS)
REGIONAL = replace(
    SHOP,
    title="The shop is having problems[ in {region}]",
    texts=replace(TEXTS, investigating="{components} fails[ for customers in {region}]."),
    public_labels=(PublicLabel("region"),),
)
EUROPEAN = replace(
    REGIONAL,
    public_labels=(PublicLabel("region", (("eu-1", "Europe"), ("eu-2", "Europe"), ("us", "America"))),),
)


def opened(rule: object, *values: str, suffixes: tuple[str, ...] = ()) -> str:
    """The body with which an incident opens whose signals have these regions."""
    assert isinstance(rule, type(SHOP))
    return incident_body(rule, Reason.OPENED, ("API",), in_regions(*values, suffixes=suffixes)).text


def in_regions(*values: str, suffixes: tuple[str, ...] = ()) -> Shown:
    return Shown((("region", values),) if values else (), suffixes)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.OPENED, "opened API"),
        (Reason.ESCALATED, "grown API"),
        (Reason.IDENTIFIED, "found at API: "),
        (Reason.STILL, "still API"),
        (Reason.RETURNED, "back API"),
        (Reason.RECOVERED, "well API"),
        (Reason.MONITORED_FOR, "over"),
    ],
)
def test_each_transition_has_its_text(reason: Reason, expected: str) -> None:
    assert incident_body(RULE, reason, ("API",)).text == expected


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
    assert incident_body(RULE, Reason.OPENED, names).text == f"opened {expected}"


def test_a_text_may_name_components_twice_or_never() -> None:
    rule = replace(
        RULE, texts=replace(TEXTS, investigating="{components}: {components}!", resolved="Done {x} {}")
    )
    assert incident_body(rule, Reason.OPENED, ("API",)).text == "API: API!"
    assert incident_body(rule, Reason.MONITORED_FOR, ("API",)).text == "Done {x} {}"


def test_the_name_of_a_component_is_no_template() -> None:
    assert incident_body(RULE, Reason.OPENED, ("{components}", "{0}")).text == "opened {components} and {0}"


def test_titles_and_bodies_are_cut_to_what_the_page_takes() -> None:
    rule = replace(RULE, title="é" * 300, texts=replace(TEXTS, investigating="{components}"))
    assert incident_title(rule).text == "é" * (NAME_LIMIT - 1) + "…"
    body = incident_body(rule, Reason.OPENED, ("x" * 30_000,)).text
    assert (len(body), body[-2:]) == (BODY_LIMIT, "x…")


def test_the_texts_of_a_rule_that_gives_none_speak_of_the_components() -> None:
    for reason in (Reason.OPENED, Reason.ESCALATED, Reason.RETURNED):
        assert "API and Web" in incident_body(SHOP, reason, ("API", "Web")).text


# --- causes


def test_a_cause_stands_where_the_text_says_with_its_own_labels_and_without_them_where_they_are_withheld() -> (
    None
):
    cause = "The database[ in {region}] of {components} has failed."
    for region, expected in (
        ("eu", "found at API: The database in eu of API has failed."),
        ("10.1.2.3", "found at API: The database of API has failed."),
    ):
        told = incident_body(REGIONAL, Reason.IDENTIFIED, ("API",), replace(in_regions(region), cause=cause))
        assert (told.text, bool(told.withheld)) == (expected, region != "eu")


def test_a_cause_is_no_placeholder_in_other_texts() -> None:
    rule = replace(RULE, texts=replace(TEXTS, investigating="{cause}"))
    assert incident_body(rule, Reason.OPENED, (), Shown(cause="The disk is full.")).text == "{cause}"


# --- public labels


def test_a_public_label_stands_in_title_and_text_and_what_is_in_brackets_goes_without_it() -> None:
    assert opened(REGIONAL, "eu") == "API fails for customers in eu."
    assert incident_title(REGIONAL, in_regions("eu")).text == "The shop is having problems in eu"
    assert opened(REGIONAL) == "API fails."
    assert incident_title(REGIONAL).text == "The shop is having problems"


def test_several_values_are_listed_in_their_order_and_beyond_five_the_rest_are_others() -> None:
    assert opened(REGIONAL, "us", "eu") == "API fails for customers in eu and us."
    assert opened(REGIONAL, *"gfedcba") == "API fails for customers in a, b, c, d, e and others."


def test_words_stand_for_values_and_a_value_without_words_is_not_shown() -> None:
    assert opened(EUROPEAN, "eu-1", "us") == "API fails for customers in America and Europe."
    assert opened(EUROPEAN, "eu-1", "eu-2", "mars") == "API fails for customers in Europe."
    assert opened(EUROPEAN, "mars") == "API fails."


def test_a_label_that_is_not_listed_is_not_there() -> None:
    found = incident_body(REGIONAL, Reason.OPENED, ("API",), Shown((("pod", ("api-7",)),)))
    assert found.text == "API fails."
    rule = replace(REGIONAL, texts=replace(TEXTS, investigating="[in {pod} ]all"))
    assert incident_body(rule, Reason.OPENED, (), Shown((("pod", ("api-7",)),))).text == "[in {pod} ]all"


def test_the_value_of_a_group_holds_before_what_is_remembered() -> None:
    remembered = replace(memory(group=Labels({"region": "us", "team": "a"})), labels=(("region", ("eu",)),))
    assert shown_labels(REGIONAL, remembered) == (("region", ("us",)),)


@pytest.mark.parametrize("value", ["{components}", "{{7-7}}", "[x]{region}", "${region}", "{% for x in y %}"])
def test_a_value_is_no_template(value: str) -> None:
    escaped = value.replace("[", "&#91;").replace("]", "&#93;")
    assert opened(REGIONAL, value) == f"API fails for customers in {escaped}."


def test_a_value_is_no_markup_in_a_body_and_none_in_a_title() -> None:
    value = "<b>eu</b> & *us* [x](y)"
    shown = "&#60;b&#62;eu&#60;/b&#62; &#38; &#42;us&#42; &#91;x&#93;(y)"
    assert opened(REGIONAL, value) == f"API fails for customers in {shown}."
    assert (
        incident_title(REGIONAL, in_regions(value)).text == "The shop is having problems in b eu /b us x (y)"
    )


def test_what_nobody_sees_is_taken_out_of_a_value() -> None:
    assert opened(REGIONAL, "e\u200bu\u202e-\x001\n\r 2") == "API fails for customers in eu-1 2."
    assert opened(REGIONAL, "\u200b") == "API fails."


@pytest.mark.parametrize(
    ("value", "leak"),
    [
        ("10.0.0.7", Leak.ADDRESS),
        ("10.0.\u200b0.7", Leak.ADDRESS),
        ("db-1.prod.internal", Leak.HOST),
        ("https://grafana.example/d/1", Leak.URL),
        ("jane@acme.example", Leak.EMAIL),
        ("password=hunter2", Leak.TOKEN),
    ],
)
def test_what_must_not_be_published_is_told_without_labels(value: str, leak: Leak) -> None:
    found = incident_body(REGIONAL, Reason.OPENED, ("API",), in_regions("eu", value))
    assert (found.text, found.withheld) == ("API fails.", frozenset({leak}))
    title = incident_title(REGIONAL, in_regions("eu", value))
    assert (title.text, title.withheld) == ("The shop is having problems", frozenset({leak}))


def test_the_settings_add_internal_suffixes() -> None:
    assert opened(REGIONAL, "db.acme.net") == "API fails for customers in db.acme.net."
    assert opened(REGIONAL, "db.acme.net", suffixes=("acme.net",)) == "API fails."


def test_what_the_author_wrote_withholds_nothing() -> None:
    told = "Write to help@acme.example[ from {region}]."
    rule = replace(REGIONAL, texts=replace(TEXTS, investigating=told))
    assert opened(rule, "eu") == "Write to help@acme.example from eu."
    assert opened(rule, "jane@acme.example") == "Write to help@acme.example."


def test_what_only_becomes_a_leak_beside_the_authors_words_is_one() -> None:
    rule = replace(REGIONAL, texts=replace(TEXTS, investigating="All of 10.0.0[.{region}]"))
    assert opened(rule, "7") == "All of 10.0.0"


def test_a_value_of_ten_thousand_characters_is_cut() -> None:
    assert len(opened(REGIONAL, "é " * 10_000)) < 200


def test_an_incident_remembers_no_more_values_than_a_few() -> None:
    many = replace(memory(), labels=(("region", tuple(f"r{n:03}" for n in range(100))),))
    assert shown_labels(REGIONAL, many) == (("region", tuple(f"r{n:03}" for n in range(MOST_VALUES))),)


@pytest.mark.parametrize(
    "values",
    [
        ("|10.0.0.5", '"a', '"b', '"c', '"d', '"e'),
        ("10.0.0.5", "*a", "*b", "*c", "*d", "*e"),
        ("10.0.0.5", "*" * 100, "*" * 99, "*" * 98),
        ("password*=*hunter2",),
    ],
    ids=[
        "by its reference it is an earlier one",
        "without markup too",
        "markup fills the title",
        "markup hides it",
    ],
)
def test_markup_in_values_does_not_carry_what_must_not_be_published_past_the_filter(
    values: tuple[str, ...],
) -> None:
    shown = in_regions(*sorted(values))
    title = incident_title(REGIONAL, shown)
    body = incident_body(REGIONAL, Reason.OPENED, ("API",), shown)
    for said in (title, body):
        assert "10.0.0.5" not in said.text
        assert "hunter2" not in said.text
