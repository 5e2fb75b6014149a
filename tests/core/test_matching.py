"""Matchers: the grammar of Alertmanager 0.27 and later in UTF-8 mode, and what matches what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.matching import (
    Matcher,
    MatcherSyntaxError,
    MatchOperator,
    match_all,
    parse_matcher,
    parse_matchers,
)
from bridge.core.signals import Labels

EQUAL, NOT_EQUAL, REGEX, NOT_REGEX = MatchOperator

GRAMMAR = {
    "nothing is no matchers": ("", []),
    "white space is no matchers": (" \t\n", []),
    "empty braces are no matchers": ("{}", []),
    "empty braces may hold space": (" { } ", []),
    "braces are optional": ("team=web", [("team", EQUAL, "web")]),
    "braces may be given": ("{team=web}", [("team", EQUAL, "web")]),
    "a trailing comma is allowed": ("team=web,", [("team", EQUAL, "web")]),
    "a trailing comma is allowed in braces": ("{team=web,}", [("team", EQUAL, "web")]),
    "a trailing comma may be followed by space": ("{ team=web , }", [("team", EQUAL, "web")]),
    "space stands anywhere between": (' { team = "web" , } ', [("team", EQUAL, "web")]),
    "a line break is space": ("team=web,\nzone!=eu", [("team", EQUAL, "web"), ("zone", NOT_EQUAL, "eu")]),
    "all four operators": (
        "a=1,b!=2,c=~3,d!~4",
        [("a", EQUAL, "1"), ("b", NOT_EQUAL, "2"), ("c", REGEX, "3"), ("d", NOT_REGEX, "4")],
    ),
    "one name may stand several times": ("a!=1,a!=2", [("a", NOT_EQUAL, "1"), ("a", NOT_EQUAL, "2")]),
    "a value may be quoted": ('team="web shop"', [("team", EQUAL, "web shop")]),
    "a name may be quoted": ('"my team"=web', [("my team", EQUAL, "web")]),
    "quotes protect what is reserved": ('"a{},"="b=~!"', [("a{},", EQUAL, "b=~!")]),
    "the empty value is quoted": ('team=""', [("team", EQUAL, "")]),
    "names may be UTF-8": ("équipe=höhe", [("équipe", EQUAL, "höhe")]),
    "characters beyond the first plane too": ("🙂=🙃", [("🙂", EQUAL, "🙃")]),
    "a name may hold dots, dashes and slashes": ("k8s.io/app-x=1", [("k8s.io/app-x", EQUAL, "1")]),
    "a name may begin with a digit": ("5xx=1", [("5xx", EQUAL, "1")]),
    "a value may hold colons and brackets": ("a=~[x-z]:+", [("a", REGEX, "[x-z]:+")]),
    "a line break is escaped": (r'a="b\nc"', [("a", EQUAL, "b\nc")]),
    "a quote is escaped": (r'a="\"b\""', [("a", EQUAL, '"b"')]),
    "a backslash is escaped": (r'a=~"\\d+"', [("a", REGEX, r"\d+")]),
    "a tab is escaped as in Go": (r'a="b\tc"', [("a", EQUAL, "b\tc")]),
    "the other letters of Go": (r'a="\a\b\f\r\v"', [("a", EQUAL, "\a\b\f\r\v")]),
    "bytes make one character": (r'a="\xf0\x9f\x99\x82"', [("a", EQUAL, "🙂")]),
    "octal bytes make one character": (r'a="\303\251"', [("a", EQUAL, "é")]),
    "a short code point": (r'a="\u00e9"', [("a", EQUAL, "é")]),
    "a long code point": (r'a="\U0001f642"', [("a", EQUAL, "🙂")]),
    "escapes stand in names": (r'"a\"b"=1', [('a"b', EQUAL, "1")]),
    "a raw tab may stand in quotes": ('a="b\tc"', [("a", EQUAL, "b\tc")]),
}


@pytest.mark.parametrize(("text", "expected"), GRAMMAR.values(), ids=GRAMMAR)
def test_a_list_of_matchers_is_read(text: str, expected: list[tuple[str, MatchOperator, str]]) -> None:
    assert parse_matchers(text) == tuple(Matcher(*parts) for parts in expected)


EMPTY_VALUE = 'write team="" for the empty value'
ESCAPES = 'known are \\n, \\t, \\", \\\\ and the others of Go, such as \\u00e9'

ERRORS = {
    "a comma alone": (",", 0, "expected a label name, found ','", ""),
    "a comma alone in braces": ("{,}", 1, "expected a label name, found ','", ""),
    "two commas": ("a=1,,b=2", 4, "expected a label name, found ','", ""),
    "an open brace": ("{", 1, "expected a closing brace, the text ends", ""),
    "a closing brace": ("}", 0, "expected a label name, found '}'", ""),
    "no open brace": ("a=1}", 3, "expected a comma, found '}'", ""),
    "no closing brace": ("{a=1", 4, "expected a closing brace, the text ends", ""),
    "no closing brace after a comma": ("{a=1,", 5, "expected a closing brace, the text ends", ""),
    "two lists": ("{a=1}{b=2}", 5, "expected the end, found '{'", ""),
    "something after the braces": ("{a=1} b", 6, "expected the end, found 'b'", ""),
    "braces in braces": ("{{a=1}}", 1, "expected a label name, found '{'", ""),
    "no comma": ("a=1 b=2", 4, "expected a comma, found 'b'", ""),
    "no comma in braces": ("{a=1 b=2}", 5, "expected a closing brace, found 'b'", ""),
    "no operator": ("team", 4, "expected one of = != =~ !~, the text ends", ""),
    "half an operator": ("team!web", 4, "expected one of = != =~ !~, found '!'", ""),
    "an operator the wrong way round": ("team~=web", 4, "expected one of = != =~ !~, found '~'", ""),
    "an operator of programs": ("team==web", 5, "expected a value, found '='", EMPTY_VALUE),
    "no name": ("=web", 0, "expected a label name, found '='", ""),
    "an empty name": ('""=web', 0, "a label name cannot be empty", ""),
    "an unquoted empty value": ("team=", 5, "expected a value, the text ends", EMPTY_VALUE),
    "an unquoted empty value in braces": ("{team=}", 6, "expected a value, found '}'", EMPTY_VALUE),
    "single quotes": ("team='web'", 5, 'expected a value, found "\'"', "strings take double quotes"),
    "a string that is not closed": ('team="web', 5, "a string is not closed", ""),
    "a string closed by an escape": ('team="web\\"', 5, "a string is not closed", ""),
    "a quote within a word": ('team=we"b"', 7, "expected a comma, found '\"'", ""),
    "a backslash outside quotes": ("team=web\\n", 8, "expected a comma, found '\\\\'", ""),
    "an unknown escape": (r'team="we\w"', 8, "unknown escape \\w", ESCAPES),
    "an escape cut short": ('team="we\\', 8, "unknown escape \\", ESCAPES),
    "an escaped single quote": (r'team="\'"', 6, "unknown escape \\'", ESCAPES),
    "a byte of one digit": (r'team="\x1"', 6, "unknown escape \\x", ESCAPES),
    "digits that are not ASCII": ('team="\\x\u0661\u0661"', 6, "unknown escape \\x", ESCAPES),
    "an octal number over a byte": (r'team="\777"', 6, "unknown escape \\7", ESCAPES),
    "half a surrogate pair": (r'team="\ud800"', 6, "unknown escape \\u", ESCAPES),
    "a code point beyond the last": (r'team="\U00110000"', 6, "unknown escape \\U", ESCAPES),
    "a raw line break in a string": (
        'team="a\nb"',
        7,
        "a line break in a string",
        "write \\n for a line break",
    ),
    "bytes that are no character": (
        r'team="\xf0\x9f"',
        5,
        "a string is not UTF-8",
        "",
    ),
    "half a pair itself": ('team="\ud800"', 5, "a string is not UTF-8", ""),
    "a position counts characters, not bytes": ("é=é ü", 4, "expected a comma, found 'ü'", ""),
}


@pytest.mark.parametrize(("text", "position", "message", "hint"), ERRORS.values(), ids=ERRORS)
def test_a_mistake_is_told_with_its_position_and_a_hint(
    text: str, position: int, message: str, hint: str
) -> None:
    with pytest.raises(MatcherSyntaxError) as raised:
        parse_matchers(text)
    assert (raised.value.position, str(raised.value), raised.value.hint) == (position, message, hint)


@pytest.mark.parametrize("pattern", ["(", "a)|(b", "[", "a{1000}{1000}", "\\Qabc", "(?<=a)b", "\\1", "*"])
def test_what_re2_does_not_accept_between_the_anchors_is_an_error_at_the_value(pattern: str) -> None:
    for operator in (REGEX, NOT_REGEX):
        with pytest.raises(MatcherSyntaxError, match="not a regular expression that RE2 accepts") as raised:
            parse_matchers(str(Matcher("a", operator, pattern)))
        assert raised.value.position == 3


def test_what_is_no_regular_expression_is_a_plain_value_elsewhere() -> None:
    assert parse_matcher('a="("') == Matcher("a", EQUAL, "(")


@pytest.mark.parametrize(("text", "found"), [("", 0), ("{}", 0), ("a=1,b=2", 2)])
def test_exactly_one_matcher_is_asked_for(text: str, found: int) -> None:
    with pytest.raises(MatcherSyntaxError, match=f"expected one matcher, found {found}"):
        parse_matcher(text)


MATCHING = {
    "equal": ('team="web"', True),
    "another value": ('team="we"', False),
    "case counts": ('team="Web"', False),
    "not equal": ('team!="db"', True),
    "not equal to itself": ('team!="web"', False),
    "an absent label equals the empty value": ('zone=""', True),
    "an absent label differs from any other": ('zone!="eu"', True),
    "a label that is there differs from the empty value": ('team!=""', True),
    "an absent label matches what matches nothing": ('zone=~".*"', True),
    "an absent label does not match what needs a character": ('zone=~".+"', False),
    "an absent label is not matched by a word": ('zone!~"eu"', True),
    "an expression is anchored at its end": ('team=~"we"', False),
    "an expression is anchored at its beginning": ('team=~"eb"', False),
    "alternatives are anchored as a whole": ('team=~"web|db"', True),
    "alternatives do not match a part": ('team=~"w|b"', False),
    "not matching is anchored too": ('team!~"we"', True),
    "not matching itself": ('team!~"w.b"', False),
    "a flag inside stays inside": ('team=~"(?i)WEB"', True),
    "the flag for lines does not loosen the anchors": ('lines=~"(?m)one"', False),
    "a dot is no line break": ('lines=~"one.two"', False),
    "a final line break is part of the value": ('ended=~"one"', False),
    "a dot is one character, however many bytes": ('name=~"h.he"', True),
    "half a surrogate pair is no error": ('half=~"a[a-z]+b"', False),
}


@pytest.mark.parametrize(("text", "expected"), MATCHING.values(), ids=MATCHING)
def test_matching_labels(text: str, *, expected: bool) -> None:
    labels = Labels(
        {"team": "web", "lines": "one\ntwo", "ended": "one\n", "name": "höhe", "half": "a\ud800b"}
    )
    matcher = parse_matcher(text)
    assert matcher.matches(labels) is expected
    assert matcher.matches(dict(labels)) is expected


def test_all_matchers_must_match() -> None:
    labels = Labels({"a": "1", "b": "2"})
    assert match_all(parse_matchers("a=1,b=2"), labels)
    assert not match_all(parse_matchers("a=1,b=3"), labels)
    assert match_all((), labels)


texts = st.text(max_size=12)
plain_matchers = st.builds(
    Matcher, st.text(min_size=1, max_size=12), st.sampled_from((EQUAL, NOT_EQUAL)), texts
)
expressions = st.sampled_from((".*", "a|b", r"\d+", "", 'x"y', "a\nb", "[^,}]+", r"\\", "{2}|é"[3:]))
matchers = st.one_of(
    plain_matchers,
    st.builds(Matcher, st.text(min_size=1, max_size=12), st.sampled_from((REGEX, NOT_REGEX)), expressions),
)


@given(st.lists(matchers, max_size=4))
def test_a_matcher_is_read_as_it_was_written(written: list[Matcher]) -> None:
    text = ", ".join(map(str, written))
    assert parse_matchers(text) == tuple(written)
    assert parse_matchers(f"{{{text}}}") == tuple(written)


def found_in(text: str) -> tuple[Matcher, ...] | MatcherSyntaxError:
    """The matchers of a text, or why there are none."""
    try:
        return parse_matchers(text)
    except MatcherSyntaxError as error:
        return error


@given(st.text(alphabet=st.sampled_from("{}=!~,\\\"'` \nab(|)xué7"), max_size=20))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    found = found_in(text)
    if isinstance(found, MatcherSyntaxError):
        assert 0 <= found.position <= len(text)
        assert str(found)
    else:
        assert parse_matchers(", ".join(map(str, found))) == found


@given(matchers, st.dictionaries(texts.filter(bool), texts, max_size=3))
def test_a_negated_matcher_matches_exactly_what_the_other_does_not(
    matcher: Matcher, labels: dict[str, str]
) -> None:
    opposite = {EQUAL: NOT_EQUAL, NOT_EQUAL: EQUAL, REGEX: NOT_REGEX, NOT_REGEX: REGEX}[matcher.operator]
    assert matcher.matches(labels) is not Matcher(matcher.name, opposite, matcher.value).matches(labels)
