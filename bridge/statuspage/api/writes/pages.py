"""Changes to a page's profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bridge.statuspage.api.values import Branding
from bridge.statuspage.api.writes.write import Write, check_one_of, check_something, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChange(Write):
    """What to change of a page; None leaves a member as it is.

    Raises:
        ValueError: nothing is changed, the name is empty, or the branding unknown.
    """

    wrapper: ClassVar[str] = "page"

    name: str | None = None
    domain: str | None = None
    subdomain: str | None = None
    url: str | None = None
    branding: Branding | None = None
    css_body_background_color: str | None = None
    css_font_color: str | None = None
    css_light_font_color: str | None = None
    css_greens: str | None = None
    css_yellows: str | None = None
    css_oranges: str | None = None
    css_reds: str | None = None
    css_blues: str | None = None
    css_border_color: str | None = None
    css_graph_color: str | None = None
    css_link_color: str | None = None
    css_no_data: str | None = None
    hidden_from_search: bool | None = None
    viewers_must_be_team_members: bool | None = None
    allow_page_subscribers: bool | None = None
    allow_incident_subscribers: bool | None = None
    allow_email_subscribers: bool | None = None
    allow_sms_subscribers: bool | None = None
    allow_rss_atom_feeds: bool | None = None
    allow_webhook_subscribers: bool | None = None
    notifications_from_email: str | None = None
    time_zone: str | None = None
    notifications_email_footer: str | None = None

    def __post_init__(self) -> None:
        check_something(self)
        check_text("name", self.name)
        check_one_of("branding", self.branding, tuple(Branding))
