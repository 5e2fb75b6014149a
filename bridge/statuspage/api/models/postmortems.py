"""Postmortems."""

from __future__ import annotations

from msgspec import field

from bridge.statuspage.api.models.fields import Instant
from bridge.statuspage.models import Flag, Resource


class Postmortem(Resource, frozen=True, kw_only=True):
    """The postmortem of an incident: `body_draft` until it is published, `body` from then on. It has no id of its own."""

    preview_key: str | None = None
    body: str | None = None
    body_draft: str | None = None
    notify_subscribers: Flag = False
    notify_twitter: Flag = False
    custom_tweet: str | None = None
    body_updated_at_text: str | None = field(name="body_updated_at", default=None)
    body_draft_updated_at_text: str | None = field(name="body_draft_updated_at", default=None)
    published_at_text: str | None = field(name="published_at", default=None)
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)

    body_updated_at = Instant()
    body_draft_updated_at = Instant()
    published_at = Instant()
    created_at = Instant()
    updated_at = Instant()

    @property
    def published(self) -> bool:
        """Whether readers of the page see it."""
        return self.published_at_text is not None
