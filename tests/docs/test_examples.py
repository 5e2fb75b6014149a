"""Every example in the documentation does what it is there for."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from bridge.config.compile import load_rules
from bridge.config.problems import RuleFileError
from bridge.web.alertmanager import PATH
from tests.cli.terminal import call
from tests.docs.pages import PAGES, ROOT, Block, page

OTHERS = ("alertmanager.yml", "prometheus-rules.yml", "values.yaml", "mistakes.yaml")
"""Examples that are not rule files, or not good ones, by the name in their first line."""

TESTS = ".test.yaml"
"""How the names of examples of tests end; they are played against the example that they name."""

EXAMPLES = [
    pytest.param(block, id=f"{document.name}:{block.line}")
    for document in PAGES
    for block in document.blocks("yaml")
    if block.title not in OTHERS and not block.title.endswith(TESTS)
]


def the_block(name: str, title: str) -> Block:
    found = [block for block in page(name).blocks("yaml") if block.title == title]
    assert len(found) == 1, f"{name} has {len(found)} blocks of {title}"
    return found[0]


@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_of_a_rule_file_loads_without_a_warning(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(block.text)
    assert load_rules([path]).warnings == ()


def test_the_examples_of_tests_pass_and_show_all_of_their_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tests = 0
    for document in PAGES:
        for block in document.blocks("yaml"):
            # The rules stand above their tests.
            Path(Path(block.title or "untitled.yaml").name).write_text(block.text)
            if block.title.endswith(TESTS):
                tests += 1
                ended = call("test", block.title, "--coverage", "--threshold", "100", "--diff")
                assert ended.code == 0, ended.output + ended.errors
    assert tests


def test_the_examples_that_are_not_rule_files_are_the_known_ones() -> None:
    titles = [block.title for document in PAGES for block in document.blocks("yaml")]
    assert sorted(title for title in titles if title in OTHERS) == sorted(OTHERS)


def test_the_mistakes_are_told_as_the_reference_prints_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mistakes.yaml").write_text(the_block("docs/rules.md", "mistakes.yaml").text)
    with pytest.raises(RuleFileError) as caught:
        load_rules([Path("mistakes.yaml")])
    (printed,) = page("docs/rules.md").blocks("text")
    assert f"{caught.value}\n" == printed.text


def test_the_receiver_of_the_readme_delivers_where_the_daemon_listens() -> None:
    configuration = yaml.safe_load(the_block("README.md", "alertmanager.yml").text)
    receivers = {receiver["name"]: receiver for receiver in configuration["receivers"]}
    (route,) = configuration["route"]["routes"]
    (webhook,) = receivers[route["receiver"]]["webhook_configs"]
    assert webhook["url"].endswith(PATH)
    assert webhook["send_resolved"]
    assert "credentials_file" in webhook["http_config"]["authorization"]
    assert configuration["route"]["receiver"] in receivers


def test_the_values_of_the_readme_are_accepted_by_the_chart(tmp_path: Path) -> None:
    values = yaml.safe_load(the_block("README.md", "values.yaml").text)
    schema = json.loads((ROOT / "helm/statuspage-bridge/values.schema.json").read_text())
    defaults = yaml.safe_load((ROOT / "helm/statuspage-bridge/values.yaml").read_text())
    assert "image" in defaults
    merged = {
        **defaults,
        **{
            name: {**defaults[name], **value} if isinstance(defaults[name], dict) else value
            for name, value in values.items()
        },
    }
    jsonschema.validate(merged, schema)
    for name, text in values["rules"].items():
        (tmp_path / name).write_text(text)
    assert load_rules([tmp_path]).rule_sets.keys() == values["pages"].keys()


def test_each_alarm_is_explained() -> None:
    groups = yaml.safe_load(the_block("docs/operations.md", "prometheus-rules.yml").text)["groups"]
    alarms = [rule["alert"] for group in groups for rule in group["rules"]]
    assert [row[0].strip("`") for row in page("docs/operations.md").rows("Alarms")] == alarms


def test_the_chart_brings_the_alarms_that_are_explained() -> None:
    explained = yaml.safe_load(the_block("docs/operations.md", "prometheus-rules.yml").text)
    brought = yaml.safe_load((ROOT / "helm/statuspage-bridge/files/alarms.yaml").read_text())
    assert brought == explained
