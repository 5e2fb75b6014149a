"""What matching costs: matchers as data, against the same comparisons written in Python."""

from __future__ import annotations

from benchmarks.figures import Figure, Growth
from benchmarks.timing import costs_of
from bridge.core.matching import Matchers, match_all, parse_matchers
from bridge.core.signals import Labels

SETS = 1000
EQUALITIES = parse_matchers('severity="critical", team="shop", region="eu", stage="live"')
EXPRESSIONS = parse_matchers('severity=~"critical|page", team=~"shop.*", region!~"us-.*", stage=~"l.ve"')


def equalities() -> Figure:
    """Four equality matchers that all match, so that none is passed over."""
    return _figure("match: four matchers by equality", EQUALITIES, most=15.0)


def regular_expressions() -> Figure:
    """Four regular expressions; RE2's verdict on a (pattern, value) is remembered."""
    return _figure("match: four regular expressions, values seen before", EXPRESSIONS, most=30.0)


def _figure(operation: str, matchers: Matchers, *, most: float) -> Figure:
    few, many = _label_sets(0), _label_sets(40)

    def by_matchers(sets: list[Labels]) -> int:
        return sum(match_all(matchers, labels) for labels in sets)

    if by_matchers(few) != SETS:
        raise AssertionError("the matchers do not match")
    seconds, wide_seconds, floor_seconds = costs_of(
        lambda: by_matchers(few), lambda: by_matchers(many), lambda: sum(_plain(labels) for labels in few)
    )
    return Figure(
        operation=operation,
        seconds=seconds / SETS,
        floor="four comparisons in Python",
        floor_seconds=floor_seconds / SETS,
        most=most,
        growth=Growth("5 to 45 labels", wide_seconds / seconds, most=2.0),
    )


def _plain(labels: Labels) -> bool:
    return (
        labels.get("severity") == "critical"
        and labels.get("team") == "shop"
        and labels.get("region") == "eu"
        and labels.get("stage") == "live"
    )


def _label_sets(more: int) -> list[Labels]:
    others = {f"label{number}": "value" for number in range(more)}
    return [
        Labels(
            {
                "severity": "critical",
                "team": "shop",
                "region": "eu",
                "stage": "live",
                "instance": f"host-{number}",
                **others,
            }
        )
        for number in range(SETS)
    ]
