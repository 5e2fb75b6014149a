"""The history as Atom and RSS, in the shape recorded of live pages: one entry for each incident, its updates newest first.

Texts of the API stand twice in markup: once as text in the HTML of an entry, and that HTML as text in XML. Both are
escaped.
"""

import zlib
from collections.abc import Iterable, Iterator
from email.utils import formatdate
from html import escape
from itertools import pairwise

from bridge.simulator.page_times import PageTimes, machine_readable
from bridge.simulator.public_incidents import began_at, shown_at
from bridge.simulator.records.incidents import Incident, IncidentUpdate
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incidents import newest_first

LONGEST_FEED = 50
ATOM_TYPE = "application/atom+xml"
RSS_TYPE = "application/rss+xml"


def atom(page: Page, *, address: str) -> str:
    """Write `/history.atom`; `address` is where the page is served, without a slash at its end."""
    times = PageTimes.of(page.time_zone)
    host = _xml(address.partition("://")[2])
    entries = "".join(
        f"<entry><id>tag:{host},2005:Incident/{_number(incident)}</id>"
        f"<published>{times.local(began_at(incident)).isoformat(timespec='seconds')}</published>"
        f"<updated>{times.local(incident.updated_at).isoformat(timespec='seconds')}</updated>"
        f'<link rel="alternate" type="text/html" href="{_link(address, incident)}"/>'
        f"<title>{_xml(incident.name)}</title>"
        f'<content type="html">{_xml(_content(incident, times))}</content></entry>'
        for incident in newest_first(page)[:LONGEST_FEED]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<feed xml:lang="en-US" xmlns="http://www.w3.org/2005/Atom">'
        f"<id>tag:{host},2005:/history</id>"
        f'<link rel="alternate" type="text/html" href="{_xml(address)}"/>'
        f'<link rel="self" type="{ATOM_TYPE}" href="{_xml(address)}/history.atom"/>'
        f"<title>{_title(page)}</title>"
        f"<updated>{machine_readable(page.last_changed())}</updated>"
        f"<author><name>{_xml(page.name)}</name></author>{entries}</feed>"
    )


def rss(page: Page, *, address: str) -> str:
    """Write `/history.rss`; `address` as for Atom."""
    times = PageTimes.of(page.time_zone)
    items = "".join(
        f"<item><title>{_xml(incident.name)}</title>"
        f"<description>{_xml(_content(incident, times))}</description>"
        f"<pubDate>{formatdate(began_at(incident))}</pubDate>"
        f"<link>{_link(address, incident)}</link><guid>{_link(address, incident)}</guid></item>"
        for incident in newest_first(page)[:LONGEST_FEED]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{_title(page)}</title><link>{_xml(address)}</link><description>Statuspage</description>"
        f"<pubDate>{formatdate(page.last_changed())}</pubDate>{items}</channel></rss>"
    )


def _title(page: Page) -> str:
    return f"{_xml(page.name)} Status - Incident History"


def _number(incident: Incident) -> int:
    # The service counts its incidents; here an incident has nothing but its code.
    return zlib.crc32(incident.id.encode())


def _link(address: str, incident: Incident) -> str:
    return _xml(f"{address}/incidents/{incident.id}")


def _content(incident: Incident, times: PageTimes) -> str:
    return "".join(_paragraphs(incident.updates, times))


def _paragraphs(updates: Iterable[IncidentUpdate], times: PageTimes) -> Iterator[str]:
    newest_last = [*updates]
    labels = [
        "Update" if before.status is after.status else _word(after) for before, after in pairwise(newest_last)
    ]
    labels[:0] = [_word(update) for update in newest_last[:1]]
    for update, label in zip(reversed(newest_last), reversed(labels), strict=True):
        local = times.local(shown_at(update))
        yield (
            f"<p><small>{local:%b} <var data-var='date'>{local.day:2}</var>, "
            f"<var data-var='time'>{local:%H:%M}</var> {escape(local.tzname() or '')}</small><br>"
            f"<strong>{label}</strong> - {escape(update.body)}</p>"
        )


def _word(update: IncidentUpdate) -> str:
    return update.status.replace("_", " ").capitalize()


def _xml(text: str) -> str:
    """Escape a text for XML, and leave out the characters that XML cannot hold at all."""
    return escape("".join(letter for letter in text if _may_stand_in_xml(letter)))


def _may_stand_in_xml(letter: str) -> bool:
    return (
        letter in "\t\n\r"
        or " " <= letter <= "\ud7ff"
        or "\ue000" <= letter <= "\ufffd"
        or letter >= "\U00010000"
    )
