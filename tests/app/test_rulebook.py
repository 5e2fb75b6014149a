"""The rules in force: what is wrong never replaces what works, and the gauges tell."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bridge.app.rulebook import Rulebook
from bridge.config.problems import RuleFileError
from bridge.config.settings import Settings, load_settings
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.config.compile import LoadedRules

GOOD = """
page: acme
components:
  Search:
    - alert: SearchErrors
      status: partial_outage
"""
OTHER = GOOD.replace("SearchErrors", "SearchIsDown")
BROKEN = GOOD.replace("partial_outage", "broken")


class Clockwork:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1_790_000_000.0

    def now(self) -> float:
        """Where it was moved to."""
        return self.at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The rule file, good."""
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD)
    return path


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def clockwork() -> Clockwork:
    return Clockwork()


@pytest.fixture
def rulebook(path: Path, metrics: Metrics, clockwork: Clockwork) -> Rulebook:
    return Rulebook(settings_for(path.parent), metrics=metrics, now=clockwork.now)


def settings_for(rules: Path) -> Settings:
    return load_settings(
        {
            "BRIDGE_RULES": str(rules),
            "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
            "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
            "BRIDGE_PAGES__ACME__TOKEN": "the-token-of-acme",
            "BRIDGE_PAGES__OTHER__ID": "0123456789ab",
            "BRIDGE_PAGES__OTHER__TOKEN": "the-token-of-other",
            "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
        }
    )


def gauges(metrics: Metrics) -> tuple[float | None, float | None]:
    """Whether the last reload succeeded, and when one last did."""
    value = metrics.registry.get_sample_value
    return (
        value("bridge_config_last_reload_successful"),
        value("bridge_config_last_reload_success_timestamp_seconds"),
    )


def put(path: Path, text: str | None) -> None:
    """Write a rule file over; None takes it away."""
    if text is None:
        path.unlink()
    else:
        path.write_text(text)


def alerts(rulebook: Rulebook) -> list[str]:
    """The values on which the rules of the page match."""
    return [matcher.value for rule in rulebook.rule_sets["acme"].components for matcher in rule.matchers]


def test_a_page_without_rules_has_an_empty_rule_set(rulebook: Rulebook) -> None:
    assert list(rulebook.rule_sets) == ["acme", "other"]
    assert rulebook.rule_sets["other"].components == ()
    assert alerts(rulebook) == ["SearchErrors"]


def test_the_first_load_is_told_as_a_success(
    rulebook: Rulebook, metrics: Metrics, clockwork: Clockwork
) -> None:
    assert rulebook.loaded.rule_sets
    assert gauges(metrics) == (1.0, clockwork.at)


def test_a_first_load_of_broken_rules_raises_with_every_problem(path: Path, metrics: Metrics) -> None:
    path.write_text(BROKEN + "componets: {}\n")
    with pytest.raises(RuleFileError) as caught:
        Rulebook(settings_for(path.parent), metrics=metrics, now=lambda: 0.0)
    assert len(caught.value.problems) == 2


async def test_a_reload_puts_changed_rules_in_force(
    rulebook: Rulebook, path: Path, metrics: Metrics, clockwork: Clockwork
) -> None:
    applied: list[LoadedRules] = []
    put(path, OTHER)
    clockwork.at += 60
    result = await rulebook.reload(applied.append)
    assert result.problems == ()
    assert applied == [rulebook.loaded]
    assert alerts(rulebook) == ["SearchIsDown"]
    assert gauges(metrics) == (1.0, clockwork.at)


