"""Things that are told while an incident goes on, each once: the tests of `tests/simulation` that show it, as scenarios."""

from __future__ import annotations


def a_cause_and_what_returns_by_it() -> list[str]:
    """I3: a cause is told a second time in an episode."""
    from tests.simulation import test_causes as tests  # which imports scenarios itself

    try:
        tests.test_what_returns_by_the_same_cause_is_not_told_it_twice()
    except AssertionError:
        return ["I3: a cause was told twice in one episode"]
    return []


def a_cause_and_a_restart() -> list[str]:
    """I3: a daemon that starts again tells a cause again."""
    from tests.simulation import test_causes as tests  # which imports scenarios itself

    try:
        for lost in (False, True):
            tests.test_a_daemon_that_starts_again_tells_no_cause_twice(lost=lost)
    except AssertionError:
        return ["I3: a cause was told again after a restart"]
    return []


def an_incident_that_opens_by_its_cause() -> list[str]:
    """I3: two things are told under one number."""
    from tests.simulation import test_causes as tests  # which imports scenarios itself

    try:
        tests.test_what_opens_by_its_cause_is_opened_and_then_identified_each_with_a_mail_of_its_own()
    except AssertionError:
        return ["I3: two things were told as one transition"]
    return []


def an_incident_of_which_nobody_can_say_that_it_goes_on() -> list[str]:
    """I14: a blind daemon says how an incident goes on."""
    from tests.simulation import test_updates as tests  # which imports scenarios itself

    try:
        tests.test_a_daemon_that_is_blind_says_nothing_of_how_it_goes_on()
    except AssertionError:
        return ["I14: a daemon that could not look said that an incident goes on"]
    return []


def an_incident_that_goes_on_through_restarts() -> list[str]:
    """I3: that it goes on is told more often than its rule says."""
    from tests.simulation import test_updates as tests  # which imports scenarios itself

    try:
        tests.test_it_is_told_so_often_and_so_many_times_through_restarts()
    except AssertionError:
        return ["I3: it was told too often that an incident goes on"]
    return []


def a_postmortem_that_a_person_drafted() -> list[str]:
    """I6: a draft of ours is written over a person's."""
    from tests.simulation import test_postmortems as tests  # which imports scenarios itself

    try:
        tests.test_what_a_person_wrote_is_left_alone(published=False)
    except AssertionError:
        return ["I6: a person's draft was written over"]
    return []


def a_draft_that_is_lost_and_that_a_person_goes_on_from() -> list[str]:
    """I6: after a lost answer our draft is written again, over a person's."""
    from tests.simulation import test_postmortems as tests  # which imports scenarios itself

    try:
        tests.test_a_draft_whose_answer_was_lost_is_looked_at_first(applied=True, edits=True)
        tests.test_a_daemon_that_is_killed_while_it_writes_a_draft_looks_first()
    except AssertionError:
        return ["I6: a person's draft was written over after a lost answer"]
    return []


def a_template_of_the_page_with_what_nobody_sees() -> list[str]:
    """I10: what a person's template holds reaches readers as it is, or with our placeholders filled in."""
    from tests.simulation import test_incident_templates as tests  # which imports scenarios itself

    try:
        tests.test_what_the_page_says_is_said_as_it_is_and_cleaned()
        tests.test_an_incident_is_called_as_the_page_says_cleaned_and_keeps_its_name()
        tests.test_a_template_whose_title_nobody_sees_gives_none_and_a_gauge_tells()
    except AssertionError:
        return ["I10: a template of the page was not cleaned"]
    return []
