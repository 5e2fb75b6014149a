"""The design's rules about code, made executable, and the proof that each of them can fail.

A rule that has never been seen to fail may check nothing: every import contract and every banned call is broken here on purpose.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from configparser import ConfigParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "bridge"
MODULES = tuple(sorted(PACKAGE.rglob("*.py")))
CORE = tuple(path for path in MODULES if path.is_relative_to(PACKAGE / "core"))

LONGEST_MODULE = 500

CORE_IMPORTS = {
    "__future__",
    "bisect",
    "collections",
    "cronsim",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "heapq",
    "hmac",
    "itertools",
    "json",
    "math",
    "re",
    "re2",
    "struct",
    "sys",
    "typing",
    "unicodedata",
}
"""What the pure core may import beside itself: nothing here reads a clock, a file, a socket or a random number."""

BREACHES = {
    "layers": ("core/signals.py", "import bridge.engine.intake"),
    "simulator": ("engine/intake.py", "import bridge.simulator.model"),
    "simulator-alone": ("simulator/model.py", "import bridge.core.statuses"),
    "sqlalchemy": ("engine/intake.py", "import sqlalchemy"),
    "pydantic": ("app/compose.py", "import pydantic"),
    "msgspec": ("engine/intake.py", "import msgspec"),
    "aiohttp": ("engine/intake.py", "import aiohttp"),
    "whole-client": ("app/compose.py", "from bridge.statuspage.api import StatuspageApi"),
    "conformance": ("app/compose.py", "from bridge.statuspage.conformance.visit import Visit"),
    "sender": ("engine/dispatcher.py", "from bridge.statuspage.sending import Sender"),
}
"""One import for each contract that it forbids."""

UNBANNED = {
    ("bridge/clock.py", "the anchor"),
    ("bridge/entropy.py", "the source"),
    ("bridge/simulation/loop.py", "a type only: the seeded generator is the caller's"),
    ("bridge/simulation/network.py", "the type"),
    ("bridge/simulation/world.py", "seeded instances alone"),
    ("bridge/simulator/identifiers.py", "a generator seeded by its owner"),
    ("bridge/simulator/webhooks.py", "this module is the simulator's only way out"),
    ("bridge/sources/exchange.py", "this module is the door of the sources"),
    ("bridge/statuspage/transport.py", "this door's own session"),
}
"""Every module that uses something banned, and why. Another one is a decision: ARCHITECTURE.md, not a habit."""

UNBANNED_LINES = Counter(path for path, _ in UNBANNED) + Counter({"bridge/entropy.py": 1})
"""How many lines of each: an operation's name and a secret are both drawn in `entropy`."""

BANNED_USES = {
    "time.time": "import time\ntime.time()",
    "time.time_ns": "import time\ntime.time_ns()",
    "time.monotonic": "import time\ntime.monotonic()",
    "time.perf_counter": "import time\ntime.perf_counter()",
    "time.sleep": "from time import sleep\nsleep(1)",
    "datetime.datetime.now": "from datetime import UTC, datetime\ndatetime.now(UTC)",
    "datetime.datetime.utcnow": "import datetime\ndatetime.datetime.utcnow()",
    "datetime.datetime.today": "from datetime import datetime\ndatetime.today()",
    "datetime.date.today": "from datetime import date\ndate.today()",
    "random": "import random",
    "secrets": "from secrets import token_hex",
    "uuid": "import uuid",
    "os.urandom": "import os\nos.urandom(8)",
    "aiohttp.ClientSession": "import aiohttp\naiohttp.ClientSession()",
}

_NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?\s*(?P<reason>.*)")


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- imports


