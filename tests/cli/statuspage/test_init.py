"""`bridge init`: what it writes is accepted by `bridge check`, binds to the page that it came from, and overwrites nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from hypothesis import given
from hypothesis import strategies as st

from bridge.cli.first_rules import LABEL, FoundComponent, FoundMetric, first_rules
from bridge.config.compile import load_rules
from bridge.core.matching import Matcher, MatchOperator, parse_matchers
from bridge.core.observed import ObservedComponent, resolve_component
from bridge.core.statuses import Automation, ComponentStatus
from tests.cli.terminal import call

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bridge.core.rules import RuleSet
    from tests.cli.statuspage.stand import Stand


def test_a_page_becomes_a_file_that_check_accepts_without_a_warning(shop: Stand, tmp_path: Path) -> None:
    ended = call("init", "--page", "acme", "--output", tmp_path / "rules")
    path = tmp_path / "rules" / "acme.yaml"
    assert (ended.code, ended.errors) == (0, "")
    assert f"bridge check {path}" in ended.output
    assert call("check", "--fatal", path).output.startswith(
        "acme: 4 component rules, 2 incidents, 0 metrics\n"
    )
    document = yaml.safe_load(path.read_text())
    assert list(document["components"]) == ["Checkout / API", "Checkout / Web", "Search", "Payments"]
    assert document["defaults"] == {"automation": "shadow"}
    assert document["incidents"][0]["components"] == ["Checkout / *"]
    assert "#   - metric: Latency\n" in path.read_text()
    assert shop.writes == []


def test_nothing_of_it_publishes_anything(shop: Stand, tmp_path: Path) -> None:
    assert shop.url
    call("init", "--output", tmp_path)
    rules = load_rules([tmp_path]).rule_sets["acme"]
    assert {rule.automation for rule in rules.components} == {Automation.SHADOW}
    assert {rule.automation for rule in rules.incidents} == {Automation.SHADOW}


def test_what_is_there_is_not_overwritten_and_no_request_is_spent(shop: Stand, tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("mine")
    ended = call("init", "--page", "acme", "--output", tmp_path)
    assert (ended.code, shop.simulator.arrivals) == (2, [])
    assert str(tmp_path / "acme.yaml") in ended.errors
    assert (tmp_path / "acme.yaml").read_text() == "mine"


def test_a_page_that_the_settings_do_not_know_gives_its_id(
    shop: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(shop.settings["BRIDGE_PAGES__ACME__TOKEN"])
    for name in ("ID", "TOKEN"):
        monkeypatch.delenv(f"BRIDGE_PAGES__ACME__{name}")
    words = ("--page", shop.page_id, "--token-file", tmp_path / "token", "--output", tmp_path)
    assert call("init", *words).code == 0
    path = tmp_path / f"{shop.page_id}.yaml"
    assert yaml.safe_load(path.read_text())["page"] == shop.page_id
    assert call("check", "--fatal", path).code == 0


def test_a_folder_that_cannot_be_made_is_told(shop: Stand, tmp_path: Path) -> None:
    assert shop.url
    (tmp_path / "file").write_text("")
    ended = call("init", "--output", tmp_path / "file" / "rules")
    assert ended.code == 2
    assert "cannot be written" in ended.errors


# --- the text

NAMES = st.one_of(
    st.text(min_size=1, max_size=30).filter(str.strip),
    st.sampled_from(
        [
            'Say "hi"',
            "it's",
            "a/b",
            "a / b",
            "/ a",
            "a /",
            "*",
            "x * y",
            "Checkout / *",
            "id:foo",
            "id:8kbf7d35c070",
            "no",
            "Null",
            "404",
            "1e3",
            "# not a comment",
            "- x",
            "a: b",
            "{components}",
            "back\\slash",
            "two  spaces",
            " edges ",
            "line\nbreak",
            "\x1b[2J",
            "\u2028",
            "\ufeffmark",
            "Zürich 東京",
            "\U0001f525",
            "x" * 255,
            "Search",
        ]
    ),
)
IDS = st.text(alphabet="0123456789bcdfghjklmnpqrstvwxyz", min_size=12, max_size=12)


@st.composite
def components(draw: st.DrawFn) -> list[FoundComponent]:
    """Components of a page, some of them in groups, some of one name."""
    groups = draw(st.lists(NAMES, max_size=3))
    return [
        FoundComponent(identity, draw(NAMES), draw(st.sampled_from(["", *groups])))
        for identity in draw(st.lists(IDS, min_size=1, max_size=8, unique=True))
    ]


def loaded(text: str, folder: Path) -> RuleSet:
    """The rules of a text, which has neither a mistake nor a warning."""
    (folder / "first.yaml").write_text(text, encoding="utf-8")
    rules = load_rules([folder / "first.yaml"])
    assert rules.warnings == ()
    (found,) = rules.rule_sets.values()
    return found


@given(components=components(), title=NAMES, metrics=st.lists(NAMES, max_size=3))
def test_whatever_things_are_called_each_rule_means_its_component(
    components: list[FoundComponent],
    title: str,
    metrics: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    measured = [FoundMetric(f"{number:012d}", name) for number, name in enumerate(metrics)]
    text = first_rules("acme", title, components=components, metrics=measured)
    rules = loaded(text, tmp_path_factory.mktemp("rules"))
    on_page = {
        one.id: ObservedComponent(
            id=one.id,
            name=one.name,
            group=one.group,
            status=ComponentStatus.OPERATIONAL,
            read_at=0.0,
        )
        for one in components
    }
    bound = [resolve_component(rule.component, on_page) for rule in rules.components]
    assert sorted(bound) == sorted((one.id,) for one in components)
    covered = [name for incident in rules.incidents for name in incident.components]
    assert sorted(covered) == sorted(rule.component for rule in rules.components)


@given(name=NAMES)
def test_the_example_matches_an_alert_with_the_components_name(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = first_rules("acme", "Acme", components=[FoundComponent("8kbf7d35c070", name)], metrics=[])
    loaded(text, tmp_path_factory.mktemp("rules"))
    ((rule,),) = yaml.safe_load(text)["components"].values()
    (matcher,) = parse_matchers(rule["matchers"][0])
    said = "".join(character for character in " ".join(name.split()) if character.isprintable())
    fits = said and len(str(Matcher(LABEL, MatchOperator.EQUAL, said))) <= 255
    assert (matcher.name, matcher.value) == (LABEL, said if fits else "8kbf7d35c070")


def test_metrics_take_effect_when_the_signs_before_them_are_taken_out(tmp_path: Path) -> None:
    metrics = [FoundMetric("8kbf7d35c070", "Latency"), FoundMetric("9kbf7d35c070", 'Say "hi"')]
    text = first_rules("acme", "Acme", components=[FoundComponent("7kbf7d35c070", "API")], metrics=metrics)
    head, mark, commented = text.partition("# metrics:")
    alive = (mark + commented).replace("\n# ", "\n").removeprefix("# ")
    assert len(loaded(head + alive, tmp_path).metrics) == 2


def test_a_page_without_components_gets_an_example_in_comments() -> None:
    text = first_rules("acme", "Acme", components=[], metrics=[])
    assert yaml.safe_load(text) == {"page": "acme", "defaults": {"automation": "shadow"}}


def test_a_component_that_no_rule_can_name_is_told_in_a_comment(tmp_path: Path) -> None:
    components = [FoundComponent("AN-ID", "x * y"), FoundComponent("8kbf7d35c070", "API")]
    text = first_rules("acme", "Acme", components=components, metrics=[])
    assert "# x * y cannot be named in a rule: its id is AN-ID." in text
    assert len(loaded(text, tmp_path).components) == 1