async def test_a_reload_of_the_same_rules_applies_nothing_and_is_a_success(
    rulebook: Rulebook, metrics: Metrics, clockwork: Clockwork
) -> None:
    applied: list[LoadedRules] = []
    before = rulebook.loaded
    clockwork.at += 60
    assert (await rulebook.reload(applied.append)).problems == ()
    assert (applied, rulebook.loaded) == ([], before)
    assert gauges(metrics) == (1.0, clockwork.at)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(BROKEN, "rules.yaml:6:15: ", id="a mistake"),
        pytest.param("page: [", "rules.yaml:2:1: not YAML", id="no YAML"),
        pytest.param(
            GOOD.replace("acme", "acne"), "rules.yaml:2:7: the settings have no page", id="another page"
        ),
        pytest.param(None, "no rule files", id="the file is gone"),
    ],
)
async def test_a_reload_of_broken_rules_keeps_the_old_ones_and_says_why(
    rulebook: Rulebook, path: Path, metrics: Metrics, clockwork: Clockwork, *, text: str | None, told: str
) -> None:
    applied: list[LoadedRules] = []
    loaded_at = clockwork.at
    clockwork.at += 60
    put(path, text)
    with capture_logs() as logs:
        result = await rulebook.reload(applied.append)
    assert len(result.problems) == 1
    assert told in result.problems[0]
    assert (applied, alerts(rulebook)) == ([], ["SearchErrors"])
    assert gauges(metrics) == (0.0, loaded_at)
    assert [(entry["event"], entry["first"]) for entry in logs] == [("reload_refused", result.problems[0])]


async def test_a_reload_after_a_broken_one_is_a_success_again(
    rulebook: Rulebook, path: Path, metrics: Metrics, clockwork: Clockwork
) -> None:
    put(path, BROKEN)
    await rulebook.reload(lambda _loaded: None)
    put(path, GOOD)
    clockwork.at += 60
    applied: list[LoadedRules] = []
    await rulebook.reload(applied.append)
    assert applied == [], "what works again is what was in force all the time"
    assert gauges(metrics) == (1.0, clockwork.at)


async def test_rules_that_could_not_be_applied_are_tried_again_at_the_next_reload(
    rulebook: Rulebook, path: Path, metrics: Metrics, clockwork: Clockwork
) -> None:
    loaded_at = clockwork.at
    clockwork.at += 60
    put(path, OTHER)

    def refuse(_loaded: LoadedRules) -> None:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError):
        await rulebook.reload(refuse)
    assert gauges(metrics) == (0.0, loaded_at)
    applied: list[LoadedRules] = []
    await rulebook.reload(applied.append)
    assert len(applied) == 1
    assert gauges(metrics) == (1.0, clockwork.at)


@pytest.mark.parametrize("kind", ["file", "configmap"])
@pytest.mark.parametrize("named", ["the directory", "the file"])
async def test_a_change_of_the_files_is_noticed(
    tmp_path: Path, metrics: Metrics, kind: str, named: str
) -> None:
    mount = tmp_path / "mount"
    _publish(mount, "0", GOOD, kind)
    path = mount if named == "the directory" else mount / "rules.yaml"
    rulebook = Rulebook(settings_for(path), metrics=metrics, now=lambda: 0.0)
    noticed = asyncio.Event()
    watching = asyncio.create_task(rulebook.watch(noticed.set))
    # Nothing tells when the watcher has begun to look, so the files change until it has.
    async with asyncio.timeout(30):
        for number in range(1, 100):
            _publish(mount, str(number), OTHER, kind)
            with suppress(TimeoutError):
                await asyncio.wait_for(noticed.wait(), timeout=0.5)
                break
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert noticed.is_set()
    await rulebook.reload(lambda _loaded: None)
    assert alerts(rulebook) == ["SearchIsDown"]


def _publish(mount: Path, revision: str, text: str, kind: str) -> None:
    """Put the rules there: written over, or as Kubernetes does it, by a symbolic link that is replaced."""
    mount.mkdir(exist_ok=True)
    if kind == "file":
        (mount / "rules.yaml").write_text(f"{text}# {revision}\n")
        return
    version = mount / f"..{revision}"
    version.mkdir()
    (version / "rules.yaml").write_text(f"{text}# {revision}\n")
    (mount / "..new").symlink_to(version.name)
    (mount / "..new").rename(mount / "..data")
    if not (mount / "rules.yaml").is_symlink():
        (mount / "rules.yaml").symlink_to("..data/rules.yaml")
