"""The live claims of a page, and the holds of which nothing is known, by component and by the incidents for which they count.

An incident that is divided by a label into a thousand asks for the claims of one of them. Decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bridge.core.signals import NO_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.core.claims import Claim, HoldKey
    from bridge.core.desired import IncidentPlace
    from bridge.core.rules import ComponentName, IncidentRule
    from bridge.core.signals import Labels


class LiveClaims:
    """They, as they come and go."""

    def __init__(self, covering: Mapping[ComponentName, Sequence[IncidentRule]]) -> None:
        """None yet.

        Args:
            covering: the incidents over each component.
        """
        self._covering = covering
        self._undivided = {
            name: tuple((incident.id, NO_LABELS) for incident in incidents)
            for name, incidents in covering.items()
        }
        self.by_component: dict[ComponentName, dict[HoldKey, Claim]] = {}
        self.by_place: dict[IncidentPlace, dict[ComponentName, dict[HoldKey, Claim]]] = {}
        self.blind: defaultdict[ComponentName, dict[HoldKey, None]] = defaultdict(dict)
        """The holds whose conditions are unknown."""
        self.blind_places: dict[IncidentPlace, dict[HoldKey, None]] = {}

    def places(self, component: ComponentName, group: Labels) -> Sequence[IncidentPlace]:
        """The incidents for which claims on a component count."""
        if not group:
            return self._undivided.get(component, ())
        return [
            (incident.id, group.only(incident.group_by)) for incident in self._covering.get(component, ())
        ]

    def add(self, claim: Claim) -> None:
        """A rule claims something."""
        self.by_component.setdefault(claim.component, {})[claim.key] = claim
        for place in self.places(claim.component, claim.group):
            self.by_place.setdefault(place, {}).setdefault(claim.component, {})[claim.key] = claim

    def remove(self, component: ComponentName, key: HoldKey) -> None:
        """It does not any more."""
        self.by_component.get(component, {}).pop(key, None)
        for place in self.places(component, key.group):
            claims = self.by_place.get(place, {})
            claims.get(component, {}).pop(key, None)
            if not any(claims.values()):
                self.by_place.pop(place, None)

    def note(self, component: ComponentName, key: HoldKey, *, blind: bool) -> bool:
        """Whether a hold's condition is unknown. Returns whether that is new."""
        known = self.blind[component]
        if blind is (key in known):
            return False
        for holds in (known, *self._holds_at(component, key)):
            if blind:
                holds[key] = None
            else:
                holds.pop(key, None)
        for place in self.places(component, key.group):
            if not self.blind_places[place]:
                del self.blind_places[place]
        return True

    def _holds_at(self, component: ComponentName, key: HoldKey) -> list[dict[HoldKey, None]]:
        return [self.blind_places.setdefault(place, {}) for place in self.places(component, key.group)]
