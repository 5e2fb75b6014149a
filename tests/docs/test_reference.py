"""What there is stands in the documentation, and what stands there is: settings, commands, metrics, reasons, paths, keys of the rule language."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest
import typer.main
from click import Option
from prometheus_client.metrics import MetricWrapperBase
from pydantic_core import PydanticUndefined

from bridge.cli.exits import Exit
from bridge.cli.main import application
from bridge.cli.statuspage.resources import RESOURCES
from bridge.config import (
    component_rules,
    conditions,
    incidents,
    maintenances,
    metrics,
    probes,
    rule_defaults,
    rulefile,
    silences,
    targets,
    windows,
)
from bridge.config.automation import AutomationMax
from bridge.config.compile import load_rules
from bridge.config.durations import format_duration
from bridge.config.lint_names import Lint
from bridge.config.setting_values import Address, Share
from bridge.config.settings import PageSettings, Settings, WebhookSettings, variable_names
from bridge.core.commands import Command, CommandId
from bridge.core.reasons import Reason
from bridge.core.recollection import Recorded
from bridge.core.rules import IncidentRule, IncidentRuleId, IncidentTexts, Notify
from bridge.telemetry.metrics import OPERATIONS, Metrics
from bridge.web import command_documents
from bridge.web.authentication import Authentication
from bridge.web.front import build_app
from bridge.web.ports import Ports, ReloadResult
from tests.docs.pages import PAGES, ROOT, code_in, page

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from bridge.core.page import Page
    from bridge.core.samples import Observation
    from bridge.core.state import State
    from bridge.web.plans import PlanAsked, PlannedPage

RULES = page("docs/rules.md")
README = page("README.md")

CHOSEN = "<NAME>"


def shown(value: object) -> str:
    """A setting's default as the table writes it."""
    match value:
        case bool():
            return str(value).lower()
        case StrEnum():
            return value.value
        case int() | Share() | Address() | str():
            return str(value)
        case float():
            return format_duration(value)
        case tuple():
            return ",".join(str(path) for path in value)
        case _:
            return shown(value()) if isinstance(value, AutomationMax) else ""


def defaults() -> dict[str, str]:
    """Variable to default, for settings that have one."""
    found = {
        f"BRIDGE_{name.upper()}": shown(field.default)
        for name, field in Settings.model_fields.items()
        if field.default is not PydanticUndefined
    }
    allow = WebhookSettings.model_fields["allow_unauthenticated"].default
    page_cap = PageSettings.model_fields["automation_max"].default
    return {name: value for name, value in found.items() if value} | {
        "BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED": shown(allow),
        "BRIDGE_PAGES__<NAME>__AUTOMATION_MAX": shown(page_cap),
    }


# --- settings


def test_the_table_of_settings_names_every_variable_once_and_no_other() -> None:
    named = [name for row in README.rows("3. Set it up") for name in code_in(row[0])]
    assert sorted(named) == sorted(variable_names())


def test_the_table_of_settings_gives_the_defaults_that_are_in_force() -> None:
    told = {
        code_in(row[0])[0]: row[1].strip("`")
        for row in README.rows("3. Set it up")
        if row[1] not in {"required", "none"}
    }
    assert told == defaults()


def test_every_variable_that_any_page_mentions_is_known() -> None:
    families = [
        re.compile(re.escape(name).replace(re.escape(CHOSEN), "(?:<NAME>|[A-Z0-9]+(?:_[A-Z0-9]+)*)"))
        for name in variable_names()
    ]
    for document in PAGES:
        for name in re.findall(r"BRIDGE_(?:<NAME>|[A-Z0-9_])*(?:<NAME>|[A-Z0-9])", document.text):
            assert any(family.fullmatch(name) for family in families), f"{document.name}: {name}"


# --- commands


def test_every_command_and_option_stands_in_the_readme() -> None:
    told = {
        " ".join(word for word in code_in(row[0])[0].split()[1:] if word.islower()): {
            code.split()[0] for code in code_in(row[1])
        }
        for row in README.rows("Commands")
    }
    there = {
        name: {
            option.opts[0]
            for option in getattr(command, "params", [])
            if getattr(option, "param_type_name", "") == Option.param_type_name
        }
        for name, command in commands_of(typer.main.get_command(application))
        if not re.match(rf"statuspage ({'|'.join(RESOURCES)}) ", name)  # they have a page of their own
    }
    assert told == there


def commands_of(group: object, above: str = "") -> Iterator[tuple[str, object]]:
    """Every command by its name, those of groups of commands too."""
    commands: Mapping[str, object] = getattr(group, "commands", {})
    for name, command in commands.items():
        if getattr(command, "commands", None):
            yield from commands_of(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


def test_every_command_of_the_api_stands_with_its_fields_in_the_table() -> None:
    of_all = {"by", "id", "note", "page"}
    there = {
        kind.__struct_config__.tag: {field.encode_name for field in msgspec.structs.fields(kind)} - of_all
        for kind in get_args(command_documents._Body)
    }
    told = {
        code_in(row[0])[0]: set(code_in(re.sub(r"\(.*?\)", "", row[1])))
        for row in page("docs/commands.md").rows("Over HTTP")
    }
    assert told == there


def test_every_exit_code_stands_in_the_readme() -> None:
    section = README.section("Commands")
    assert [int(code) for code in re.findall(r"^\| (\d) \|", section, re.MULTILINE)] == sorted(Exit)


def test_every_make_target_that_is_named_has_its_line_in_make_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    helped = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))
    for document in PAGES:
        for target in re.findall(r"(?:`|\$ |console\n)make ([a-z0-9-]+)", document.text):
            assert target in helped, f"{document.name}: make {target}"
    assert {"demo", "test", "help", "simulate", "check"} <= helped


