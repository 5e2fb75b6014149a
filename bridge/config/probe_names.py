"""The probes of all rule files by name, for the rules and metrics that name them. Must not know what a probe asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.config.declared_conditions import DeclaredExpression
    from bridge.config.probes import DeclaredProbe
    from bridge.config.problems import Placed, Problems
    from bridge.core.observation import Probe


class ProbeNames:
    """Every probe that is declared, by its name. Of two with one name the first counts, and the other is reported."""

    def __init__(self, declared: Iterable[DeclaredProbe], problems: Problems) -> None:
        self._problems = problems
        self._probes: dict[str, DeclaredProbe] = {}
        for probe in declared:
            first = self._probes.setdefault(probe.id.value, probe)
            if first is not probe:
                problems.add_twice(probe.id.place, f"the probe {shown(probe.id.value)}", first.id.place)

    @property
    def sound(self) -> tuple[Probe, ...]:
        """The probes without the faulty ones, in the order of the files."""
        return tuple(probe.probe for probe in self._probes.values() if probe.probe)

    def get(self, name: str) -> Probe | None:
        """The probe of that name; None when it is faulty, or when there is none."""
        declared = self._probes.get(name)
        return declared.probe if declared else None

    def check_condition(self, asked: DeclaredExpression | None) -> None:
        """Report what names a probe that is not there."""
        for condition in asked.declared() if asked is not None else ():
            self.check(condition.probe)

    def check(self, named: Placed[str] | None) -> None:
        """Report the name of a probe that is not there."""
        if named is None or named.value in self._probes or self._problems.incomplete:
            return
        message = f"there is no probe {shown(named.value)}"
        hint = "declare it under probes"
        self._problems.add_unknown(
            named.place, message, word=named.value, known=self._probes.keys(), hint=hint
        )
