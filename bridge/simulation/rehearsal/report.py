"""What is said of tests that were played: lines for people, and JUnit's XML for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from bridge.core.spans import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.simulation.rehearsal.comparison import Difference
    from bridge.simulation.rehearsal.coverage import Coverage
    from bridge.simulation.rehearsal.playing import Played


def lines_of(played: Played, *, diff: bool) -> Iterator[str]:
    """One test; with `diff`, what failed in full and why."""
    yield f"{'ok  ' if played.passed else 'FAIL'}  {played.path}: {played.name}"
    if played.error:
        yield f"      {played.error}"
    for difference, because in played.differences:
        yield from (f"      {line}" for line in _difference(difference, because, diff=diff))


def _difference(difference: Difference, because: tuple[str, ...], *, diff: bool) -> Iterator[str]:
    head = f"{difference.place}: at {spoken(difference.at)}, {difference.what}"
    if not diff:
        expected = [line[2:].strip() for line in difference.lines if not line.startswith("+ ")]
        found = [line[2:].strip() for line in difference.lines if not line.startswith("- ")]
        yield f"{head}: expected {_listed(expected)}; found {_listed(found)}"
        return
    yield f"{head} (- expected, + found)"
    yield from (f"  {line}" for line in difference.lines)
    if because:
        yield "  because"
        yield from (f"    {line}" for line in because)


def _listed(lines: Sequence[str]) -> str:
    return ", ".join(lines) or "nothing"


def summary_of(played: Sequence[Played]) -> str:
    """How many passed, in one line."""
    failed = sum(not one.passed for one in played)
    return f"{len(played) - failed} passed, {failed} failed"


def coverage_lines(coverage: Coverage) -> Iterator[str]:
    """How much was shown, and what was not."""
    count = coverage.count
    yield f"coverage: {coverage.percent:.1f} % ({count - len(coverage.missing)} of {count})"
    yield from (f"  not shown: {one}" for one in coverage.missing)


def junit_of(played: Sequence[Played]) -> bytes:
    """The results as JUnit's XML, one suite for each file."""
    suites = Element("testsuites")
    for path in dict.fromkeys(one.path for one in played):
        cases = [one for one in played if one.path == path]
        failures, errors = sum(bool(one.differences) for one in cases), sum(bool(one.error) for one in cases)
        counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors)}
        suite = SubElement(suites, "testsuite", {"name": path, **counts})
        for one in cases:
            case = SubElement(suite, "testcase", {"name": one.name, "classname": path})
            text = "\n".join(_legal(line) for line in lines_of(one, diff=True))
            if one.error:
                SubElement(case, "error", {"message": _legal(one.error)}).text = text
            elif one.differences:
                first = one.differences[0][0]
                message = _legal(f"at {spoken(first.at)}, {first.what}")
                SubElement(case, "failure", {"message": message}).text = text
    written: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return written


def _legal(text: str) -> str:
    """Without what no XML may hold; a label may."""
    return "".join(one if one.isprintable() or one in "\t\n" else "\N{REPLACEMENT CHARACTER}" for one in text)