# --- metrics and words


def collectors() -> dict[str, tuple[str, list[str]]]:
    """Metric name as scraped, to type and labels."""
    found = {}
    for collector in vars(Metrics()).values():
        if isinstance(collector, MetricWrapperBase):
            (family,) = collector.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            found[name] = (family.type, list(collector._labelnames))
    return found


def test_the_table_of_metrics_is_what_is_exposed() -> None:
    told = {code_in(row[0])[0]: (row[1], code_in(row[2])) for row in page("docs/metrics.md").rows("Metrics")}
    assert told == collectors()


def test_every_metric_that_any_page_mentions_is_exposed() -> None:
    names = {
        f"{name}{suffix}"
        for name, (kind, _) in collectors().items()
        for suffix in (("", "_bucket", "_count", "_sum") if kind == "histogram" else ("",))
    }
    for document in PAGES:
        for name in re.findall(r"\bbridge_[a-z_]+", document.text):
            assert name in names, f"{document.name}: {name}"


def test_every_operation_is_explained() -> None:
    text = page("docs/metrics.md").section("Metrics")
    assert tuple(re.findall(r"^\| `([a-z_]+)` \| [A-Z]", text, re.MULTILINE)) == OPERATIONS


def test_every_lint_is_explained_and_no_other() -> None:
    assert [code_in(row[0])[0] for row in page("docs/testing.md").rows("Checking")] == list(Lint)


def test_every_reason_is_explained_and_no_other() -> None:
    rows = page("docs/metrics.md").rows("Reasons")
    assert [code_in(row[0])[0] for row in rows] == list(Reason)


def test_a_reason_is_marked_as_not_used_where_the_code_does_not_use_it() -> None:
    source = "\n".join(path.read_text() for path in sorted((ROOT / "bridge").rglob("*.py")))
    marked = {
        code_in(row[0])[0]
        for row in page("docs/metrics.md").rows("Reasons")
        if row[1].startswith("Not used yet")
    }
    assert marked == {reason for reason in Reason if not re.search(rf"\bReason\.{reason.name}\b", source)}


def test_every_log_event_that_is_explained_is_logged() -> None:
    source = "\n".join(path.read_text() for path in sorted((ROOT / "bridge").rglob("*.py")))
    for row in page("docs/metrics.md").rows("Log"):
        for event in code_in(row[0]):
            assert f'"{event}"' in source


# --- paths


async def nothing(_: Observation) -> None:
    """Take everything."""


async def reloaded() -> ReloadResult:
    """Reload nothing."""
    return ReloadResult()


class Healthy:
    """A daemon in good health."""

    def healthy(self) -> bool:
        """Always."""
        return True

    def ready(self) -> tuple[str, ...]:
        """Nothing is missing."""
        return ()


class Idle:
    """A daemon that nobody commands."""

    pages: Mapping[str, Page] = {}

    def now(self) -> float:
        """The beginning."""
        return 0.0

    def by_our_clock(self, wall: float) -> float:
        """The same."""
        return wall

    async def past(self, _page: str, _names: Collection[str], _until: float) -> Recorded:
        """Nothing."""
        return Recorded(None, ())

    def evaluation(self, _: str) -> State:
        """Of no page."""
        raise KeyError

    def new_id(self) -> CommandId:
        """Always this."""
        return CommandId("id")

    async def accept(self, _: Command) -> bool:
        """Everything is new."""
        return True


async def unplanned(_: PlanAsked) -> tuple[PlannedPage, ...]:
    """There is no page."""
    return ()


def test_every_path_of_the_front_is_in_the_table_of_paths() -> None:
    ports = Ports(
        accept=nothing,
        commands=Idle(),
        plan=unplanned,
        evaluations=Idle(),
        health=Healthy(),
        reload=reloaded,
        update_gauges=lambda: None,
        now=lambda: 0.0,
    )
    app = build_app(
        ports, authentication=Authentication(allow_unauthenticated=True), metrics=Metrics(), expiry=1.0
    )
    there: dict[str, set[str]] = {}
    for route in app.router.routes():
        if route.resource is not None and route.method != "HEAD":
            there.setdefault(route.resource.canonical, set()).add(route.method)
    told = {code_in(row[0])[0]: set(row[1].split(", ")) for row in page("docs/operations.md").rows("Paths")}
    assert told == there


# --- the rule language

