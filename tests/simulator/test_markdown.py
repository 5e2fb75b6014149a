"""Postmortems: Markdown that is read well, fits under the page's headings, and does nothing by itself."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulator.markdown import render
from bridge.simulator.page_times import PageTimes
from bridge.simulator.public_incidents import PublishedPostmortem
from bridge.simulator.public_page import PublicPage
from bridge.simulator.public_views import incident_view
from tests.simulator.desk import NOW, Desk
from tests.simulator.test_public_page import Reading

TEXT = """\
# What happened

It was *bad*, see [the log](https://log.example/1).

### Why

1. One
2. Two

<script>alert(1)</script> and <img src=x onerror=alert(1)>

![a picture](https://elsewhere.example/x.png)

[do not](javascript:alert(1)) and [neither](data:text/html,x)
"""


def page_of(desk: Desk, text: str) -> Reading:
    """The page of an incident with that postmortem."""
    made = desk.patch(desk.open(name="Was bad"), status="resolved")
    page = desk.simulator.page(desk.page_id)
    view = incident_view(page, page.incidents[made["id"]], PageTimes.of("UTC"))
    told = replace(view, postmortem=PublishedPostmortem(NOW + 3600, text))
    return Reading(PublicPage()._incident(page, told, NOW))


def test_a_postmortem_is_read_above_the_updates(desk: Desk) -> None:
    reading = page_of(desk, TEXT)
    text = reading.text
    assert (
        text.index("Was bad") < text.index("Postmortem") < text.index("What happened") < text.index("Updates")
    )
    assert "Published Jan 15, 09:00 UTC" in text
    assert {"em", "ol", "h3", "h4"} <= {tag for tag, _ in reading.tags}


def test_a_card_leads_to_the_postmortem(desk: Desk) -> None:
    made = desk.patch(desk.open(name="Was bad"), status="resolved")
    page = desk.simulator.page(desk.page_id)
    view = incident_view(page, page.incidents[made["id"]], PageTimes.of("UTC"))
    told = replace(view, postmortem=PublishedPostmortem(NOW, TEXT))
    links = [
        attrs.get("href") for tag, attrs in Reading(PublicPage()._macros.card(told, 3)).tags if tag == "a"
    ]
    assert links == [f"/incidents/{made['id']}", f"/incidents/{made['id']}#postmortem"]


def test_a_postmortem_loads_nothing_and_runs_nothing(desk: Desk) -> None:
    reading = page_of(desk, TEXT)
    assert "<script>alert(1)</script> and <img src=x onerror=alert(1)>" in reading.text
    assert sum(tag == "script" for tag, _ in reading.tags) == 1
    assert "img" not in {tag for tag, _ in reading.tags}
    links = {attrs.get("href") or "": attrs.get("rel") for tag, attrs in reading.tags if tag == "a"}
    assert not any(link.startswith(("javascript:", "data:text")) for link in links)
    outside = {link for link in links if link.startswith("http")}
    assert outside == {"https://log.example/1", "https://elsewhere.example/x.png"}
    assert {links[link] for link in outside} == {"nofollow noopener noreferrer"}


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n# b", [3, 3]),
        ("### a", [3]),
        ("# a\n### b\n###### c\n## d", [3, 4, 5, 4]),
        ("a\n===\n\nb\n---", [3, 4]),
    ],
)
def test_headings_go_under_the_pages_own_and_leave_no_level_out(text: str, levels: list[int]) -> None:
    tags = [tag for tag, _ in Reading(render(text, below=2)).tags]
    assert tags == [f"h{level}" for level in levels]


@given(text=st.text(st.sampled_from("#-*_`[]()<>!&\"'\\\n abscriptonerror=:/")))
def test_whatever_is_written_stays_within_the_tags_of_markdown(text: str) -> None:
    reading = Reading(render(text, below=2))
    allowed = {"p", "em", "strong", "code", "pre", "a", "ul", "ol", "li", "br", "hr", "blockquote"}
    assert {tag for tag, _ in reading.tags} <= allowed | {f"h{level}" for level in range(3, 7)}
    assert all(
        name in {"href", "title", "rel", "start", "class"} for _, attrs in reading.tags for name in attrs
    )
    levels = [2, *(int(tag[1]) for tag, _ in reading.tags if tag[0] == "h" and tag[1:].isdigit())]
    assert all(after <= before + 1 for before, after in pairwise(levels))
