"""`bridge bind` and `bridge check --online`: what names mean on the page, written down beside the rules, and told where it is not certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from bridge.clock import read_wall_clock
from bridge.config.compile import load_rules
from tests.cli.terminal import call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.statuspage.stand import Stand

RULES = """\
page: acme
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: major_outage
  Search:
    - alert: SearchErrors
      status: partial_outage
metrics:
  - metric: Latency
    query: up
    prometheus: main
"""

TEMPLATED = """\
page: acme
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: major_outage
incidents:
  - id: checkout
    components: [Checkout / API]
    title: Checkout is having problems
    updates: {every: 30m}
    texts:
      investigating: {template: Orders fail}
      still: {text: ..., template: Order fails}
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of rules for the shop, in the directory in which commands are given."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "shop.yaml").write_text(RULES)
    return folder


def locked(rules: Path) -> dict[str, dict[str, object]]:
    """What the lock file says."""
    loaded: dict[str, dict[str, object]] = yaml.safe_load((rules / "ids.lock.yaml").read_text())
    return loaded


def rename(shop: Stand, name: str, new: str) -> None:
    """A person renames a component on the page."""
    shop.output("components", "set", name, "--name", new, "--yes")


def metric_id(shop: Stand) -> str:
    """The id of the page's metric."""
    (identifier,) = shop.simulator.page(shop.page_id).metrics
    return identifier


def test_names_are_bound_to_ids_and_a_second_time_changes_nothing(shop: Stand, rules: Path) -> None:
    ended = call("bind", "rules")
    api, search = shop.component_id("API"), shop.component_id("Search")
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output.splitlines() == [
        f"acme ({shop.page_id}):",
        f"  + component Checkout / API: {api}",
        f"  + component Search: {search}",
        f"  + metric Latency: {metric_id(shop)}",
        "rules/ids.lock.yaml: written: commit it",
    ]
    ids = {"Checkout / API": api, "Search": search}
    assert locked(rules) == {
        shop.page_id: {"page": "acme", "components": ids, "metrics": {"Latency": metric_id(shop)}}
    }
    written = (rules / "ids.lock.yaml").read_text()
    again = call("bind", "rules")
    assert again.output.splitlines()[-2:] == ["  nothing changes", "rules/ids.lock.yaml: up to date"]
    assert (rules / "ids.lock.yaml").read_text() == written
    assert call("bind", "--check", "rules").code == 0
    assert shop.writes == []
    loaded = load_rules([rules], pages={"acme": shop.page_id})
    assert loaded.rule_sets["acme"].component_ids == ids
    assert loaded.rule_sets["acme"].metric_ids == {"Latency": metric_id(shop)}
    assert call("check", "--fatal", "rules").code == 0


def test_a_file_that_is_named_alone_has_its_lock_beside_it(shop: Stand, rules: Path) -> None:
    assert call("bind", "rules/shop.yaml").code == 0
    assert list(locked(rules)) == [shop.page_id]
    assert load_rules([rules / "shop.yaml"]).rule_sets["acme"].component_ids.keys() == {
        "Checkout / API",
        "Search",
    }


def test_check_writes_nothing_and_exits_with_3_where_something_would_change(shop: Stand, rules: Path) -> None:
    ended = call("bind", "--check", "rules")
    assert (ended.code, ended.errors) == (3, "")
    assert ended.output.splitlines()[-1] == "rules/ids.lock.yaml: would change"
    assert f"  + component Search: {shop.component_id('Search')}" in ended.output
    assert not (rules / "ids.lock.yaml").exists()


def test_a_rename_on_the_page_changes_nothing_and_is_told(shop: Stand, rules: Path) -> None:
    assert call("bind", rules.name).code == 0
    rename(shop, "Search", "Search engine")
    ended = call("bind", "--check", "rules")
    search = shop.component_id("Search engine")
    assert (ended.code, ended.errors) == (0, "")
    assert f"  = component Search: {search}, which the page calls Search engine" in ended.output
    assert (call("check", "--online", "--fatal", "rules").code) == 0


