"""What subscribing and leaving do: states, and what is sent to whom about it.

Nothing is refused here any more, except an address that is taken.
"""

from collections.abc import Sequence
from dataclasses import replace

from bridge.simulator.account import Account
from bridge.simulator.ledgers import Notification, NotificationKind
from bridge.simulator.messages import RefusedError
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.pages import Page
from bridge.simulator.records.subscribers import Subscriber, SubscriberMode, SubscriberState, SubscriberTable
from bridge.simulator.resources.subscriber_fields import DEFAULT_COUNTRY, FIELD_OF, Enrolment

QUARANTINE = 14 * 86_400.0
"""Seconds after which a quarantined subscriber is let go; nobody has recorded how many they are."""

_SENTENCES = {
    NotificationKind.CONFIRMATION: "Confirm your subscription to {name}.",
    NotificationKind.UNSUBSCRIPTION: "You are no longer subscribed to {name}.",
}


def enrol(
    account: Account, table: SubscriberTable, enrolment: Enrolment, *, duplicate_status: int, now: float
) -> Subscriber:
    """Put somebody into a table, unless the address stands there already.

    Raises:
        RefusedError: `duplicate_status`, the address is taken.
    """
    by_email = enrolment.mode is SubscriberMode.EMAIL
    unasked = account.options.confirmed_by_email_alone and not by_email
    subscriber = Subscriber(
        id="",
        mode=enrolment.mode,
        created_at=now,
        state=SubscriberState.ACTIVE if enrolment.silent or unasked else SubscriberState.UNCONFIRMED,
        email=enrolment.email,
        endpoint=enrolment.endpoint,
        phone_number=enrolment.phone_number,
        phone_country=enrolment.phone_country,
        component_ids=enrolment.component_ids,
        skip_confirmation_notification=enrolment.silent,
    )
    table.purge(now)
    if table.holder_of(subscriber.contact) is not None:
        raise RefusedError(duplicate_status, {FIELD_OF[subscriber.mode]: ["has already been taken"]})
    # Drawn last: what is refused must not change the identifiers of what comes after it.
    subscriber = replace(subscriber, id=account.identifiers.draw())
    table[subscriber.id] = subscriber
    return subscriber


def furnish(
    table: SubscriberTable,
    identifier: str,
    address: str,
    *,
    mode: SubscriberMode,
    component_ids: tuple[str, ...],
    workspace_name: str | None,
    now: float,
) -> Subscriber:
    """Put somebody into a table as a set-up wants it.

    Raises:
        ValueError: The address is taken.
    """
    subscriber = Subscriber(
        id=identifier,
        mode=mode,
        created_at=now,
        workspace_name=workspace_name,
        component_ids=component_ids,
        phone_country=DEFAULT_COUNTRY if mode is SubscriberMode.SMS else None,
        email=address if mode is SubscriberMode.EMAIL else None,
        endpoint=address if mode is SubscriberMode.WEBHOOK else None,
        phone_number=address if mode is SubscriberMode.SMS else None,
        channel=None if mode in FIELD_OF else address,
    )
    if table.holder_of(subscriber.contact) is not None:
        raise ValueError(f"{address} is a subscriber already")
    table[identifier] = subscriber
    return subscriber


def settle(table: SubscriberTable, identifier: str, state: SubscriberState, *, now: float) -> None:
    """Put a subscriber into a state; whoever is quarantined will be let go after a while."""
    quarantined = state is SubscriberState.QUARANTINED
    table[identifier] = replace(
        table[identifier],
        state=state,
        quarantined_at=now if quarantined else None,
        purge_at=now + QUARANTINE if quarantined else None,
    )


def ask_to_confirm(
    account: Account,
    page: Page,
    subscribers: Sequence[Subscriber],
    *,
    incident: Incident | None = None,
    now: float,
) -> None:
    """Send the message by which a subscription is confirmed."""
    _tell(account, page, NotificationKind.CONFIRMATION, subscribers, incident=incident, now=now)


def unsubscribe(
    account: Account,
    page: Page,
    subscribers: Sequence[Subscriber],
    *,
    incident: Incident | None = None,
    silent: bool,
    now: float,
) -> None:
    """Let subscribers go; those who were told of things are told of this too, unless it is done silently."""
    table = page.subscribers if incident is None else incident.subscribers
    for subscriber in subscribers:
        table[subscriber.id] = replace(subscriber, unsubscribed_at=now)
    if not silent:
        told = [subscriber for subscriber in subscribers if subscriber.told]
        _tell(account, page, NotificationKind.UNSUBSCRIPTION, told, incident=incident, now=now)


def _tell(
    account: Account,
    page: Page,
    kind: NotificationKind,
    recipients: Sequence[Subscriber],
    *,
    incident: Incident | None,
    now: float,
) -> None:
    if recipients:
        account.notifications.append(
            Notification(
                at=now,
                page_id=page.id,
                incident_id="" if incident is None else incident.id,
                update_id="",
                status=None,
                body=_SENTENCES[kind].format(name=page.name if incident is None else incident.name),
                # The request that is being answered will be the next in the list.
                arrival=len(account.arrivals),
                kind=kind,
                recipients=tuple(subscriber.id for subscriber in recipients),
            )
        )
