"""Drafts of postmortems: what was told of an incident that we ended, and when, as a text for a person to go on from.

Facts alone: no cause, and nothing that was not told. A draft is never published, and never written over what a person wrote: the page is looked at first. What was told is
remembered from the opening on; of an incident that a person took over there is none.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import NEVER
from bridge.core.operations import DraftPostmortem, ReadPostmortem, postmortem_target
from bridge.core.reasons import Reason
from bridge.core.rules import Postmortem
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.text import enumerated

if TYPE_CHECKING:
    from bridge.core.operations import WriteIncident
    from bridge.core.page import Page

WORDS = {
    Reason.OPENED: "the incident was opened",
    Reason.ESCALATED: "it became more severe",
    Reason.IDENTIFIED: "a cause was told",
    Reason.STILL: "it went on",
    Reason.RETURNED: "it returned",
    Reason.REOPENED: "it was opened again",
    Reason.RECOVERED: "everything had recovered, and was monitored",
    Reason.MONITORED_FOR: "the incident was resolved",
}
"""How the draft calls what was told."""

LOOKED_WITHIN = 15.0
"""Seconds for which a look at what is there counts: a draft has no hurry, and may wait for its slot that long."""

MOST_TOLD = 200
"""Lines of a draft; the first ones and no more."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is remembered of one incident for its draft.

    Attributes:
        incident_id: Statuspage's id.
        told: what was told, as a reason, and when, Unix seconds by our clock.
        component_ids: the components that it listed at last.
        worst: the worst status that was told.
        over: whether we ended it.
        begun: whether a write of the draft was begun of which no outcome is known; the record says until when it may be applied.
    """

    incident_id: str
    told: tuple[tuple[str, float], ...]
    component_ids: tuple[str, ...]
    worst: str
    over: bool = False
    begun: bool = False


def account_of(record: GuardRecord) -> Account:
    """What a record says."""
    fields = json.loads(record.value)
    fields["told"] = tuple((reason, at) for reason, at in fields["told"])
    fields["component_ids"] = tuple(fields["component_ids"])
    return Account(**fields)


def _record(page: str, key: str, at: float, account: Account) -> GuardRecord:
    value = json.dumps(asdict(account), sort_keys=True, separators=(",", ":"))
    return GuardRecord(page, GuardKind.POSTMORTEM, key, at, value)


def note_told(
    page: Page, write: WriteIncident, incident_id: str, *, yielded: bool, now: float
) -> GuardRecord | None:
    """What is to be remembered once this was told; None for nothing."""
    if write.status is None or yielded or not _wanted(page, write):
        return None
    before = page.guards.get((GuardKind.POSTMORTEM, write.key))
    told: tuple[tuple[str, float], ...] = ()
    if write.incident_id:
        if before is None or (account := account_of(before)).incident_id != incident_id:
            return None  # its beginning is not known
        told = account.told[: MOST_TOLD - 1]
    worst = write.high_water.value
    over = write.reason is Reason.MONITORED_FOR
    account = Account(incident_id, (*told, (write.reason.value, now)), write.component_ids, worst, over)
    return _record(page.name, write.key, now, account)


def _wanted(page: Page, write: WriteIncident) -> bool:
    place = page.place_now(write.place)
    return any(rule.id == place[0] and rule.postmortem is Postmortem.DRAFT for rule in page.ruleset.incidents)


def begun(record: GuardRecord, until: float) -> GuardRecord:
    """The record of a draft whose write is begun: until then, and S more, it may be applied."""
    return _record(record.page, record.subject, until, replace(account_of(record), begun=True))


def not_begun(record: GuardRecord) -> GuardRecord:
    """The same when it certainly was not sent."""
    return _record(record.page, record.subject, record.at, replace(account_of(record), begun=False))


def plan_postmortems(page: Page, now: float) -> tuple[list[ReadPostmortem | DraftPostmortem], float]:
    """The drafts that are to be written, each after a look at what is there; and when this answer changes by itself."""
    planned: list[ReadPostmortem | DraftPostmortem] = []
    wake_at = NEVER
    if page.automation_max is not Automation.FULL:
        return planned, wake_at
    for (kind, key), record in page.guards.items():
        if kind is not GuardKind.POSTMORTEM:
            continue
        account = account_of(record)
        target = postmortem_target(account.incident_id)
        if not account.over or target in page.in_flight:
            continue
        due_at = record.at + page.settings.settle_for if account.begun else 0.0
        if now < due_at:
            wake_at = min(wake_at, due_at)
            continue
        looked_at = page.postmortems_read.get(account.incident_id, -NEVER)
        if max(due_at, now - LOOKED_WITHIN) <= looked_at:
            body = postmortem_body(page, account)
            planned.append(DraftPostmortem(page.name, account.incident_id, key, body))
        else:
            planned.append(ReadPostmortem(page.name, account.incident_id, key))
    return planned, wake_at


def postmortem_body(page: Page, account: Account) -> str:
    """The draft, in Markdown; instants by the time of day, in UTC."""
    instants = [_instant(at + page.clock_offset) for _, at in account.told]
    components = page.observed.components
    names = tuple(components[one].display_name for one in account.component_ids if one in components)
    lines = [
        f"This incident was opened on {instants[0]:%d %B %Y} at {_time(instants[0])}, and resolved after {_lasting(account)}.",
        f"Affected: {enumerated(names) or 'this service'}. The worst status was {_words(account.worst)}.",
        "What was told, in UTC:",
        "\n".join(
            f"- {instant:%d %B} {instant:%H:%M}: {WORDS.get(Reason(reason), reason)}"
            for (reason, _), instant in zip(account.told, instants, strict=True)
        ),
        "This is a draft of what was told and when. It says nothing of causes.",
    ]
    return "\n\n".join(lines)


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _time(instant: datetime) -> str:
    return f"{instant:%H:%M} UTC"


def _lasting(account: Account) -> str:
    minutes = max(1, round((account.told[-1][1] - account.told[0][1]) / 60))
    hours, minutes = divmod(minutes, 60)
    parts = [
        f"{number} {unit}" + ("s" if number > 1 else "")
        for number, unit in ((hours, "hour"), (minutes, "minute"))
        if number
    ]
    return " and ".join(parts)


def _words(status: str) -> str:
    return ComponentStatus(status).value.replace("_", " ")
