"""The probes and queries of all rule files by name, for what names them. Must not know what a probe or a query asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from bridge.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.config.declared_conditions import DeclaredExpression
    from bridge.config.probes import DeclaredProbe
    from bridge.config.problems import Placed, Problems
    from bridge.config.queries import DeclaredQuery
    from bridge.core.observation import Probe, Query

_T = TypeVar("_T")


class Names(Generic[_T]):
    """Everything of one kind that is declared, by its name. Of two with one name the first counts, and the other is reported."""

    def __init__(
        self, kind: str, section: str, declared: Iterable[tuple[Placed[str], _T | None]], problems: Problems
    ) -> None:
        """Take what is declared.

        Args:
            kind: how messages call one of it.
            section: the key below which it is declared.
            declared: ids, each with what it names unless that is faulty.
            problems: where mistakes go.
        """
        self._kind = kind
        self._section = section
        self._problems = problems
        self._declared: dict[str, tuple[Placed[str], _T | None]] = {}
        for identifier, one in declared:
            first, _ = self._declared.setdefault(identifier.value, (identifier, one))
            if first is not identifier:
                problems.add_twice(identifier.place, f"the {kind} {shown(identifier.value)}", first.place)

    @property
    def sound(self) -> tuple[_T, ...]:
        """All of it without what is faulty, in the order of the files."""
        return tuple(one for _, one in self._declared.values() if one is not None)

    def get(self, name: str) -> _T | None:
        """What is called so; None when it is faulty, or when there is none."""
        return self._declared[name][1] if name in self._declared else None

    def check(self, named: Placed[str] | None) -> None:
        """Report a name that nothing has."""
        if named is None or named.value in self._declared or self._problems.incomplete:
            return
        message = f"there is no {self._kind} {shown(named.value)}"
        hint = f"declare it under {self._section}"
        self._problems.add_unknown(
            named.place, message, word=named.value, known=self._declared.keys(), hint=hint
        )


@dataclass(frozen=True, slots=True)
class Observed:
    """All that the bridge observes itself, in the order of the files."""

    probes: tuple[Probe, ...] = ()
    queries: tuple[Query, ...] = ()


class ObservedNames:
    """All of it by name."""

    def __init__(
        self, probes: Iterable[DeclaredProbe], queries: Iterable[DeclaredQuery], problems: Problems
    ) -> None:
        """Take what is declared; names that stand twice are reported."""
        self.probes = Names("probe", "probes", ((one.id, one.probe) for one in probes), problems)
        self.queries = Names("query", "queries", ((one.id, one.query) for one in queries), problems)

    @property
    def sound(self) -> Observed:
        """What is not faulty."""
        return Observed(self.probes.sound, self.queries.sound)

    def check_condition(self, asked: DeclaredExpression | None) -> None:
        """Report what a condition names that is not there."""
        for condition in asked.declared() if asked is not None else ():
            self.probes.check(condition.probe)
            self.queries.check(condition.query)
