"""Atom and RSS: well-formed whatever stands in the texts, in the recorded shape."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulator import feeds
from tests.simulator.desk import NOW, Desk, furnish

ADDRESS = "http://status.example:8480"
ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = '<script>alert(1)</script> & "quotes" ]]> \x0b\ufffe end'


def atom(desk: Desk) -> Any:
    text = feeds.atom(desk.simulator.page(desk.page_id), address=ADDRESS)
    return ET.fromstring(text)  # noqa: S314 - our own


def test_an_entry_is_an_incident_with_its_updates_newest_first(desk: Desk) -> None:
    made = desk.open(name="Trouble", body="Looking.")
    desk.patch(made, now=NOW + 60, body="Still looking.")
    desk.patch(made, now=NOW + 3600, status="resolved", body="Over.")
    feed = atom(desk)
    assert feed.findtext(f"{ATOM}id") == "tag:status.example:8480,2005:/history"
    assert feed.findtext(f"{ATOM}title") == "Acme Status - Incident History"
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Trouble"
    assert entry.findtext(f"{ATOM}published") == "2027-01-15T08:00:00+00:00"
    assert entry.findtext(f"{ATOM}updated") == "2027-01-15T09:00:00+00:00"
    assert entry.find(f"{ATOM}link").attrib["href"] == f"{ADDRESS}/incidents/{made['id']}"
    assert entry.findtext(f"{ATOM}content") == (
        "<p><small>Jan <var data-var='date'>15</var>, <var data-var='time'>09:00</var> UTC</small><br>"
        "<strong>Resolved</strong> - Over.</p>"
        "<p><small>Jan <var data-var='date'>15</var>, <var data-var='time'>08:01</var> UTC</small><br>"
        "<strong>Update</strong> - Still looking.</p>"
        "<p><small>Jan <var data-var='date'>15</var>, <var data-var='time'>08:00</var> UTC</small><br>"
        "<strong>Investigating</strong> - Looking.</p>"
    )


def test_hostile_texts_are_escaped_for_both_readers(desk: Desk) -> None:
    desk.open(name=NASTY, body=NASTY)
    entry = atom(desk).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == '<script>alert(1)</script> & "quotes" ]]>  end'
    content = entry.findtext(f"{ATOM}content")
    assert "<script>" not in content
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in content


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), host=st.text(max_size=10)
)
def test_any_text_makes_a_feed_that_can_be_read(text: str, host: str) -> None:
    desk = furnish()
    desk.simulator.page(desk.page_id).name = text
    if text.strip() and len(text) < 256:
        desk.open(name=text, body=text)
    page = desk.simulator.page(desk.page_id)
    for write in (feeds.atom, feeds.rss):
        ET.fromstring(write(page, address=f"http://{host}").encode())  # noqa: S314 - our own


def test_rss_says_the_same(desk: Desk) -> None:
    made = desk.open(name="Trouble & more", body="Looking.")
    channel = ET.fromstring(feeds.rss(desk.simulator.page(desk.page_id), address=ADDRESS))[0]  # noqa: S314
    (item,) = channel.findall("item")
    assert item.findtext("title") == "Trouble & more"
    assert item.findtext("link") == item.findtext("guid") == f"{ADDRESS}/incidents/{made['id']}"
    assert item.findtext("pubDate") == "Fri, 15 Jan 2027 08:00:00 -0000"
    assert "Looking." in (item.findtext("description") or "")


@pytest.mark.parametrize("write", [feeds.atom, feeds.rss])
def test_a_feed_ends_at_the_fiftieth(desk: Desk, write: Any) -> None:
    for number in range(feeds.LONGEST_FEED + 3):
        desk.open(name=f"[{number}]", now=NOW + number)
    text = write(desk.simulator.page(desk.page_id), address=ADDRESS)
    assert "[52]" in text
    assert "[3]" in text
    assert "[2]" not in text
