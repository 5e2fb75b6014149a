"""Subscribers of a page or of one incident.

Must not know who is told of what: `Page.recipients_of` decides that.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bridge.simulator.records.encoding import encode
from bridge.simulator.timestamps import in_milliseconds


class SubscriberMode(StrEnum):
    """How a subscriber is reached."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    SLACK = "slack"
    INTEGRATION_PARTNER = "integration_partner"
    TEAMS = "teams"


class SubscriberState(StrEnum):
    """Whether a subscriber is told of anything; only an active one is."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    QUARANTINED = "quarantined"


@dataclass(slots=True, kw_only=True)
class Subscriber:
    """One address that asked to be told; no `component_ids` means all of the page's."""

    id: str
    mode: SubscriberMode
    created_at: float
    state: SubscriberState = SubscriberState.UNCONFIRMED
    email: str | None = None
    endpoint: str | None = None
    phone_number: str | None = None
    phone_country: str | None = None
    component_ids: list[str] = field(default_factory=list)
    skip_confirmation_notification: bool = False
    quarantined_at: float | None = None
    purge_at: float | None = None
    unsubscribed_at: float | None = None

    @property
    def told(self) -> bool:
        """Say whether notifications go to it at all."""
        return self.state is SubscriberState.ACTIVE and self.unsubscribed_at is None

    def written(self) -> str:
        """Return the subscriber as JSON."""
        return encode(
            {
                "id": self.id,
                "skip_confirmation_notification": self.skip_confirmation_notification,
                "mode": self.mode,
                "email": self.email,
                "endpoint": self.endpoint,
                "phone_number": self.phone_number,
                "phone_country": self.phone_country,
                "display_phone_number": self.phone_number,
                "obfuscated_channel_name": None,
                "workspace_name": None,
                "quarantined_at": _or_null(self.quarantined_at),
                "purge_at": _or_null(self.purge_at),
                "components": self.component_ids,
                "page_access_user_id": None,
                "created_at": in_milliseconds(self.created_at),
            }
        )


def _or_null(instant: float | None) -> str | None:
    return None if instant is None else in_milliseconds(instant)