SECTIONS: dict[str, Mapping[str, str | None]] = {
    "Top level": rulefile._KNOWN,
    "Defaults": rule_defaults._KNOWN,
    "Component rules": component_rules._RULE_KNOWN,
    "Conditions": conditions._KNOWN,
    "Incidents": incidents._KNOWN,
    "Texts": incidents._TEXTS,
    "Metrics": metrics._KNOWN,
    "Maintenances": maintenances._KNOWN,
    "Silences": silences._KNOWN,
    "Windows": {
        **windows._WINDOW_KNOWN,
        **{key: None for key, hint in windows._SCHEDULE_KNOWN.items() if hint is None},
    },
}
"""The keys of each part by the heading that explains them. A key with a hint is a mistake that is foreseen, and no key."""


def test_every_key_of_a_rule_that_names_its_component_stands_in_a_table() -> None:
    below = {
        *accepted(component_rules._RULE_KNOWN),
        *code_in(RULES.rows("Rules that name their component")[0][0]),
    }
    assert sorted(below) == accepted(component_rules._OWN_KNOWN)
    for key in (*accepted(targets._NAME_KNOWN), *accepted(targets._LABEL_KNOWN)):
        assert f"{key}: " in RULES.section("Rules that name their component")


PROBE_KEYS: tuple[Mapping[str, str | None], ...] = (probes._KNOWN, probes._HTTP_KNOWN, probes._EXPECT_KNOWN)


def accepted(known: Mapping[str, str | None]) -> list[str]:
    return sorted(key for key, hint in known.items() if hint is None)


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_of_the_rule_language_stands_in_its_table(heading: str) -> None:
    told = [code_in(row[0])[0] for row in RULES.rows(heading)]
    assert sorted(told) == accepted(SECTIONS[heading])


def test_every_key_of_a_probe_stands_in_its_three_tables() -> None:
    told = re.findall(r"^\| `([a-z_]+)` \|", RULES.section("Probes"), re.MULTILINE)
    assert sorted(told) == sorted(key for known in PROBE_KEYS for key in accepted(known))


def default_of(heading: str, key: str) -> str:
    (row,) = [row for row in RULES.rows(heading) if code_in(row[0]) == [key]]
    return row[1]


@pytest.mark.parametrize(
    ("heading", "key", "value"),
    [
        ("Defaults", "for", format_duration(rule_defaults.DEFAULT_FOR)),
        ("Defaults", "keep_firing_for", format_duration(rule_defaults.DEFAULT_KEEP_FIRING_FOR)),
        ("Defaults", "automation", rule_defaults.DEFAULT_AUTOMATION),
        ("Component rules", "for", format_duration(rule_defaults.DEFAULT_FOR)),
        ("Component rules", "keep_firing_for", format_duration(rule_defaults.DEFAULT_KEEP_FIRING_FOR)),
        ("Component rules", "automation", rule_defaults.DEFAULT_AUTOMATION),
        ("Incidents", "automation", rule_defaults.DEFAULT_AUTOMATION),
        ("Probes", "every", format_duration(probes.DEFAULT_EVERY)),
        ("Probes", "timeout", format_duration(probes.DEFAULT_TIMEOUT)),
        ("Metrics", "every", format_duration(metrics.DEFAULT_EVERY)),
    ],
)
def test_the_reference_gives_the_defaults_that_are_in_force(heading: str, key: str, value: str) -> None:
    assert code_in(default_of(heading, key))[0] == value


def test_the_reference_gives_the_defaults_of_incidents_that_are_in_force() -> None:
    plain = IncidentRule(IncidentRuleId("plain"), (), "Plain")
    assert code_in(default_of("Incidents", "open_at")) == [plain.open_at]
    assert code_in(default_of("Incidents", "close_at")) == [plain.close_at]
    assert code_in(default_of("Incidents", "monitor_for")) == [format_duration(plain.monitor_for)]
    texts = IncidentTexts()
    for row in RULES.rows("Texts"):
        assert row[1] == getattr(texts, code_in(row[0])[0])


def test_the_table_of_what_holds_where_nothing_is_said_is_what_holds(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "page: acme\ncomponents: {Search: [{alert: A, status: partial_outage}]}\n"
        "incidents: [{id: search, components: [Search], title: Search}]\n"
    )
    rules = load_rules([path]).rule_sets["acme"]
    (rule,), (incident,) = rules.components, rules.incidents
    (condition,) = rule.conditions
    assert rule.automation is incident.automation
    holds = {
        "automation": [rule.automation.value],
        "for": [format_duration(rule.for_)],
        "keep_firing_for": [format_duration(rule.keep_firing_for)],
        "at_least": [str(condition.at_least)],
        "no_data": [condition.no_data.value],
        "open_at": [incident.open_at.value],
        "close_at": [incident.close_at.value],
        "lower_at": [incident.lower_at.value],
        "monitor_for": [format_duration(incident.monitor_for)],
        "reopen_within": [format_duration(incident.reopen_within)],
        "notify": [word.value for word in Notify if word in incident.notify],
        "impact": [incident.impact.value],
        "on_yield": [incident.on_yield.value],
    }
    rows = RULES.rows("What holds where nothing is said")
    table = {code_in(row[0])[0]: code_in(row[2]) for row in rows}
    assert table == holds
