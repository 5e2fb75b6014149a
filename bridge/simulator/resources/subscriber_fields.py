"""The fields of a new subscriber, read and checked before anything happens.

What is sent tells the kind: an endpoint makes a webhook subscriber, a phone number one by SMS, an e-mail address alone one
by e-mail. The other kinds cannot be made by the API.
"""

import re
from dataclasses import dataclass

from bridge.simulator.fields import Fields
from bridge.simulator.records.pages import Page
from bridge.simulator.records.subscribers import SubscriberMode

DEFAULT_COUNTRY = "US"
MOST_DIGITS = 15
FEWEST_DIGITS = 5
_LONGEST_ENDPOINT = 2048
_LONGEST_PHONE = 40
_ENDPOINT = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9 ().-]+")
_COUNTRY = re.compile(r"[A-Z]{2}")

FIELD_OF = {
    SubscriberMode.EMAIL: "email",
    SubscriberMode.SMS: "phone_number",
    SubscriberMode.WEBHOOK: "endpoint",
}
"""The field whose value two subscribers of a kind must not share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What somebody who wants to be told has sent."""

    mode: SubscriberMode
    email: str | None
    endpoint: str | None
    phone_number: str | None
    phone_country: str | None
    component_ids: tuple[str, ...]
    silent: bool


def read_enrolment(fields: Fields, page: Page) -> Enrolment:
    """Read a subscriber of a page.

    Raises:
        RefusedError: 422 with everything that is wrong, by field.
    """
    enrolment = _read(fields, read_component_ids(fields, page))
    fields.finish()
    return enrolment


def read_incident_enrolment(fields: Fields) -> Enrolment:
    """Read a subscriber of one incident, who is reached by e-mail or SMS.

    Raises:
        RefusedError: 400 with everything that is wrong, by field; the document has no 422 here.
    """
    if fields.raw("endpoint"):
        fields.refuse("endpoint", "cannot subscribe to an incident; an e-mail address or a phone number can")
    enrolment = _read(fields, ())
    fields.finish(400)
    return enrolment


def read_component_ids(fields: Fields, page: Page) -> tuple[str, ...]:
    """Read the components that somebody wants to be told of; none sent stands for all."""
    component_ids = fields.texts("component_ids")
    if component_ids is None:
        return ()
    if not component_ids:
        fields.refuse("component_ids", "must name at least one component if it is sent at all")
    for component_id in component_ids:
        if component_id not in page.components:
            fields.refuse("component_ids", f"{component_id[:50]!r} is not a component of this page")
    return tuple(component_ids)


def _read(fields: Fields, component_ids: tuple[str, ...]) -> Enrolment:
    mode = SubscriberMode.EMAIL
    if fields.raw("endpoint"):
        mode = SubscriberMode.WEBHOOK
    elif fields.raw("phone_number"):
        mode = SubscriberMode.SMS
    if fields.raw("phone_number") and fields.raw("endpoint" if mode is SubscriberMode.WEBHOOK else "email"):
        fields.refuse("phone_number", "makes a subscriber of its own")
    if fields.raw("page_access_user"):
        fields.refuse("page_access_user", "is outside the scope of this simulator")
    by_sms = mode is SubscriberMode.SMS
    return Enrolment(
        mode=mode,
        email=None if by_sms else fields.email("email", required=True),
        endpoint=_read_endpoint(fields) if mode is SubscriberMode.WEBHOOK else None,
        phone_number=_read_phone(fields) if by_sms else None,
        phone_country=_read_country(fields) if by_sms else None,
        component_ids=component_ids,
        silent=fields.boolean("skip_confirmation_notification") is True,
    )


def _read_endpoint(fields: Fields) -> str | None:
    text = fields.text("endpoint", maximum=_LONGEST_ENDPOINT)
    if text and not fields.wrong("endpoint") and not _ENDPOINT.fullmatch(text):
        fields.refuse("endpoint", "must be an http or https address")
    return text


def _read_phone(fields: Fields) -> str | None:
    text = fields.text("phone_number", maximum=_LONGEST_PHONE)
    if text and not fields.wrong("phone_number"):
        digits = sum(letter.isdecimal() for letter in text)
        if not _PHONE.fullmatch(text) or not FEWEST_DIGITS <= digits <= MOST_DIGITS:
            fields.refuse("phone_number", "is not a valid phone number")
    return text


def _read_country(fields: Fields) -> str | None:
    text = fields.text("phone_country", maximum=_LONGEST_PHONE)
    if not text or fields.wrong("phone_country"):
        return DEFAULT_COUNTRY
    if not _COUNTRY.fullmatch(text.upper()):
        fields.refuse("phone_country", "must be a country's two letters")
    return text.upper()
