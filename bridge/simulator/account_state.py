"""An account as a JSON document and back: everything that the service would still know tomorrow.

Must not know files. What is not kept belongs to one run: the ledgers are evidence of it, tokens come with the command
line, and a rate window or the lag of a list is over before anybody has started again.
"""

import json
from dataclasses import fields
from typing import Any, get_type_hints

from bridge.simulator.account import Account
from bridge.simulator.identifiers import Identifiers
from bridge.simulator.records.pages import Page
from bridge.simulator.state_codec import Plan, StateCodec, UnreadableStateError

FORMAT = "statuspage-bridge simulator"
VERSION = 1

OF_ONE_RUN = frozenset({"tokens", "arrivals", "notifications", "versions", "timeline"})
"""Fields of an account that are not kept; every other one is, and a new one without being named here."""


def _identifiers(written: Any, place: str) -> Identifiers:
    try:
        return Identifiers.recalled(written)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableStateError(place, "is no memory of identifiers") from error


_CODEC = StateCodec({Identifiers: Plan(Identifiers.memory, _identifiers)})


def write_state(account: Account, *, now: float) -> str:
    """Write an account as it is at an instant of its own time."""
    hints = get_type_hints(Account)
    kept = {name: _CODEC.write(getattr(account, name), hints[name]) for name in kept_fields()}
    document = {"format": FORMAT, "version": VERSION, "now": now, "account": kept}
    return json.dumps(document, separators=(",", ":"))


def read_state(text: str) -> tuple[Account, float]:
    """Read an account and the instant at which it was written.

    Raises:
        UnreadableStateError: the text is no state, or one of another version; says what is wrong, and where.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableStateError("", f"is not JSON ({error})") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnreadableStateError("", "is not a state of `bridge simulator`")
    if document.get("version") != VERSION:
        raise UnreadableStateError(
            "", f"is a state of version {document.get('version')!r:.20}; this program reads version {VERSION}"
        )
    now = _CODEC.read(document.get("now"), float, "now")
    account = document.get("account")
    if not isinstance(account, dict):
        raise UnreadableStateError("account", "must be a map")
    kept, hints = kept_fields(), get_type_hints(Account)
    for name in sorted({*account} ^ {*kept}):
        raise UnreadableStateError(
            "account", f"lacks {name!r}" if name in kept else f"has an unknown {name!r}"
        )
    restored = Account(**{name: _CODEC.read(account[name], hints[name], name) for name in kept})
    for page in restored.pages.values():
        _check(page)
    _expect_what_is_due(restored)
    return restored, now


def kept_fields() -> tuple[str, ...]:
    """Return the names of an account's fields that are kept."""
    return tuple(member.name for member in fields(Account) if member.name not in OF_ONE_RUN)


def _check(page: Page) -> None:
    """Refuse what no call could have made: records that name others which are not there."""
    place = f"pages.{page.id}"
    for group in page.groups.values():
        for child in group.component_ids:
            if child not in page.components or page.components[child].group_id != group.id:
                raise UnreadableStateError(f"{place}.groups.{group.id}", f"{child!r} is no component of it")
    for component in page.components.values():
        if not component.changes:
            raise UnreadableStateError(f"{place}.components.{component.id}.changes", "must not be empty")
        group_id = component.group_id
        its_group = None if group_id is None else page.groups.get(group_id)
        if group_id is not None and (its_group is None or component.id not in its_group.component_ids):
            raise UnreadableStateError(f"{place}.components.{component.id}", f"is not in group {group_id!r}")


def _expect_what_is_due(account: Account) -> None:
    """Note again what time will do to maintenances: the timeline only says whom to look at, and when."""
    for page in account.pages.values():
        for incident in page.incidents.values():
            for instant in incident.due.values():
                account.timeline.note(instant, page.id, incident.id)
