"""Who acts in a rehearsal: operators who command the bridge, and people who change the page. They name an incident by its rule, and it is found out here which one that is. Must not know what is expected of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bridge.core.bindings import bound_component
from bridge.simulation.rehearsal.named import RehearsalError
from bridge.simulation.rehearsal.shown import look
from bridge.simulator.model import Request
from bridge.simulator.timestamps import in_milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.config.problems import Place
    from bridge.core.rules import ComponentName
    from bridge.core.signals import Labels
    from bridge.simulation.rehearsal.cases import GivenCommand, GivenDeed, GivenTemplate, Meant
    from bridge.simulation.rehearsal.shown import ShownEntry
    from bridge.simulation.rehearsal.staged_world import StagedWorld

PERSON = "1" * 64
ANSWERED_WITHIN = 0.5
"""Seconds in which the bridge answers a command here."""

REFUSED = 300
"""Answers of the page from here on changed nothing."""

OF_DRAFTS = frozenset({"draft_approve", "draft_discard"})


class Actors:
    """Operators and people."""

    def __init__(self, world: StagedWorld) -> None:
        """Take the world in which they act."""
        self._world = world
        world.simulator.add_token(PERSON)
        self._hashes: dict[int, str] = {}
        self._complaints: list[str] = []

    def check(self) -> None:
        """See that the bridge has answered every command as the test says.

        Raises:
            RehearsalError: it has not.
        """
        if self._complaints:
            raise RehearsalError(self._complaints[0])

    def read(self, given: GivenCommand) -> None:
        """An operator reads the draft that a later command is about.

        Raises:
            RehearsalError: there is none.
        """
        if given.meant is not None:
            self._hashes[id(given)] = self._draft(given.meant, given.place).hash

    def command(self, given: GivenCommand) -> None:
        """An operator commands the bridge.

        Raises:
            RehearsalError: what it is about is not there.
        """
        document: dict[str, Any] = dict(given.document)
        command = document.pop("command")
        if given.meant is not None and command in OF_DRAFTS:
            draft = self._draft(given.meant, given.place)
            document |= {"draft": draft.id, "hash": self._hashes.get(id(given), draft.hash)}
        elif given.meant is not None:
            document["incident"] = self._last(look(self._world).all_incidents, given.meant, given.place).id
        told = self._world.command(command, **document)
        self._world.loop.run_for(ANSWERED_WITHIN)
        if told.accepted is given.refused:
            said = "accepted" if told.accepted else f"refused: {told.answer.get('error', told.status)}"
            self._complaints.append(f"{given.place}: the command was {said}")

    def do(self, deed: GivenDeed) -> None:
        """A person changes something on the page.

        Raises:
            RehearsalError: it is not there, or the page refuses.
        """
        path, body = self._change(deed)
        self._ask("PATCH", path, body, deed.place)

    def write(self, template: GivenTemplate) -> None:
        """A person makes an incident template on the page.

        Raises:
            RehearsalError: the page refuses it.
        """
        document = {"name": template.name, "title": template.title, "body": template.body}
        self._ask("POST", "/incident_templates", {"template": document}, template.place)

    def _ask(self, method: str, path: str, body: dict[str, Any], place: Place) -> None:
        request = Request(
            method,
            f"/pages/{self._world.page_id}{path}",
            {},
            {"Authorization": f"OAuth {PERSON}", "Content-Type": "application/json"},
            json.dumps(body).encode(),
        )
        answer = self._world.simulator.handle(request, now=self._world.now())
        if answer.status >= REFUSED:
            raise RehearsalError(f"{place}: the page refused it: {answer.body.decode()}")

    def _change(self, deed: GivenDeed) -> tuple[str, dict[str, Any]]:
        if deed.component is not None:
            return f"/components/{self._component_id(deed.component)}", {"component": {"status": deed.status}}
        shown = look(self._world)
        if deed.incident is not None:
            changed = self._last(shown.incidents, deed.incident, deed.place)
        elif deed.maintenance is not None:
            changed = self._last(shown.maintenances, deed.maintenance, deed.place)
        else:
            raise RehearsalError(f"{deed.place}: nothing is changed")
        said: dict[str, Any] = {}
        if deed.status:
            said["status"] = deed.status
        if deed.body:
            said["body"] = deed.body
        if deed.starts is not None:
            said["scheduled_for"] = in_milliseconds(deed.starts)
        if deed.ends is not None:
            said["scheduled_until"] = in_milliseconds(deed.ends)
        return f"/incidents/{changed.id}", {"incident": said}

    def _draft(self, meant: Meant, place: Place) -> ShownEntry:
        return self._last(look(self._world).drafts, meant, place, "no draft of {} waits then")

    def _last(
        self,
        entries: Sequence[ShownEntry],
        meant: Meant,
        place: Place,
        otherwise: str = "no incident {} is open then",
    ) -> ShownEntry:
        """The newest that is meant, one that is not over before others."""
        found = [one for one in entries if one.rule == meant.rule and meant.group in {None, one.group}]
        if not found:
            called = _called(meant.rule, meant.group)
            raise RehearsalError(f"{place}: {otherwise.format(called)}; there is {_all_called(entries)}")
        found = [one for one in found if one.live] or found
        if len({one.group for one in found}) > 1:
            raise RehearsalError(f"{place}: {meant.rule} may be {_all_called(found)}; say group: which")
        return found[-1]

    def _component_id(self, name: ComponentName) -> str | None:
        engine = self._world.engine
        return None if engine is None else bound_component(engine.pages[0], name)


def _called(rule: str, group: Labels | None) -> str:
    return f"{rule} {group!r}" if group else rule


def _all_called(entries: Sequence[ShownEntry]) -> str:
    return ", ".join(sorted(_called(one.rule, one.group) for one in entries)) or "none"
