"""`bridge statuspage subscribers`: who is told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage import subscriber_changes
from bridge.cli.statuspage.output import up_to
from bridge.cli.statuspage.page_components import PageComponents, read_grouped
from bridge.cli.statuspage.page_subscribers import address_of, named_in, new_subscriber
from bridge.cli.statuspage.session import Session
from bridge.cli.statuspage.verbs import FailedError, verb
from bridge.statuspage.api import RejectedError, Subscriber, SubscriberState, SubscriberType

if TYPE_CHECKING:
    from collections.abc import Callable

_WITH_STATE: Final = ("ID", "TYPE", "STATE", "ADDRESS", "COMPONENTS", "SINCE", "QUARANTINED")
"""The order of columns where subscribers of every state are listed."""

application = typer.Typer(rich_markup_mode=None)

Kind = Annotated[
    SubscriberType | None, typer.Option("--type", help="Of this type alone.", show_default=False)
]


@verb(application, "list")
async def list_subscribers(
    session: Session,
    *,
    kind: Kind = None,
    state: Annotated[SubscriberState, typer.Option(help="In this state alone.")] = SubscriberState.ACTIVE,
    query: Annotated[
        str | None, typer.Option("-q", metavar="TEXT", help="Those with a text in their address.")
    ] = None,
    unsubscribed: Annotated[
        bool, typer.Option("--unsubscribed", help="Those who were subscribers once.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="No more than so many.")] = None,
) -> None:
    """List subscribers, active ones alone unless another state is named."""
    if unsubscribed and (kind or query or state is not SubscriberState.ACTIVE):
        raise WrongUseError("--unsubscribed lists all of them; no --type, --state or -q beside it")
    rows = (
        session.api.subscribers.unsubscribed(session.page)
        if unsubscribed
        else session.api.subscribers.list(session.page, type=kind, state=state, q=query)
    )
    page = await read_grouped(session) if session.output.is_piped else None
    columns: dict[str, Callable[[Subscriber], object]] = {
        "ID": lambda one: one.id,
        "TYPE": lambda one: one.mode,
        "ADDRESS": address_of,
        "COMPONENTS": lambda one: _followed(one, page) or "all",
        "SINCE": lambda one: one.created_at_text,
        "QUARANTINED": lambda one: one.quarantined_at_text,
    }
    if state is SubscriberState.ALL and session.output.has_columns:
        # No row says whether it was confirmed: only the list in which it stands does.
        waiting = {
            one.id
            async for one in session.api.subscribers.list(
                session.page, type=kind, state=SubscriberState.UNCONFIRMED, q=query
            )
        }
        columns = {**columns, "STATE": lambda one: _state(one, waiting)}
        columns = {name: columns[name] for name in _WITH_STATE}
    await session.output.rows(up_to(limit, rows), columns, kept="ADDRESS")


def _followed(one: Subscriber, page: PageComponents | None) -> str:
    """The components that it is told about; on a terminal, for want of room, how many they are."""
    if page is None:
        return str(len(one.components) or "")
    return ", ".join(page.names(one.components))


def _state(one: Subscriber, waiting: set[str]) -> SubscriberState:
    if one.quarantined_at_text:
        return SubscriberState.QUARANTINED
    return SubscriberState.UNCONFIRMED if one.id in waiting else SubscriberState.ACTIVE


@verb(application, "count")
async def count_subscribers(
    session: Session,
    *,
    kind: Kind = None,
    state: Annotated[SubscriberState, typer.Option(help="In this state alone.")] = SubscriberState.ACTIVE,
    by_state: Annotated[bool, typer.Option("--by-state", help="Of each type in each state.")] = False,
) -> None:
    """Count subscribers by type, active ones alone unless another state is named."""
    if by_state:
        histogram = await session.api.subscribers.histogram(session.page)
        session.output.one(
            histogram,
            [
                (
                    str(type_),
                    f"{count.active} active, {count.unconfirmed} unconfirmed, {count.quarantined} quarantined",
                )
                for type_ in SubscriberType
                for count in [getattr(histogram, type_)]
            ],
        )
        return
    count = await session.api.subscribers.count(session.page, type=kind, state=state)
    session.output.one(
        count, [*((str(type_), getattr(count, type_)) for type_ in SubscriberType), ("total", count.total)]
    )


@verb(application, "add", asks=True)
async def add_subscribers(
    session: Session,
    address: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ADDRESS...]", help="Email addresses, telephone numbers, https addresses."),
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Holds more, one a line; - is standard input.")
    ] = None,
    component: Annotated[
        list[str] | None,
        typer.Option(
            "--component", metavar="NAME", help="What they are told about; everything if none is named."
        ),
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="XX", help="Of telephone numbers, such as US.")
    ] = None,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Of whoever looks after a webhook.")
    ] = None,
    notify: Annotated[
        bool | None,
        typer.Option(
            "--notify/--no-notify",
            help="Whether they are asked to confirm; without, an email address counts as confirmed. Asked where it is not said.",
        ),
    ] = None,
) -> None:
    """Subscribe addresses, a call for each. Asks first."""
    names = named_in(address or (), file)
    if not names:
        raise WrongUseError("whom? (hint: addresses, or --file FILE)")
    about = (await read_grouped(session)).several(component) if component else None
    for name in names:
        new_subscriber(name, component_ids=about, country=country, email=email, silent=True)
    session.dialog.require_decision(notify)
    asked_to_confirm = bool(notify)
    if not session.dialog.yes:
        session.dialog.show(f"subscribe {len(names)}", [("addresses", "\n".join(names))])
        asked_to_confirm = session.dialog.decide("Ask them to confirm?") if notify is None else notify
        session.dialog.agree(
            "Subscribe them and ask them to confirm?" if asked_to_confirm else "Subscribe them silently?"
        )
    refused: list[str] = []
    for name in names:
        session.writes(f"subscribers list --state all -q {name}")
        subscriber = new_subscriber(
            name, component_ids=about, country=country, email=email, silent=not asked_to_confirm
        )
        try:
            made = await session.api.subscribers.create(session.page, subscriber)
        except RejectedError as error:
            refused.append(f"{name}: {error}")
        else:
            session.output.done(f"{made.id} is subscribed: {address_of(made)}", made)
    if refused:
        done = len(names) - len(refused)
        raise FailedError("\n".join([*refused, f"{done} of {len(names)} are subscribed"]))


subscriber_changes.register(application)
