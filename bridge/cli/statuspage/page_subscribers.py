"""The subscribers of a page, found by id or by address, and new ones from their addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.naming import Candidate, the_one
from bridge.cli.statuspage.texts import read_file
from bridge.cli.statuspage.verbs import bounds
from bridge.config.problems import shown
from bridge.statuspage.api import EmailSubscriber, SmsSubscriber, SubscriberState, WebhookSubscriber

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bridge.cli.statuspage.session import Session
    from bridge.statuspage.api import Subscriber

LOOKED_UP_SINGLY: Final = 3
"""Addresses for which a search each is cheaper than the whole list."""

_LIKE_AN_ID = re.compile(r"(?:id:)?([a-z0-9]{12})", re.ASCII)
_LIKE_A_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]*")


def address_of(subscriber: Subscriber) -> str:
    """What a person knows a subscriber by."""
    return (
        subscriber.endpoint
        or subscriber.email
        or subscriber.display_phone_number
        or subscriber.phone_number
        or subscriber.obfuscated_channel_name
        or ""
    )


def named_in(arguments: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """What is named on the command line and, a line each, in a file; each once. Empty lines and what begins with # count for nothing.

    Raises:
        WrongUseError: the file cannot be read.
    """
    lines = [] if file is None else read_file(file, option="--file").splitlines()
    words = [*arguments, *(line for line in lines if not line.lstrip().startswith("#"))]
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


async def find_subscribers(session: Session, names: Sequence[str]) -> dict[str, str]:
    """The subscribers that are meant: id → what it was called. What looks like an id is one.

    Raises:
        NamingError: an address is none's, or several have it.
    """
    found: dict[str, str] = {}
    addresses = [name for name in names if not _LIKE_AN_ID.fullmatch(name)]
    everybody = None
    if len(addresses) > LOOKED_UP_SINGLY:
        everybody = [
            row async for row in session.api.subscribers.list(session.page, state=SubscriberState.ALL)
        ]
    for name in names:
        if like_an_id := _LIKE_AN_ID.fullmatch(name):
            found[like_an_id[1]] = name
            continue
        known = (
            [
                row
                async for row in session.api.subscribers.list(session.page, q=name, state=SubscriberState.ALL)
            ]
            if everybody is None
            else everybody
        )
        found[_the_subscriber(session, name, known).id] = name
    return found


def _the_subscriber(session: Session, name: str, known: Sequence[Subscriber]) -> Subscriber:
    candidates = [
        Candidate(one, one.id, tuple(filter(None, (address_of(one), one.phone_number))), one.mode)
        for one in known
    ]
    return the_one(name, candidates, kind="subscriber", see=session.command("subscribers list --state all"))


def new_subscriber(
    address: str,
    *,
    component_ids: tuple[str, ...] | None,
    country: str | None,
    email: str | None,
    silent: bool,
) -> EmailSubscriber | SmsSubscriber | WebhookSubscriber:
    """A subscriber by its address: an email address, a webhook's address, or a telephone number.

    Raises:
        WrongUseError: it is none of these, or something is missing that it needs.
    """
    with bounds():
        if address.startswith(("http://", "https://")):
            if email is None:
                raise WrongUseError(
                    "a webhook needs --email: the address of whoever looks after it; nothing is done"
                )
            return WebhookSubscriber(
                endpoint=address,
                email=email,
                component_ids=component_ids,
                skip_confirmation_notification=silent,
            )
        if _LIKE_A_NUMBER.fullmatch(address):
            if country is None:
                raise WrongUseError("a telephone needs --country: two letters, such as US; nothing is done")
            return SmsSubscriber(
                phone_number=address,
                phone_country=country,
                component_ids=component_ids,
                skip_confirmation_notification=silent,
            )
        if "@" not in address:
            raise WrongUseError(
                f"{shown(address)} is no email address, telephone number or https address; nothing is done"
            )
        return EmailSubscriber(
            email=address, component_ids=component_ids, skip_confirmation_notification=silent
        )
