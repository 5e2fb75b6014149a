"""The benchmarks by name. A new one is a function that returns a `Figure`, and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import (
    counting,
    evaluation,
    grouping,
    holding,
    ingress,
    matching,
    planning,
    public_page,
    simulated_page,
    simulating,
    storing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.figures import Figure

BENCHMARKS: Mapping[str, Callable[[], Figure]] = {
    "step": evaluation.one_changed_alert,
    "step-unindexed": evaluation.one_changed_alert_without_an_index,
    "step-counted": counting.changed_alerts,
    "step-everything": counting.changed_alerts_and_everything,
    "step-counted-many": counting.alerts_of_one_rule,
    "step-shown": counting.alerts_that_are_shown,
    "step-grouped": grouping.alerts_of_many_groups,
    "loop-held": holding.longest_hold,
    "evaluate-all": holding.whole_evaluation,
    "match": matching.equalities,
    "match-regex": matching.regular_expressions,
    "webhook": ingress.parse,
    "plan": planning.whole_difference,
    "store": storing.group_commit,
    "simulator-patch": simulated_page.patch_component,
    "simulator-list": simulated_page.page_of_incidents,
    "public-page": public_page.changed_page,
    "public-page-first": public_page.first_page,
    "simulator-list-large": public_page.page_of_incidents,
    "simulation": simulating.virtual_hours,
}
