"""New subscribers, and whom a call is about that is about many.

Each new one says whether it is asked to confirm: the API's default is to write to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal
from urllib.parse import urlsplit

from bridge.statuspage.api.values import SubscriberState, SubscriberType
from bridge.statuspage.api.writes.write import Write, check_identifiers, check_one_of, check_text

MOST_UNSUBSCRIBED: Final = 100
"""Subscribers in one call (the vendor's document)."""

Everybody = Literal["all"]
Selection = tuple[str, ...] | Everybody
"""Ids of subscribers, or all of those that type and state leave."""

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]*")
_REACTIVATED = tuple(kind for kind in SubscriberType if kind is not SubscriberType.TEAMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberWrite(Write):
    """What every new subscriber has.

    Attributes:
        skip_confirmation_notification: it is not asked to confirm, and an email address counts as confirmed; trial pages ask all the same.
        component_ids: what it is told about; None for everything. Not for a subscriber of one incident.
        page_access_user: whose subscription it is, on a page for several audiences. Not for a subscriber of one incident.
    """

    wrapper: ClassVar[str] = "subscriber"

    skip_confirmation_notification: bool
    component_ids: tuple[str, ...] | None = None
    page_access_user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSubscriber(SubscriberWrite):
    """An email address.

    Raises:
        ValueError: it is none, or `component_ids` is empty.
    """

    email: str

    def __post_init__(self) -> None:
        _check_email(self.email)
        check_identifiers("component_ids", self.component_ids, least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSubscriber(SubscriberWrite):
    """A telephone.

    Attributes:
        phone_number: as it is dialled in that country.
        phone_country: two letters.

    Raises:
        ValueError: one of them is none, or `component_ids` is empty.
    """

    phone_number: str
    phone_country: str

    def __post_init__(self) -> None:
        if not _PHONE.fullmatch(self.phone_number):
            raise ValueError(f"phone_number is {self.phone_number[:40]!r}; expected digits")
        if not _COUNTRY.fullmatch(self.phone_country):
            raise ValueError(
                f"phone_country is {self.phone_country[:40]!r}; expected two letters, such as 'US'"
            )
        check_identifiers("component_ids", self.component_ids, least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSubscriber(SubscriberWrite):
    """An address that is called, and the email address of whoever looks after it.

    Raises:
        ValueError: one of them is none, or `component_ids` is empty.
    """

    endpoint: str
    email: str

    def __post_init__(self) -> None:
        address = urlsplit(self.endpoint)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError("endpoint is not an address; expected https://HOST/…")
        _check_email(self.email)
        check_identifiers("component_ids", self.component_ids, least=1)


NewSubscriber = EmailSubscriber | SmsSubscriber | WebhookSubscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChange(Write):
    """What a subscriber is told about from now on: these components, or everything if None.

    Raises:
        ValueError: `component_ids` is empty.
    """

    component_ids: tuple[str, ...] | None

    def __post_init__(self) -> None:
        check_identifiers("component_ids", self.component_ids, least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactivation(Write):
    """Quarantined subscribers that are told again."""

    subscribers: Selection
    type: SubscriberType | None = None

    def __post_init__(self) -> None:
        check_selection(self.subscribers)
        check_one_of("type", self.type, _REACTIVATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscription(Write):
    """Subscribers that are told no longer, and whether they are told that."""

    subscribers: Selection
    skip_unsubscription_notification: bool
    type: SubscriberType | None = None
    state: SubscriberState = SubscriberState.ACTIVE

    def __post_init__(self) -> None:
        check_selection(self.subscribers, most=MOST_UNSUBSCRIBED)
        check_one_of("type", self.type, tuple(SubscriberType))
        check_one_of("state", self.state, tuple(SubscriberState))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(Write):
    """Unconfirmed email subscribers that are asked again to confirm."""

    subscribers: Selection

    def __post_init__(self) -> None:
        check_selection(self.subscribers)


def check_selection(subscribers: Selection, *, most: int | None = None) -> None:
    """Refuse a selection of nobody, and one that is longer than the API takes.

    Raises:
        ValueError: it is.
    """
    if subscribers == "all":
        return
    check_identifiers("subscribers", subscribers, least=1)
    if most is not None and len(subscribers) > most:
        raise ValueError(f"{len(subscribers)} subscribers; at most {most} are allowed in one call")


def check_for_incident(write: SubscriberWrite) -> None:
    """Refuse what a subscriber of one incident cannot have.

    Raises:
        ValueError: it names components or an access user, or is a webhook.
    """
    if isinstance(write, WebhookSubscriber):
        raise ValueError("an incident has subscribers by email and SMS alone")  # noqa: TRY004 - one kind of error for all that is out of bounds
    absent: dict[str, Any] = {
        "component_ids": write.component_ids,
        "page_access_user": write.page_access_user,
    }
    for name, value in absent.items():
        if value is not None:
            raise ValueError(f"a subscriber of one incident has no {name}")


def _check_email(email: str) -> None:
    check_text("email", email)
    if not _EMAIL.fullmatch(email):
        raise ValueError(f"email is {email[:80]!r}; expected NAME@HOST")
