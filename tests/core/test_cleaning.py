"""Public texts are clean: nothing that nobody sees, no markup from outside, no cut through a character."""

from __future__ import annotations

from html import unescape
from unicodedata import category, is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.cleaning import cleaned, escaped, one_line, shortened, without_markup
from bridge.simulator.markdown import render

ANY = st.text(alphabet=st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301", "é"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("\u202eabc\u2066d\u2069", "abcd"),
        ("1\u200b0\u200d.\ufeff0\u00ad", "10.0"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("a\u2028b", "a b"),
        ("\ud800x\ue000\uffff", "x"),
        ("\U000e0041x", "x"),
        ("מה \u05d0 日本", "מה \u05d0 日本"),
    ],
)
def test_what_nobody_sees_is_taken_out(text: str, expected: str) -> None:
    assert cleaned(text) == expected


@given(ANY)
def test_a_clean_text_is_normal_and_stays_as_it_is(text: str) -> None:
    once = cleaned(text)
    assert is_normalized("NFC", once)
    assert cleaned(once) == once
    assert all(category(one)[0] != "C" or one in "\n\t" for one in once)


@given(ANY)
def test_one_line_is_one_line(text: str) -> None:
    assert "\n" not in one_line(text)
    assert one_line(text) == one_line(text).strip()


@given(st.text(alphabet="<>&\"'`*_~|\\[]()#!-+= a1\u00e9:/", max_size=40))
def test_what_is_escaped_reads_as_it_was_written_in_html_and_in_markdown(text: str) -> None:
    value = one_line(text)
    assert unescape(escaped(value)) == value
    assert "<" not in escaped(value)
    told = unescape(str(render(f"In {escaped(value)} all.", below=2)))
    assert told == f"<p>In {value} all.</p>\n"


def test_a_title_has_no_tag() -> None:
    assert without_markup("<img src=x onerror=alert(1)>R&D") == "img src=x onerror=alert(1) R D"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab\u0301\u0302cd", 4, "a…"),
        ("x👍🏽y z", 3, "x…"),
        ("👩\u200d🚀abc", 3, "…"),
        ("ab &#42; c", 7, "ab …"),
        ("\u0301" * 100, 50, "\u0301" * 17 + "…"),
    ],
)
def test_a_cut_goes_through_no_character(text: str, limit: int, expected: str) -> None:
    assert shortened(text, limit) == expected


@given(ANY, st.integers(1, 90))
def test_a_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(shortened(text, limit)) <= limit