def test_what_is_gone_from_the_page_is_bound_anew_by_its_name_and_what_no_rule_names_is_dropped(
    shop: Stand, rules: Path
) -> None:
    call("bind", "rules")
    gone, kept = "0123456789ab", locked(rules)
    text = (rules / "ids.lock.yaml").read_text()
    (rules / "ids.lock.yaml").write_text(text.replace(shop.component_id("Search"), gone))
    (rules / "shop.yaml").write_text(RULES.replace("Checkout / API", "Checkout / Web"))
    ended = call("bind", "rules")
    search, api, web = (shop.component_id(name) for name in ("Search", "API", "Web"))
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output.splitlines()[1:-1] == [
        f"  - component Checkout / API: {api} (no rule names it)",
        f"  + component Checkout / Web: {web}",
        f"  ~ component Search: {search} instead of {gone}, which is not on the page",
    ]
    assert locked(rules)[shop.page_id]["metrics"] == kept[shop.page_id]["metrics"]


def test_what_means_nothing_or_several_things_is_not_guessed_and_the_rest_is_bound(
    shop: Stand, rules: Path
) -> None:
    shop.simulator.add_component(shop.page_id, "Search", now=read_wall_clock())
    (rules / "shop.yaml").write_text(RULES.replace("Checkout / API", "Chekout / API"))
    ended = call("bind", "rules")
    assert ended.code == 1
    told = ended.errors.splitlines()
    assert told[0] == (
        'rules/shop.yaml:3:3: the page has no component "Chekout / API" (hint: did you mean "Checkout / API" or "Checkout / Web"?)'
    )
    assert told[1].startswith('rules/shop.yaml:6:3: "Search" is the name of 2 components of the page')
    assert locked(rules) == {shop.page_id: {"page": "acme", "metrics": {"Latency": metric_id(shop)}}}


def test_other_pages_of_the_lock_and_other_locks_keep_what_they_have(shop: Stand, rules: Path) -> None:
    team = rules / "team"
    team.mkdir()
    api = shop.component_id("API")
    (team / "ids.lock.yaml").write_text(
        f"{shop.page_id}: {{page: acme, components: {{Checkout / API: {api}}}}}\n"
    )
    other = {"page": "other", "components": {"Mail": "abcdefghijkl"}}
    (rules / "ids.lock.yaml").write_text(yaml.safe_dump({"zyxwvutsrqpo": other}))
    ended = call("bind", "rules")
    assert (ended.code, ended.errors) == (0, "")
    ids = locked(rules)
    assert ids["zyxwvutsrqpo"] == other
    assert ids[shop.page_id]["components"] == {"Search": shop.component_id("Search")}
    assert load_rules([rules]).rule_sets["acme"].component_ids.keys() == {"Checkout / API", "Search"}


