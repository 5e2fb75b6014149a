"""docs/statuspage-cli.md against the command line: every example does what it shows, and every command and option is there."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
import typer.main
from click import Option

from bridge.cli.main import application
from bridge.cli.statuspage.resources import RESOURCES
from bridge.cli.statuspage.verbs import COMMON
from tests.cli.statuspage.stand import Stand, stand
from tests.docs.pages import code_in, page

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = page("docs/statuspage-cli.md")
_ID = re.compile(r"\b[0-9b-df-hj-np-tv-z]{12}\b")


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """The shop of the examples."""
    with stand() as there:
        for name, value in there.settings.items():
            monkeypatch.setenv(name, value)
        yield there


def without_ids(text: str) -> list[str]:
    """The lines of a text, whatever the ids in it."""
    return [_ID.sub("ID", line.rstrip()) for line in text.splitlines()]


def test_the_examples_do_what_they_show(shop: Stand) -> None:
    count = 0
    for block in PAGE.blocks("console"):
        for example in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, shown = example.partition("\n")
            words = shlex.split(command)
            assert words[:2] == ["bridge", "statuspage"]
            ended = shop.run(*words[2:])
            assert without_ids(ended.output + ended.errors) == without_ids(shown), command
            count += 1
    assert count == 8


def test_the_conversation_goes_as_shown(shop: Stand) -> None:
    (block,) = PAGE.blocks("text")
    words = ("incidents", "create", "Orders fail", "--body", "We look into it.")
    ended = shop.converse(*words, "--component", "Checkout / API=major_outage", answers=["y", "y"])
    assert ended.errors == block.text


def test_every_command_stands_there_with_its_own_options() -> None:
    told = {
        " ".join(word for word in code_in(row[0])[0].split()[2:] if word.islower()): {
            code.split()[0] for code in code_in(row[1])
        }
        for row in PAGE.rows("Commands")
    }
    there = {
        f"{resource} {verb}": {
            option.opts[0]
            for option in command.params
            if option.param_type_name == Option.param_type_name and option.name not in COMMON
        }
        for resource in RESOURCES
        for verb, command in typer.main.get_command(application)
        .commands["statuspage"]  # type: ignore[attr-defined]
        .commands[resource]
        .commands.items()
    }
    assert told == there


def test_the_options_of_all_stand_there() -> None:
    told = [code_in(row[0])[0].split()[0] for row in PAGE.rows("Which page, which token")]
    assert told == [f"--{option.replace('_', '-')}" for option in COMMON]
