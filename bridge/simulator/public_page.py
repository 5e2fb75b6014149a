"""The public status page in HTML, from the records as they are now.

Everything shown may be hostile text: the templates escape all of it, load nothing from anywhere, and run no script.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bridge.simulator.charts import Chart, day_chart
from bridge.simulator.records.components import Component, ComponentGroup
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incidents import newest_first
from bridge.simulator.statuses import (
    UNRESOLVED_STATUSES,
    ComponentStatus,
    IncidentStatus,
    roll_up,
)
from bridge.simulator.uptime_bars import UptimeBars, ninety_days

PAST_DAYS = 14
HISTORY_SIZE = 50
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class _Row:
    component: Component
    bars: UptimeBars


@dataclass(frozen=True, slots=True)
class _Section:
    group: ComponentGroup | None
    status: ComponentStatus
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    incidents: tuple[Incident, ...]
    still_open: int = 0


class PublicPage:
    """Renders the pages; `security_policy` is the Content-Security-Policy under which they work."""

    def __init__(self, *, refresh_seconds: int | None = 10) -> None:
        stylesheet = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            {"moment": _moment, "iso": _iso, "words": _words, "day": _day, "duration": _duration}
        )
        self._environment.globals["stylesheet"] = stylesheet
        self._environment.globals["refresh_seconds"] = refresh_seconds
        digest = base64.b64encode(hashlib.sha256(stylesheet.encode()).digest()).decode()
        self.security_policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        )

    def overview(self, page: Page, now: float) -> str:
        """Render the front page: banner, open incidents, components, metrics, the last days."""
        incidents = newest_first(page)
        return self._render(
            "overview.html",
            page,
            now,
            banner=roll_up([component.status for component in page.components.values()]),
            open_incidents=[incident for incident in incidents if incident.status in UNRESOLVED_STATUSES],
            maintenances=[incident for incident in incidents if incident.scheduled and not incident.closed],
            sections=_sections(page, now),
            charts=_charts(page, now),
            days=_past_days(incidents, now),
        )

    def history(self, page: Page, now: float, *, number: int = 1) -> str:
        """Render the list of all incidents by day, `HISTORY_SIZE` on each numbered page from 1."""
        incidents = newest_first(page)
        chosen = incidents[(number - 1) * HISTORY_SIZE : number * HISTORY_SIZE]
        return self._render(
            "history.html",
            page,
            now,
            days=_by_day(chosen),
            number=number,
            more=len(incidents) > number * HISTORY_SIZE,
        )

    def incident(self, page: Page, incident: Incident, now: float) -> str:
        """Render one incident with all its updates."""
        return self._render("incident.html", page, now, incident=incident)

    def missing(self) -> str:
        """Render the answer for an address that leads nowhere."""
        return self._environment.get_template("missing.html").render()

    def _render(self, template: str, page: Page, now: float, **shown: object) -> str:
        return self._environment.get_template(template).render(page=page, now=now, **shown)


def _sections(page: Page, now: float) -> list[_Section]:
    """Arrange groups and lone components as shown, leaving out those that show only when degraded."""
    sections: list[_Section] = []
    for group, components in page.in_order():
        rows = tuple(
            _Row(component, ninety_days(component, now))
            for component in components
            if not component.only_show_if_degraded or component.status is not ComponentStatus.OPERATIONAL
        )
        if not rows:
            continue
        last = sections[-1] if sections else None
        if group is None and last is not None and last.group is None:
            sections[-1] = _Section(None, last.status, last.rows + rows)
        else:
            status = ComponentStatus.OPERATIONAL if group is None else page.group_status(group)
            sections.append(_Section(group, status, rows))
    return sections


def _charts(page: Page, now: float) -> list[Chart]:
    return [day_chart(metric, now) for metric in page.metrics.values() if metric.display]


def _past_days(incidents: Iterable[Incident], now: float) -> list[_Day]:
    """Sort closed incidents into the last days, each of which appears even when nothing happened."""
    today = _date(now)
    closed: dict[date, list[Incident]] = {}
    still_open: Counter[date] = Counter()
    for incident in incidents:
        if incident.closed:
            closed.setdefault(_date(incident.created_at), []).append(incident)
        elif not incident.scheduled:
            still_open[_date(incident.created_at)] += 1
    days = (today - timedelta(days=back) for back in range(PAST_DAYS))
    return [_Day(day, tuple(closed.get(day, ())), still_open[day]) for day in days]


def _by_day(incidents: Iterable[Incident]) -> list[_Day]:
    grouped = groupby(incidents, key=lambda incident: _date(incident.created_at))
    return [_Day(day, tuple(members)) for day, members in grouped]


def _date(instant: float) -> date:
    return datetime.fromtimestamp(instant, UTC).date()


def _moment(instant: float) -> str:
    moment = datetime.fromtimestamp(instant, UTC)
    return f"{moment:%b} {moment.day}, {moment:%H:%M} UTC"


def _iso(instant: float) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _words(status: ComponentStatus | IncidentStatus) -> str:
    return status.replace("_", " ").capitalize()


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
