"""Records to JSON values and back, by their own declarations: no record is listed anywhere, so none is forgotten.

Must not know which records there are, nor files. A type that it does not know is an error before anything is written.
"""

import types
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import partial
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")

CACHES = frozenset({"_written"})
"""Private fields that hold nothing but what the others say already."""

_SCALARS = (str, int, float, bool, type(None))
_SEQUENCES: Mapping[Any, type] = {list: list, tuple: tuple, Sequence: tuple, set: set, frozenset: frozenset}
_TABLES = frozenset({dict, Mapping, MutableMapping})


class UnknownTypeError(TypeError):
    """A declaration that the codec cannot keep."""


class UnreadableStateError(ValueError):
    """A value that is no record: says where it stands and what is wrong with it."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)


class Plan(NamedTuple):
    """How values of one type are written, and read again from a value and its place."""

    write: Callable[[Any], Any]
    read: Callable[[Any, str], Any]


class StateCodec:
    """Writes and reads values of any declared type; `own` are plans for classes that no declaration describes."""

    def __init__(self, own: Mapping[type, Plan] | None = None) -> None:
        self._plans: dict[Any, Plan] = {**(own or {})}

    def write(self, value: object, declared: Any) -> Any:
        """Return a value as JSON can hold it.

        Raises:
            UnknownTypeError: something in the declaration cannot be kept.
        """
        return self.plan(declared).write(value)

    def read(self, written: Any, declared: Any, place: str = "") -> Any:
        """Return the value that was written.

        Raises:
            UnknownTypeError: as for `write`.
            UnreadableStateError: it is not what such a value is written as.
        """
        return self.plan(declared).read(written, place)

    def plan(self, declared: Any) -> Plan:
        """Return the plan for a declaration.

        Raises:
            UnknownTypeError: it cannot be kept.
        """
        known = self._plans.get(declared)
        if known is None:
            if is_dataclass(declared) and not _is_table(declared):
                return self._record(declared)
            known = self._plans[declared] = self._made(declared)
        return known

    def _made(self, declared: Any) -> Plan:
        origin, parts = get_origin(declared), get_args(declared)
        if origin in {Union, types.UnionType}:
            return self._union(parts)
        if origin in _SEQUENCES:
            return self._sequence(_SEQUENCES[origin], parts)
        if origin in _TABLES:
            return self._table(dict, parts)
        if _is_table(declared):
            return self._table(declared, _parts_of_base(declared))
        return _single(declared)

    def _record(self, declared: Any) -> Plan:
        # Entered before its fields are looked at: a record may hold others of its kind.
        members: dict[str, tuple[Plan, Field[Any]]] = {}
        plan = Plan(
            lambda record: {name: known.write(getattr(record, name)) for name, (known, _) in members.items()},
            lambda written, place: _read_record(declared, members, written, place),
        )
        self._plans[declared] = plan
        try:
            hints = get_type_hints(declared)
            for member in kept_fields(declared):
                members[member.name] = self.plan(hints[member.name]), member
        except BaseException:
            del self._plans[declared]
            raise
        return plan

    def _union(self, parts: Sequence[Any]) -> Plan:
        # Text last: every word of an enumeration is a text, too. Null is told apart first, so that what is wrong with
        # a record is told rather than that it is not null.
        ordered = sorted((part for part in parts if part is not type(None)), key=lambda part: part is str)
        plans = {part: self.plan(part) for part in ordered}

        def write(value: Any) -> Any:
            if value is None:
                return None
            for part, plan in plans.items():
                if isinstance(value, get_origin(part) or part) or (part is float and isinstance(value, int)):
                    return plan.write(value)
            raise UnknownTypeError(f"{value!r} is none of {parts}")

        def read(written: Any, place: str) -> Any:
            if written is None and type(None) in parts:
                return None
            for plan in [*plans.values()][:-1]:
                try:
                    return plan.read(written, place)
                except UnreadableStateError:
                    continue
            return plans[ordered[-1]].read(written, place)

        return Plan(write, read)

    def _sequence(self, made: type, parts: Sequence[Any]) -> Plan:
        if made is tuple and len(parts) > 1 and parts[1] is not Ellipsis:
            return self._pair(parts)
        plan = self.plan(parts[0])

        def write(values: Iterable[Any]) -> list[Any]:
            written = [plan.write(value) for value in values]
            return sorted(written) if made in {set, frozenset} else written

        def read(written: Any, place: str) -> Any:
            return made(plan.read(one, f"{place}[{at}]") for at, one in enumerate(_list(written, place)))

        return Plan(write, read)

    def _pair(self, parts: Sequence[Any]) -> Plan:
        plans = [self.plan(part) for part in parts]

        def read(written: Any, place: str) -> tuple[Any, ...]:
            if len(_list(written, place)) != len(plans):
                raise UnreadableStateError(place, f"must hold {len(plans)} values")
            return tuple(
                plan.read(one, f"{place}[{at}]")
                for at, (plan, one) in enumerate(zip(plans, written, strict=True))
            )

        return Plan(lambda value: [plan.write(one) for plan, one in zip(plans, value, strict=True)], read)

    def _table(self, made: type, parts: Sequence[Any]) -> Plan:
        keys, values = (self.plan(part) for part in parts)
        if parts[0] is str:

            def write_object(table: Mapping[str, Any]) -> Any:
                return {key: values.write(value) for key, value in table.items()}

            def read_object(written: Any, place: str) -> Any:
                table = made()
                for key, value in _object(written, place).items():
                    table[key] = values.read(value, f"{place}.{key}")
                return table

            return Plan(write_object, read_object)

        plain = keys.write is _as_it_is and values.write is _as_it_is

        def write(table: Mapping[Any, Any]) -> Any:
            if plain:  # a month of points is a hundred thousand entries
                return [*map(list, table.items())]
            return [[keys.write(key), values.write(value)] for key, value in table.items()]

        def read(written: Any, place: str) -> Any:
            table = made()
            for at, entry in enumerate(_list(written, place)):
                if len(_list(entry, f"{place}[{at}]")) != 2:  # noqa: PLR2004 - a key and its value
                    raise UnreadableStateError(f"{place}[{at}]", "must be a key and its value")
                key = keys.read(entry[0], f"{place}[{at}]")
                table[key] = values.read(entry[1], f"{place}[{at}]")
            return table

        return Plan(write, read)


def kept_fields(declared: type) -> list[Field[Any]]:
    """Return the fields of a record that are kept: all that it is made of.

    Raises:
        UnknownTypeError: one is private, so that nobody can know whether it is a cache.
    """
    kept = [member for member in fields(declared) if member.init and member.name not in CACHES]
    for member in kept:
        if member.name.startswith("_"):
            raise UnknownTypeError(f"{declared.__name__}.{member.name} is private: kept, or a cache?")
    return kept


def _single(declared: Any) -> Plan:
    if declared in _SCALARS:
        return _scalar(declared)
    if declared in {Any, object}:
        return Plan(_as_it_is, lambda written, _: written)
    if isinstance(declared, type) and issubclass(declared, Enum):
        return Plan(lambda member: member.value, partial(_member, declared))
    raise UnknownTypeError(f"the state cannot keep {declared!r}")


def _read_record(
    declared: type, members: Mapping[str, tuple[Plan, Field[Any]]], written: Any, place: str
) -> Any:
    given = _object(written, place)
    unknown = sorted(given.keys() - members.keys())
    if unknown:
        raise UnreadableStateError(
            place, f"has a field {unknown[0]!r}, which this version does not know and would lose"
        )
    for name, (_, member) in members.items():
        if name not in given and member.default is MISSING and member.default_factory is MISSING:
            raise UnreadableStateError(place, f"lacks the field {name!r}")
    read = {
        name: plan.read(given[name], f"{place}.{name}" if place else name)
        for name, (plan, _) in members.items()
        if name in given
    }
    try:
        return declared(**read)
    except (ValueError, TypeError) as error:
        raise UnreadableStateError(place, str(error)) from error


def _scalar(declared: Any) -> Plan:
    def read(written: Any, place: str) -> Any:
        # A whole number may stand where any number may, and stays one.
        if type(written) is not declared and not (declared is float and type(written) is int):
            raise UnreadableStateError(place, f"must be {_WORDS[declared]}, not {written!r:.60}")
        return written

    return Plan(_as_it_is, read)


_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", type(None): "null"}


def _as_it_is(value: Value) -> Value:
    return value


def _member(declared: type[Enum], written: Any, place: str) -> Enum:
    try:
        return declared(written)
    except ValueError:
        words = ", ".join(str(member.value) for member in declared)
        raise UnreadableStateError(place, f"must be one of {words}, not {written!r:.60}") from None


def _list(written: Any, place: str) -> list[Any]:
    if not isinstance(written, list):
        raise UnreadableStateError(place, f"must be a list, not {written!r:.60}")
    return written


def _object(written: Any, place: str) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise UnreadableStateError(place, f"must be a map, not {written!r:.60}")
    return written


def _is_table(declared: Any) -> bool:
    """Say whether a class is a table of its own: then its entries are all that is kept of it."""
    return isinstance(declared, type) and issubclass(declared, MutableMapping)


def _parts_of_base(declared: type) -> Sequence[Any]:
    for base in getattr(declared, "__orig_bases__", ()):
        parts = get_args(base)
        if len(parts) == 2:  # noqa: PLR2004 - keys and values
            return parts
    raise UnknownTypeError(f"the state cannot keep {declared!r}: its keys and values are not declared")
