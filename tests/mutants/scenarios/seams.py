"""Where the rule of one guard, command or person meets another's: the tests of `tests/simulation/adversity` that show it, as scenarios.

What such a test asserts of the page is the violation; any other error is a mutant that crashed.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Callable


def _broken(told: str, test: Callable[[], None]) -> list[str]:
    """The violation, where an assertion of the test itself fails."""
    try:
        test()
    except AssertionError as error:
        if "/tests/simulation/adversity/test_" not in traceback.extract_tb(error.__traceback__)[-1].filename:
            raise
        return [told]
    return []


def an_incident_while_it_is_held_that_its_components_are_down() -> list[str]:
    """I14: an incident ended, though it is held that its components are down."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    return _broken(
        "I14: an incident ended, though it is held that its components are down",
        test_seams.test_an_incident_does_not_end_while_it_is_held_that_its_components_are_down,
    )


def an_override_after_a_maintenance_set_its_component_back() -> list[str]:
    """I5: an override is not shown after a maintenance."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    def test() -> None:
        test_seams.test_an_override_outlasts_a_maintenance_that_sets_its_component_back(claimed=False)

    return _broken("I5: an override is not shown after a maintenance", test)


def an_override_that_is_cleared_while_it_is_being_written() -> list[str]:
    """I5: what an override wrote late is not lowered."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    def test() -> None:
        test_seams.test_an_override_that_is_cleared_while_it_is_being_written_is_lowered(
            "answered late", named=False
        )

    return _broken("I5: what an override wrote late is not lowered", test)


def rules_that_were_held_at_a_start_and_those_before() -> list[str]:
    """I8: rules that nobody confirmed have set services back."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    return _broken(
        "I8: rules that nobody confirmed have set services back",
        test_seams.test_rules_that_were_held_at_a_start_have_done_nothing_when_those_before_come_back,
    )


def a_persons_value_while_rules_are_held_at_a_start() -> list[str]:
    """I15: what a person set was written over, because of rules that were held."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    return _broken(
        "I15: what a person set was written over, because of rules that were held",
        test_seams.test_what_a_person_set_stays_theirs_through_rules_that_were_held_at_a_start,
    )


def the_moment_in_which_other_rules_are_loaded() -> list[str]:
    """I8: what held rules claimed was written."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    def test() -> None:
        # Which task runs first in that moment differs from seed to seed.
        for seed in range(32):
            test_seams.test_nothing_that_held_rules_claimed_is_written_in_the_moment_in_which_others_are_loaded(
                seed
            )

    return _broken("I8: what held rules claimed was written", test)


def a_persons_value_while_a_rule_is_taken_away_and_put_back() -> list[str]:
    """I15: what a person set was written over, for its rule was away for a while."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    return _broken(
        "I15: what a person set was written over, for its rule was away for a while",
        test_seams.test_what_a_person_set_stays_theirs_while_a_rule_is_taken_away_and_put_back,
    )


def a_persons_value_while_everything_is_held() -> list[str]:
    """I15: what a person set was written over after a hold."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    return _broken(
        "I15: what a person set was written over after a hold",
        test_seams.test_what_a_person_set_stays_theirs_while_all_that_renamed_rules_claim_is_held,
    )


def a_silenced_incident_that_goes_on_by_another_rule() -> list[str]:
    """I3: what the cap silenced was announced."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    return _broken(
        "I3: what the cap silenced was announced",
        test_seams.test_what_the_cap_silenced_is_not_announced_because_another_rule_goes_on_with_it,
    )


def a_create_that_was_refused_when_the_cap_was_full() -> list[str]:
    """I5: what was created when there was room was not announced."""
    from tests.simulation.adversity import test_seams  # which imports scenarios itself

    return _broken(
        "I5: what was created when there was room was not announced",
        test_seams.test_what_was_refused_when_the_cap_was_full_is_announced_when_it_was_created_later,
    )


def a_rule_that_is_edited_while_its_alert_fires() -> list[str]:
    """I14: a component was set back because its rule was edited."""
    from tests.simulation.adversity import test_edited_rules  # which imports scenarios itself

    def test() -> None:
        test_edited_rules.test_a_status_that_is_edited_while_its_alert_fires_is_never_green_in_between(
            ComponentStatus.DEGRADED_PERFORMANCE, restarts=False
        )

    return _broken("I14: a component was set back because its rule was edited", test)
