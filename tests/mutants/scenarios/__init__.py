"""Scenarios made for single mutants, where random seeds hardly ever come. Each is a function without arguments that returns violations, each a sentence that begins with its invariant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.mutants.scenarios import (
    blindness,
    commands,
    deliveries,
    lanes,
    pacing,
    people,
    points,
    repetition,
    rulefiles,
    safeguards,
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
    lanes.a_network_that_becomes_fast,
    lanes.lost_writes_that_arrive_late,
    lanes.a_clock_that_drifts,
    lanes.a_crash_loop_while_incidents_open,
    lanes.incidents_in_a_storm,
    lanes.reads_while_incidents_take_everything,
    lanes.reads_while_changes_are_refused,
    lanes.a_mild_thing_among_worse_ones,
    lanes.a_burst_and_then_an_outage,
    lanes.a_call_that_hangs,
    lanes.two_tokens_of_which_one_is_refused,
    people.a_persons_own_incident,
    people.a_list_that_lacks_an_incident_once,
    blindness.a_broken_service_and_no_network,
    blindness.a_frozen_process_and_a_pending_alert,
    commands.a_command_and_a_kill,
    commands.a_command_that_is_sent_again_after_it_was_taken_back,
    commands.a_person_after_an_override,
    commands.a_person_right_after_an_override,
    commands.an_override_that_is_over,
    commands.a_hand_back_over_a_persons_value,
    commands.a_component_that_was_yielded,
    commands.an_incident_that_was_yielded,
    commands.an_incident_that_was_adopted,
    commands.an_incident_that_was_released,
    commands.a_pause_and_a_restart,
    commands.a_pause_that_ends,
    commands.a_resumed_page,
    points.forty_metrics,
    repetition.two_processes_with_different_hashes,
    rulefiles.a_faulty_rule_file,
    safeguards.another_page_behind_the_settings,
    safeguards.rules_that_would_change_much,
    safeguards.other_rule_files_at_a_start,
    safeguards.a_cap_that_is_lowered_in_a_storm,
    safeguards.calls_that_nobody_opened,
)

SCENARIOS: Mapping[str, Scenario] = {made.__name__.replace("_", " "): made for made in _ALL}
"""By the name that a patch says after `caught by: scenario`."""
