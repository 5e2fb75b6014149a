"""The state's file and its keeper: whole or not at all, soon and at the end, and never over somebody else's."""

import json
import os
import stat
from pathlib import Path

import pytest

from bridge.simulator.account_state import read_state, write_state
from bridge.simulator.scaled_time import ScaledTime
from bridge.simulator.state_file import StateFile, StateFileError
from bridge.simulator.state_keeper import LOOK_EVERY, StateKeeper
from tests.simulator.desk import NOW, Desk


def test_what_was_written_is_read_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    assert file.read() is None
    file.write("one")
    file.write("two ünï")
    assert StateFile(tmp_path / "state.json").read() == "two ünï"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = StateFile(tmp_path / "state.json")
    file.write("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StateFileError, match=r"cannot write .*state\.json: No space left on device"):
        file.write("new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("state.json", "old")]


def test_somebody_elses_change_is_not_written_over(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.write("ours")
    (tmp_path / "state.json").write_text("theirs, and longer")
    with pytest.raises(StateFileError, match="was changed by somebody else, and is left as it is"):
        file.write("ours again")
    assert file.path.read_text() == "theirs, and longer"


def test_a_file_that_appeared_in_the_meantime_is_not_written_over(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    assert file.read() is None
    (tmp_path / "state.json").write_text("theirs")
    with pytest.raises(StateFileError):
        file.write("ours")
    assert file.path.read_text() == "theirs"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "state.json"
    link.symlink_to(tmp_path / "elsewhere" / "real.json")
    StateFile(link).write("text")
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "real.json").read_text() == "text"


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_what_cannot_be_read_is_told_with_its_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "state.json"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(StateFileError, match=r"cannot read .*state\.json"):
        StateFile(path).read()


def names(path: Path) -> list[str]:
    """The names of the incidents that a state holds."""
    account, _ = read_state(path.read_text())
    return [one.name for page in account.pages.values() for one in page.incidents.values()]


async def test_a_change_is_in_the_file_at_the_next_look_and_no_change_writes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    complaints: list[str] = []
    keeper = StateKeeper(desk.simulator, StateFile(path), lambda: NOW, complaints.append)
    assert await keeper.look() == LOOK_EVERY
    assert not path.exists()
    desk.open(name="First")
    assert LOOK_EVERY < await keeper.look() < 60
    assert names(path) == ["First"]
    written = path.stat().st_ino
    desk.ask("GET", "/incidents")
    await keeper.look()
    assert path.stat().st_ino == written
    desk.simulator.arrivals.clear()
    desk.open(name="Second")
    await keeper.look()
    assert names(path) == ["First", "Second"]
    assert complaints == []


async def test_what_changed_last_is_written_when_it_stops(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    keeper = StateKeeper(desk.simulator, StateFile(path), lambda: NOW, print)
    desk.open(name="Last")
    keeper.stop()
    await keeper.keep()
    assert names(path) == ["Last"]


async def test_a_failure_is_told_once_and_the_last_one_raised(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    complaints: list[str] = []
    keeper = StateKeeper(desk.simulator, StateFile(path), lambda: NOW, complaints.append)
    path.write_text("theirs")
    for number in range(3):
        desk.open(name=f"{number}")
        assert await keeper.look() == LOOK_EVERY
    keeper.stop()
    with pytest.raises(StateFileError):
        await keeper.keep()
    assert len(complaints) == 1
    assert path.read_text() == "theirs"


async def test_what_could_not_be_written_is_written_as_soon_as_it_can_be(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.json"
    complaints: list[str] = []
    keeper = StateKeeper(desk.simulator, StateFile(path), lambda: NOW, complaints.append)
    desk.open(name="Kept")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        await keeper.look()
    assert complaints == [f"cannot write {path}: No space left on device"]
    await keeper.look()
    assert names(path) == ["Kept"]


def test_time_passes_as_fast_as_asked_and_never_goes_back() -> None:
    reading = [1000.0]
    ordinary = ScaledTime.starting(lambda: reading[0])
    fast = ScaledTime.starting(lambda: reading[0], speed=60, not_before=500.0)
    ahead = ScaledTime.starting(lambda: reading[0], speed=0.5, not_before=90_000.0)
    assert (ordinary.now(), fast.now(), ahead.now()) == (1000.0, 1000.0, 90_000.0)
    reading[0] = 1010.0
    assert (ordinary.now(), fast.now(), ahead.now()) == (1010.0, 1600.0, 90_005.0)


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="the speed must be above 0 and at most"):
        ScaledTime.starting(lambda: 0.0, speed=speed)


def test_the_state_is_json_that_others_can_read(desk: Desk, tmp_path: Path) -> None:
    StateFile(tmp_path / "state.json").write(write_state(desk.simulator.account, now=NOW))
    document = json.loads((tmp_path / "state.json").read_text())
    assert (document["format"], document["version"]) == ("statuspage-bridge simulator", 1)
    assert document["account"]["pages"][desk.page_id]["name"] == "Acme"
