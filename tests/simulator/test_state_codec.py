"""Records written by their declarations and read again: nothing is lost, nothing is guessed."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import IntEnum, StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.simulator.records.pages import Page
from bridge.simulator.state_codec import CACHES, StateCodec, UnknownTypeError, UnreadableStateError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
_SIMPLE: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=5),
    int: st.integers(),
    float: st.floats(0, 4e9),  # all of them may be instants
    bool: st.booleans(),
    NoneType: st.none(),
    Any: JSON,
}


def any_of(declared: Any) -> st.SearchStrategy[Any]:
    """Any value of a declaration, every field of every record drawn."""
    origin, parts = get_origin(declared), get_args(declared)
    if declared in _SIMPLE:
        return _SIMPLE[declared]
    if origin in {Union, UnionType}:
        return st.one_of([any_of(part) for part in parts])
    if origin in {list, tuple, Sequence}:
        return st.lists(any_of(parts[0]), max_size=2).map(list if origin is list else tuple)
    if origin in {dict, Mapping}:
        return st.dictionaries(any_of(parts[0]), any_of(parts[1]), max_size=2)
    return _any_instance(declared)


def _any_instance(declared: Any) -> st.SearchStrategy[Any]:
    if issubclass(declared, MutableMapping):
        key, value = get_args(declared.__orig_bases__[0])
        items = st.dictionaries(any_of(key), any_of(value), max_size=2)
        return items.map(lambda drawn: _filled(declared, drawn))
    if not is_dataclass(declared):
        return st.sampled_from(declared)
    hints = get_type_hints(declared)
    drawn = [one for one in fields(declared) if one.init and one.name not in CACHES]
    made: Any = declared
    return st.builds(made, **{one.name: any_of(hints[one.name]) for one in drawn})


def _filled(declared: Any, items: Mapping[Any, Any]) -> Any:
    table = declared()
    for key, value in items.items():
        table[getattr(value, "id", key)] = value
    return table


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(page=any_of(Page))
def test_any_page_comes_back_as_it_was(page: Page) -> None:
    codec = StateCodec()
    written = json.loads(json.dumps(codec.write(page, Page)))
    assert codec.read(written, Page) == page


class Word(StrEnum):
    """Two words."""

    ONE = "one"
    TWO = "two"


class Number(IntEnum):
    """One number."""

    FIRST = 1


@dataclass(frozen=True)
class Inner:
    """A record that does not change."""

    word: Word
    pair: tuple[int, str] = (0, "")


@dataclass
class Shelf(MutableMapping[str, Inner]):
    """A table with an index of its own, which follows from its entries."""

    _entries: dict[str, Inner] = field(default_factory=dict)
    _words: Counter[Word] = field(default_factory=Counter)

    def __getitem__(self, key: str) -> Inner:
        return self._entries[key]

    def __setitem__(self, key: str, value: Inner) -> None:
        self._entries[key] = value
        self._words[value.word] += 1

    def __delitem__(self, key: str) -> None:
        self._words[self._entries.pop(key).word] -= 1

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


@dataclass
class Outer:
    """A record with a field of every kind."""

    inner: Inner | None
    choice: Word | str = "free"
    amount: float | None = None
    numbers: dict[Number, float] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    shelf: Shelf = field(default_factory=Shelf)
    children: "list[Outer]" = field(default_factory=list)
    setting: str | int | bool | None = None
    written: str = field(init=False, default="made of the others")
    _written: str | None = None


def test_every_kind_of_field_comes_back() -> None:
    outer = Outer(
        Inner(Word.TWO, (3, "x")),
        choice=Word.ONE,
        amount=2,
        numbers={Number.FIRST: 0.1},
        names=frozenset({"a", "b"}),
        children=[Outer(None, choice="else", setting=True)],
        setting=7,
        _written="kept from before",
    )
    outer.shelf["top"] = Inner(Word.ONE)
    back = StateCodec().read(json.loads(json.dumps(StateCodec().write(outer, Outer))), Outer)
    outer._written = None
    assert back == outer
    assert back.children[0].setting is True
    assert isinstance(back.choice, Word)


def test_a_field_that_is_missing_has_its_default() -> None:
    assert StateCodec().read({"inner": None}, Outer) == Outer(None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"inner": {"word": "three"}}, "top.inner.word: must be one of one, two, not 'three'"),
        ({"inner": {}}, "top.inner: lacks the field 'word'"),
        ({"inner": {"word": "one", "pair": [1]}}, "top.inner.pair: must hold 2 values"),
        (
            {"inner": {"word": "one", "pair": ["1", "x"]}},
            "top.inner.pair[0]: must be a whole number, not '1'",
        ),
        ({"later": 1}, "top: has a field 'later', which this version does not know and would lose"),
        ({"children": [{"inner": None, "names": [1]}]}, "top.children[0].names[0]: must be a text, not 1"),
        ({"children": {}}, "top.children: must be a list, not {}"),
        ({"numbers": [[1]]}, "top.numbers[0]: must be a key and its value"),
        ({"numbers": [[2, 1.0]]}, "top.numbers[0]: must be one of 1, not 2"),
        ({"setting": 1.5}, "top.setting: must be a text, not 1.5"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: dict[str, Any], told: str) -> None:
    with pytest.raises(UnreadableStateError) as caught:
        StateCodec().read({"inner": None, **change}, Outer, "top")
    assert told in str(caught.value)


@dataclass
class Opaque:
    """A record of something that is none."""

    codec: StateCodec


@dataclass
class Private:
    """A record that nobody can judge."""

    _secret: str = ""


class Untold(dict):  # type: ignore[type-arg] # that is the point
    """A table that does not say of what."""


@pytest.mark.parametrize(
    "declared", [Opaque, list[Opaque], dict[str, Opaque | None], Private, Untold, complex]
)
def test_a_type_that_it_does_not_know_is_refused_before_anything_is_written(declared: Any) -> None:
    with pytest.raises(UnknownTypeError):
        StateCodec().plan(declared)


def test_a_refused_record_is_refused_again() -> None:
    codec = StateCodec()
    for _ in range(2):
        with pytest.raises(UnknownTypeError):
            codec.plan(Opaque)
