"""`bridge statuspage subscribers remove|reactivate|resend`: one, several, or all of a kind.

Several go in one call, as many as the API takes; a call that was answered is told before the next, so that it is known how far it came.
"""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.page_subscribers import address_of, find_subscribers, named_in
from bridge.cli.statuspage.session import Session, counted
from bridge.cli.statuspage.verbs import verb
from bridge.statuspage.api import SubscriberState, SubscriberType

AT_ONCE: Final = 100
"""Subscribers in one call: the API's limit for the removal of several."""
_ASKED: Final = "asked again, unless it has confirmed"
_REACTIVATED: Final = "reactivated, if it is quarantined"
"""The API answers the same whether there was anything to do, and shows of no subscriber whether it has confirmed."""

Names = Annotated[list[str] | None, typer.Argument(metavar="[SUBSCRIBER...]", help="Their ids or addresses.")]
File = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Holds more, one a line; - is standard input.")
]
Kind = Annotated[
    SubscriberType | None, typer.Option("--type", help="With --all: of this type.", show_default=False)
]


def register(application: typer.Typer) -> None:
    """Add the verbs."""
    verb(application, "remove", asks=True)(remove_subscribers)
    verb(application, "reactivate", asks=True)(reactivate_subscribers)
    verb(application, "resend", asks=True)(resend_confirmations)


async def remove_subscribers(
    session: Session,
    subscriber: Names = None,
    *,
    file: File = None,
    everybody: Annotated[bool, typer.Option("--all", help="All of a type and state.")] = False,
    kind: Kind = None,
    state: Annotated[
        SubscriberState, typer.Option(help="With --all: in this state.")
    ] = SubscriberState.ACTIVE,
    notify: Annotated[
        bool | None,
        typer.Option(
            "--notify/--no-notify",
            help="Whether they are told that they are unsubscribed; asked where it is not said.",
        ),
    ] = None,
) -> None:
    """End subscriptions. Asks first."""
    chosen = await _chosen(session, subscriber, file, everybody=everybody, kind=kind, state=state)
    session.dialog.require_decision(notify)
    told = bool(notify)
    if not session.dialog.yes:
        session.dialog.show(f"end {len(chosen)} subscriptions", [("of", _few(chosen))])
        told = session.dialog.decide("Tell them?") if notify is None else notify
        session.dialog.agree("End them and say so to them?" if told else "End them silently?")
    session.writes("subscribers list --state all")

    async def remove(ids: tuple[str, ...]) -> None:
        await session.api.subscribers.unsubscribe_many(
            session.page, ids, skip_unsubscription_notification=not told, state=SubscriberState.ALL
        )

    if len(chosen) == 1:
        (one,) = chosen
        gone = await session.api.subscribers.unsubscribe(
            session.page, one, skip_unsubscription_notification=not told
        )
        session.output.done(f"{one} is unsubscribed: {address_of(gone)}", gone)
        return
    await _in_chunks(session, tuple(chosen), remove, "unsubscribed")


async def reactivate_subscribers(
    session: Session,
    subscriber: Names = None,
    *,
    file: File = None,
    everybody: Annotated[bool, typer.Option("--all", help="All that are quarantined.")] = False,
    kind: Kind = None,
) -> None:
    """Tell quarantined subscribers again, from the next incident on. Asks first."""
    if kind is SubscriberType.TEAMS:
        raise WrongUseError("--type: teams cannot be reactivated")
    if everybody:
        _nobody_named(subscriber, file)
        count = await session.api.subscribers.count(
            session.page, type=kind, state=SubscriberState.QUARANTINED
        )
        await session.ask(
            "reactivate all that are quarantined", [("who", counted(count, "quarantined subscriber"))]
        )
        session.writes("subscribers count --by-state")
        await session.api.subscribers.reactivate_many(session.page, "all", type=kind)
        session.output.done("all that are quarantined are reactivated", {"id": "all"})
        return
    chosen = await _chosen(session, subscriber, file)
    await session.ask(f"reactivate {len(chosen)} subscribers", [("who", _few(chosen))])
    session.writes("subscribers count --by-state")

    async def reactivate(ids: tuple[str, ...]) -> None:
        await session.api.subscribers.reactivate_many(session.page, ids)

    await _in_chunks(session, tuple(chosen), reactivate, _REACTIVATED)


async def resend_confirmations(
    session: Session,
    subscriber: Names = None,
    *,
    file: File = None,
    everybody: Annotated[bool, typer.Option("--all", help="All that have not confirmed.")] = False,
) -> None:
    """Ask email subscribers again to confirm: each gets a mail. Asks first."""
    if everybody:
        _nobody_named(subscriber, file)
        count = await session.api.subscribers.count(
            session.page, type=SubscriberType.EMAIL, state=SubscriberState.UNCONFIRMED
        )
        await session.ask(
            "ask all again to confirm",
            [("notifies", counted(count, "unconfirmed subscriber"))],
            "Send these mails?",
        )
        session.writes("subscribers count --by-state")
        await session.api.subscribers.resend_confirmations(session.page, "all")
        session.output.done("all that have not confirmed are asked again", {"id": "all"})
        return
    chosen = await _chosen(session, subscriber, file)
    await session.ask(
        f"ask {len(chosen)} again to confirm", [("notifies", _few(chosen))], "Send these mails?"
    )
    session.writes("subscribers list --state unconfirmed")

    async def resend(ids: tuple[str, ...]) -> None:
        await session.api.subscribers.resend_confirmations(session.page, ids)

    if len(chosen) == 1:
        (one,) = chosen
        await session.api.subscribers.resend_confirmation(session.page, one)
        session.output.done(f"{one} is {_ASKED}", {"id": one})
        return
    await _in_chunks(session, tuple(chosen), resend, _ASKED)


async def _chosen(
    session: Session,
    names: Sequence[str] | None,
    file: Path | None,
    *,
    everybody: bool = False,
    kind: SubscriberType | None = None,
    state: SubscriberState = SubscriberState.ACTIVE,
) -> dict[str, str]:
    """Id → what it is called, of those that are named or of all."""
    if everybody:
        _nobody_named(names, file)
        found = {
            one.id: address_of(one)
            async for one in session.api.subscribers.list(session.page, type=kind, state=state)
        }
    elif kind is not None or state is not SubscriberState.ACTIVE:
        raise WrongUseError("--type and --state are for --all; nothing is done")
    else:
        found = await find_subscribers(session, named_in(names or (), file))
    if not found:
        raise WrongUseError(
            "there is no such subscriber; nothing is done"
            if everybody
            else "whom? (hint: ids or addresses, --file FILE or --all)"
        )
    return found


def _nobody_named(names: Sequence[str] | None, file: Path | None) -> None:
    if names or file is not None:
        raise WrongUseError("--all and names at once; nothing is done")


def _few(chosen: dict[str, str]) -> str:
    called = list(chosen.values())
    shown = called[:AT_ONCE]
    return "\n".join([*shown, f"and {len(called) - AT_ONCE} more"] if len(called) > AT_ONCE else shown)


async def _in_chunks(
    session: Session, ids: tuple[str, ...], act: Callable[[tuple[str, ...]], Awaitable[None]], done: str
) -> None:
    for begin in range(0, len(ids), AT_ONCE):
        chunk = ids[begin : begin + AT_ONCE]
        await act(chunk)
        for one in chunk:
            session.output.done(f"{one} is {done}", {"id": one})
