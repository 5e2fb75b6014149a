"""What becomes of the bodies of refusals."""

from __future__ import annotations

import pytest

from bridge.statuspage.errors import MAX_CHARACTERS, error_text

KEY = "89a229ce1a8dbcf9ff30430fbe35eb4c0426574bca932061892cefd2138aa4b1"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(b"", "", id="nothing tells nothing"),
        pytest.param(b"  \r\n ", "", id="blanks tell nothing"),
        pytest.param(b'{"error":"Could not authenticate"}', "Could not authenticate", id="error as text"),
        pytest.param(b'{"error":["a","b"]}', "a, b", id="error as list"),
        pytest.param(
            b'{"error":{"name":["is too long"],"status":"bad"}}',
            "name: is too long; status: bad",
            id="error as map",
        ),
        pytest.param(b'{"message":"Not here"}', "Not here", id="message, as the vendor's document has it"),
        pytest.param(b'{"error":null,"message":"Not here"}', "Not here", id="a null is passed over"),
        pytest.param(b'{"status":404}', "status: 404", id="another map is told as it is"),
        pytest.param(b'["no","never"]', "no, never", id="a bare list"),
        pytest.param(b'"no"', "no", id="a bare text"),
        pytest.param(b"null", "", id="a bare null"),
        pytest.param(
            b"<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>",
            "502 Bad Gateway",
            id="a page's title",
        ),
        pytest.param(
            b"<h1>No</h1><script>var a='b'</script><p>way &amp; out</p>", "No way & out", id="a page's text"
        ),
        pytest.param(b"plain\ttext\nhere", "plain text here", id="plain text on one line"),
        pytest.param(b"\xff\xfe", "\ufffd\ufffd", id="no text at all"),
        pytest.param(
            "\u202eabc\u200b\x1b[31m".encode(), "abc[31m", id="nothing that moves a terminal's cursor"
        ),
        pytest.param(b'{"error":{"a":{"b":{"c":{"d":{"e":"deep"}}}}}}', "a: b: c: d: …", id="nesting is cut"),
        pytest.param(f'{{"error":"key {KEY} is wrong"}}'.encode(), "key [redacted] is wrong", id="a key"),
        pytest.param(b"sent OAuth short-1", "sent OAuth [redacted]", id="what follows the scheme"),
        pytest.param(b"GET /x?api_key=abc&page=1", "GET /x?api_key=[redacted]&page=1", id="a key in a query"),
        pytest.param(b'token: "abc"', 'token: "[redacted]"', id="what is called a token"),
        pytest.param(b"Basic authentication is off", "Basic authentication is off", id="words stay"),
    ],
)
def test_every_form_becomes_one_line(body: bytes, text: str) -> None:
    assert error_text(body) == text


def test_a_long_text_is_cut_after_its_secrets_are_gone() -> None:
    text = error_text(b'{"error":"' + b"word " * 57 + KEY.encode() + b' end of it"}')
    assert len(text) == MAX_CHARACTERS
    assert text.endswith("…")
    assert "89a229" not in text


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"1" * 5_000,
        b"NaN",
        b'{"error":"\\ud800"}',
        b"<" * 200_000,
        b"<script>" * 20_000,
        b'{"error":{' + b",".join(b'"%d":"x"' % number for number in range(50_000)) + b"}}",
    ],
)
def test_hostile_bodies_give_a_short_line(body: bytes) -> None:
    assert len(error_text(body)) <= MAX_CHARACTERS
