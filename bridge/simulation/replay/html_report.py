"""The report of a replay as one HTML file: a chart for each component, every incident with its updates, and the figures. No script, and nothing from elsewhere.

A chart is a row of SVG rectangles: what is not operational, over the whole time. Colours go with a pattern of height, so that they are not the only sign.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bridge.core.spans import spoken
from bridge.simulation.replay.published import OPERATIONAL
from bridge.simulation.replay.timeline_lines import NOT_KNOWN, instant, remark_lines, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.simulation.replay.published import Published, Span, Story

WIDTH = 1000.0
HEIGHT = 40.0
THINNEST = 1.5
"""Of a rectangle, in the chart's units: what lasted for a minute of a month has to be seen."""

_HEIGHTS = {
    "degraded_performance": 0.4,
    "under_maintenance": 0.4,
    "partial_outage": 0.7,
    "major_outage": 1.0,
}

_STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --ground: #ffffff; --line: #d0d7de; --quiet: #57606a;
  --degraded_performance: #b08800; --partial_outage: #c4500e; --major_outage: #b3261e; --under_maintenance: #2563a8; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --ground: #0d1117; --line: #30363d; --quiet: #9da7b3;
  --degraded_performance: #e3b341; --partial_outage: #ff8f4d; --major_outage: #ff7b72; --under_maintenance: #79b8ff; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-bottom: .25rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; } th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem; text-align: right; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
svg.pattern { position: absolute; width: 0; height: 0; } svg { width: 100%; height: 2.5rem; display: block; border-bottom: 1px solid var(--line); }
.axis { display: flex; justify-content: space-between; color: var(--quiet); font-size: .875rem; }
.told { color: var(--quiet); } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dd { margin: 0; }
"""

_PATTERN = (
    '<svg class="pattern" aria-hidden="true"><defs><pattern id="unseen" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 6 L6 0" stroke="var(--quiet)" stroke-width="1"/></pattern></defs></svg>'
)
"""Once in a file; each chart refers to it."""


def html_report(title: str, replays: Sequence[tuple[str, Published]]) -> str:
    """The whole file."""
    return "\n".join(["<!doctype html>", *_document(title, replays), ""])


def _document(title: str, replays: Sequence[tuple[str, Published]]) -> Iterator[str]:
    first = replays[0][1]
    yield '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
    yield _PATTERN
    yield f"<h1>{escape(title)}</h1>"
    lasted = spoken(first.end - first.begin)
    yield f"<p>{instant(first.begin)} to {instant(first.end)} UTC, {lasted}. This is what would have been published.</p>"
    for remark in remark_lines(replays):
        yield f"<p>{escape(remark[:1].upper() + remark[1:])}.</p>"
    if any(one.sights or any(one.unseen.values()) for _, one in replays):
        yield "<p>Where a chart is hatched, it was not known how the component was.</p>"
    yield '<div class="wide" tabindex="0" role="region" aria-label="Figures"><table><thead><tr>'
    (_, *names), *rows = table_rows(replays)
    yield "<td></td>" + "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    yield "</tr></thead><tbody>"
    for label, *cells in rows:
        row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        yield f'<tr><th scope="row">{escape(label)}</th>{row}</tr>'
    yield "</tbody></table></div>"
    for name, published in replays:
        heading = f": {escape(name)}" if len(replays) > 1 else ""
        yield f"<h2>Components{heading}</h2>"
        for component, spans in published.components.items():
            yield from _chart(component, spans, published)
        yield f"<h2>Incidents{heading}</h2>"
        for story in published.stories:
            yield from _incident(story, published)
        if not published.stories:
            yield "<p>None.</p>"
    yield "</main></body></html>"


def _chart(component: str, spans: tuple[Span, ...], published: Published) -> Iterator[str]:
    bad = [span for span in spans if span.status != OPERATIONAL]
    told = ", ".join(
        f"{status} for {spoken(sum(one.seconds for one in bad if one.status == status))}"
        for status in dict.fromkeys(one.status for one in bad)
    )
    unseen = published.unseen.get(component, ())
    if unseen:
        seconds = published.unseen_seconds(component)
        told = f"{told or 'nothing but operational'}, {NOT_KNOWN} for {spoken(seconds)}"
    told = told or "operational all the time"
    label = f"{component}: {told}"
    yield f"<h3>{escape(component)}</h3>"
    yield f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
    scale = WIDTH / max(published.end - published.begin, 1.0)
    for span in bad:
        left, width = (span.begin - published.begin) * scale, max(span.seconds * scale, THINNEST)
        height = HEIGHT * _HEIGHTS.get(span.status, 1.0)
        yield (
            f'<rect x="{left:.2f}" y="{HEIGHT - height:g}" width="{width:.2f}" height="{height:g}" fill="var(--{span.status})">'
            f"<title>{escape(span.status)}, {instant(span.begin)} to {instant(span.end)} UTC</title></rect>"
        )
    for begin, end in unseen:
        left, width = (begin - published.begin) * scale, max((end - begin) * scale, THINNEST)
        yield (
            f'<rect class="unseen" x="{left:.2f}" y="0" width="{width:.2f}" height="{HEIGHT:g}" fill="url(#unseen)">'
            f"<title>{NOT_KNOWN}, {instant(begin)} to {instant(end)} UTC</title></rect>"
        )
    yield "</svg>"
    yield f'<p class="axis"><span>{instant(published.begin)}</span><span>{escape(told)}</span><span>{instant(published.end)}</span></p>'


def _incident(story: Story, published: Published) -> Iterator[str]:
    lasted = spoken((story.end if story.end is not None else published.end) - story.begin)
    state = "" if story.end is not None else ", not over"
    yield f"<h3>{escape(story.title)}</h3>"
    yield f"<p>{escape(', '.join(story.components))}. Impact {escape(story.impact)}, {lasted}{state}.</p><dl>"
    for told in story.told:
        mailed = " (subscribers are told)" if told.notified else ""
        yield f"<dt>{instant(told.at)}</dt><dd>{escape(told.status)}{mailed}: {escape(told.body)}</dd>"
    yield "</dl>"
