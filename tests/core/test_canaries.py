"""I10 for what a rule lists: ten thousand payloads, each through title and body, alone and beside harmless values."""

from __future__ import annotations

from dataclasses import replace

from bridge.core.public_labels import PublicLabel
from bridge.core.reasons import Reason
from bridge.core.text import Shown, incident_body, incident_title
from tests.core.pages import SHOP
from tests.simulation.payloads import payloads

COUNT = 10_000
RULE = replace(
    SHOP,
    title="Trouble[ in {region}]",
    texts=replace(SHOP.texts, investigating="{components}[ in {region}]."),
    public_labels=(PublicLabel("region"),),
)


def test_ten_thousand_payloads_reach_no_title_and_no_body() -> None:
    withheld = 0
    for payload in payloads(COUNT):
        for values in ((payload.value,), ("eu", payload.value)):
            shown = Shown((("region", values),))
            title = incident_title(RULE, shown)
            body = incident_body(RULE, Reason.OPENED, ("API",), shown)
            assert payload.never not in title.text
            assert payload.never not in body.text
            assert body.text.startswith("API")
            withheld += bool(body.withheld)
    # Nine kinds of thirteen are leaks; the others are shown, harmless.
    assert withheld >= 2 * COUNT * 9 // 13
