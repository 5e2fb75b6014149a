"""The daemon's own metrics, by the Prometheus guide's naming: `_total`, base units, every series present at zero from the start.

One object holds them all, so that a test or a simulation has its own registry. Label values come from closed enums and from the settings, never from signals.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from bridge.core.command_entries import REASONS
from bridge.core.commands import ConfirmedGuard, StandingKind
from bridge.core.leaks import Leak
from bridge.core.pacing import Lane
from bridge.core.reasons import Reason
from bridge.core.signals import Merge, SignalState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.statuses import ComponentStatus

disable_created_metrics()  # type: ignore[no-untyped-call]  # `*_created` series double every counter for no reader

OPERATIONS = (
    "read_page",
    "read_list",
    "read_incident",
    "identify_incident",
    "find_incident",
    "write_incident",
    "write_maintenance",
    "set_component",
    "push_points",
    "read_postmortem",
    "draft_postmortem",
)
SHOWN_STANDING = (
    StandingKind.OVERRIDE,
    StandingKind.YIELD,
    StandingKind.RELEASE,
    StandingKind.CAUSE,
    StandingKind.CONFIRM,
)
"""What stands of commands and is counted; that a page is paused has its own gauge."""
OUTCOMES = ("done", "not_sent", "unknown")
WEBHOOK_OUTCOMES = ("done", "refused", "failed")
"""Of a request to the webhook of drafts: an answer of 2xx, another answer, none."""
CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Every metric of the daemon. The README's table and `promtool check metrics` are held to it by tests."""

    def __init__(
        self, pages: Iterable[str] = (), budgets: Iterable[str] = (), sources: Iterable[str] = ()
    ) -> None:
        """Register everything at zero.

        Args:
            pages: the names of the pages in the settings.
            budgets: the names of the token budgets.
            sources: the names of the sources that settings know.
        """
        registry = self.registry = CollectorRegistry()
        self.signals_received = Counter(
            "bridge_signals_received_total",
            "Reports of signals that were accepted, by what each meant beside what was known.",
            ("result",),
            registry=registry,
        )
        self.signals = Gauge(
            "bridge_signals", "Signals known, by their state.", ("state",), registry=registry
        )
        self.webhooks = Counter(
            "bridge_webhook_requests_total",
            "Webhook deliveries, by the status code answered.",
            ("code",),
            registry=registry,
        )
        self.decisions = Counter(
            "bridge_decisions_total",
            "Decisions of rules and incidents.",
            ("page", "reason"),
            registry=registry,
        )
        self.requests = Counter(
            "bridge_statuspage_requests_total",
            "Requests to the Statuspage API, by operation and outcome.",
            ("page", "operation", "outcome"),
            registry=registry,
        )
        self.request_failures = Counter(
            "bridge_statuspage_request_failures_total",
            "Requests to the Statuspage API that were not done, by reason.",
            ("page", "reason"),
            registry=registry,
        )
        self.request_seconds = Histogram(
            "bridge_statuspage_request_duration_seconds",
            "Time from the start of a request to its end.",
            ("page",),
            buckets=CALL_BUCKETS,
            registry=registry,
        )
        self.slots = Gauge(
            "bridge_budget_slots_held",
            "Slots of the rolling window that are taken, by lane.",
            ("budget", "lane"),
            registry=registry,
        )
        self.plan_size = Gauge(
            "bridge_plan_operations", "Operations that the last plan held.", ("page",), registry=registry
        )
        self.parked = Gauge(
            "bridge_parked_operations",
            "What the page refused as invalid, and is not sent again as it is.",
            ("page",),
            registry=registry,
        )
        self.desired = Gauge(
            "bridge_component_desired_status",
            "Severity that the rules want for a component: 0 operational, 2 degraded, 3 partial outage, 4 major outage.",
            ("page", "component"),
            registry=registry,
        )
        self.observed = Gauge(
            "bridge_component_observed_status",
            "Severity that the page showed when it was last read; -1 for a component that the page does not have.",
            ("page", "component"),
            registry=registry,
        )
        self.open_incidents = Gauge(
            "bridge_incidents_open", "Incidents of ours that are unresolved.", ("page",), registry=registry
        )
        self.yielded = Gauge(
            "bridge_yielded",
            "Components and incidents that are left to a person.",
            ("page", "kind"),
            registry=registry,
        )
        self.commands = Counter(
            "bridge_commands_total",
            "Commands of operators that were accepted, by what each did.",
            ("page", "reason"),
            registry=registry,
        )
        self.paused = Gauge(
            "bridge_paused", "Whether an operator has paused the page.", ("page",), registry=registry
        )
        self.standing = Gauge(
            "bridge_standing",
            "What operators told and still holds.",
            ("page", "kind"),
            registry=registry,
        )
        self.twins = Gauge(
            "bridge_incidents_twins",
            "Live incidents of ours beside another one with the same identity.",
            ("page",),
            registry=registry,
        )
        self.left_open = Gauge(
            "bridge_incidents_left_open",
            "Incidents of ours that were left to a person, and whose cause is gone.",
            ("page",),
            registry=registry,
        )
        self.orphans = Gauge(
            "bridge_incidents_without_rule",
            "Open incidents of ours that no rule tells of.",
            ("page",),
            registry=registry,
        )
        self.automation_max = Gauge(
            "bridge_automation_max",
            "The most that may be done on the page now: 0 shadow, 1 statuses, 2 draft, 3 full.",
            ("page",),
            registry=registry,
        )
        self.automation_max_unusable = Gauge(
            "bridge_automation_max_unusable",
            "Whether a file that should hold the cap on automation holds none; shadow is in force.",
            ("page",),
            registry=registry,
        )
        self.unsettled = Gauge(
            "bridge_intents_unsettled", "Writes whose outcome is not known yet.", ("page",), registry=registry
        )
        self.unbound = Gauge(
            "bridge_components_unbound",
            "Names in rule files that mean no component, or several.",
            ("page",),
            registry=registry,
        )
        self.unmapped = Gauge(
            "bridge_signals_unmapped",
            "Failing or unknown signals of a rule that takes its component from a label whose value names none.",
            ("page",),
            registry=registry,
        )
        self.templates_missing = Gauge(
            "bridge_templates_missing",
            "Names of incident templates in rule files that mean none of the page's, or several.",
            ["page"],
            registry=self.registry,
        )
        self.mismatched = Gauge(
            "bridge_ids_mismatched",
            "Names whose id in ids.lock.yaml is not on the page, or is not the one that was theirs until now.",
            ("page",),
            registry=registry,
        )
        self.source_last_success = Gauge(
            "bridge_source_last_success_timestamp_seconds",
            "When a source last succeeded; 0 for never.",
            ("source",),
            registry=registry,
        )
        self.source_healthy = Gauge(
            "bridge_source_healthy",
            "Whether a source can be believed; 0 while it is blind.",
            ("source",),
            registry=registry,
        )
        self.queries_failing = Gauge(
            "bridge_queries_failing",
            "Queries to a Prometheus that give no value now, and why.",
            ("source", "reason"),
            registry=registry,
        )
        self.blast_held = Gauge(
            "bridge_blast_radius_held_components",
            "Components whose worsening is held because too many got worse at once.",
            ("page",),
            registry=registry,
        )
        self.waits_for_confirmation = Gauge(
            "bridge_waits_for_confirmation",
            "Whether a guard holds something until an operator confirms it.",
            ("page", "guard"),
            registry=registry,
        )
        self.drafts_waiting = Gauge(
            "bridge_drafts_waiting",
            "Incidents that wait for a person before they are opened.",
            ("page",),
            registry=registry,
        )
        self.drafts_untold = Gauge(
            "bridge_drafts_untold",
            "Drafts that wait and that the webhook of drafts has not taken; 0 without one.",
            ("page",),
            registry=registry,
        )
        self.draft_webhook_requests = Counter(
            "bridge_draft_webhook_requests_total",
            "Requests to the webhook of drafts, by outcome.",
            ("page", "outcome"),
            registry=registry,
        )
        self.notifications_left = Gauge(
            "bridge_notifications_left",
            "Notifications that the page may still send in this hour.",
            ("page",),
            registry=registry,
        )
        self.texts_withheld = Counter(
            "bridge_texts_withheld_total",
            "Texts that went to the page without their labels, by what one of these held.",
            ("page", "leak"),
            registry=registry,
        )
        self.points_sent = Counter(
            "bridge_metric_points_sent_total",
            "Metric points that the page has taken.",
            ("page",),
            registry=registry,
        )
        self.last_read = Gauge(
            "bridge_page_last_read_timestamp_seconds",
            "When the page was last read completely.",
            ("page",),
            registry=registry,
        )
        self.reload_successful = Gauge(
            "bridge_config_last_reload_successful",
            "Whether the last reload of the rule files succeeded.",
            registry=registry,
        )
        self.reload_timestamp = Gauge(
            "bridge_config_last_reload_success_timestamp_seconds",
            "When rule files were last loaded.",
            registry=registry,
        )
        self.task_restarts = Counter(
            "bridge_task_restarts_total",
            "Tasks that failed and were started again.",
            ("task",),
            registry=registry,
        )
        self.build = Gauge(
            "bridge_build_info", "Always 1; the version is a label.", ("version",), registry=registry
        )
        for source in sources:
            self.source_last_success.labels(source)
            self.source_healthy.labels(source)
        self._present_at_zero(tuple(pages), tuple(budgets))

    def _present_at_zero(self, pages: tuple[str, ...], budgets: tuple[str, ...]) -> None:
        for merge in Merge:
            self.signals_received.labels(merge)
        for state in SignalState:
            self.signals.labels(state)
        for code in ("200", "400", "401", "413", "503"):
            self.webhooks.labels(code)
        for page, operation, outcome in product(pages, OPERATIONS, OUTCOMES):
            self.requests.labels(page, operation, outcome)
        for page, outcome in product(pages, WEBHOOK_OUTCOMES):
            self.draft_webhook_requests.labels(page, outcome)
        for page, guard in product(pages, ConfirmedGuard):
            self.waits_for_confirmation.labels(page, guard)
        for budget, lane in product(budgets, Lane):
            self.slots.labels(budget, lane)
        self._pages_at_zero(pages)

    def _pages_at_zero(self, pages: tuple[str, ...]) -> None:
        for page in pages:
            self._commands_at_zero(page)
            for reason in Reason:
                self.decisions.labels(page, reason)
                self.request_failures.labels(page, reason)
            for gauge in (
                self.plan_size,
                self.parked,
                self.open_incidents,
                self.twins,
                self.left_open,
                self.orphans,
                self.unsettled,
                self.unbound,
                self.unmapped,
                self.templates_missing,
                self.mismatched,
                self.blast_held,
                self.notifications_left,
                self.drafts_waiting,
                self.drafts_untold,
                self.points_sent,
                self.automation_max,
                self.automation_max_unusable,
                self.last_read,
                self.paused,
            ):
                gauge.labels(page)
            self.request_seconds.labels(page)
            for leak in Leak:
                self.texts_withheld.labels(page, leak)
            for kind in ("component", "incident"):
                self.yielded.labels(page, kind)

    def _commands_at_zero(self, page: str) -> None:
        for kind in SHOWN_STANDING:
            self.standing.labels(page, kind)
        for reason in sorted(set(REASONS.values())):
            self.commands.labels(page, reason)

    def exposition(self) -> bytes:
        """The text format, version 0.0.4."""
        return generate_latest(self.registry)


def severity_of(status: ComponentStatus | None) -> int:
    """The value of the two status gauges."""
    return -1 if status is None else status.severity
