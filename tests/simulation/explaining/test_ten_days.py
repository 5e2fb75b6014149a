"""Every public change of ten simulated days is explained by the reasons that the journal has for it: as it left, from what is live, and afterwards, from the journal.

What the journal has is worked out here in the plainest way, line by line, and shares no code with what is tested.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.holds import HoldPhase
from bridge.core.incident_explanation import said_place
from bridge.core.journal import JournalKind
from bridge.core.operations import SetComponent, WriteIncident
from bridge.simulation.world import PAGE, TOKEN
from tests.config.loading import load_text
from tests.simulation.explaining.asking import asked
from tests.simulation.explaining.ten_days import RULES, AskedWorld, Course

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bridge.core.explanation import ComponentAccount
    from bridge.core.incidents import IncidentMemory
    from bridge.core.journal import JournalEntry
    from bridge.simulator.ledgers import Arrival
    from tests.simulation.explaining.ten_days import Written

SEED = 12
ENOUGH = 500
"""Changes that ten such days have at least."""

TOLD_BY = {
    "opened": {"opened", "returned", "reopened", "absorbed"},
    "recovered": {"recovered"},
    "monitored_for": {"monitored_for"},
    "joined": {"joined", "opened", "returned"},
    # The resolve of the episode before was lost and never applied, so the new one goes on in its incident.
    "returned": {"returned", "opened", "reopened"},
}
"""The transitions of memory by which an incident's call is sent; the others have one of their own name."""

NEWEST = 20
"""Decisions since the change before that are asked for: of a day in which nothing was told, not all are."""

ENDED_BY = {
    "kept_firing_for",
    "ran_out",
    "handed_back",
    "monitored_for",
    "maintained",
    "maintenance_ended",
    "yielded",
}
"""By what a claim, an override, or a maintenance that left its component behind, ends."""

Told = tuple[str, str, str, str]
"""A line as a person sees it: when, about what, its reason, and the phase that it led to."""


@dataclass(frozen=True)
class Change:
    """A public change: as the page's ledger has it, and the write that made it."""

    arrival: Arrival
    written: Written


def changes(world: AskedWorld) -> Iterator[Change]:
    """Every write of the daemon that the page applied to a component or an incident."""
    for arrival in world.simulator.arrivals:
        writes = arrival.token == TOKEN and arrival.method in {"POST", "PATCH"} and arrival.status < 300
        if not writes or arrival.body is None:
            continue
        if "incident" in arrival.body:
            operation = arrival.body["incident"]["metadata"]["bridge"]["op"]
            if operation in world.maintenances:
                continue
            (written,) = (one for one in world.written if one.operation == operation)
        else:
            own = arrival.targets["component_id"]
            written = [
                one
                for one in world.written
                if isinstance(one.write, SetComponent)
                and one.write.component_id == own
                and one.at <= arrival.at
            ][-1]
        yield Change(arrival, written)


def said(entry: JournalEntry) -> Told:
    """A line of the journal, as a person sees it."""
    at = datetime.fromtimestamp(round(entry.at), UTC).isoformat().replace("+00:00", "Z")
    return at, entry.subject, str(entry.reason), str(entry.detail.get("phase", ""))


def shown(line: dict[str, Any]) -> Told:
    """A line of an explanation, as a person sees it."""
    return line["at"], line["subject"], line["reason"], str(line["detail"].get("phase", ""))


@dataclass(frozen=True)
class Journal:
    """All lines, in order, and where each request stands."""

    lines: list[JournalEntry]
    requests: dict[object, int] = field(default_factory=dict)
    told: dict[object, int] = field(default_factory=dict)
    """Where each write was known to be applied."""
    first: dict[Told, int] = field(default_factory=dict)
    """Where what a person sees stands first."""

    def __post_init__(self) -> None:
        for number, line in enumerate(self.lines):
            self.first.setdefault(said(line), number)
            if line.kind is JournalKind.REQUEST:
                self.requests[line.detail["operation"]] = number
            elif line.kind is JournalKind.OUTCOME and line.reason in {"done", "adopted"}:
                self.told[line.detail.get("operation")] = number

    def holds(self, components: set[str], before: int) -> dict[tuple[str, str, object], JournalEntry]:
        """The last line of each hold of these components."""
        return {
            (str(line.detail["rule"]), str(line.detail["status"]), line.detail.get("group")): line
            for line in self.lines[:before]
            if line.kind is JournalKind.HOLD and line.subject in components
        }

    def life(self, rule: str, group: object, before: int) -> JournalEntry | None:
        """The last line of an incident's life."""
        found = [line for line in self.lines[:before] if self.is_of_life(line, rule, group)]
        return found[-1] if found else None

    @staticmethod
    def is_of_life(line: JournalEntry, rule: str, group: object) -> bool:
        """Whether a line is one of an incident's life."""
        same = line.subject == rule and (line.detail.get("group") or None) == (group or None)
        return line.kind is JournalKind.INCIDENT and "draft" not in line.detail and same

    def behind(self, number: int, component_id: str, components: set[str]) -> list[Told]:
        """The lines that say why a request was sent: all about it since the request before, the claims that stood, and where the incident stood that it tells of."""
        request = self.lines[number]
        rule, group = request.detail.get("rule"), request.detail.get("group")

        def concerns(line: JournalEntry) -> bool:
            parts = str(line.detail.get("components", "")).split(", ")
            if component_id:
                rides = any(part.partition("=")[0] == component_id for part in parts)
                return line.subject == f"component:{component_id}" or rides
            return line.subject == request.subject

        earlier = (
            self.requests[one] for one, at in self.told.items() if at < number and one in self.requests
        )
        begin = max((at for at in earlier if concerns(self.lines[at])), default=-1) + 1
        found = [
            line
            for line in self.lines[begin:number]
            if (line.kind is JournalKind.HOLD and line.subject in components)
            or (not component_id and self.is_of_life(line, str(rule), group))
        ]
        found = found[-NEWEST:]
        found += [
            line
            for line in self.holds(components, number).values()
            if line.detail["phase"] in {"firing", "keeping"} and line not in found
        ]
        life = self.life(str(rule), group, number) if rule is not None else None
        return [said(line) for line in (*found, *([life] if life is not None and life not in found else []))]


