"""What was kept of a page is never shown in place of what is true now.

Each change is made on a page that was looked at before; the next look must be what somebody sees who looks for the first time.
"""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.simulator.public_page import PublicPage
from tests.simulator.desk import NOW, furnish

DAY = 86_400.0


class Stage:
    """A page with one of everything, and a visitor who has seen it."""

    def __init__(self) -> None:
        self.desk = furnish()
        self.now = NOW
        self.open = self.desk.open(name="Open", component_ids=[self.desk.api], body="Looking.")
        self.over = self.desk.open(name="Over", component_ids=[self.desk.search])
        self.desk.patch(self.over, status="resolved")
        self.planned = self.desk.open(
            name="Planned", scheduled_for="2027-01-16T08:00:00Z", scheduled_until="2027-01-16T09:00:00Z"
        )
        self.point(NOW - 3600, 5.0)
        self.kept = PublicPage()

    def point(self, instant: float, value: float) -> None:
        """Give the metric a point."""
        sent = {"data": {"timestamp": int(instant), "value": value}}
        status, _ = self.desk.ask("POST", f"/metrics/{self.desk.metric}/data", sent, now=self.now)
        assert status == 201

    def component(self, **fields: object) -> None:
        """Change a component."""
        status, _ = self.desk.ask(
            "PATCH", f"/components/{self.desk.api}", {"component": fields}, now=self.now
        )
        assert status == 200

    def looks(self, page: PublicPage) -> list[str]:
        """What somebody sees of every page."""
        shown = self.desk.simulator.page(self.desk.page_id)
        texts = [page.overview(shown, self.now), page.history(shown, self.now)]
        return texts + [page.incident(shown, one, self.now) for one in shown.incidents.values()]


CHANGES: dict[str, Callable[[Stage], object]] = {
    "a component's status": lambda stage: stage.component(status="major_outage"),
    "a component's name": lambda stage: stage.component(name="Gateway"),
    "a component's description": lambda stage: stage.component(description="At the door"),
    "a component shown only when degraded": lambda stage: stage.component(only_show_if_degraded=True),
    "a component's start": lambda stage: stage.component(start_date="2027-01-16"),
    "a new component": lambda stage: stage.desk.simulator.add_component(
        stage.desk.page_id, "New", group="Checkout"
    ),
    "a new group": lambda stage: stage.desk.simulator.add_component(
        stage.desk.page_id, "Newer", group="Another"
    ),
    "a past": lambda stage: stage.desk.simulator.add_status_history(
        stage.desk.page_id, stage.desk.search, [(NOW - DAY, "major_outage"), (NOW - DAY + 60, "operational")]
    ),
    "a new incident": lambda stage: stage.desk.open(name="Another", now=stage.now),
    "an update": lambda stage: stage.desk.patch(stage.open, body="Found.", now=stage.now),
    "an incident's name": lambda stage: stage.desk.patch(stage.open, name="Renamed", now=stage.now),
    "a past incident's name": lambda stage: stage.desk.patch(stage.over, name="Retold", now=stage.now),
    "an incident's impact": lambda stage: stage.desk.patch(
        stage.open, impact_override="critical", now=stage.now
    ),
    "an incident's components": lambda stage: stage.desk.patch(
        stage.open, component_ids=[stage.desk.payments], now=stage.now
    ),
    "an incident that is over": lambda stage: stage.desk.patch(stage.open, status="resolved", now=stage.now),
    "an incident that is gone": lambda stage: stage.desk.ask("DELETE", f"/incidents/{stage.over['id']}"),
    "a maintenance's time": lambda stage: stage.desk.patch(
        stage.planned, scheduled_until="2027-01-16T10:00:00Z", now=stage.now
    ),
    "a maintenance that begins": lambda stage: stage.desk.patch(
        stage.planned, status="in_progress", now=stage.now
    ),
    "a point": lambda stage: stage.point(NOW - 300, 9.0),
    "a point of the past": lambda stage: stage.point(NOW - 20 * DAY, 90.0),
    "a point said again": lambda stage: stage.point(NOW - 3600, 70.0),
    "no points any more": lambda stage: stage.desk.ask(
        "DELETE", f"/metrics/{stage.desk.metric}/data", now=stage.now
    ),
    "a new metric": lambda stage: stage.desk.simulator.add_metric(stage.desk.page_id, "Orders"),
    "a metric's name": lambda stage: setattr(_metric(stage), "name", "Delay"),
    "a metric that is hidden": lambda stage: setattr(_metric(stage), "display", False),
    "a group's name": lambda stage: setattr(_group(stage), "name", "Counter"),
    "the page's name": lambda stage: setattr(_page(stage), "name", "Acme & Sons"),
    "the page's time zone": lambda stage: setattr(_page(stage), "time_zone", "Tokyo"),
    "an hour later": lambda stage: setattr(stage, "now", stage.now + 3600),
    "a day later": lambda stage: setattr(stage, "now", stage.now + DAY),
}


def _page(stage: Stage) -> object:
    return stage.desk.simulator.page(stage.desk.page_id)


def _metric(stage: Stage) -> object:
    return stage.desk.simulator.page(stage.desk.page_id).metrics[stage.desk.metric]


def _group(stage: Stage) -> object:
    return next(iter(stage.desk.simulator.page(stage.desk.page_id).groups.values()))


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_on_the_page_at_the_next_look(change: str) -> None:
    stage = Stage()
    before = stage.looks(stage.kept)
    CHANGES[change](stage)
    after = stage.looks(stage.kept)
    assert after == stage.looks(PublicPage())
    assert after != before


@settings(max_examples=15, deadline=None)
@given(changes=st.lists(st.sampled_from(sorted(CHANGES)), max_size=12))
def test_any_course_of_changes_is_shown_as_to_a_first_visitor(changes: list[str]) -> None:
    stage = Stage()
    for change in changes:
        gone = stage.over["id"] not in stage.desk.simulator.page(stage.desk.page_id).incidents
        if gone and change in {"an incident that is gone", "a past incident's name"}:
            continue
        CHANGES[change](stage)
        assert stage.looks(stage.kept) == stage.looks(PublicPage())
