"""What a test of rules is, once its file was read: what is given, and what the page should say when. Knows no YAML and nothing of how it is played."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.statuses import Automation
from bridge.simulation.rehearsal.timeline import A_NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bridge.config.problems import Place
    from bridge.core.rules import ComponentName
    from bridge.core.signals import Labels
    from bridge.core.statuses import ComponentStatus
    from bridge.simulation.rehearsal.timeline import Turn


class AlertTurn(StrEnum):
    """What an alert does."""

    FIRING = "firing"
    RESOLVED = "resolved"
    SILENT = "silent"
    """Nothing is told of it any more, neither that it fires nor that it ended."""


class ProbeTurn(StrEnum):
    """What a probe finds."""

    OK = "ok"
    FAILING = "failing"
    UNKNOWN = "unknown"
    """Our own network is down: it finds nothing out."""


class QueryTurn(StrEnum):
    """What a query is answered, beside numbers."""

    NUMBER = A_NUMBER
    NONE = "none"
    """No data."""
    UNKNOWN = "unknown"
    """Prometheus cannot be asked."""


@dataclass(frozen=True, slots=True)
class GivenAlert:
    """An alert, and when it fires."""

    labels: Labels
    annotations: Mapping[str, str]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class GivenProbe:
    """A probe of the rules, by its id, and what it finds when."""

    id: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class GivenQuery:
    """A query of the rules, by its id, and what it is answered when."""

    id: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """Which incident, draft or maintenance somebody acts on: the id of its rule, and its group labels, None where only one can be meant."""

    rule: str
    group: Labels | None = None


@dataclass(frozen=True, slots=True)
class GivenCommand:
    """What an operator tells the bridge.

    Attributes:
        at: seconds after the beginning.
        document: of the command, without its id, and without what only the bridge and the page can name.
        meant: the incident or draft that it is about, or None.
        read_at: when the draft was read whose hash is approved; None for just before.
        refused: whether the bridge is to refuse it.
    """

    at: float
    document: Mapping[str, str]
    place: Place
    meant: Meant | None = None
    read_at: float | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class GivenDeed:
    """What a person does on the page.

    Attributes:
        at: seconds after the beginning.
        component: whose status is set, or None.
        incident: the incident that is updated, or None.
        maintenance: the maintenance that is changed, or None.
        status: of either; empty where it stays.
        body: what the person writes in the incident or maintenance.
        starts, ends: to when the maintenance is moved, Unix seconds; None where it is not.
    """

    at: float
    place: Place
    component: ComponentName | None = None
    incident: Meant | None = None
    maintenance: Meant | None = None
    status: str = ""
    body: str = ""
    starts: float | None = None
    ends: float | None = None


@dataclass(frozen=True, slots=True)
class ExpectedEntry:
    """One incident, draft or maintenance.

    Attributes:
        id: of its rule.
        group: the group labels.
        status: the page's word; of a draft where it stands.
        asked: what else is asked of it, by its key, as differences print it.
    """

    id: str
    group: Labels
    status: str
    asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the page says at one instant. What is None is not asked.

    Attributes:
        at: seconds after the beginning.
        components: exactly those that are not operational, with their statuses.
        would_have: exactly those that rules in shadow would change, with their statuses.
        incidents: exactly the unresolved ones.
        drafts: exactly what waits for a person, or was answered by one and is not over.
        maintenances: exactly those that are to come or go on.
        updates: the statuses told in all incidents or maintenances of a rule so far, in order.
        notifications: how often subscribers were told so far.
        calls: exactly the writes since the last expectation that asks for them.
    """

    at: float
    place: Place
    components: Mapping[str, ComponentStatus] | None = None
    would_have: Mapping[str, ComponentStatus] | None = None
    incidents: tuple[ExpectedEntry, ...] | None = None
    drafts: tuple[ExpectedEntry, ...] | None = None
    maintenances: tuple[ExpectedEntry, ...] | None = None
    updates: Mapping[str, tuple[str, ...]] | None = None
    notifications: int | None = None
    calls: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class GivenTemplate:
    """An incident template of the page."""

    name: str
    title: str
    body: str
    place: Place


@dataclass(frozen=True, slots=True)
class Case:
    """One test.

    Attributes:
        automation: what is in shadow in the rules is played at this level.
        templates: incident templates that stand on the page.
        starts: when it begins, Unix seconds; None where the time of day is nothing to it.
    """

    name: str
    place: Place
    alerts: tuple[GivenAlert, ...]
    probes: tuple[GivenProbe, ...]
    queries: tuple[GivenQuery, ...]
    commands: tuple[GivenCommand, ...]
    deeds: tuple[GivenDeed, ...]
    expectations: tuple[Expectation, ...]
    automation: Automation = Automation.SHADOW
    starts: float | None = None
    templates: tuple[GivenTemplate, ...] = ()

    @property
    def length(self) -> float:
        """Seconds until all has been asked."""
        return max(expectation.at for expectation in self.expectations)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The tests of one file.

    Attributes:
        path: as the user named it.
        rules: the files and directories that are tested.
        page: which of the rules' pages, or None for the only one.
        cases: in the order of the file.
    """

    path: str
    rules: tuple[Path, ...]
    page: str | None
    cases: tuple[Case, ...]
