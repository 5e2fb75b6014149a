"""Templates: texts kept for incidents and maintenances to come."""

from collections.abc import Iterable
from dataclasses import dataclass

from bridge.simulator.records.components import Component
from bridge.simulator.records.encoding import encode
from bridge.simulator.statuses import IncidentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template; the API makes and lists them, and never changes one."""

    id: str
    name: str
    title: str
    body: str
    group_id: str | None
    update_status: IncidentStatus | None
    should_tweet: bool
    should_send_notifications: bool
    component_ids: tuple[str, ...]

    def written(self, components: Iterable[Component]) -> str:
        """Return the template as JSON, with its components in full."""
        listed = ",".join(component.written() for component in components)
        rest = encode(
            {
                "name": self.name,
                "title": self.title,
                "body": self.body,
                "group_id": self.group_id,
                "update_status": self.update_status,
                "should_tweet": self.should_tweet,
                "should_send_notifications": self.should_send_notifications,
            }
        )[1:]
        return f'{{"id":"{self.id}","components":[{listed}],{rest}'
