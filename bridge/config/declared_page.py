"""What all rule files together declare for one page. Must not know what of it is sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.config.naming import Named
from bridge.config.problems import Placed

if TYPE_CHECKING:
    from bridge.config.declared_rules import DeclaredRule
    from bridge.config.incidents import DeclaredIncident
    from bridge.config.maintenances import DeclaredMaintenance
    from bridge.config.metrics import DeclaredMetric
    from bridge.config.silences import DeclaredSilence
    from bridge.core.rules import ComponentName


@dataclass(slots=True)
class DeclaredPage:
    """What all documents declare for one page, in the order of the files."""

    name: Placed[str] | None = None
    components: list[Placed[ComponentName]] = field(default_factory=list)
    bare: list[Placed[ComponentName]] = field(default_factory=list)
    rules: list[DeclaredRule] = field(default_factory=list)
    incidents: list[DeclaredIncident] = field(default_factory=list)
    metrics: list[DeclaredMetric] = field(default_factory=list)
    silences: list[DeclaredSilence] = field(default_factory=list)
    maintenances: list[DeclaredMaintenance] = field(default_factory=list)

    @property
    def named(self) -> Named:
        """The names that the rules use, each where it stands first."""
        components: dict[str, Placed[str]] = {}
        for component in self.components:
            components.setdefault(component.value, Placed(component.value, component.place))
        metrics: dict[str, Placed[str]] = {}
        for metric in self.metrics:
            if metric.metric is not None:
                metrics.setdefault(metric.metric.value, metric.metric)
        templates: dict[str, Placed[str]] = {}
        for incident in self.incidents:
            for template in incident.templates:
                templates.setdefault(template.value, template)
        return Named(
            tuple(components.values()), tuple(metrics.values()), tuple(templates.values()), self.name
        )