def ten_days(folder: Path, seed: int) -> AskedWorld:
    """Play them."""
    (rules,) = load_text(folder, RULES).rule_sets.values()
    world = AskedWorld(seed, replace(rules, page=PAGE))
    Course(world, random.Random(seed)).play()
    return world


@pytest.mark.timeout(600)
def test_every_public_change_of_ten_days_is_explained_by_the_reasons_of_the_journal(tmp_path: Path) -> None:
    with ten_days(tmp_path, SEED) as world:
        journal = Journal([entry for _, entry in world.database.journal(limit=1_000_000)])
        walked: Counter[str] = Counter()
        for change in changes(world):
            number = journal.requests[change.written.operation]
            request = journal.lines[number]
            _as_it_left(change.written, journal, number)
            for name, component_id, components in _things(world, change.written):
                told = _explained(world, name, change)
                walked[told["reason"]] += 1
                assert told["reason"] == request.reason
                because = [shown(line) for line in told["because"]]
                assert because, f"{change.arrival.at}: nothing explains {request}"
                missing = Counter(journal.behind(number, component_id, components)) - Counter(because)
                assert not missing, f"{name}, {request}: {missing} is not among {because}"
                late = [line for line in because if journal.first.get(line, number) >= number]
                assert not late, f"{name}, {request}: {late} came later, or never"
                _tells_the_decision(request, told["because"])
        sys.stdout.write(f"{walked.total()} changes walked: {dict(walked)}\n")
        assert walked.total() >= ENOUGH
        assert walked.keys() >= {"opened", "recovered", "monitored_for", "still", "identified", "joined"}
        assert walked.keys() >= {"reopened", "escalated", "claimed", "claim_ended", "overridden"}


def _things(world: AskedWorld, written: Written) -> Iterator[tuple[str, str, set[str]]]:
    """What a write changed: a name, the id of a component or nothing, and the components whose holds are behind it."""
    write = written.write
    for account in written.components:
        yield account.name, account.component_id or "", {account.name}
    if isinstance(write, WriteIncident):
        rule = world.ruleset.incident_rules[write.place[0]]
        memory = world.engine.reconcilers[PAGE].state.memory.incidents[write.place] if world.engine else None
        covered = {*rule.components, *(memory.components if memory is not None else ())}
        yield said_place(write.place), "", set(covered)


def _explained(world: AskedWorld, name: str, change: Change) -> dict[str, Any]:
    """What is said of the change by somebody who asks about that very moment."""
    at = datetime.fromtimestamp(change.arrival.at, UTC).isoformat()
    status, document = asked(world, name, at=at)
    assert status == 200, document
    found = [
        one for one in document["accounts"][0]["changes"] if one["operation"] == change.written.operation
    ]
    assert len(found) == 1, f"{at}: {name} does not tell {change.written.write}"
    return dict(found[0])


def _as_it_left(written: Written, journal: Journal, number: int) -> None:
    """What was live when it left says the same as the journal: the write and its reason, each hold, and the incident's life."""
    request = journal.lines[number]
    left = [account.under_way for account in written.components]
    left += [written.incident.under_way] if written.incident is not None else []
    for writes in left:
        assert [one.reason for one in writes if one.operation == written.operation] == [request.reason]
    for component in written.components:
        assert _standing(component) == {
            key: line.detail["phase"]
            for key, line in journal.holds({component.name}, number).items()
            if line.detail["phase"] != "inactive"
        }
    if written.incident is not None:
        memory: IncidentMemory = written.incident.memory
        life = journal.life(memory.rule, memory.group, number)
        assert life is not None
        assert (life.detail["phase"], life.detail["sequence"]) == (memory.phase, memory.sequence)
        assert life.detail["episode"] == memory.episode


def _standing(account: ComponentAccount) -> dict[tuple[str, str, object], str]:
    return {
        (hold.rule.id, hold.status, hold.group or None): hold.hold.phase
        for hold in account.holds
        if hold.hold.phase is not HoldPhase.INACTIVE
    }


def _tells_the_decision(request: JournalEntry, because: list[dict[str, Any]]) -> None:
    """Among the lines is the decision that is told: the transition, the claim, its end, or the command."""
    reasons = {line["reason"] for line in because}
    if request.subject.startswith("incident:"):
        told = TOLD_BY.get(request.reason, {request.reason})
        assert reasons & told, f"{request}: {reasons}"
    elif request.reason == "overridden":
        assert any(line["kind"] == "command" and line["reason"] == "overridden" for line in because)
    elif request.reason == "claim_ended":
        assert reasons & ENDED_BY, f"{request}: {reasons}"
    else:
        status = request.detail["status"]
        claims = [line for line in because if line["detail"].get("phase") in {"firing", "keeping"}]
        assert any(line["detail"].get("status") == status for line in claims), f"{request}: {because}"
