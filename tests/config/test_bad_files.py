"""Each bad file beside the exact text that it gives, and what no file can hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.config.problems import MAXIMUM_PROBLEMS, RuleFileError
from tests.config.loading import load, load_text, told, write

BAD = Path(__file__).parent / "bad"


def messages(path: Path) -> str:
    with pytest.raises(RuleFileError) as caught:
        load(path)
    return str(caught.value) + "\n"


@pytest.mark.parametrize("name", sorted(path.stem for path in BAD.glob("*.yaml")))
def test_each_bad_file_gives_exactly_the_text_beside_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    assert messages(Path(f"{name}.yaml")) == (BAD / f"{name}.txt").read_text(encoding="utf-8")


def test_every_text_stands_beside_a_bad_file() -> None:
    assert {path.stem for path in BAD.glob("*.txt")} == {path.stem for path in BAD.glob("*.yaml")}


def test_ten_mistakes_give_ten_messages_in_the_order_of_the_file_each_with_a_hint() -> None:
    with pytest.raises(RuleFileError) as caught:
        load(BAD / "ten_mistakes.yaml")
    problems = caught.value.problems
    assert len(problems) == 10
    assert [problem.place for problem in problems] == sorted(problem.place for problem in problems)
    assert all(problem.hint and problem.line and problem.column for problem in problems)


def test_a_file_that_is_not_utf_8_names_the_byte(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_bytes(b"page: acme\n# caf\xe9\n")
    assert told(tmp_path) == ["2:6: not UTF-8: byte 0xe9 (hint: save the file as UTF-8)"]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_bytes(b"\xef\xbb\xbfpage: acme\n")
    assert told(tmp_path) == []


def test_a_control_character_in_the_file_has_a_place(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("page: acme\n# é\x01\n", encoding="utf-8")
    assert told(tmp_path) == ["2:4: not YAML: control characters are not allowed"]


def test_a_file_beyond_one_mebibyte_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, rules="# " + "x" * (1 << 20))
    assert told(tmp_path) == ["larger than 1 MiB (hint: divide it into several files)"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("page: " + "[" * 500_000, id="half a million open brackets"),
        pytest.param("page: " + "{a: " * 200_000, id="two hundred thousand open braces"),
        pytest.param("- " * 500_000, id="half a million dashes on one line"),
        pytest.param("? " * 300_000, id="three hundred thousand open keys"),
        pytest.param("--- a\n" * 150_000, id="a hundred and fifty thousand documents"),
        pytest.param("incidents: [" + "x," * 110_000 + "]", id="a hundred and ten thousand entries"),
        pytest.param("page: " + "9" * 1_000_000, id="a number of a million digits"),
        pytest.param(
            "components:\n" + "".join(f"  C{n}: x\n" for n in range(20_000)), id="twenty thousand components"
        ),
        pytest.param(f"components: {{{'a' * 900_000}: []}}", id="a name of nine hundred thousand letters"),
        pytest.param(
            "defaults: {" + "".join(f"fr{n}: 1, " for n in range(20_000)) + "}", id="twenty thousand keys"
        ),
    ],
)
def test_a_hostile_file_ends_in_problems_and_not_in_a_crash_or_a_wait(tmp_path: Path, text: str) -> None:
    assert 1 <= len(told(write(tmp_path, rules=text))) <= MAXIMUM_PROBLEMS + 1


def test_an_expanding_file_is_refused_before_it_expands(tmp_path: Path) -> None:
    lines = ["a0: &a0 x"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    problems = told(write(tmp_path, rules="\n".join(lines)))
    assert (
        "2:10: anchors and aliases are not used here (hint: write the value out where it is needed)"
        in problems
    )


def test_an_unreadable_file_does_not_make_the_others_name_what_it_may_declare(tmp_path: Path) -> None:
    uses = "page: acme\ncomponents: {Search: [{probe: shop, status: partial_outage}]}\n"
    assert told(write(tmp_path, a="probes: [", b=uses)) == [
        "2:1: not YAML: while parsing a flow node, did not find expected node content"
    ]


def test_a_url_with_a_password_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    text = "probes: [{id: shop, http: {url: 'https://user:hunter2@shop.example/'}}]"
    assert "hunter2" not in str(told(write(tmp_path, rules=text)))


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        pytest.param("https://shop.example", True, id="a host is enough"),
        pytest.param("http://127.0.0.1:8481/healthz?full=1", True, id="an address with port and query"),
        pytest.param("http://[::1]:80/", True, id="an address of version 6"),
        pytest.param("https://köln.example/", True, id="a name beyond ASCII"),
        pytest.param("${SHOP_URL}/healthz", True, id="a variable that is known"),
        pytest.param("http://[::1/", False, id="a bracket is not closed"),
        pytest.param("http://shop.example:99999/", False, id="a port beyond 65535"),
        pytest.param("http://shop.example:0/", False, id="port zero"),
        pytest.param("http://shop.example:port/", False, id="a port in letters"),
        pytest.param("http://shop..example/", False, id="an empty part of the host"),
        pytest.param(f"http://{'a' * 64}.example/", False, id="a part of the host beyond 63 letters"),
        pytest.param("http://shop.example/a b", False, id="a space"),
        pytest.param("http://-shop.example/", False, id="a host that begins with a dash"),
        pytest.param("${SHOP_URL/healthz", False, id="a variable that is not closed"),
        pytest.param("http://\u2100.example/", False, id="a character that turns into a slash"),
    ],
)
def test_a_url_is_accepted_only_when_a_client_can_use_it(tmp_path: Path, url: str, *, accepted: bool) -> None:
    problems = told(write(tmp_path, rules=f'probes: [{{id: shop, http: {{url: "{url}"}}}}]'))
    assert (not problems) is accepted, problems


def test_words_that_yaml_takes_for_other_types_are_texts(tmp_path: Path) -> None:
    text = """
page: acme
components:
  404:
    - alert: no
      status: {on: {2026-01-01: major_outage, 0x10: partial_outage}}
"""
    rule = load_text(tmp_path, text).rule_sets["acme"].components[0]
    assert (rule.component, rule.matchers[0].value) == ("404", "no")
    assert [value for value, _ in getattr(rule.status, "rungs", ())] == ["2026-01-01", "0x10"]
