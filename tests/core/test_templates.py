"""The language of texts: what is a placeholder, what is left out, and where each mistake stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.templates import parse_template

LABELS = ("region", "zone")


def rendered(text: str, **words: str) -> str:
    return parse_template(text, LABELS).render(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("{components} fails", "API fails"),
        ("down[ in {region}]", "down in eu"),
        ("down[ in {region}][ ({zone})]", "down in eu"),
        ("down[ in {region}, {zone}]", "down"),
        ("[{components} in {region}: ]down", "API in eu: down"),
        ("[resolved] all is well", "[resolved] all is well"),
        ("[{components}]", "[API]"),
        ("a ] b [ c", "a ] b [ c"),
        ("a [ b [ in {region}]", "a [ b  in eu"),
        ("", ""),
    ],
)
def test_brackets_around_a_label_are_left_out_without_it_and_are_words_around_anything_else(
    text: str, expected: str
) -> None:
    template = parse_template(text, LABELS)
    assert template.mistakes == ()
    assert template.render({"components": "API", "region": "eu"}) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("down {page}", [(5, '"{page}" is not a placeholder')]),
        ("{{ 7*7 }}", [(0, '"{" is not'), (1, '"{ 7*7 }" is not'), (8, '"}" is not')]),
        ("{% for x in y %}", [(0, '"{% for x in y %}" is not a placeholder')]),
        ("{components.__class__}", [(0, '"{components.__class__}" is not a placeholder')]),
        ("{region!r}", [(0, "is not a placeholder")]),
        ("down {", [(5, '"{" is not a placeholder')]),
        ("down in {region}", [(8, '"{region}" stands outside of brackets')]),
        ("down [in {region}", [(5, "the bracket is not closed")]),
        ("down [in {region} [or]", [(5, "the bracket is not closed")]),
        ("[{region} is down]", [(0, "nothing is left of it where no label can be shown")]),
    ],
)
def test_each_mistake_has_its_place(text: str, found: list[tuple[int, str]]) -> None:
    mistakes = parse_template(text, LABELS).mistakes
    assert [mistake.offset for mistake in mistakes] == [offset for offset, _ in found]
    assert all(words in mistake.message for mistake, (_, words) in zip(mistakes, found, strict=True))
    assert all(mistake.hint for mistake in mistakes)


def test_a_title_names_no_components() -> None:
    (mistake,) = parse_template("{components} fails", components=False).mistakes
    assert mistake.message == '"{components}" is not a placeholder'


@given(
    pieces=st.lists(
        st.sampled_from(["{components}", "{region}", "{zone}", "[", "]", "{", "}", " in ", "é", "{x}"])
    ),
    known=st.booleans(),
)
def test_a_text_without_mistakes_is_whole_without_labels_and_never_shows_a_brace(
    pieces: list[str], *, known: bool
) -> None:
    template = parse_template("".join(pieces), LABELS)
    words = {"components": "API"} | ({"region": "eu", "zone": "a"} if known else {})
    text = template.render(words)
    if not template.mistakes:
        assert "{" not in text
        assert bool(text.strip()) == bool("".join(pieces).strip())
    if not known:
        assert "eu" not in text


@given(st.text(alphabet="[]{}a region", max_size=60))
def test_any_text_can_be_rendered(text: str) -> None:
    parse_template(text, LABELS).render({"region": "eu"})
