"""Subscribers, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import field

from bridge.statuspage.api.models.fields import Instant, identifiers
from bridge.statuspage.models import Flag, Identifier, Resource, Text

if TYPE_CHECKING:
    Identifiers = tuple[str, ...]
    Number = int
else:
    Identifiers = Any
    Number = int | None


class Subscriber(Resource, frozen=True, kw_only=True):
    """Somebody, or something, that is told. `components` are the ids of what it is told about; empty for everything."""

    id: Identifier
    mode: Text = ""
    email: str | None = None
    endpoint: str | None = None
    phone_number: str | None = None
    phone_country: str | None = None
    display_phone_number: str | None = None
    obfuscated_channel_name: str | None = None
    workspace_name: str | None = None
    skip_confirmation_notification: Flag = False
    components: Identifiers = ()
    page_access_user_id: str | None = None
    quarantined_at_text: str | None = field(name="quarantined_at", default=None)
    purge_at_text: str | None = field(name="purge_at", default=None)
    created_at_text: str | None = field(name="created_at", default=None)

    quarantined_at = Instant()
    purge_at = Instant()
    created_at = Instant()

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "components", identifiers(self.components))


class SubscriberCount(Resource, frozen=True, kw_only=True):
    """How many subscribers there are of each type."""

    email: Number = 0
    sms: Number = 0
    webhook: Number = 0
    integration_partner: Number = 0
    slack: Number = 0
    teams: Number = 0

    @property
    def total(self) -> int:
        """Of all types."""
        return self.email + self.sms + self.webhook + self.integration_partner + self.slack + self.teams


class StateCount(Resource, frozen=True, kw_only=True):
    """How many subscribers of one type there are in each state."""

    active: Number = 0
    unconfirmed: Number = 0
    quarantined: Number = 0
    total: Number = 0


if TYPE_CHECKING:
    Counted = StateCount
else:
    Counted = StateCount | None


class SubscriberHistogram(Resource, frozen=True, kw_only=True):
    """How many subscribers there are of each type in each state."""

    email: Counted = StateCount()
    sms: Counted = StateCount()
    webhook: Counted = StateCount()
    integration_partner: Counted = StateCount()
    slack: Counted = StateCount()
    teams: Counted = StateCount()