def test_the_rules_of_two_pages_are_bound_each_on_its_own(
    shop: Stand, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = shop.simulator.add_page("Second", now=read_wall_clock())
    shop.simulator.add_component(second, "Search", now=read_wall_clock())
    monkeypatch.setenv("BRIDGE_PAGES__SECOND__ID", second)
    monkeypatch.setenv("BRIDGE_PAGES__SECOND__TOKEN", shop.settings["BRIDGE_PAGES__ACME__TOKEN"])
    (rules / "second.yaml").write_text(
        "page: second\ncomponents: {Search: [{alert: A, status: major_outage}]}\n"
    )
    ended = call("bind", "rules")
    assert (ended.code, ended.errors) == (0, "")
    ids = locked(rules)
    assert ids[second]["components"] == {"Search": shop.simulator.component(second, "Search").id}
    assert ids[shop.page_id]["page"] == "acme"
    assert ids[shop.page_id]["components"] != ids[second]["components"]
    pages = {"acme": shop.page_id, "second": second}
    bound = load_rules([rules], pages=pages).rule_sets
    assert bound["second"].component_ids != bound["acme"].component_ids
    (rules / "ids.lock.yaml").unlink()
    assert call("bind", "--page", "second", "rules").code == 0
    assert list(locked(rules)) == [second]
    wrong = call("bind", "--page", shop.page_id, "rules")
    assert (wrong.code, "the rules are for" in wrong.errors) == (2, True)


# --- check --online


def test_names_that_are_not_on_the_page_are_told_with_what_comes_close(shop: Stand, rules: Path) -> None:
    text = RULES.replace("Checkout / API", "Shop / API").replace("Latency", "Latencies")
    (rules / "shop.yaml").write_text(text.replace("  Search:", "  id:0123456789ab:"))
    assert call("check", "rules").code == 0
    ended = call("check", "--online", "rules")
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.splitlines() == [
        'rules/shop.yaml:3:3: the page has no component "Shop / API" (hint: did you mean "Checkout / API"?)',
        "rules/shop.yaml:6:3: the page has no component with the id 0123456789ab",
        'rules/shop.yaml:10:13: the page has no metric "Latencies" (hint: did you mean "Latency"?)',
    ]
    assert shop.writes == []


def test_templates_that_are_not_on_the_page_are_told_with_what_comes_close(shop: Stand, rules: Path) -> None:
    shop.output("templates", "create", "Orders fail", "--title", "Checkout", "--body", "Some fail.")
    (rules / "shop.yaml").write_text(TEMPLATED)
    ended = call("check", "--online", "rules")
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.splitlines() == [
        'rules/shop.yaml:13:36: the page has no incident template "Order fails" (hint: did you mean "Orders fail"?)'
    ]


def test_an_id_of_the_lock_that_is_not_on_the_page_is_told_at_its_place(shop: Stand, rules: Path) -> None:
    call("bind", "rules")
    search = shop.component_id("Search")
    text = (rules / "ids.lock.yaml").read_text()
    (rules / "ids.lock.yaml").write_text(text.replace(search, "0123456789ab"))
    ended = call("check", "--online", "rules")
    assert ended.code == 1
    assert ended.errors == (
        'rules/ids.lock.yaml:7:5: "Search" is bound to 0123456789ab, and the page has no such component'
        f" (hint: bridge bind would bind it to {search}, which has that name)\n"
    )


def test_another_thing_of_a_bound_name_is_a_warning(shop: Stand, rules: Path) -> None:
    assert call("bind", rules.name).code == 0
    before = shop.component_id("Search")
    rename(shop, "Search", "Old search")
    new = shop.simulator.add_component(shop.page_id, "Search", now=read_wall_clock())
    ended = call("check", "--online", "rules")
    assert ended.code == 0
    assert f'"Search" is bound to {before}, which the page calls "Old search"' in ended.errors
    assert new in ended.errors
    assert call("check", "--online", "--fatal", "rules").code == 3


def test_a_name_that_no_lock_binds_is_a_warning_where_there_is_one(shop: Stand, rules: Path) -> None:
    call("bind", "rules")
    (rules / "more.yaml").write_text(
        "page: acme\ncomponents: {Payments: [{alert: A, status: major_outage}]}\n"
    )
    ended = call("check", "--fatal", "rules")
    assert ended.code == 3
    assert 'rules/more.yaml:2:14: the component "Payments" of the page "acme" is not in ids.lock.yaml' in (
        ended.errors
    )
    assert shop.writes == []


def test_without_a_network_nothing_is_judged_and_that_is_told(
    shop: Stand, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.url
    monkeypatch.setenv("BRIDGE_API_URL", "http://127.0.0.1:9")
    for command in (("check", "--online"), ("bind",)):
        ended = call(*command, "rules")
        assert ended.code == 1
        assert "nothing was sent; check the network, or --api-url" in ended.errors
        assert "has no component" not in ended.errors
    assert not (rules / "ids.lock.yaml").exists()


def test_options_of_the_connection_without_online_are_wrong_use(shop: Stand, rules: Path) -> None:
    assert (shop.url, rules.exists()) == (shop.url, True)
    ended = call("check", "--page", "acme", "rules")
    assert (ended.code, "go with --online" in ended.errors) == (2, True)


def test_a_page_that_nothing_knows_is_told(shop: Stand, rules: Path) -> None:
    assert shop.url
    (rules / "shop.yaml").write_text(RULES.replace("page: acme", "page: acne"))
    for command in (("check", "--online"), ("bind",)):
        ended = call(*command, "rules")
        assert ended.code == 2
        assert ended.errors.splitlines()[-1].startswith(
            'rules/shop.yaml:1:7: page: "acne" is neither a page of the settings nor the id of one'
        )
    ended = call("check", "--online", "--page", "acne", "rules")
    assert '--page: "acne" is neither a page of the settings nor the id of one' in ended.errors
    assert call("check", "--online", "--page", "acme", "rules").code == 0
