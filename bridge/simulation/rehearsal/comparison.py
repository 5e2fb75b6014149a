"""What a test expects beside what the page shows: the differences, line by line. Knows neither files nor how the test was played."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import ndiff
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bridge.config.problems import Place
    from bridge.core.signals import Labels
    from bridge.simulation.rehearsal.cases import Expectation, ExpectedEntry
    from bridge.simulation.rehearsal.shown import Shown, ShownEntry


@dataclass(frozen=True, slots=True)
class Difference:
    """Something is not as a test expects.

    Attributes:
        at: seconds after the beginning.
        place: of the expectation.
        what: the expectation's key.
        lines: `- ` before what was expected, `+ ` before what was found, two spaces before both.
        about: components that it is about, for an explanation.
        incidents: ids of incident rules that it is about.
    """

    at: float
    place: Place
    what: str
    lines: tuple[str, ...]
    about: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()


def compare(expectation: Expectation, shown: Shown, calls_before: int) -> Iterator[Difference]:
    """The differences at one instant.

    Args:
        expectation: what is asked.
        shown: what the page shows.
        calls_before: how many calls earlier expectations have asked for.
    """
    asked = _Asked(expectation)
    if expectation.components is not None:
        yield from asked.about("components", expectation.components, shown.components)
    if expectation.would_have is not None:
        yield from asked.about("would_have", expectation.would_have, shown.would_have)
    if expectation.incidents is not None:
        yield from asked.entries("incidents", expectation.incidents, shown.incidents)
    if expectation.drafts is not None:
        yield from asked.entries("drafts", expectation.drafts, shown.drafts)
    if expectation.maintenances is not None:
        yield from asked.entries("maintenances", expectation.maintenances, shown.maintenances)
    for rule, statuses in (expectation.updates or {}).items():
        yield from asked.lines("updates", statuses, shown.told(rule), incidents=(rule,))
    if expectation.notifications is not None:
        found = [str(shown.notifications)]
        yield from asked.lines("notifications", [str(expectation.notifications)], found)
    if expectation.calls is not None:
        yield from asked.lines("calls", expectation.calls, shown.calls[calls_before:])


@dataclass(frozen=True, slots=True)
class _Asked:
    expectation: Expectation

    def lines(
        self,
        what: str,
        expected: Sequence[str],
        found: Sequence[str],
        *,
        about: Iterable[str] = (),
        incidents: Iterable[str] = (),
    ) -> Iterator[Difference]:
        if list(expected) != list(found):
            compared = tuple(line for line in ndiff(list(expected), list(found)) if not line.startswith("?"))
            at, place = self.expectation.at, self.expectation.place
            yield Difference(at, place, what, compared, tuple(about), tuple(incidents))

    def about(self, what: str, expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Difference]:
        names = sorted(expected.keys() | found.keys())
        differing = [name for name in names if expected.get(name) != found.get(name)]
        yield from self.lines(
            what,
            [f"{name}: {expected[name]}" for name in names if name in expected],
            [f"{name}: {found[name]}" for name in names if name in found],
            about=differing,
        )

    def entries(
        self, what: str, expected: tuple[ExpectedEntry, ...], found: tuple[ShownEntry, ...]
    ) -> Iterator[Difference]:
        wanted = [line for one in expected for line in _lines(one.id, one.group, one.status, one.asked)]
        got: list[str] = []
        remaining = list(found)
        for one in expected:
            match = next((each for each in remaining if (each.rule, each.group) == (one.id, one.group)), None)
            if match is not None:
                remaining.remove(match)
                # What is not asked of it may be anything.
                facts = {key: match.facts.get(key, "") for key in one.asked}
                got += _lines(match.rule, match.group, match.status, facts)
        for each in remaining:
            got += _lines(each.rule, each.group, each.status, {})
        rules = dict.fromkeys([*(one.id for one in expected), *(one.rule for one in found)])
        yield from self.lines(what, wanted, got, incidents=rules)


def _lines(rule: str, group: Labels, status: str, facts: Mapping[str, str]) -> list[str]:
    named = f" {group!r}" if group else ""
    return [f"{rule}{named}: {status}", *(f"  {key}: {value}" for key, value in facts.items())]
