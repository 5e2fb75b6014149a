"""What the metrics of all pages show: a probe's values or a query's. Must not know how a metric is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.durations import format_duration
from bridge.config.lint_names import Lint
from bridge.config.metrics import LONGEST_GAP, ProbeValue
from bridge.config.problems import shown
from bridge.core.rules import MetricRule

if TYPE_CHECKING:
    from bridge.config.declared_page import DeclaredPage
    from bridge.config.metrics import DeclaredMetric
    from bridge.config.observed_names import Names
    from bridge.config.problems import Place, Problems
    from bridge.config.prometheuses import Prometheuses
    from bridge.core.observation import Poll, Probe
    from bridge.core.rules import Series


class MetricSeries:
    """The series behind metrics."""

    def __init__(self, probes: Names[Probe], prometheuses: Prometheuses, problems: Problems) -> None:
        """Know what a metric may name.

        Args:
            probes: all that are declared.
            prometheuses: the settings' servers.
            problems: where mistakes go.
        """
        self._probes = probes
        self._prometheuses = prometheuses
        self._problems = problems
        self._polls: list[Poll] = []

    @property
    def polls(self) -> tuple[Poll, ...]:
        """The queries of all metrics so far."""
        return tuple(self._polls)

    def of(self, page: DeclaredPage) -> tuple[MetricRule, ...]:
        """The metrics of a page, each with what it shows."""
        metrics: list[MetricRule] = []
        places: dict[str, Place] = {}
        for metric in page.metrics:
            series = self._from_query(metric) or self._from_probe(metric)
            if metric.metric is None:
                continue
            first = places.setdefault(metric.metric.value, metric.metric.place)
            if first is not metric.metric.place:
                self._problems.add_twice(
                    metric.metric.place, f"the metric {shown(metric.metric.value)}", first
                )
            if series is not None:
                metrics.append(MetricRule(metric.metric.value, series))
        return tuple(metrics)

    def _from_query(self, metric: DeclaredMetric) -> Series | None:
        query, server = metric.query, metric.prometheus
        if query is None or server is None:
            return None
        self._prometheuses.check(server)
        self._polls.append(query)
        return query.series

    def _from_probe(self, metric: DeclaredMetric) -> Series | None:
        if metric.probe is None:
            return None
        self._probes.check(metric.probe)
        probe = self._probes.get(metric.probe.value)
        if probe is None:
            return None
        if probe.every > LONGEST_GAP:
            message = f"the probe {shown(probe.id)} runs every {format_duration(probe.every)}"
            self._problems.warn(
                metric.probe.place,
                message,
                "a metric without a point for five minutes shows a gap",
                lint=Lint.SELDOM_MEASURED,
            )
        return probe.latency if metric.value is ProbeValue.LATENCY else probe.up
