"""The state of the engine as gauges, computed when somebody scrapes: what is desired, what is shown, what is open, what is left of the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.bindings import mismatches
from bridge.core.blast import blast_of
from bridge.core.commands import ConfirmedGuard
from bridge.core.component_plan import FOREIGN_AFTER, yielded_components
from bridge.core.drafts import DraftState
from bridge.core.incident_templates import missing_templates
from bridge.core.intents import IntentState
from bridge.core.notifications import notifications_left
from bridge.core.people import left_open, orphans
from bridge.core.statuses import ComponentStatus
from bridge.engine.identity import another_page
from bridge.telemetry.metrics import SHOWN_STANDING, severity_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.core.page import Page
    from bridge.engine.dispatcher import Dispatcher
    from bridge.engine.intake import Intake
    from bridge.engine.ports import Clock
    from bridge.telemetry.metrics import Metrics


class Gauges:
    """Fills the gauges of `Metrics` from the engine."""

    def __init__(
        self,
        pages: Sequence[Page],
        intake: Intake,
        dispatchers: Mapping[str, Dispatcher],
        *,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._pages = pages
        self._intake = intake
        self._dispatchers = dispatchers
        self._clock = clock
        self.metrics = metrics

    def update(self) -> None:
        """Set every gauge to now. Cost: signals and components."""
        metrics = self.metrics
        for state, count in self._intake.states().items():
            metrics.signals.labels(state).set(count)
        now = self._clock.now()
        for source in self._intake.sources:
            metrics.source_last_success.labels(source.source).set(
                source.heard_at if source.succeeded else 0.0
            )
            metrics.source_healthy.labels(source.source).set(source.sees(now))
        for name, dispatcher in self._dispatchers.items():
            for lane, held in dispatcher.held(now).items():
                metrics.slots.labels(name, lane).set(held)
        for page in self._pages:
            self._update_page(page, now)
            self._update_guards(page, now)

    def _update_guards(self, page: Page, now: float) -> None:
        metrics = self.metrics
        hold = blast_of(page.guards.values()).hold
        metrics.blast_held.labels(page.name).set(len(hold.caps) if hold is not None else 0)
        metrics.waits_for_confirmation.labels(page.name, ConfirmedGuard.BLAST_RADIUS).set(
            hold is not None and hold.overdue
        )
        metrics.drafts_waiting.labels(page.name).set(
            sum(draft.state is DraftState.WAITING for draft in page.drafts.values())
        )
        metrics.notifications_left.labels(page.name).set(notifications_left(page, now))

    def _update_page(self, page: Page, now: float) -> None:
        metrics = self.metrics
        unbound = 0
        for name in page.ruleset.component_names:
            component_id = page.component_id(name)
            shown = page.observed.components.get(component_id) if component_id is not None else None
            locked = name in page.ruleset.component_ids  # what is wrong with it is counted by itself
            unbound += shown is None and page.observed.complete and not locked
            wanted = page.desired.components.get(name, ComponentStatus.OPERATIONAL)
            metrics.desired.labels(page.name, name).set(severity_of(wanted))
            metrics.observed.labels(page.name, name).set(
                severity_of(shown.status if shown is not None else None)
            )
        metrics.unbound.labels(page.name).set(unbound)
        metrics.unmapped.labels(page.name).set(page.desired.unmapped)
        metrics.templates_missing.labels(page.name).set(len(missing_templates(page)))
        metrics.mismatched.labels(page.name).set(sum(1 for _ in mismatches(page)))
        told = page.incidents_told.values()
        metrics.open_incidents.labels(page.name).set(sum(incident.open for incident in told))
        metrics.twins.labels(page.name).set(sum(lists >= FOREIGN_AFTER for lists in page.twins.values()))
        metrics.left_open.labels(page.name).set(sum(1 for _ in left_open(page)))
        metrics.orphans.labels(page.name).set(sum(1 for _ in orphans(page)))
        metrics.yielded.labels(page.name, "incident").set(
            sum(incident.yielded and incident.open for incident in told)
        )
        metrics.yielded.labels(page.name, "component").set(len(list(yielded_components(page, now))))
        metrics.paused.labels(page.name).set(page.paused)
        for kind in SHOWN_STANDING:
            count = sum(standing.kind is kind for standing in page.standing.values())
            metrics.standing.labels(page.name, kind).set(count)
        metrics.unsettled.labels(page.name).set(
            sum(intent.state is IntentState.UNKNOWN for intent in page.intents.values())
        )
        metrics.waits_for_confirmation.labels(page.name, ConfirmedGuard.PAGE_IDENTITY).set(
            bool(another_page(page))
        )
        metrics.waits_for_confirmation.labels(page.name, ConfirmedGuard.RELOAD).set(
            page.held_rules is not None or page.held_reload is not None
        )
        read = [listing.complete_at for listing in page.observed.listings.values()]
        metrics.last_read.labels(page.name).set(min((at or 0.0 for at in read), default=0.0))
