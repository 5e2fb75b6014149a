"""The public status page in HTML, from the records as they are now.

Everything shown may be hostile text: the templates escape all of it and load nothing from anywhere. The one script is
the page's own, allowed by its hash; without it the page is whole and only does not look again by itself.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bridge.simulator import markdown
from bridge.simulator.charts import ChartDesk, MetricCharts, Range
from bridge.simulator.fragments import Fragments
from bridge.simulator.page_times import (
    PageTimes,
    day_in_words,
    duration_in_words,
    machine_readable,
)
from bridge.simulator.public_incidents import (
    active,
    began_at,
    page_status,
    unresolved,
    upcoming,
)
from bridge.simulator.public_views import (
    IncidentView,
    RowView,
    by_day,
    incident_view,
    past_days,
    section_views,
)
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incidents import newest_first

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the history."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def words(self) -> str:
        """Return `January 2027`."""
        return f"{date(self.year, self.month, 1):%B %Y}"

    def shifted(self, months: int) -> "Month":
        """Return the month that many later."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """Read `2027-01`; None for anything else."""
        try:
            return cls.of(date.fromisoformat(f"{text}-01"))
        except ValueError:
            return None


class PublicPage:
    """Renders the pages; `security_policy` is the Content-Security-Policy under which they work."""

    def __init__(self, *, refresh_seconds: float | None = 10) -> None:
        stylesheet = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
        script = (_TEMPLATES / "refresh.js").read_text(encoding="utf-8")
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            {
                "iso": machine_readable,
                "words": _words,
                "day": day_in_words,
                "duration": duration_in_words,
                "read": unescape,  # a body may hold character references; tags in it are shown as text
            }
        )
        self._environment.globals.update(
            stylesheet=Markup(stylesheet),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            refresh_seconds=refresh_seconds,
            ranges=[*Range],
        )
        # Compiled here and not for the first visitor.
        self._templates = {
            name: self._environment.get_template(name)
            for name in self._environment.list_templates(extensions=["html"])
        }
        self._macros: Any = self._templates["macros.html"].module
        self._pieces: dict[str, Fragments] = {}
        self._charts: dict[str, ChartDesk] = {}
        scripts = f"script-src 'sha256-{_digest(script)}'; connect-src 'self'; " if refresh_seconds else ""
        self.security_policy = (
            f"default-src 'none'; style-src 'sha256-{_digest(stylesheet)}'; {scripts}img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def overview(self, page: Page, now: float) -> str:
        """Render the front page: banner, open incidents, maintenances, components, metrics, the last days."""
        times = _times(page)
        running = [incident_view(page, incident, times) for incident in active(page)]
        planned = [incident_view(page, incident, times) for incident in upcoming(page)]
        return self._render(
            "overview.html",
            page,
            now,
            banner=page_status(page),
            open_incidents=[incident_view(page, incident, times) for incident in unresolved(page)],
            running=running,
            planned=sorted(planned, key=lambda view: view.began_at),
            sections=section_views(page, now, times),
            metrics=self._metrics(page, now, times),
            days=past_days(page, newest_first(page), now, times),
        )

    def history(self, page: Page, now: float, *, month: str = "") -> str:
        """Render the incidents that began in one month (`2027-01`), the present one if the text is none."""
        times = _times(page)
        incidents = newest_first(page)
        months = [Month.of(times.day(began_at(incident))) for incident in incidents]
        present = Month.of(times.day(now))
        shown = Month.read(month) or present
        chosen = [incident for incident, its in zip(incidents, months, strict=True) if its == shown]
        return self._render(
            "history.html",
            page,
            now,
            month=shown,
            days=by_day(page, chosen, times),
            older=shown.shifted(-1) if any(its < shown for its in months) else None,
            newer=shown.shifted(1) if shown < max([present, *months]) else None,
        )

    def incident(self, page: Page, incident: Incident, now: float) -> str:
        """Render one incident with all its updates and its postmortem."""
        return self._incident(page, incident_view(page, incident, _times(page)), now)

    def missing(self) -> str:
        """Render the answer for an address that leads nowhere."""
        return self._templates["missing.html"].render()

    def _incident(self, page: Page, view: IncidentView, now: float) -> str:
        postmortem = None if view.postmortem is None else markdown.render(view.postmortem.body, below=2)
        return self._render("incident.html", page, now, incident=view, postmortem=postmortem)

    def _metrics(self, page: Page, now: float, times: PageTimes) -> Sequence[MetricCharts]:
        metrics = [metric for metric in page.metrics.values() if metric.display]
        self._charts = {metric.id: self._charts.get(metric.id) or ChartDesk() for metric in metrics}
        return [self._charts[metric.id].draw(metric, now, times) for metric in metrics]

    def _render(self, template: str, page: Page, now: float, **shown: object) -> str:
        pieces = self._pieces.setdefault(page.id, Fragments())
        times = _times(page)

        def card(view: IncidentView, level: int = 3) -> Markup:
            return pieces.of(f"card {level}", view.id, view, lambda view: self._macros.card(view, level))

        def brief(view: IncidentView) -> Markup:
            return pieces.of("brief", view.id, view, self._macros.brief)

        def row(view: RowView) -> Markup:
            return pieces.of("row", view.id, view, self._macros.row)

        def metric(view: MetricCharts) -> Markup:
            return pieces.of("metric", view.id, view, self._macros.metric)

        return self._templates[template].render(
            page=page, now=now, times=times, card=card, brief=brief, row=row, metric=metric, **shown
        )


def _times(page: Page) -> PageTimes:
    return PageTimes.of(page.time_zone)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _words(status: str) -> str:
    return status.replace("_", " ").capitalize()
