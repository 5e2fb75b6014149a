"""The shop of a run: what can break, by which rules the bridge tells of it, and what is really broken. Must not know whether anybody was told."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RULES = """\
page: acme
defaults: {for: 500ms, keep_firing_for: 500ms, automation: full}
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: {severity: {critical: major_outage, warning: degraded_performance}}
      for: 0
  Checkout / Web:
    - {alert: CheckoutPages, status: partial_outage}
  Search:
    - {id: down, alert: ServiceDown, matchers: 'service="search"', status: major_outage, for: 0}
    - {id: slow, alert: SearchSlow, status: degraded_performance}
  Payments:
    - {alert: ServiceDown, matchers: 'service="payments"', status: partial_outage}
incidents:
  - id: checkout
    components: [Checkout / *]
    title: Checkout is having problems
    close_at: degraded_performance
    monitor_for: 1s
  - id: service
    components: [Search, Payments]
    title: A service is down
    group_by: [service]
    monitor_for: 1s
"""

INSTANCES = ("a", "b")
"""Each cause is told by an alert from each of these, so that a group is never only firing or only resolved."""

CROWD = tuple(f"Crowd{number}" for number in range(8))
"""Alerts that no rule is about. They are stored like all others, and make it likely that a kill hits a commit."""

COMPONENTS = ("Checkout / API", "Checkout / Web", "Search", "Payments")

SEVERITY = {"operational": 0, "degraded_performance": 1, "partial_outage": 2, "major_outage": 3}


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that can break.

    Attributes:
        labels: of the alert that tells of it.
        component: what it breaks.
        status: what the component shows then.
        place: the incident that it opens, as `place_of` names it; empty for none.
    """

    labels: Mapping[str, str]
    component: str
    status: str
    place: str = ""


CAUSES = {
    "errors": Cause(
        {"alertname": "CheckoutErrors", "severity": "critical"}, "Checkout / API", "major_outage", "checkout"
    ),
    "a few errors": Cause(
        {"alertname": "CheckoutErrors", "severity": "warning"}, "Checkout / API", "degraded_performance"
    ),
    "pages": Cause({"alertname": "CheckoutPages"}, "Checkout / Web", "partial_outage", "checkout"),
    "search": Cause(
        {"alertname": "ServiceDown", "service": "search"}, "Search", "major_outage", "service Search"
    ),
    "slow search": Cause({"alertname": "SearchSlow"}, "Search", "degraded_performance"),
    "payments": Cause(
        {"alertname": "ServiceDown", "service": "payments"}, "Payments", "partial_outage", "service Payments"
    ),
}


def place_of(title: str, components: Iterable[str]) -> str:
    """Which rule and group an incident is of, by what the public sees of it: its title and the names of its components.

    Each group of the rule that has groups is about a component of its own, so that no metadata has to be believed.
    """
    match title:
        case "Checkout is having problems":
            return "checkout"
        case "A service is down":
            return f"service {', '.join(sorted(components))}"
        case _:
            return title


class Shop:
    """What is broken now, and how often each incident had a reason to begin."""

    def __init__(self) -> None:
        self._broken: dict[str, set[str]] = defaultdict(set)
        self.outages: Counter[str] = Counter()
        """By the incident's place: how often it came to be broken after all was well."""

    def is_broken(self, cause: str, instance: str | None = None) -> bool:
        """Whether this instance of it is broken; or any, without one."""
        return bool(self._broken[cause]) if instance is None else instance in self._broken[cause]

    def turn(self, cause: str, instance: str, *, broken: bool) -> None:
        """Break an instance, or mend it."""
        place = CAUSES[cause].place
        was_broken = place in self.places()
        if broken:
            self._broken[cause].add(instance)
        else:
            self._broken[cause].discard(instance)
        if place and place in self.places() and not was_broken:
            self.outages[place] += 1

    def components(self) -> dict[str, str]:
        """What every component should show when all has been told."""
        shown = dict.fromkeys(COMPONENTS, "operational")
        for cause in self._live():
            if SEVERITY[cause.status] > SEVERITY[shown[cause.component]]:
                shown[cause.component] = cause.status
        return shown

    def places(self) -> set[str]:
        """The incidents that should be open when all has been told."""
        return {cause.place for cause in self._live() if cause.place}

    def _live(self) -> list[Cause]:
        return [CAUSES[name] for name, instances in self._broken.items() if instances]