def _contracts() -> dict[str, str]:
    """The contracts' ids and names."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix): parser[section]["name"]
        for section in parser.sections()
        if section.startswith(prefix)
    }


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(  # noqa: S603 - of this environment
        [linter, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to be broken."""
    shutil.copytree(PACKAGE, tmp_path / "bridge", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_import_contract_is_kept(copy: Path) -> None:
    result = _lint_imports(copy)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


def test_every_contract_has_a_planted_breach() -> None:
    assert set(_contracts()) == set(BREACHES)


@pytest.mark.parametrize("contract", BREACHES)
def test_a_planted_import_breaks_its_contract(copy: Path, contract: str) -> None:
    module, line = BREACHES[contract]
    with (copy / "bridge" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = _lint_imports(copy)
    assert result.returncode == 1, result.stdout
    assert f"{_contracts()[contract]} BROKEN" in result.stdout


def test_a_module_without_a_layer_breaks_the_layers(copy: Path) -> None:
    (copy / "bridge" / "homeless.py").write_text('"""No layer has it."""\n', encoding="utf-8")
    result = _lint_imports(copy)
    assert result.returncode == 1, result.stdout
    assert "homeless" in result.stdout


# --- the pure core


def _imported(tree: ast.Module) -> Iterator[str]:
    """Top-level names of what is imported, whether at run time or for types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_the_core_imports_only_what_its_allow_list_names() -> None:
    found = {name for path in CORE for name in _imported(_parsed(path))}
    assert found - {"bridge"} == CORE_IMPORTS


_IMPURE = {"print", "open", "input", "exec", "eval", "breakpoint", "globals", "id", "__import__"}


def _impurities(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(
            node, ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await | ast.Global | ast.Nonlocal
        ):
            yield f"line {node.lineno}: {type(node).__name__}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _IMPURE:
            yield f"line {node.lineno}: {node.func.id}()"


def test_the_core_awaits_nothing_and_touches_nothing_outside() -> None:
    assert {_relative(path): found for path in CORE if (found := [*_impurities(_parsed(path))])} == {}


@pytest.mark.parametrize(
    "text",
    [
        "async def f(): ...",
        "async def f():\n    await g()",
        "print(1)",
        "def f():\n    open('x')",
        "def f():\n    global g",
    ],
)
def test_an_impure_line_is_seen(text: str) -> None:
    assert [*_impurities(ast.parse(text))]


@pytest.mark.parametrize("text", ["import random", "from logging import info", "import structlog.stdlib"])
def test_an_import_of_chance_or_logs_is_seen(text: str) -> None:
    assert not set(_imported(ast.parse(text))) <= CORE_IMPORTS


# --- banned calls


def _noqa_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Codes and reason of each suppression in a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := _NOQA.search(line):
            reason = match["reason"].strip()
            bare = reason[1:-1] if reason.startswith("(") else reason.removeprefix("- ")
            yield (match["codes"] or "").lstrip(": "), bare


def test_the_banned_calls_that_are_allowed_are_exactly_these() -> None:
    found = [
        (_relative(path), reason)
        for path in MODULES
        for codes, reason in _noqa_lines(path)
        if "TID251" in codes
    ]
    assert set(found) == UNBANNED
    assert Counter(path for path, _ in found) == UNBANNED_LINES


def test_every_suppression_names_its_code() -> None:
    assert [(_relative(path)) for path in MODULES for codes, _ in _noqa_lines(path) if not codes] == []


def test_no_file_is_let_off_the_ban_as_a_whole() -> None:
    ignored = [code for codes in _ruff_settings()["per-file-ignores"].values() for code in codes]
    assert [code for code in ignored if code.startswith("TID")] == []
    assert [
        _relative(path)
        for path in MODULES
        if re.search(r"#\s*ruff:\s*noqa", path.read_text(encoding="utf-8"))
    ] == []


def _ruff_settings() -> dict[str, Any]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = settings["tool"]["ruff"]["lint"]
    return found


def test_every_banned_name_has_a_use_that_is_tried() -> None:
    banned = _ruff_settings()["flake8-tidy-imports"]["banned-api"]
    assert set(banned) == set(BANNED_USES)


@pytest.mark.parametrize("name", BANNED_USES)
def test_a_planted_use_of_a_banned_name_is_caught(name: str) -> None:
    planted = f'"""Planted."""\n\n{BANNED_USES[name]}\n'
    result = subprocess.run(  # noqa: S603 - this interpreter
        [
            *(sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=json"),
            *("--stdin-filename", "bridge/core/planted.py", "-"),
        ],
        cwd=ROOT,
        input=planted,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = [problem["message"] for problem in json.loads(result.stdout) if problem["code"] == "TID251"]
    assert any(f"`{name}`" in message for message in found), result.stdout


# --- modules


def test_no_module_is_longer_than_it_can_be_read_at_once() -> None:
    lengths = {_relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_module_and_package_says_why_it_exists() -> None:
    assert [_relative(path) for path in MODULES if not ast.get_docstring(_parsed(path))] == []


def test_every_folder_of_modules_is_a_package() -> None:
    assert {_relative(path.parent) for path in MODULES if not (path.parent / "__init__.py").exists()} == set()


@pytest.mark.parametrize("word", ["utils", "util", "helpers", "helper", "common", "misc", "manager"])
def test_no_module_is_a_dumping_ground(word: str) -> None:
    assert [_relative(path) for path in MODULES if word in path.with_suffix("").parts[-2:]] == []


# --- tracked files

_PLACES = (
    # Divided, so that this file does not hold what it looks for.
    rf"(?<![\w.}}])/(?:{'|'.join(('wo' + 'rk', 'ho' + 'me', 'ro' + 'ot', 'Us' + 'ers'))})/",
    r"\b" + r"py" + r"pi\.(?:org|io)",
    r"python" + r"hosted\.org",
    r"npm" + r"js\.(?:org|com)",
    r"proxy\." + r"golang\.org",
    r"crates\." + r"io\b",
    r"(?:index|registry-1|registry)\." + r"docker\.io",
)
FOREIGN_PLACES = re.compile("|".join(_PLACES))


def _tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(  # noqa: S603 - the git that was found
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip(f"git cannot read this checkout: {listed.stderr.strip()}")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_tracked_file_names_a_path_of_a_machine_or_the_host_of_a_registry() -> None:
    found = {
        f"{_relative(path)}:{number}: {match[0]}"
        for path in _tracked()
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if (match := FOREIGN_PLACES.search(line))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("see /ho" + "me/someone/notes", True, id="a home directory"),
        pytest.param("cd /wo" + "rk/main", True, id="a checkout"),
        pytest.param("https://py" + "pi.org/simple", True, id="an index of packages"),
        pytest.param("files.python" + "hosted.org", True, id="where packages lie"),
        pytest.param("https://shop.example/home/", False, id="a path of a web page"),
        pytest.param("${BASE}/root/", False, id="a path below a variable"),
        pytest.param("/var/lib/bridge/bridge.sqlite3", False, id="a path of every installation"),
    ],
)
def test_a_foreign_place_is_told_from_an_ordinary_one(text: str, *, found: bool) -> None:
    assert bool(FOREIGN_PLACES.search(text)) is found
