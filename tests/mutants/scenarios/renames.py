"""Rules that get another id and say which one they had, and names whose ids are locked: the tests of `tests/simulation/adversity` that show it, as scenarios."""

from __future__ import annotations


def an_open_incident_whose_rule_says_its_former_id() -> list[str]:
    """I2: its rule has another id now, and another incident is opened beside it."""
    from tests.simulation.adversity import test_renamed_rules as tests  # which imports scenarios itself

    try:
        tests.test_an_open_incident_whose_rule_was_renamed_goes_on("by a reload", "")
    except AssertionError:
        return ["I2: a renamed rule did not go on with its open incident"]
    return []


def a_rule_that_says_its_former_id() -> list[str]:
    """I14: its component is set back because it was renamed, while the alert fires."""
    from tests.simulation.adversity import test_renamed_rules as tests  # which imports scenarios itself

    try:
        tests.test_a_rule_that_was_renamed_while_its_alert_fires_keeps_its_hold("by a reload")
    except AssertionError:
        return ["I14: a component was set back because its rule was renamed"]
    return []


def what_a_person_resolved_before_its_rule_was_renamed() -> list[str]:
    """I3: what a person resolved is opened again by its rule's new id."""
    from tests.simulation.adversity import test_renamed_rules as tests  # which imports scenarios itself

    try:
        tests.test_what_a_person_resolved_is_not_opened_again_because_its_rule_was_renamed("by a reload")
    except AssertionError:
        return ["I3: what a person resolved was opened again, because its rule was renamed"]
    return []


def a_component_that_the_files_name_otherwise() -> list[str]:
    """I14: a component is set back because it is called by its id now, while its alert fires."""
    from tests.simulation.peers import test_people as tests  # which imports scenarios itself

    try:
        tests.test_a_component_that_the_files_name_otherwise_is_the_same_component(
            "by a reload", page_first=False
        )
    except AssertionError:
        return ["I14: a component was set back because the files name it otherwise"]
    return []


def rules_that_group_by_another_label() -> list[str]:
    """I14: a component is set back because its rules group otherwise, while the alert fires."""
    return _regrouped("I14: a component was set back", component=True)


def an_incident_whose_rule_groups_by_another_label() -> list[str]:
    """I2: an incident is opened beside the one that is open, because its rule groups otherwise."""
    return _regrouped("I2: another incident was opened", component=False)


def _regrouped(violation: str, *, component: bool) -> list[str]:
    from tests.simulation.adversity import test_regrouped_rules as tests  # which imports scenarios itself
    from tests.simulation.adversity.test_renamed_rules import changed
    from tests.simulation.commands.operating import LONG, operated
    from tests.simulation.shop import MONITOR_FOR, updates

    with operated(tests.grouped()) as (world, _):
        tests.tell(world, world.now())
        world.run_for(tests.FOR + LONG)
        changed(world, tests.grouped("region"), "by a reload")
        shown = tests.shown_for(world, tests.FOR + MONITOR_FOR + LONG)
        wrong = shown != {"major_outage"} if component else len(updates(world)) > 1
    return [f"{violation}, because its rule groups by another label"] if wrong else []


def a_lock_that_names_a_component_that_is_gone() -> list[str]:
    """I15: a component is written that the lock does not mean."""
    from tests.simulation.adversity import test_locked_ids as tests  # which imports scenarios itself

    try:
        tests.test_a_lock_that_names_a_deleted_component_is_an_alarm_and_no_guess()
    except AssertionError:
        return ["I15: a component was guessed that the lock does not mean"]
    return []


def a_lock_that_contradicts_the_store() -> list[str]:
    """I15: one of two components is written, though it is not certain which is meant."""
    from tests.simulation.adversity import test_locked_ids as tests  # which imports scenarios itself

    try:
        tests.test_a_lock_that_contradicts_the_store_leaves_both_components_as_they_are()
    except AssertionError:
        return ["I15: a component was written while lock and store contradict each other"]
    return []
