"""The page that people see: what it says, what it never runs, and the arithmetic behind bars and charts."""

import math
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulator.charts import WINDOW, day_chart
from bridge.simulator.public_page import PublicPage
from bridge.simulator.records.metrics import Metric
from bridge.simulator.statuses import ComponentStatus
from bridge.simulator.uptime_bars import DAYS, ninety_days
from tests.simulator.desk import NOW, Desk, furnish

DAY = 86_400
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
        assert {tag for tag, _ in reading.tags}.isdisjoint({"script", "img", "iframe", "object", "form"})
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


def test_the_history_is_paged(desk: Desk) -> None:
    for number in range(60):
        desk.patch(
            desk.open(name=f"Incident {number}.", now=NOW + number), now=NOW + number, status="resolved"
        )
    page = desk.simulator.page(desk.page_id)
    first = Reading(PublicPage().history(page, NOW)).text
    second = Reading(PublicPage().history(page, NOW, number=2)).text
    assert "Incident 59." in first
    assert "Incident 9." not in first
    assert "Older" in first
    assert "Incident 9." in second
    assert "Newer" in second
    assert "No incidents reported." in Reading(PublicPage().history(page, NOW, number=3)).text


def test_a_maintenance_is_announced_with_its_times(desk: Desk) -> None:
    desk.open(name="Upgrade", scheduled_for="2027-01-16T08:00:00Z", scheduled_until="2027-01-16T09:00:00Z")
    text = Reading(overview(desk)).text
    assert "Scheduled maintenance" in text
    assert "Planned: Jan 16, 08:00 UTC to Jan 16, 09:00 UTC" in text


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
    bars = ninety_days(desk.simulator.component(desk.page_id, "Young"), NOW)
    assert bars.known_from == DAYS - 3
    assert [(bar.place, bar.status) for bar in bars.troubles] == [(87, "major_outage"), (88, "major_outage")]
    assert [str(bar.day) for bar in bars.troubles] == ["2027-01-13", "2027-01-14"]
    assert [bar.seconds for bar in bars.troubles] == [16 * 3600, 8 * 3600]
    assert (bars.unknown_path.count("M"), bars.good_path.count("M")) == (87, 1)
    assert bars.percent == pytest.approx(100 * (1 - (0.3 * 3600 + DAY - 3600) / (2 * DAY)))


def test_a_component_made_this_moment_has_a_bar_for_today(desk: Desk) -> None:
    desk.simulator.add_component(desk.page_id, "New", now=NOW, status="major_outage")
    bars = ninety_days(desk.simulator.component(desk.page_id, "New"), NOW)
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
    bars = ninety_days(desk.simulator.component(desk.page_id, "Any"), NOW)
    assert bars.percent is None or 0 <= bars.percent <= 100
    assert all(0 <= bar.seconds <= DAY and bars.known_from <= bar.place < DAYS for bar in bars.troubles)


def metric(points: dict[int, float]) -> Metric:
    return Metric(
        id="m",
        page_id="p",
        provider_id="q",
        name="Latency",
        suffix="ms",
        created_at=0,
        updated_at=0,
        points=points,
    )


def test_a_gap_in_the_points_is_a_gap_in_the_line() -> None:
    now = 100_000.0
    steady = {70_000 + 30 * n: 5.0 for n in range(100)}
    later = {80_000 + 30 * n: 6.0 for n in range(100)}
    chart = day_chart(metric({**steady, **later, 90_000: 7.0, int(now - WINDOW) - 30: 99.0}), now)
    assert len(chart.lines) == 3
    assert chart.lines[2].count("L") == 1
    assert (chart.last, chart.last_at) == ("7", 90_000)
    assert chart.summary == "Latency, last 24 hours: between 5 ms and 7 ms, now 7 ms"
    assert chart.x_labels == ("03:46", "09:46", "15:46", "21:46", "03:46")


def test_points_every_five_minutes_are_one_line() -> None:
    chart = day_chart(
        metric({50_000 // 30 * 30 + 300 * n + (30 if n % 2 else 0): n for n in range(150)}), 100_000.0
    )
    assert len(chart.lines) == 1


def test_a_chart_without_points_says_so() -> None:
    chart = day_chart(metric({}), 100_000.0)
    assert (chart.last, chart.lines) == (None, ())
    assert chart.summary == "Latency: no data in the last 24 hours"


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0], ("1", "0.75", "0.5", "0.25", "0")),
        ([180.0, 620.0], ("800", "600", "400", "200", "0")),
        ([99.1, 99.9], ("100", "99.75", "99.5", "99.25", "99")),
        ([0.0, 3e6], ("4M", "3M", "2M", "1M", "0")),
    ],
)
def test_the_labels_of_the_axis_are_round(values: list[float], labels: tuple[str, ...]) -> None:
    chart = day_chart(metric({99_000 + 30 * n: value for n, value in enumerate(values)}), 100_000.0)
    assert chart.y_labels == labels


@given(
    points=st.dictionaries(
        st.integers(100, 3300).map(lambda n: n * 30),
        st.floats(allow_nan=False, allow_infinity=False),
        max_size=30,
    )
)
def test_any_values_can_be_drawn(points: dict[int, float]) -> None:
    chart = day_chart(metric(points), 100_000.0)
    for line in (*chart.lines, *chart.areas):
        numbers = line.strip("Mz").replace("L", " ").split()
        assert all(math.isfinite(float(number)) for number in numbers)
        assert all(-1 <= float(number) <= 201 for number in numbers[1::2])
    assert len(chart.y_labels) == len(chart.x_labels) == 5
