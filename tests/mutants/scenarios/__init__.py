"""Scenarios made for single mutants, where random seeds hardly ever come. Each is a function without arguments that returns violations, each a sentence that begins with its invariant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.mutants.scenarios import (
    announced,
    blindness,
    deliveries,
    own_incidents,
    pacing,
    people,
    points,
    repetition,
    rulefiles,
    taken,
    writes,
)

Scenario = Callable[[], list[str]]

_ALL: tuple[Scenario, ...] = (
    deliveries.a_delivery_and_a_kill,
    deliveries.a_resolve_that_comes_late,
    deliveries.an_alert_that_is_restored,
    deliveries.an_alert_that_nobody_repeats,
    deliveries.two_deliveries_at_once,
    deliveries.a_delivery_while_the_store_is_down,
    deliveries.a_lost_disk_and_an_open_incident,
    writes.a_cancelled_create,
    writes.a_kill_in_flight,
    writes.a_lost_create_that_a_person_resolved,
    writes.a_lost_create_behind_a_hundred_incidents,
    writes.a_component_that_is_written_late,
    pacing.a_storm_after_a_quiet_time,
    pacing.a_crash_loop_in_a_storm,
    pacing.a_clock_that_is_set_in_a_storm,
    pacing.a_refusal_that_asks_for_five_minutes,
    people.a_persons_own_incident,
    people.a_list_that_lacks_an_incident_once,
    taken.a_component_that_a_person_set_to_what_is_claimed_and_then_to_operational,
    taken.a_component_that_a_person_set_to_what_we_had_told,
    taken.a_component_that_a_person_set_green_and_that_breaks_anew,
    taken.a_component_that_a_person_set_green_just_now_and_that_breaks_anew,
    own_incidents.a_persons_own_incident_that_is_resolved_while_the_outage_goes_on,
    own_incidents.a_component_of_a_persons_own_incident,
    own_incidents.a_persons_update_in_an_incident_of_ours,
    own_incidents.an_incident_that_a_person_took_over_and_whose_cause_is_gone,
    own_incidents.an_incident_that_is_to_be_resolved_though_a_person_took_it_over,
    own_incidents.an_incident_whose_rule_was_renamed_and_an_empty_store,
    announced.an_outage_during_a_maintenance,
    announced.an_incident_during_a_maintenance,
    announced.an_outage_a_moment_before_a_maintenance,
    announced.a_recovery_during_a_maintenance,
    announced.a_maintenance_that_sets_its_component_back,
    announced.a_restart_while_a_maintenance_sets_its_component_back,
    announced.a_resolve_while_another_tells_of_a_component,
    blindness.a_broken_service_and_no_network,
    blindness.a_frozen_process_and_a_pending_alert,
    points.forty_metrics,
    repetition.two_processes_with_different_hashes,
    rulefiles.a_faulty_rule_file,
)

SCENARIOS: Mapping[str, Scenario] = {made.__name__.replace("_", " "): made for made in _ALL}
"""By the name that a patch says after `caught by: scenario`."""
