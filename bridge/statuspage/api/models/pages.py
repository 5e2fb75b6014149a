"""A page's profile."""

from __future__ import annotations

from typing import Any

from msgspec import field

from bridge.statuspage.api.models.fields import Instant
from bridge.statuspage.models import Flag, Identifier, Resource, Text


class Page(Resource, frozen=True, kw_only=True):
    """A status page's profile. Logos are objects on the live service and text in its document; they are kept as they come."""

    id: Identifier
    name: Text = ""
    page_description: str | None = None
    headline: str | None = None
    branding: str | None = None
    subdomain: str | None = None
    domain: str | None = None
    url: str | None = None
    support_url: str | None = None
    hidden_from_search: Flag = False
    allow_page_subscribers: Flag = False
    allow_incident_subscribers: Flag = False
    allow_email_subscribers: Flag = False
    allow_sms_subscribers: Flag = False
    allow_rss_atom_feeds: Flag = False
    allow_webhook_subscribers: Flag = False
    notifications_from_email: str | None = None
    notifications_email_footer: str | None = None
    activity_score: float | None = None
    twitter_username: str | None = None
    viewers_must_be_team_members: Flag = False
    ip_restrictions: Any = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    time_zone: Text = ""
    css_body_background_color: str | None = None
    css_font_color: str | None = None
    css_light_font_color: str | None = None
    css_greens: str | None = None
    css_yellows: str | None = None
    css_oranges: str | None = None
    css_blues: str | None = None
    css_reds: str | None = None
    css_border_color: str | None = None
    css_graph_color: str | None = None
    css_link_color: str | None = None
    css_no_data: str | None = None
    favicon_logo: Any = None
    transactional_logo: Any = None
    hero_cover: Any = None
    email_logo: Any = None
    twitter_logo: Any = None
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)

    created_at = Instant()
    updated_at = Instant()
