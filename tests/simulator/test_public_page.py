"""The page that people see: what it says, what it never runs, and the arithmetic behind bars and charts."""

from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulator import public_page
from bridge.simulator.page_times import PageTimes
from bridge.simulator.public_page import PublicPage
from bridge.simulator.statuses import ComponentStatus
from bridge.simulator.uptime_bars import DAYS, ninety_days
from tests.simulator.desk import NOW, Desk, furnish

DAY = 86_400
UTC = PageTimes.of("UTC")
SCRIPT = (Path(public_page.__file__).parent / "templates" / "refresh.js").read_text()
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"


class Reading(HTMLParser):
    """Collects what matters of a page: its tags, headings and visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.words).split())


def overview(desk: Desk, now: float = NOW) -> str:
    return PublicPage().overview(desk.simulator.page(desk.page_id), now)


def test_the_front_page_shows_an_open_incident_with_its_updates_and_components(desk: Desk) -> None:
    incident = desk.open(
        name="Checkout is down",
        component_ids=[desk.api],
        components={desk.api: "major_outage"},
        body="Looking.",
    )
    desk.patch(incident, now=NOW + 60, status="identified", body="Found.")
    text = Reading(overview(desk)).text
    assert "Partial System Outage" in text
    assert (
        text.index("Open incident")
        < text.index("Checkout is down")
        < text.index("Found.")
        < text.index("Looking.")
    )
    assert "Critical impact" in text
    assert "Checkout - API (operational → major outage)" in text
    assert "Major outage" in text
    assert "1 incident is still open" in text


def test_a_resolved_incident_moves_to_its_day(desk: Desk) -> None:
    desk.patch(desk.open(name="Was slow"), now=NOW + 600, status="resolved")
    text = Reading(overview(desk, NOW + 900)).text
    assert "Open incident" not in text
    assert text.index("Past incidents") < text.index("Jan 15, 2027") < text.index("Was slow")
    assert "Lasted 10 min" in text
    assert "All Systems Operational" in text


def test_character_references_in_a_body_are_read_and_what_they_stand_for_is_no_markup(desk: Desk) -> None:
    incident = desk.open(name="Down &#60;", body="In &#60;img src=x&#62; &amp; &#42;eu&#42;.")
    page = desk.simulator.page(desk.page_id)
    for text in (overview(desk), PublicPage().incident(page, page.incidents[incident["id"]], NOW)):
        reading = Reading(text)
        assert "In <img src=x> & *eu*." in reading.text
        assert "Down &#60;" in reading.text
        assert "img" not in {tag for tag, _ in reading.tags}


def test_hostile_texts_stay_texts_and_nothing_is_loaded(desk: Desk) -> None:
    incident = desk.open(name=NASTY, body=NASTY, component_ids=[desk.api])
    desk.simulator.add_component(desk.page_id, NASTY, group=NASTY, description=NASTY)
    desk.simulator.add_metric(desk.page_id, NASTY, NASTY)
    page = desk.simulator.page(desk.page_id)
    pages = [
        overview(desk),
        PublicPage().incident(page, page.incidents[incident["id"]], NOW),
        PublicPage().history(page, NOW),
    ]
    for text in pages:
        reading = Reading(text)
        assert NASTY in reading.text
        assert {tag for tag, _ in reading.tags}.isdisjoint({"img", "iframe", "object", "form"})
        assert text.count("<script") == 1
        assert f"<script>{SCRIPT}</script>" in text
        loaded = [
            value for _, attributes in reading.tags for name, value in attributes.items() if name == "src"
        ]
        assert loaded == []
        assert not any(
            name.startswith("on") or name == "style" for _, attrs in reading.tags for name in attrs
        )
        links = [attributes["href"] or "" for _, attributes in reading.tags if "href" in attributes]
        assert all(link.startswith(("/", "#", "data:,")) for link in links)


def test_headings_never_skip_a_level_and_pictures_have_names(desk: Desk) -> None:
    desk.patch(desk.open(name="Was slow"), status="resolved")
    incident = desk.open(component_ids=[desk.api])
    page = desk.simulator.page(desk.page_id)
    for text in (
        overview(desk),
        PublicPage().history(page, NOW),
        PublicPage().incident(page, page.incidents[incident["id"]], NOW),
        PublicPage().missing(),
    ):
        tags = Reading(text).tags
        levels = [int(tag[1]) for tag, _ in tags if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert sum(1 for tag, _ in tags if tag == "main") == 1
        assert all(attrs.get("aria-hidden") or attrs.get("aria-label") for tag, attrs in tags if tag == "svg")


def test_the_history_has_a_page_for_each_month(desk: Desk) -> None:
    january, november = NOW, NOW - 70 * DAY
    for instant, name in ((november, "Long ago"), (january, "Now")):
        desk.patch(desk.open(name=name, now=instant), now=instant + 60, status="resolved")
    page = desk.simulator.page(desk.page_id)
    present = Reading(PublicPage().history(page, NOW)).text
    assert "January 2027" in present
    assert "Now" in present
    assert "Long ago" not in present
    links = [attributes.get("href") for tag, attributes in Reading(PublicPage().history(page, NOW)).tags]
    assert "/history?month=2026-12" in links
    assert "/history?month=2027-02" not in links
    empty = PublicPage().history(page, NOW, month="2026-12")
    assert "No incidents reported." in Reading(empty).text
    first = Reading(PublicPage().history(page, NOW, month="2026-11"))
    assert "Long ago" in first.text
    assert "/history?month=2026-10" not in [attributes.get("href") for _, attributes in first.tags]


@pytest.mark.parametrize(
    "month", ["", "x", "2027-13", "2027-1", "-1-01", "99999-01", "2027-01-01", "\u0662\u0660\u0662\u0667-01"]
)
def test_a_month_that_is_none_shows_the_present_one(desk: Desk, month: str) -> None:
    page = desk.simulator.page(desk.page_id)
    assert "January 2027" in PublicPage().history(page, NOW, month=month)


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_the_ends_of_the_calendar_are_shown(desk: Desk, month: str) -> None:
    desk.open()
    page = desk.simulator.page(desk.page_id)
    assert "No incidents reported." in PublicPage().history(page, NOW, month=month)


def test_a_maintenance_is_announced_with_its_times(desk: Desk) -> None:
    desk.open(name="Upgrade", scheduled_for="2027-01-16T08:00:00Z", scheduled_until="2027-01-16T09:00:00Z")
    text = Reading(overview(desk)).text
    assert "Scheduled maintenance" in text
    assert "Jan 16, 08:00 to 09:00 UTC" in text


def test_an_incident_that_carries_a_plan_s_time_began_when_it_was_made(desk: Desk) -> None:
    incident = desk.open(name="Outage", scheduled_for="2027-03-16T08:00:00Z", status="investigating")
    assert (incident["status"], incident["scheduled_for"]) == ("investigating", "2027-03-16T08:00:00Z")
    desk.patch(incident, now=NOW + 60, status="resolved")
    page = desk.simulator.page(desk.page_id)
    assert "Outage" in Reading(PublicPage().history(page, NOW + 60, month="2027-01")).text
    assert "Outage" not in Reading(PublicPage().history(page, NOW + 60, month="2027-03")).text


def test_a_component_shown_only_when_degraded_is_hidden_while_it_is_well(desk: Desk) -> None:
    desk.ask("PATCH", f"/components/{desk.search}", {"component": {"only_show_if_degraded": True}})
    assert "Search" not in Reading(overview(desk)).text
    desk.ask("PATCH", f"/components/{desk.search}", {"component": {"status": "major_outage"}})
    assert "Search" in Reading(overview(desk)).text


def test_days_before_a_component_existed_are_neither_good_nor_bad(desk: Desk) -> None:
    identifier = desk.simulator.add_component(desk.page_id, "Young", now=NOW - 2 * DAY)
    desk.simulator.add_status_history(
        desk.page_id,
        identifier,
        [
            (NOW - 2 * DAY, "partial_outage"),
            (NOW - 2 * DAY + 3600, "major_outage"),
            (NOW - DAY, "operational"),
        ],
    )
    bars = ninety_days(desk.simulator.component(desk.page_id, "Young"), NOW, UTC)
    assert bars.known_from == DAYS - 3
    assert [(bar.place, bar.status) for bar in bars.troubles] == [(87, "major_outage"), (88, "major_outage")]
    assert [str(bar.day) for bar in bars.troubles] == ["2027-01-13", "2027-01-14"]
    assert [bar.seconds for bar in bars.troubles] == [16 * 3600, 8 * 3600]
    assert bars.percent == "51.45"


def test_a_component_made_this_moment_has_a_bar_for_today(desk: Desk) -> None:
    desk.simulator.add_component(desk.page_id, "New", now=NOW, status="major_outage")
    bars = ninety_days(desk.simulator.component(desk.page_id, "New"), NOW, UTC)
    assert (bars.known_from, [bar.status for bar in bars.troubles]) == (DAYS - 1, ["major_outage"])
    assert bars.percent is None


@given(
    changes=st.lists(
        st.tuples(st.floats(-100 * DAY, 10 * DAY), st.sampled_from(ComponentStatus)), min_size=1, max_size=20
    )
)
def test_bars_take_any_history(changes: list[tuple[float, ComponentStatus]]) -> None:
    desk = furnish()
    ordered = sorted((NOW + offset, status) for offset, status in changes)
    identifier = desk.simulator.add_component(desk.page_id, "Any", now=ordered[0][0])
    desk.simulator.add_status_history(desk.page_id, identifier, ordered)
    bars = ninety_days(desk.simulator.component(desk.page_id, "Any"), NOW, UTC)
    assert bars.percent is None or 0 <= float(bars.percent) <= 100
    assert all(0 <= bar.seconds <= DAY and bars.known_from <= bar.place < DAYS for bar in bars.troubles)
