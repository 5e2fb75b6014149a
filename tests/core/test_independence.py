"""Which sources confirm each other."""

from __future__ import annotations

import pytest

from bridge.core.independence import ALERTMANAGER, PROMETHEUS, independent
from bridge.sources import promql
from bridge.sources.probes.http import PROBE_SOURCE
from bridge.web import alertmanager


@pytest.mark.parametrize(
    ("sources", "count"),
    [
        ([], 0),
        (["alertmanager"], 1),
        (["alertmanager", "alertmanager/eu"], 2),
        (["alertmanager", "probe"], 2),
        (["prometheus/main", "probe"], 2),
        (["prometheus/main", "prometheus/other"], 2),
        (["alertmanager", "prometheus/main"], 1),
        (["alertmanager/eu", "prometheus/main", "prometheus/other"], 2),
        (["alertmanager", "prometheus/main", "probe"], 2),
    ],
)
def test_an_alert_and_a_query_may_be_one_series_told_twice(sources: list[str], count: int) -> None:
    assert independent(sources) == count


def test_the_sources_are_called_as_it_takes_them_to_be() -> None:
    assert promql.source_of("main").startswith(PROMETHEUS)
    assert alertmanager.source_of("eu").startswith(ALERTMANAGER)
    assert alertmanager.SOURCE.startswith(ALERTMANAGER)
    assert not PROBE_SOURCE.startswith((PROMETHEUS, ALERTMANAGER))
