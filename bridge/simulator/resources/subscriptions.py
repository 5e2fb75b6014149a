"""What subscribing and leaving do: states, and what is sent to whom about it.

Nothing is refused here any more, except an address that is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Addresses:
    """By what a set-up lets somebody be reached."""

    email: str | None
    endpoint: str | None
    phone_number: str | None
    channel: str | None

    @property
    def mode(self) -> SubscriberMode:
        """Return the kind of subscriber that they make; an e-mail address alone, or nothing, is one by e-mail."""
        if self.endpoint is not None:
            return SubscriberMode.WEBHOOK
        if self.phone_number is not None:
            return SubscriberMode.SMS
        return SubscriberMode.EMAIL if self.channel is None else SubscriberMode.SLACK

    def subscriber(
        self,
        identifier: str,
        *,
        mode: SubscriberMode,
        component_ids: tuple[str, ...],
        workspace_name: str | None,
        now: float,
    ) -> Subscriber:
        """Make a subscriber of a kind.

        Raises:
            ValueError: None of them is an address of that kind.
        """
        name = FIELD_OF.get(mode, "channel")
        if not getattr(self, name):
            raise ValueError(f"a subscriber of kind {mode} needs {name}")
        return Subscriber(
            id=identifier,
            mode=mode,
            created_at=now,
            email=self.email,
            endpoint=self.endpoint,
            phone_number=self.phone_number,
            phone_country=DEFAULT_COUNTRY if mode is SubscriberMode.SMS else None,
            channel=self.channel,
            workspace_name=workspace_name,
            component_ids=component_ids,
        )


def furnish(table: SubscriberTable, subscriber: Subscriber, state: SubscriberState, *, now: float) -> None:
    """Put somebody into a table as a set-up wants it.

    Raises:
        ValueError: The address is taken.
    """
    if table.holder_of(subscriber.contact) is not None:
        raise ValueError(f"{subscriber.address} is a subscriber already")
    table[subscriber.id] = subscriber
    settle(table, subscriber.id, state, now=now)


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
