"""A command answers at once: nothing heavy is imported before it is needed."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

HEAVY = {"aiohttp", "alembic", "jinja2", "msgspec", "prometheus_client", "pydantic_settings", "sqlalchemy"}
"""What costs tenths of a second to import."""


def _modules_after(statements: str) -> set[str]:
    child = subprocess.run(  # noqa: S603 - this interpreter, our own text
        [sys.executable, "-c", f"import sys\n{statements}\nprint(' '.join(sys.modules), file=sys.stderr)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(child.stderr.split())


def test_the_command_line_itself_imports_nothing_heavy() -> None:
    modules = _modules_after("import bridge.cli.main")
    assert "bridge.cli.main" in modules
    assert modules & (HEAVY | {"asyncio", "pydantic", "structlog", "yaml"}) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["version"], id="version"),
        pytest.param(["check", "rules"], id="check"),
        pytest.param(["statuspage", "--help"], id="the help of statuspage"),
        pytest.param(["init", "--help"], id="the help of init"),
    ],
)
def test_a_command_that_talks_to_nobody_imports_nothing_heavy(arguments: list[str]) -> None:
    call = f"from bridge.cli.main import application\napplication({arguments!r}, standalone_mode=False)"
    assert _modules_after(call) & HEAVY == set()


def test_check_answers_in_under_a_second() -> None:
    # Time of the processor, and the least of three: other processes on the machine count for nothing.
    assert min(_processor_seconds("-m", "bridge", "check", "rules") for _ in range(3)) < 1.0


def test_check_of_a_thousand_rules_takes_less_than_two_seconds(tmp_path: Path) -> None:
    rules = "".join(
        f"  Group {number % 40} / Component {number}:\n"
        f"    - alert: Errors{number}\n"
        f"      status: {{severity: {{critical: major_outage, warning: degraded_performance}}}}\n"
        for number in range(1000)
    )
    incidents = "".join(
        f"  - {{id: group-{number}, components: [Group {number} / *], title: Group {number} fails}}\n"
        for number in range(40)
    )
    path = tmp_path / "rules.yaml"
    path.write_text(f"page: acme\ncomponents:\n{rules}incidents:\n{incidents}")
    assert min(_processor_seconds("-m", "bridge", "check", str(path)) for _ in range(3)) < 2.0


def test_check_of_an_empty_directory_takes_less_than_a_second(tmp_path: Path) -> None:
    assert min(_processor_seconds("-m", "bridge", "check", str(tmp_path), good=False) for _ in range(3)) < 1.0


def _processor_seconds(*arguments: str, good: bool = True) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, timeout=60, check=good
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
