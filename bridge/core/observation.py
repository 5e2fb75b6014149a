"""What is to be observed: the checks and queries that rule files declare and sources carry out.

The type stands between two packages that must not know each other: `config` makes these values, `sources` consumes them. Knows neither files nor sockets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.core.rules import Series
from bridge.core.signals import NO_LABELS, Labels

PROBE_LABEL = "probe"
"""The label that holds a probe's id in its signal."""
QUERY_LABEL = "query"
"""The label that holds a query's id in its signal."""
OWN_LABELS = (PROBE_LABEL, QUERY_LABEL)
"""Labels that nobody else may set on what the bridge observes itself."""

SUCCESS = ((200, 299),)
"""The statuses that are expected where a check names none."""


@dataclass(frozen=True, slots=True)
class HttpExpectation:
    """What an answer must be like; the first part that is not so makes the probe fail.

    Attributes:
        statuses: inclusive ranges of accepted status codes.
        within: seconds in which the whole answer must have arrived, or None.
        body_regexp: RE2, searched for in the body, not anchored; or None.
    """

    statuses: tuple[tuple[int, int], ...] = SUCCESS
    within: float | None = None
    body_regexp: str | None = None


@dataclass(frozen=True, slots=True)
class HttpCheck:
    """One HTTP request and what its answer must be like.

    Attributes:
        url: absolute, `http` or `https`, with a host.
        method: upper case.
        headers: names and values, in the order of the file.
        expect: what the answer must be like.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # they may hold a credential
    expect: HttpExpectation = field(default_factory=HttpExpectation)


@dataclass(frozen=True, slots=True)
class Probe:
    """A check that is repeated.

    Attributes:
        id: unique over all rule files.
        check: what is done.
        every: seconds from start to start.
        timeout: seconds after which an attempt has failed; at most `every`.
        labels: what its signal carries beside `probe`.
    """

    id: str
    check: HttpCheck
    every: float
    timeout: float
    labels: Labels = NO_LABELS

    @property
    def signal_labels(self) -> Labels:
        """The labels of the probe's signal: its id and its own labels."""
        return Labels({**self.labels, PROBE_LABEL: self.id})

    @property
    def latency(self) -> Series:
        """Seconds from start to complete answer; a point only when there was an answer."""
        return Series(f"probe:{self.id}:latency")

    @property
    def up(self) -> Series:
        """1 when the check passed, 0 when it failed."""
        return Series(f"probe:{self.id}:up")


@dataclass(frozen=True, slots=True)
class Query:
    """A figure that rules compare with a threshold: a PromQL expression, asked again and again.

    Attributes:
        id: unique over all rule files.
        expression: PromQL; must give a scalar or one sample.
        prometheus: a Prometheus of the settings, by name.
        every: seconds from start to start.
        labels: what its signal carries beside `query`.
    """

    id: str
    expression: str
    prometheus: str
    every: float
    labels: Labels = NO_LABELS

    @property
    def signal_labels(self) -> Labels:
        """The labels of the query's signal: its id and its own labels."""
        return Labels({**self.labels, QUERY_LABEL: self.id})

    @property
    def series(self) -> Series:
        """What its values are called; the same for whatever asks the same."""
        return query_series(self.prometheus, self.expression)


@dataclass(frozen=True, slots=True)
class Poll:
    """One expression that a Prometheus is asked, for everything that goes by its value.

    Attributes:
        series: what its values are called.
        expression: PromQL; must give a scalar or one sample.
        prometheus: a Prometheus of the settings, by name.
        every: seconds from start to start: as often as the most frequent of those that go by it.
        queries: those whose signals carry the value.
        charted: whether a metric shows it.
    """

    series: Series
    expression: str
    prometheus: str
    every: float
    queries: tuple[Query, ...] = ()
    charted: bool = True


def query_series(prometheus: str, expression: str) -> Series:
    """What the values of a query are called."""
    return Series(f"query:{prometheus}:{expression}")
